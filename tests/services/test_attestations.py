"""Attesting a clause for the organisation: two officers, a clause that nobody serves, a last day, and what ends it."""

from datetime import timedelta
from functools import partial

import pytest

from governance.domain.attestations import AttestationState
from governance.domain.errors import Conflict, NotAllowed, NotThere, Refused, RuleBroken
from governance.domain.vocabulary import Role
from governance.ledger import rebuild, verify
from governance.ledger.log import Log
from governance.models.attestations import Attestation
from governance.reads import attestations as reading
from governance.reads import policies
from governance.services import accounts, attestations, directory
from governance.services.answers import StoredFile
from governance.services.attestations import NewAttestation
from tests.services.conftest import TEXTS, House

FRAMEWORK, CLAUSE = "NIST-AI-RMF", "GOVERN-2.3"
"""The shipped policy leaves it to the organisation."""
SERVED = "MAP-1.4"
FILE = StoredFile("ab" * 32, "training.pdf", "application/pdf", 1200)


def new(house: House, **changed: object) -> NewAttestation:
    said = {
        "framework": FRAMEWORK,
        "clause": CLAUSE,
        "statement": "Everybody on an AI team takes the yearly course on AI risk.",
        "valid_until": house.now.date() + timedelta(days=365),
        "file": FILE,
    }
    return NewAttestation(**{**said, **changed})  # type: ignore[arg-type]


def attest(house: House, who: str = "aoife", *, proof: bool = True, **changed: object) -> str:
    return str(house.act(who, lambda log: attestations.attest(log, new(house, **changed)), proof=proof))


def confirm(house: House, who: str = "second", *, proof: bool = True) -> None:
    house.act(who, lambda log: attestations.confirm(log, "AT-1"), proof=proof)


def withdraw(house: House, who: str = "aoife", reason: str = "The course was stopped.") -> None:
    house.act(who, lambda log: attestations.withdraw(log, "AT-1", reason))


def state(house: House, days: int = 0, attestation: str = "AT-1") -> AttestationState:
    with house.read() as session:
        row = session.get_one(Attestation, attestation)
        return reading.state_of(row, policies.current(session), house.now.date() + timedelta(days=days))


def test_it_counts_once_a_second_officer_signed_until_its_last_day(house: House) -> None:
    assert attest(house) == "AT-1"
    assert state(house) is AttestationState.AWAITED

    confirm(house)

    assert state(house) is AttestationState.IN_FORCE
    assert state(house, days=365) is AttestationState.IN_FORCE
    assert state(house, days=366) is AttestationState.EXPIRED
    with house.read() as session:
        row = session.get_one(Attestation, "AT-1")
        assert (row.by, row.name, row.seconded_by, row.seconded_name) == ("aoife", "Aoife", "second", "Second")
        assert (row.version, row.digest, row.file_name) == ("1.0", FILE.digest, "training.pdf")
        assert rebuild.check(session) == []
        assert not verify.verify(session).problems


@pytest.mark.parametrize("who", ["lena", "rafael", "ruth", "omar", "mallory"])
def test_nobody_but_compliance_attests_confirms_or_withdraws(house: House, who: str) -> None:
    with pytest.raises(NotAllowed):
        attest(house, who)
    attest(house)
    with pytest.raises(NotAllowed):
        confirm(house, who)
    with pytest.raises(NotAllowed):
        withdraw(house, who)
    assert state(house) is AttestationState.AWAITED


def test_nobody_confirms_their_own(house: House) -> None:
    attest(house)

    with pytest.raises(NotAllowed, match="You gave this attestation"):
        confirm(house, "aoife")


def test_signing_needs_proof(house: House) -> None:
    with pytest.raises(NotAllowed, match="Prove who you are"):
        attest(house, proof=False)
    attest(house)
    with pytest.raises(NotAllowed, match="Prove who you are"):
        confirm(house, proof=False)


def test_who_became_an_officer_since_confirms_nothing(house: House) -> None:
    attest(house)
    house.act("omar", lambda log: directory.grant_role(log, "mallory", Role.COMPLIANCE_OFFICER))

    with pytest.raises(NotAllowed, match="given the role of a compliance officer after this attestation was given"):
        confirm(house, "mallory")
    assert state(house) is AttestationState.AWAITED


def test_a_password_that_was_set_since_through_a_link_confirms_nothing(house: House) -> None:
    attest(house)

    def reset(log: Log) -> None:
        accounts.set_password_by_link(log, accounts.make_setup_link(log, "second"), "a hash")

    house.act("omar", reset)

    with pytest.raises(NotAllowed, match="set through an administrator's link after this attestation was given"):
        confirm(house)


def test_what_a_check_serves_is_not_attested(house: House) -> None:
    with pytest.raises(Conflict, match="initiatives evidence it"):
        attest(house, clause=SERVED)


