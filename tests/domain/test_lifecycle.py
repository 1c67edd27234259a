"""The stages and what moves between them: every stage, standing, tier and kind of gate against every other."""

from dataclasses import replace
from itertools import product

import pytest

from governance.domain import lifecycle
from governance.domain.errors import RuleBroken
from governance.domain.policy import Gate
from governance.domain.vocabulary import GateKind, Stage, Standing, Tier
from governance.paths import policies_directory
from governance.policy.loader import load_policy

PILOT, REVIEW, LIMITED, FULL, RETIRED = Stage.PILOT, Stage.REVIEW, Stage.LIMITED_PRODUCTION, Stage.FULL_PRODUCTION, Stage.RETIRED
POLICY = load_policy(policies_directory() / "stage-gates").policy


def gate(kind: GateKind = GateKind.PASSAGE, leaves: Stage = PILOT, enters: Stage | None = REVIEW) -> Gate:
    return Gate("G1", "First", kind, "Ready?", (), (), frozenset({leaves}), enters)


def test_the_order_of_the_stages_is_the_way_through_them() -> None:
    assert lifecycle.ORDER == (PILOT, REVIEW, LIMITED, FULL, RETIRED)
    assert lifecycle.NEXT == {PILOT: REVIEW, REVIEW: LIMITED, LIMITED: FULL}
    assert set(lifecycle.ORDER) == set(Stage)


PASSABLE = {(PILOT, REVIEW), (REVIEW, LIMITED), (LIMITED, FULL)}


@pytest.mark.parametrize(("leaves", "enters"), list(product(Stage, [*Stage, None])))
def test_a_passage_leads_to_the_next_stage_and_never_skips_one(leaves: Stage, enters: Stage | None) -> None:
    of = gate(leaves=leaves, enters=enters)

    if (leaves, enters) in PASSABLE:
        assert lifecycle.entered(of, leaves) is enters
    else:
        with pytest.raises(RuleBroken, match="does not lead out" if enters is None else "skip a stage"):
            lifecycle.entered(of, leaves)


@pytest.mark.parametrize(("stage", "leaves"), list(product(Stage, Stage)))
def test_a_gate_leads_out_of_its_own_stage_only(stage: Stage, leaves: Stage) -> None:
    out = gate(GateKind.EXIT, leaves, RETIRED)

    if stage is leaves:
        assert lifecycle.entered(out, stage) is RETIRED
    else:
        with pytest.raises(RuleBroken, match="does not lead out"):
            lifecycle.entered(out, stage)


def test_a_recurring_gate_leads_nowhere() -> None:
    with pytest.raises(RuleBroken, match="does not lead out"):
        lifecycle.entered(gate(GateKind.RECURRING, FULL, None), FULL)


@pytest.mark.parametrize(("kind", "stage", "standing", "tier"), list(product(GateKind, Stage, Standing, [*Tier, None])))
def test_a_gate_is_asked_for_in_its_stage_in_good_standing_with_a_tier_that_can_pass(
    kind: GateKind, stage: Stage, standing: Standing, tier: Tier | None
) -> None:
    allowed = (kind, stage, standing) == (GateKind.PASSAGE, PILOT, Standing.GOOD) and tier in (Tier.LOW, Tier.MEDIUM, Tier.HIGH)

    if allowed:
        lifecycle.check_may_request(gate(kind), stage, standing, tier)
    else:
        with pytest.raises(RuleBroken):
            lifecycle.check_may_request(gate(kind), stage, standing, tier)


@pytest.mark.parametrize(
    ("kind", "stage", "standing", "tier", "said"),
    [
        (GateKind.EXIT, REVIEW, Standing.ON_HOLD, None, "Answer the tiering questions first"),
        (GateKind.EXIT, REVIEW, Standing.ON_HOLD, Tier.PROHIBITED, "prohibited"),
        (GateKind.EXIT, REVIEW, Standing.ON_HOLD, Tier.LOW, "not a passage"),
        (GateKind.RECURRING, PILOT, Standing.GOOD, Tier.LOW, "not a passage"),
        (GateKind.PASSAGE, REVIEW, Standing.ON_HOLD, Tier.LOW, "cannot be asked for in this stage"),
        (GateKind.PASSAGE, PILOT, Standing.ON_HOLD, Tier.LOW, "nothing new passes"),
    ],
)
def test_what_stands_in_the_way_is_said_the_weightiest_first(
    kind: GateKind, stage: Stage, standing: Standing, tier: Tier | None, said: str
) -> None:
    with pytest.raises(RuleBroken, match=said):
        lifecycle.check_may_request(gate(kind), stage, standing, tier)


def test_a_wrong_stage_names_the_one_the_initiative_is_in() -> None:
    with pytest.raises(RuleBroken) as refused:
        lifecycle.check_may_request(gate(), LIMITED, Standing.GOOD, Tier.LOW)

    assert [(problem.code, problem.message) for problem in refused.value.problems] == [
        ("wrong_stage", "The initiative is in limited_production.")
    ]


@pytest.mark.parametrize(("standing", "passes"), [(Standing.GOOD, True), (Standing.ON_HOLD, False), (Standing.SUSPENDED, False)])
def test_nothing_new_passes_while_it_is_held_or_suspended(standing: Standing, passes: bool) -> None:
    if passes:
        lifecycle.check_standing(standing)
    else:
        with pytest.raises(RuleBroken, match="until that ends"):
            lifecycle.check_standing(standing)


@pytest.mark.parametrize(("stage", "out"), [(PILOT, "G1"), (REVIEW, "G2"), (LIMITED, "G3"), (FULL, None), (RETIRED, None)])
def test_the_passage_out_of_a_stage(stage: Stage, out: str | None) -> None:
    """Full production has a recurring gate and an exit, and neither is a passage."""
    found = lifecycle.gate_out_of(POLICY, stage)

    assert (found.id if found else None) == out


def test_a_policy_without_gates_leads_nowhere() -> None:
    assert lifecycle.gate_out_of(replace(POLICY, gates={}), PILOT) is None
