"""The plan of a gate: which items apply, with which limits, and who signs. What is undecided is kept and said."""

from dataclasses import replace
from decimal import Decimal

import pytest

from governance.domain.policy import Gate, Policy, Seat, Thresholds
from governance.domain.vocabulary import SECTION_OF, Applies, Comparator, Function, GateKind, Section, Stage, Tier
from governance.paths import policies_directory
from governance.policy.loader import load_policy
from governance.policy.plan import decide_plan
from tests.domain.samples import all_of, any_of, item, threshold

SHIPPED = load_policy(policies_directory() / "stage-gates").policy
FACTS = {"agent": True, "public": False}
BY_TIER = {Tier.LOW: Decimal("0.7"), Tier.MEDIUM: Decimal("0.8"), Tier.HIGH: Decimal("0.9")}


def seat(seat_id: str, when: str) -> Seat:
    return Seat(seat_id, Function.BUSINESS, seat_id.title(), frozenset({Section.COMMON, SECTION_OF[Function.BUSINESS]}), when)


def policy(*items: object, seats: tuple[Seat, ...] = ()) -> Policy:
    gate = Gate("G1", "First", GateKind.PASSAGE, "Ready?", seats, items, frozenset({Stage.PILOT}), Stage.REVIEW)  # type: ignore[arg-type]
    return replace(SHIPPED, gates={"G1": gate})


def decided(thresholds: Thresholds | None = None, when: str = "true", tier: Tier = Tier.HIGH):  # type: ignore[no-untyped-def]
    [found] = decide_plan(policy(item(when=when, thresholds=thresholds)), "G1", FACTS, tier).items
    return found


@pytest.mark.parametrize(
    ("when", "applies", "why"),
    [
        ("true", Applies.YES, None),
        ("facts.agent", Applies.YES, None),
        ("facts.public", Applies.NO, "applies only where public"),
        ("tier == 'low'", Applies.NO, "applies only where the tier is low"),
        ("facts.missing", Applies.UNDECIDED, "not answered yet: missing"),
        ("facts.missing || true", Applies.UNDECIDED, "not answered yet: missing"),
        ("1", Applies.UNDECIDED, "the condition says neither yes nor no"),
    ],
)
def test_every_item_stays_in_the_plan_with_what_was_decided(when: str, applies: Applies, why: str | None) -> None:
    found = decided(all_of(threshold()), when)

    assert (found.applicability.applies, found.applicability.why) == (applies, why)
    assert (found.thresholds is not None) is (applies is Applies.YES)


@pytest.mark.parametrize(
    ("conditions", "applies", "kept"),
    [
        ((None,), Applies.YES, [0]),
        (("true", "true"), Applies.YES, [0, 1]),
        (("facts.agent", "facts.public"), Applies.YES, [0]),
        (("facts.public", None), Applies.YES, [1]),
        (("facts.public", "facts.public"), Applies.YES, None),
        (("facts.missing",), Applies.UNDECIDED, None),
        ((None, "facts.missing"), Applies.UNDECIDED, None),
        (("facts.public", "facts.missing"), Applies.UNDECIDED, None),
    ],
)
@pytest.mark.parametrize("combined", [all_of, any_of])
def test_a_limit_that_cannot_be_decided_makes_the_item_undecided(
    combined: object, conditions: tuple[str | None, ...], applies: Applies, kept: list[int] | None
) -> None:
    thresholds = combined(*(threshold(when=when) for when in conditions))  # type: ignore[operator]

    found = decided(thresholds)

    assert found.applicability.applies is applies
    assert found.thresholds == (
        None if kept is None else Thresholds(thresholds.combination, tuple(thresholds.parts[place] for place in kept))
    )
    assert applies is Applies.YES or found.applicability.why == "not answered yet: missing"


@pytest.mark.parametrize(("tier", "limit"), [(Tier.LOW, "0.7"), (Tier.MEDIUM, "0.8"), (Tier.HIGH, "0.9")])
def test_a_limit_by_tier_is_the_one_of_this_tier(tier: Tier, limit: str) -> None:
    [part] = decided(all_of(threshold(Comparator.GTE, None, per_tier=BY_TIER)), tier=tier).thresholds.parts

    assert (part.value, part.per_tier) == (Decimal(limit), {})


def test_a_tier_without_a_limit_is_undecided_even_where_the_limit_would_not_count() -> None:
    for when in (None, "facts.public"):
        found = decided(all_of(threshold(Comparator.GTE, None, per_tier=BY_TIER, when=when)), tier=Tier.PROHIBITED)
        assert found.applicability.applies is Applies.UNDECIDED
        assert found.applicability.why == "the policy names no limit for the tier prohibited"


def test_seats_are_asked_not_asked_or_undecided_and_the_undecided_block() -> None:
    seats = (seat("always", "true"), seat("agent", "facts.agent"), seat("never", "facts.public"), seat("unclear", "facts.missing || true"))

    plan = decide_plan(policy(seats=seats), "G1", FACTS, Tier.HIGH)

    assert [one.id for one in plan.seats] == ["always", "agent"]
    assert plan.undecided_seats == (("Unclear", "not answered yet: missing"),)


def test_items_and_seats_keep_the_order_of_the_policy() -> None:
    items = [item(f"G1-{number:02}") for number in (3, 1, 2)]

    plan = decide_plan(policy(*items, seats=(seat("b", "true"), seat("a", "true"))), "G1", FACTS, Tier.HIGH)

    assert [one.item.id for one in plan.items] == ["G1-03", "G1-01", "G1-02"]
    assert [one.id for one in plan.seats] == ["b", "a"]
    assert (plan.policy, plan.gate, plan.tier) == (SHIPPED.digest, "G1", Tier.HIGH)


def test_a_gate_the_policy_does_not_have_is_an_error() -> None:
    with pytest.raises(KeyError):
        decide_plan(SHIPPED, "G9", {}, Tier.LOW)


@pytest.mark.parametrize("gate", SHIPPED.gates)
@pytest.mark.parametrize("tier", [Tier.LOW, Tier.MEDIUM, Tier.HIGH])
def test_with_no_facts_nothing_of_the_shipped_policy_is_decided_by_a_fact(gate: str, tier: Tier) -> None:
    plan = decide_plan(SHIPPED, gate, {}, tier)

    for planned in plan.items:
        asks = "facts." in planned.item.when
        assert (planned.applicability.applies is Applies.UNDECIDED) >= asks, planned.item.id
    assert {one.function for one in plan.seats} == set(Function)