def test_what_only_the_questionnaire_asks_may_be_attested(house: House) -> None:
    gates = {name: text.replace('"EU-AI-ACT:6"', '"EU-AI-ACT:9"') for name, text in TEXTS.items() if name.startswith("gates/")}
    house.publish({**TEXTS, **gates})

    assert attest(house, framework="EU-AI-ACT", clause="6") == "AT-1"


def test_nothing_is_attested_for_a_superseded_catalogue(house: House) -> None:
    with pytest.raises(Conflict, match="Attest a clause of SR-26-2"):
        attest(house, framework="SR-11-7", clause="governance")


@pytest.mark.parametrize(("framework", "clause"), [("NOWHERE", "1"), (FRAMEWORK, "GOVERN-9.9"), (FRAMEWORK, ""), ("", "")])
def test_there_has_to_be_such_a_clause(house: House, framework: str, clause: str) -> None:
    with pytest.raises(NotThere):
        attest(house, framework=framework, clause=clause)


FAULTS: dict[str, dict[str, object]] = {
    "statement": {"statement": " too few "},
    "file": {"file": None},
    "address": {"file": None, "address": "http://courses.example/ai"},
}


@pytest.mark.parametrize("about", FAULTS)
def test_what_does_not_hold_up_is_named(house: House, about: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        attest(house, **FAULTS[about])
    assert [problem.about for problem in refused.value.problems] == [about]


@pytest.mark.parametrize(("days", "fits"), [(0, False), (1, True), (731, True), (732, False)])
def test_the_last_day_lies_ahead_and_within_two_years(house: House, days: int, fits: bool) -> None:
    give = partial(attest, house, valid_until=house.now.date() + timedelta(days=days))

    if fits:
        assert give() == "AT-1"
    else:
        with pytest.raises(RuleBroken) as refused:
            give()
        assert [problem.about for problem in refused.value.problems] == ["valid_until"]


def test_a_file_or_an_address_not_both(house: House) -> None:
    with pytest.raises(RuleBroken):
        attest(house, address="https://courses.example/ai")
    assert attest(house, file=None, address="https://courses.example/ai") == "AT-1"


def test_one_waits_at_a_time_and_a_new_one_may_follow(house: House) -> None:
    attest(house)
    with pytest.raises(Conflict, match="AT-1 for this clause waits"):
        attest(house)
    assert attest(house, clause="GOVERN-1.2") == "AT-2"

    confirm(house)

    assert attest(house) == "AT-3"


def test_it_is_withdrawn_once_with_a_reason(house: House) -> None:
    attest(house)
    with pytest.raises(RuleBroken):
        withdraw(house, reason="  ")
    withdraw(house)

    assert state(house) is AttestationState.WITHDRAWN
    with pytest.raises(Conflict, match="withdrawn already"):
        withdraw(house)
    with pytest.raises(Conflict, match="nothing to confirm"):
        confirm(house)


def test_what_is_in_force_is_not_confirmed_again(house: House) -> None:
    house.act("omar", lambda log: directory.grant_role(log, "mina", Role.COMPLIANCE_OFFICER))
    attest(house)
    confirm(house)

    with pytest.raises(Conflict, match="nothing to confirm"):
        confirm(house, "mina")


@pytest.mark.parametrize(
    ("old", "now"),
    [
        ('version: "1.0"\n  effective_from: "2023-01-26"', 'version: "1.1"\n  effective_from: "2023-01-26"'),
        (f"    {CLAUSE}: ", "    GOVERN-2.9: "),
    ],
    ids=["another version", "the clause is gone"],
)
def test_another_version_of_the_catalogue_ends_it(house: House, old: str, now: str) -> None:
    attest(house)
    confirm(house)
    texts = {**TEXTS, "frameworks.yaml": TEXTS["frameworks.yaml"].replace(old, now, 1)}
    assert texts != TEXTS

    house.publish(texts)

    assert state(house) is AttestationState.OUTDATED


def test_no_such_attestation(house: House) -> None:
    for do in (attestations.confirm, lambda log, name: attestations.withdraw(log, name, "why")):
        with pytest.raises(NotThere):
            house.act("aoife", lambda log, do=do: do(log, "AT-9"), proof=True)


def test_the_one_in_force_speaks_for_a_clause(house: House) -> None:
    attest(house)
    confirm(house)
    attest(house)

    with house.read() as session:
        every = reading.every(session, policies.current(session), house.now.date())
    assert [(one.row.id, one.state.value) for one in every] == [("AT-2", "awaited"), ("AT-1", "in_force")]
    assert reading.speaking(every)[FRAMEWORK, CLAUSE].row.id == "AT-1"


def test_a_refusal_leaves_nothing(house: House) -> None:
    with pytest.raises(Refused):
        attest(house, statement="")
    with house.read() as session:
        assert reading.next_number(session) == 1
