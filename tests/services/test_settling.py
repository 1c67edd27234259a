"""Settling: whose sign-offs count at the deciding moment, what lets a request settle by itself, and what stays as it was afterwards."""

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from governance.domain import signoffs
from governance.domain.errors import RuleBroken
from governance.domain.findings import NewFinding
from governance.domain.signoffs import Reason
from governance.domain.vocabulary import Decision, FindingSeverity, Function, RequestState, Role, Stage, Visibility
from governance.ledger import rebuild
from governance.reads import people, reports, work
from governance.reads.material import team
from governance.services import accounts, directory, findings, gates, initiatives, packs
from tests.services.conftest import House
from tests.tampering import tampering


def others(*signed: Function) -> list[Function]:
    return [function for function in Function if function not in signed]


def describe(house: House, who: str, lead: str) -> None:
    intake = initiatives.Description("Claims triage", "Scores new motor claims for the adjusters.", "claims", lead, Visibility.ORGANISATION)
    house.act(who, lambda log: initiatives.describe(log, "AI-0001", intake))


def test_who_submits_a_later_revision_loses_the_sign_off_given_before(in_review: House) -> None:
    in_review.sign(Function.COMPLIANCE)
    describe(in_review, "second", "aoife")
    in_review.submit(who="aoife")
    describe(in_review, "second", "lena")
    in_review.submit()

    for function in others(Function.COMPLIANCE):
        in_review.sign(function)

    assert in_review.stage() == Stage.PILOT
    assert [fell.reason for _, fell in signoffs.falls(in_review.table().review, in_review.now)] == [Reason.RIGHT_LOST]
    in_review.sign(Function.COMPLIANCE, who="second")
    assert in_review.stage() == Stage.REVIEW


def lose_the_role(house: House) -> None:
    house.act("omar", lambda log: directory.withdraw_role(log, "rafael", Role.REVIEWER))


def lose_the_function(house: House) -> None:
    house.act("omar", lambda log: directory.withdraw_function(log, "rafael", Function.DATA_SCIENCE))


def lose_the_account(house: House) -> None:
    house.act("omar", lambda log: directory.disable_person(log, "rafael", "left the company"))


@pytest.mark.parametrize("lose", [lose_the_role, lose_the_function, lose_the_account])
def test_who_could_not_sign_any_more_has_no_say_in_the_verdict(in_review: House, lose: Callable[[House], None]) -> None:
    in_review.sign(Function.DATA_SCIENCE)
    lose(in_review)

    for function in others(Function.DATA_SCIENCE):
        in_review.sign(function)

    assert in_review.stage() == Stage.PILOT


@pytest.mark.parametrize("lose", [lose_the_role, lose_the_function, lose_the_account])
def test_what_signers_lose_after_a_gate_was_passed_does_not_reach_back(in_review: House, lose: Callable[[House], None]) -> None:
    in_review.sign_all()
    lose(in_review)

    table = in_review.table()

    assert set(signoffs.standing(table.review, in_review.now)) == {function.value for function in Function}
    with in_review.read() as session:
        (request,) = reports.initiative_record(session, "AI-0001").requests
    assert [given.fell for given in request.sign_offs] == [""] * 4


def come_back(house: House) -> None:
    house.act("omar", lambda log: directory.enable_person(log, "rafael"))


def rename_model(house: House, version: str) -> None:
    house.act("mara", lambda log: initiatives.name_model(log, "AI-0001", version))


def test_when_the_last_sign_off_counts_again_the_gate_is_passed_by_that_act(in_review: House) -> None:
    in_review.sign(Function.DATA_SCIENCE)
    lose_the_account(in_review)
    for function in others(Function.DATA_SCIENCE):
        in_review.sign(function)
    assert in_review.state() is RequestState.IN_REVIEW

    come_back(in_review)

    assert in_review.stage() == Stage.REVIEW
    with in_review.read() as session:
        assert not rebuild.check(session)


def test_a_change_that_is_taken_back_lets_the_gate_be_passed(house: House) -> None:
    house.register()
    house.open()
    house.complete()
    house.act("lena", lambda log: initiatives.name_team(log, "AI-0001", Function.DATA_SCIENCE, "lena", None, 8))
    house.submit()
    house.sign(Function.BUSINESS)
    house.act("lena", lambda log: initiatives.name_team(log, "AI-0001", Function.DATA_SCIENCE, "mallory", None, 8))
    for function in others(Function.BUSINESS):
        house.sign(function)
    assert house.stage() == Stage.PILOT

    house.act("lena", lambda log: initiatives.name_team(log, "AI-0001", Function.DATA_SCIENCE, "lena", None, 8))

    assert house.stage() == Stage.REVIEW


def test_a_seat_that_asked_for_changes_decides_anew_after_another_rejects(in_review: House) -> None:
    in_review.sign(Function.BUSINESS, Decision.REQUEST_CHANGES)
    rename_model(in_review, "2.0")
    in_review.submit()
    in_review.sign(Function.IT_OPS, Decision.REJECT)

    in_review.sign(Function.DATA_SCIENCE)
    in_review.sign(Function.COMPLIANCE)
    assert in_review.state() is RequestState.IN_REVIEW
    in_review.sign(Function.BUSINESS)

    assert in_review.state() is RequestState.REJECTED


