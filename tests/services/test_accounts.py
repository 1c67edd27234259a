"""Passwords and set-up links: who makes them, what goes on record, and what a password set by a link cannot do."""

import json

import pytest
from argon2 import Type, extract_parameters
from sqlalchemy import func, select

from governance.domain.errors import Conflict, NotAllowed, Refused, RuleBroken
from governance.domain.signoffs import standing
from governance.domain.vocabulary import Function, PasswordWay, RequestState
from governance.ledger import rebuild
from governance.ledger.read import Entry, entries
from governance.models.accounts import SetupLink, WebSession
from governance.reads import sentences
from governance.services import accounts, directory, gates
from tests.conftest import STRONG
from tests.services.conftest import House, house, in_review

__all__ = ["house", "in_review"]

HASHED = accounts.hash_password("seven amber lanterns drift")


def link(house: House, person: str, by: str = "omar") -> str:
    return str(house.act(by, lambda log: accounts.make_setup_link(log, person)))


def reset(house: House, person: str) -> None:
    """Somebody with an administrator's link sets a password by it."""
    secret = link(house, person)
    house.act("system", lambda log: accounts.set_password_by_link(log, secret, HASHED))


def recorded(house: House, count: int) -> list[Entry]:
    with house.read() as session:
        return entries(session, limit=count)[::-1]


@pytest.mark.parametrize("who", ["lena", "mallory", "rafael", "aoife", "ruth", "mina", "system"])
def test_only_an_administrator_makes_a_link(house: House, who: str) -> None:
    with pytest.raises(Refused):
        link(house, "mina", who)

    with house.read() as session:
        assert session.scalar(select(func.count()).select_from(SetupLink)) == 0


def test_who_made_a_link_and_that_it_was_used_is_on_record_and_no_secret_is(house: House) -> None:
    secret = link(house, "mina")
    house.act("system", lambda log: accounts.set_password_by_link(log, secret, HASHED))

    made, used = recorded(house, 2)

    assert (made.kind, made.actor, made.stream) == ("person.link_made", "omar", "person/mina")
    assert (used.kind, used.body["way"], used.stream) == ("person.password_set", "link", "person/mina")
    names = {"omar": "Omar", "mina": "Mina"}
    assert sentences.sentence(made, names) == "Omar made a link by which a new password of Mina can be set"
    assert sentences.sentence(used, names) == "The program set the password of Mina through a set-up link"
    written = json.dumps([[dict(entry.header), dict(entry.body)] for entry in (made, used)])
    assert secret not in written and accounts.hashed(secret) not in written and HASHED not in written


def test_a_new_password_of_ones_own_is_on_record_with_how_it_was_proved(house: House) -> None:
    house.act("mina", lambda log: accounts.change_password(log, HASHED), proof=True)

    [changed] = recorded(house, 1)

    assert (changed.actor, changed.body["way"], changed.header["auth"]["method"]) == ("mina", "profile", "password")
    assert sentences.sentence(changed, {"mina": "Mina"}) == "Mina changed their password after entering the one before"


def test_without_proof_nobody_changes_a_password(house: House) -> None:
    with pytest.raises(NotAllowed, match="Prove who you are"):
        house.act("mina", lambda log: accounts.change_password(log, HASHED))


@pytest.mark.parametrize("who", ["omar", "mina", "lena"])
def test_nobody_gives_somebody_a_password(house: House, who: str) -> None:
    with pytest.raises(NotAllowed, match="set-up link"):
        house.act(who, lambda log: accounts.give_password(log, "mina", HASHED, PasswordWay.FOUNDING))


def test_the_program_gives_a_first_password_only(house: House) -> None:
    give = lambda log: accounts.give_password(log, "mina", HASHED, PasswordWay.DEMO)  # noqa: E731 - a short form
    house.act("system", give)

    with pytest.raises(NotAllowed):
        house.act("system", give)


def test_whoever_takes_over_every_reviewer_by_links_signs_nothing_under_way(in_review: House) -> None:
    for function, who in {Function.DATA_SCIENCE: "rafael", Function.IT_OPS: "mina", Function.BUSINESS: "joao"}.items():
        reset(in_review, who)
        with pytest.raises(NotAllowed, match="Somebody else who holds the function"):
            in_review.sign(function)

    assert in_review.state() is RequestState.IN_REVIEW
    with in_review.read() as session:
        assert rebuild.check(session) == []


def test_a_password_set_by_a_link_signs_what_is_submitted_from_then_on(in_review: House) -> None:
    reset(in_review, "mina")
    in_review.act("lena", lambda log: gates.withdraw(log, "AI-0001.G1-1", "again"))
    in_review.open()
    in_review.submit("AI-0001.G1-2")

    in_review.sign(Function.IT_OPS, request="AI-0001.G1-2")


def test_a_sign_off_given_before_a_password_was_reset_still_counts(in_review: House) -> None:
    in_review.sign(Function.IT_OPS)
    reset(in_review, "mina")

    assert "it_ops" in standing(in_review.table().review, in_review.now)
    for function in (Function.DATA_SCIENCE, Function.BUSINESS, Function.COMPLIANCE):
        in_review.sign(function)
    assert in_review.state() is RequestState.PASSED


def test_a_new_password_of_ones_own_is_no_reset_and_does_not_undo_one(in_review: House) -> None:
    in_review.act("rafael", lambda log: accounts.change_password(log, HASHED), proof=True)
    in_review.sign(Function.DATA_SCIENCE)

    reset(in_review, "mina")
    in_review.act("mina", lambda log: accounts.change_password(log, HASHED), proof=True)
    with pytest.raises(NotAllowed, match="administrator's link"):
        in_review.sign(Function.IT_OPS)


def test_disabling_ends_every_session_and_every_link_for_good(house: House) -> None:
    secret = link(house, "mina")
    house.act("system", lambda log: accounts.start_session(log, "mina", accounts.LINK_LIVES))

    house.act("omar", lambda log: directory.disable_person(log, "mina", "left"))

    with pytest.raises(RuleBroken, match="disabled"):
        link(house, "mina")
    with pytest.raises(NotAllowed):
        house.act("system", lambda log: accounts.start_session(log, "mina", accounts.LINK_LIVES))
    house.act("omar", lambda log: directory.enable_person(log, "mina"))
    with house.read() as session:
        assert session.scalar(select(func.count()).select_from(WebSession)) == 0
        with pytest.raises(Conflict):
            accounts.link_owner(session, secret, house.now)


def test_whoever_is_unknown_costs_as_much_as_a_wrong_password_from_the_first_attempt_on() -> None:
    assert extract_parameters(accounts.NOBODY) == extract_parameters(STRONG.hash("seven amber lanterns drift"))


def test_a_password_costs_whoever_guesses_it_64_mebibytes_and_three_passes() -> None:
    found = extract_parameters(STRONG.hash("seven amber lanterns drift"))

    assert (found.type, found.memory_cost, found.time_cost, found.parallelism) == (Type.ID, 65_536, 3, 4)
