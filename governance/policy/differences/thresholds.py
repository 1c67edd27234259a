"""The thresholds of a check: paired by metric, compared field by field and tier by tier."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from governance.domain import strictness
from governance.domain.policy import Combination, Threshold, Thresholds, Value
from governance.domain.policy_changes import Change, Effect, Kind
from governance.domain.strictness import Limit
from governance.domain.vocabulary import Tier
from governance.policy.differences.fields import ALWAYS, Fields, Place, Rule, differing

FIELDS: Fields = {
    "metric": (Kind.THRESHOLD_METRIC, strictness.unclear),
    "unit": (Kind.THRESHOLD_UNIT, strictness.unclear),
    "window": (Kind.THRESHOLD_WINDOW, strictness.unclear),
    "min_n": (Kind.THRESHOLD_SAMPLE, strictness.higher),
    "margin": (Kind.THRESHOLD_MARGIN, strictness.easing),
    "allow": (Kind.THRESHOLD_ALLOWANCE, strictness.easing),
    "for_each": (Kind.THRESHOLD_FOR_EACH, strictness.unclear),
    "basis": (Kind.THRESHOLD_BASIS, strictness.neither),
}
"""Those that are judged by themselves."""


def changes(place: Place, before: Thresholds | None, after: Thresholds | None, condition: Rule) -> Iterator[Change]:
    """`condition` tells what a changed condition does where it stands alone."""
    if before is None or after is None:
        for part in before.parts if before else ():
            yield _gone(place, part, Effect.LOOSER)
        for part in after.parts if after else ():
            yield _came(place, part, Effect.STRICTER)
        return
    if before.combination is not after.combination:
        effect = strictness.combination(before.combination, after.combination, (len(before.parts), len(after.parts)))
        yield place.change(Kind.THRESHOLD_COMBINATION, effect, before.combination, after.combination)
    for old, new in _pairs(before.parts, after.parts):
        if new is None:
            assert old is not None
            yield _gone(place, old, strictness.opposite(_one_more(after, before)))
        elif old is None:
            yield _came(place, new, _one_more(before, after))
        else:
            every_one_counts = before.combination is after.combination is Combination.ALL_OF or len(before.parts) == len(after.parts) == 1
            yield from _threshold(place, old, new, condition if every_one_counts else strictness.unclear)


def _one_more(fewer: Thresholds, more: Thresholds) -> Effect:
    """Of one part more than there are; where a single one stood, only the larger side says how they combine."""
    if len(fewer.parts) > 1 and fewer.combination is not more.combination:
        return Effect.UNCLEAR
    return strictness.part_added(more.combination, others_always_count=all((part.when or ALWAYS) == ALWAYS for part in fewer.parts))


def _gone(place: Place, part: Threshold, effect: Effect) -> Change:
    return place.change(Kind.THRESHOLD_REMOVED, effect, before=_limit_said(part), detail=part.metric, unit=part.unit)


def _came(place: Place, part: Threshold, effect: Effect) -> Change:
    return place.change(Kind.THRESHOLD_ADDED, effect, after=_limit_said(part), detail=part.metric, unit=part.unit)


def _limit_said(part: Threshold) -> tuple[str, ...]:
    """The comparator and what is compared with, as the policy writes them."""
    by_tier = tuple(f"{tier}: {value}" for tier, value in part.per_tier.items())
    return part.comparator, *(by_tier or (str(part.compare_with or part.value),))


def _pairs(before: Sequence[Threshold], after: Sequence[Threshold]) -> Iterator[tuple[Threshold | None, Threshold | None]]:
    """Those of the same metric, by whichever of its names, belong together, in their order; what is left over is paired as it stands."""
    left, rest = list(before), []
    for new in after:
        old = next((one for one in left if one.metric == new.metric), None)
        old = old or next((one for one in left if not {*one.names}.isdisjoint(new.names)), None)
        if old is None:
            rest.append(new)
            continue
        left.remove(old)
        yield old, new
    yield from zip_longest(left, rest)


def _threshold(place: Place, before: Threshold, after: Threshold, condition: Rule) -> Iterator[Change]:
    def named(kind: Kind, effect: Effect, old: object, new: object, **more: object) -> Change:
        return place.change(kind, effect, old, new, detail=after.metric, unit=after.unit, **more)

    for change in differing(place, before, after, FIELDS):
        yield named(change.kind, change.effect, change.before, change.after)
    same = (before.metric, before.unit) == (after.metric, after.unit)
    yield from (named(kind, effect, old, new, tiers=tiers) for kind, effect, old, new, tiers in _limits(before, after, same))
    if before.bound is not after.bound:
        effect = strictness.bound(after.comparator, before.bound, after.bound) if before.comparator is after.comparator else Effect.UNCLEAR
        yield named(Kind.THRESHOLD_BOUND, effect, before.bound, after.bound)
    if before.factor != after.factor:
        yield named(Kind.THRESHOLD_FACTOR, _factor(before, after), before.factor, after.factor)
    if before.when != after.when:
        yield named(Kind.THRESHOLD_CONDITION, condition(before.when, after.when), before.when, after.when)


def _limits(before: Threshold, after: Threshold, same: bool) -> Iterator[tuple[Kind, Effect, object, object, tuple[Tier, ...]]]:
    """How the limit itself differs: comparator, constant, reference. `same`: the two measure the same."""
    tiers = strictness.PASSABLE if before.per_tier or after.per_tier else (None,)
    by_tier = [(tier, _at(before, tier), _at(after, tier)) for tier in tiers]
    effects = {tier: strictness.limit(old, new) if same else Effect.UNCLEAR for tier, old, new in by_tier}
    if before.comparator is not after.comparator:
        yield Kind.THRESHOLD_COMPARATOR, strictness.together(effects.values()), before.comparator, after.comparator, ()
    for tier, old, new in by_tier:
        if old.value != new.value:
            yield Kind.THRESHOLD_VALUE, effects[tier], old.value, new.value, (tier,) if tier else ()
    if before.compare_with != after.compare_with:
        yield Kind.THRESHOLD_REFERENCE, Effect.UNCLEAR, before.compare_with, after.compare_with, ()


def _at(threshold: Threshold, tier: Tier | None) -> Limit:
    value: Value | None = threshold.per_tier[tier] if tier and threshold.per_tier else threshold.value
    return Limit(threshold.comparator, value, threshold.compare_with)


def _factor(before: Threshold, after: Threshold) -> Effect:
    kept = ("metric", "unit", "comparator", "compare_with", "for_each")
    if after.for_each or any(getattr(before, name) != getattr(after, name) for name in kept):
        return Effect.UNCLEAR
    return strictness.factor(after.comparator, after.unit, before.factor, after.factor)