def test_a_reviewer_who_gains_a_function_is_not_asked_for_a_request_submitted_before(in_review: House) -> None:
    in_review.act("omar", lambda log: directory.grant_role(log, "mallory", Role.REVIEWER))
    in_review.act("omar", lambda log: directory.grant_function(log, "mallory", Function.BUSINESS))

    with in_review.read() as session:
        assert not work.mine(session, people.doer(session, "mallory", in_review.now)).tasks
        assert work.mine(session, people.doer(session, "joao", in_review.now)).tasks


def test_a_rejected_request_is_not_withdrawn_but_recorded_as_rejected(in_review: House) -> None:
    in_review.sign(Function.IT_OPS, Decision.REJECT)

    with pytest.raises(RuleBroken, match="recorded as rejected"):
        in_review.act("lena", lambda log: gates.withdraw(log, "AI-0001.G1-1", "never mind"))
    in_review.act("aoife", lambda log: gates.close(log, "AI-0001.G1-1", "one reject is enough"))

    assert in_review.state() is RequestState.REJECTED


def test_whoever_cannot_see_an_initiative_owns_no_finding_of_it(in_review: House) -> None:
    hidden = initiatives.Description("Claims triage", "Scores new motor claims for the adjusters.", "claims", "lena", Visibility.NAMED)
    in_review.act("lena", lambda log: initiatives.describe(log, "AI-0001", hidden))

    for owner, fits in (("mallory", False), ("nobody", False), ("mara", True)):
        new = NewFinding(FindingSeverity.LOW, "the drill failed", owner)
        if fits:
            in_review.act("lena", lambda log, one=new: findings.raise_finding(log, "AI-0001", one))
        else:
            with pytest.raises(RuleBroken, match="does not hold up"):
                in_review.act("lena", lambda log, one=new: findings.raise_finding(log, "AI-0001", one))


def test_a_function_whose_people_are_all_disabled_has_nobody_who_answers_for_it(house: House) -> None:
    house.register()
    house.act("lena", lambda log: initiatives.name_team(log, "AI-0001", Function.IT_OPS, "tom", "mallory", 8))

    def answering() -> set[Function]:
        with house.read() as session:
            return {member.function for member in team(session, "AI-0001")}

    house.act("omar", lambda log: directory.disable_person(log, "tom", "left"))
    assert answering() == set(Function)
    house.act("omar", lambda log: directory.disable_person(log, "mallory", "left too"))
    assert answering() == set(Function) - {Function.IT_OPS}


def test_asking_twice_for_a_report_makes_one(in_review: House) -> None:
    first = in_review.act("ruth", lambda log: packs.ask_for_report(log, "AI-0001"))

    assert in_review.act("ruth", lambda log: packs.ask_for_report(log, "AI-0001")) == first
    assert in_review.act("aoife", lambda log: packs.ask_for_report(log, "AI-0001")) != first


def the_team(house: House) -> None:
    house.act("omar", lambda log: directory.disable_person(log, "tom", "on leave"))


def the_team_again(house: House) -> None:
    house.act("omar", lambda log: directory.enable_person(log, "tom"))


def test_a_gate_is_passed_when_the_team_is_complete_again(in_review: House) -> None:
    """The team stands in the section of business: while it is not as it was submitted, that signature does not count."""
    in_review.sign(Function.BUSINESS)
    the_team(in_review)
    for function in others(Function.BUSINESS):
        in_review.sign(function)
    assert in_review.stage() == Stage.PILOT

    the_team_again(in_review)

    assert in_review.stage() == Stage.REVIEW


def test_storing_the_tables_anew_settles_nothing(in_review: House) -> None:
    before = in_review.state()

    rebuild.rebuild(in_review.ledger, in_review.now)

    assert in_review.state() is before
    with in_review.read() as session:
        assert not rebuild.check(session)


def lose_a_text(house: House) -> None:
    """What a damaged disk does: a text of the dossier on the table is gone."""
    with tampering(house.ledger.engines) as connection:
        revision = connection.execute(sa.text("SELECT sections FROM revision")).scalar_one()
        connection.execute(sa.text("DELETE FROM words WHERE digest = :digest"), {"digest": json.loads(revision)["common"]})


def test_a_damaged_request_keeps_nobody_from_what_has_nothing_to_do_with_it(in_review: House) -> None:
    in_review.sign(Function.DATA_SCIENCE)
    lose_a_text(in_review)

    in_review.act("omar", lambda log: directory.disable_person(log, "rafael", "left"))
    in_review.act("omar", lambda log: directory.disable_person(log, "mallory", "left"))
    in_review.act("omar", lambda log: directory.withdraw_role(log, "mina", Role.REVIEWER))

    with pytest.raises(RuleBroken, match="no longer has"):
        in_review.sign(Function.BUSINESS)
    assert in_review.state() is RequestState.IN_REVIEW


def test_what_is_only_to_be_known_moves_no_review(in_review: House) -> None:
    touched: set[str] = set()
    in_review.ledger.before_commit.append(lambda log: touched.update(log.touched))

    in_review.act("omar", lambda log: accounts.make_setup_link(log, "mina"))

    assert not touched
