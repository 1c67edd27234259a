"""Catalogues: whether they apply yet, what is open about them, what an attestation is worth, which rules serve which clause."""

from dataclasses import replace
from datetime import date

import pytest

from governance.domain.attestations import AttestationState, Standing
from governance.domain.attestations import state_of as worth
from governance.domain.frameworks import TIERING, CatalogueState, begins, is_ahead, is_served, kept, serving, state_of, still_open
from governance.domain.policy import Clause, Framework
from governance.paths import policies_directory
from governance.policy.loader import load_policy

TODAY = date(2026, 11, 26)
PLAIN = Framework("X", "A framework", "1", "current", "a book", "2024", None, (Clause("1", "the first"),))
POLICY = load_policy(policies_directory() / "stage-gates").policy


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("2024", date(2024, 1, 1)),
        ("2025-06", date(2025, 6, 1)),
        ("2027-12-02", date(2027, 12, 2)),
        ("unknown", None),
        (None, None),
        ("", None),
        ("2025-13", None),
        ("2026-02-30", None),
        ("0000", None),
        ("२०२४", None),
        ("2024-1", None),
    ],
)
def test_a_day_is_as_precise_as_the_source(said: str | None, first: date | None) -> None:
    assert begins(said) == first


@pytest.mark.parametrize(
    ("said", "ahead"), [("2026-11-26", False), ("2026-11-27", True), ("2026", False), ("2027", True), ("2026-12", True), ("unknown", False)]
)
def test_what_begins_after_today_is_ahead(said: str, ahead: bool) -> None:
    assert is_ahead(said, TODAY) is ahead


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({}, CatalogueState.CURRENT),
        ({"effective_from": "2027"}, CatalogueState.AHEAD),
        ({"effective_from": None}, CatalogueState.CURRENT),
        ({"status": "superseded"}, CatalogueState.SUPERSEDED),
        ({"status": "superseded, by a law to come"}, CatalogueState.SUPERSEDED),
        ({"superseded_by": "Y"}, CatalogueState.SUPERSEDED),
        ({"superseded_by": "Y", "effective_to": "2026-11-26"}, CatalogueState.SUPERSEDED),
        ({"superseded_by": "Y", "effective_to": "2027-01-01"}, CatalogueState.CURRENT),
        ({"status": "current, successor consulted on"}, CatalogueState.CURRENT),
    ],
)
def test_the_state_of_a_catalogue(changed: dict[str, str], state: CatalogueState) -> None:
    assert state_of(replace(PLAIN, **changed), TODAY) is state  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("current", None),
        ("current, dates to verify", "dates to verify"),
        ("superseded", None),
        ("verify", "to verify"),
        ("verify, no edition seen", "no edition seen"),
    ],
)
def test_what_a_status_leaves_open(status: str, said: str | None) -> None:
    assert still_open(replace(PLAIN, status=status)) == said


FULL = Standing("1", TODAY, confirmed=True, withdrawn=False)


@pytest.mark.parametrize(
    ("standing", "version", "state"),
    [
        (FULL, "1", AttestationState.IN_FORCE),
        (replace(FULL, confirmed=False), "1", AttestationState.AWAITED),
        (replace(FULL, valid_until=date(2026, 11, 25)), "1", AttestationState.EXPIRED),
        (replace(FULL, valid_until=date(2026, 11, 25), confirmed=False), "1", AttestationState.EXPIRED),
        (FULL, "2", AttestationState.OUTDATED),
        (FULL, None, AttestationState.OUTDATED),
        (replace(FULL, withdrawn=True), "2", AttestationState.WITHDRAWN),
    ],
)
def test_what_an_attestation_is_worth(standing: Standing, version: str | None, state: AttestationState) -> None:
    assert worth(standing, version, TODAY) is state


def test_checks_and_the_questionnaire_serve_clauses() -> None:
    rules = serving(POLICY)

    assert [(one.id, one.gate) for one in rules["EU-AI-ACT:5"]][-1] == ("HS1", TIERING)
    assert {one.gate for one in rules["NIST-AI-RMF:MAP-1.4"]} <= POLICY.gates.keys()
    for gate in POLICY.gates.values():
        for item in gate.items:
            for named in item.maps:
                assert [one.owner for one in rules[named] if one.id == item.id] == [item.owner]


def test_a_question_serves_a_clause_and_cannot_be_met() -> None:
    of_policy = POLICY.gates["G1"].items[0].maps[0].partition(":")

    assert is_served(POLICY, of_policy[0], of_policy[2])
    assert [one.is_check for one in serving(POLICY)["CA-AIA:human"] if one.id == "FL2"] == [False]
    assert not is_served(POLICY, "NIST-AI-RMF", "GOVERN-2.3")


def test_what_the_research_found_unserved_is_unserved() -> None:
    rules = serving(POLICY)
    risk = POLICY.frameworks["NIST-AI-RMF"]

    unserved = [clause.id for clause in risk.clauses if f"NIST-AI-RMF:{clause.id}" not in rules]
    assert (len(risk.clauses), len(unserved)) == (72, 23)
    assert "MEASURE-2.12" in unserved


def test_a_catalogue_keeps_what_its_file_says() -> None:
    act = POLICY.frameworks["EU-AI-ACT"]

    oversight = next(clause for clause in act.clauses if clause.id == "26")
    assert (oversight.who, oversight.applies) == ("deployer", "2027-12-02")
    assert act.date_status and act.date_status.startswith("Parliament")
    assert POLICY.frameworks["SR-11-7"].effective_to == "2026-04-17"


def test_tokens_stand_between_spaces() -> None:
    assert kept({"G1-02", "G1-01"}) == " G1-01 G1-02 "
    assert kept(set()) == ""
