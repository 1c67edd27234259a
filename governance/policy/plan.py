"""The plan of a gate for one initiative: which items apply, with which thresholds, and who has to sign."""

from collections.abc import Mapping
from dataclasses import replace

from governance.domain.policy import Applicability, Gate, Item, Plan, PlannedItem, Policy, Seat, Threshold, Thresholds
from governance.domain.questionnaire import FactValue
from governance.domain.vocabulary import Applies, Tier
from governance.policy.conditions import Conditions


def decide_plan(policy: Policy, gate_id: str, facts: Mapping[str, FactValue], tier: Tier) -> Plan:
    """Decide every condition of a gate. Raises `KeyError` for a gate that the policy does not have."""
    gate, conditions = policy.gates[gate_id], Conditions(facts, tier)
    seats, undecided = _seats(gate, conditions)
    return Plan(
        policy=policy.digest,
        gate=gate_id,
        tier=tier,
        items=tuple(_item(item, conditions, tier) for item in gate.items),
        seats=seats,
        undecided_seats=undecided,
        question=gate.question,
        kind=gate.kind,
        enters=gate.enters,
        usual_age=policy.max_age_days,
        least_attribution=policy.attribution_minimum.get(gate_id, {}).get(tier),
    )


def _seats(gate: Gate, conditions: Conditions) -> tuple[tuple[Seat, ...], tuple[tuple[str, str], ...]]:
    decided = [(seat, conditions.decide(seat.when)) for seat in gate.seats]
    asked = tuple(seat for seat, found in decided if found.applies is Applies.YES)
    undecided = tuple((seat.label, found.why or "") for seat, found in decided if found.applies is Applies.UNDECIDED)
    return asked, undecided


def _item(item: Item, conditions: Conditions, tier: Tier) -> PlannedItem:
    applies = conditions.decide(item.when)
    if item.thresholds is None or applies.applies is not Applies.YES:
        return PlannedItem(item, applies, None)
    decided = [(threshold, _decided(threshold, conditions, tier)) for threshold in item.thresholds.parts]
    unclear = next((found for _, found in decided if found.applies is Applies.UNDECIDED), None)
    if unclear is not None:
        return PlannedItem(item, unclear, None)
    parts = tuple(_for_tier(threshold, tier) for threshold, found in decided if found.applies is Applies.YES)
    return PlannedItem(item, applies, Thresholds(item.thresholds.combination, parts) if parts else None)


def _decided(threshold: Threshold, conditions: Conditions, tier: Tier) -> Applicability:
    """Whether a threshold counts. Limits by tier exist only for tiers that can pass a gate."""
    if threshold.per_tier and tier not in threshold.per_tier:
        return Applicability(Applies.UNDECIDED, f"the policy names no limit for the tier {tier.value}")
    return conditions.decide(threshold.when or "true")


def _for_tier(threshold: Threshold, tier: Tier) -> Threshold:
    return replace(threshold, value=threshold.per_tier[tier], per_tier={}) if threshold.per_tier else threshold
