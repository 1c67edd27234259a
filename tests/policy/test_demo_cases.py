"""Every expected score, tier, fact and applicable item of the demo cases is what the policy gives."""

from datetime import date

import pytest

from governance.demo.cases import Case, cases
from governance.domain.tiering import Answers
from governance.domain.vocabulary import Applies
from governance.paths import policies_directory
from governance.policy.assess import assess_initiative
from governance.policy.loader import load_policy
from governance.policy.plan import decide_plan

POLICY = load_policy(policies_directory() / "stage-gates").policy
CASES = cases(date(2026, 11, 23))["initiatives"]


def assessed(case: Case):  # type: ignore[no-untyped-def]
    return assess_initiative(POLICY, Answers(case["tiering_answers"], case["stop_and_floor_answers"], case["asked_facts"]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["key"])
def test_score_tier_and_facts(case: Case) -> None:
    found, expected = assessed(case), case["expected"]

    assert (found.score, found.band, found.tier, found.decided_by) == (
        expected["score"],
        expected["score_band"],
        expected["tier"],
        expected["tier_decided_by"],
    )
    assert found.facts == expected["facts"]
    assert not found.missing and not found.contradictions


@pytest.mark.parametrize("case", [case for case in CASES if "applicable" in case["expected"]], ids=lambda case: case["key"])
def test_applicable_items_at_every_gate(case: Case) -> None:
    found = assessed(case)

    for gate, expected in case["expected"]["applicable"].items():
        plan = decide_plan(POLICY, gate, found.facts, found.tier)
        assert [planned.item.id for planned in plan.items if planned.applicability.applies is Applies.YES] == expected, gate


def test_the_shipped_policy_has_all_items_and_gates() -> None:
    assert list(POLICY.gates) == ["G1", "G2", "G3", "C1", "C2"]
    assert sum(len(gate.items) for gate in POLICY.gates.values()) == 93
