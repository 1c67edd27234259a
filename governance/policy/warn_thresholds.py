"""Thresholds that no value can pass: beyond what the unit allows, or two that exclude one another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from governance.domain.numbers import LEVELS
from governance.domain.policy import Combination, Value
from governance.domain.vocabulary import Comparator, Tier
from governance.policy.codes import Code, Level
from governance.policy.models import ThresholdModel
from governance.policy.problems import PolicyProblem
from governance.policy.reader import Document, Location
from governance.policy.values import TIERS
from governance.policy.whole import Whole

ENDLESS = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Range:
    """Every number between two ends; an end is part of it unless it is open."""

    low: Decimal = -ENDLESS
    high: Decimal = ENDLESS
    low_open: bool = False
    high_open: bool = False

    @property
    def is_empty(self) -> bool:
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def within(self, other: "Range") -> "Range":
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, shut = min((self.high, not self.high_open), (other.high, not other.high_open))
        return Range(low, high, low_open, not shut)


POSSIBLE: Mapping[str, Range] = {
    "share": Range(Decimal(0), Decimal(1)),
    "percent": Range(Decimal(0), Decimal(100)),
    "level": Range(Decimal(0), Decimal(len(LEVELS) - 1)),
    **dict.fromkeys(("count", "seconds", "minutes", "hours", "days", "weeks", "runs", "requests per second"), Range(Decimal(0))),
}
"""What a value in a unit can be at all."""


def warnings(
    whole: Whole, document: Document, combination: Combination, parts: Sequence[ThresholdModel], places: Sequence[Location]
) -> Iterator[PolicyProblem]:
    sound = [(part, place) for part, place in zip(parts, places, strict=True) if document.sound(place)]
    for part, place in sound:
        for tier in TIERS:
            if _range(part, tier).within(POSSIBLE.get(part.unit, Range())).is_empty:
                yield _never(document, place, f"no value in {part.unit} can pass this{_at_tier(part, tier)}")
                break
    if combination is Combination.ALL_OF:
        yield from _excluding(whole, document, sound)


def _excluding(whole: Whole, document: Document, parts: Sequence[tuple[ThresholdModel, Location]]) -> Iterator[PolicyProblem]:
    """A threshold that excludes one before it, where both always count."""
    for number, (part, place) in enumerate(parts):
        for earlier, _ in parts[:number]:
            one, other = ((whole.key(each.metric), each.unit, each.when, each.for_each) for each in (part, earlier))
            same = one == other
            tier = next((tier for tier in TIERS if same and _range(part, tier).within(_range(earlier, tier)).is_empty), None)
            if tier is not None and not (_range(part, tier).is_empty or _range(earlier, tier).is_empty):
                yield _never(document, place, f"no value of {part.metric} can pass this and the threshold above it{_at_tier(part, tier)}")
                break


def _never(document: Document, at: Location, message: str) -> PolicyProblem:
    return document.problem(at, message, Code.NEVER_PASSES, level=Level.WARNING)


def _at_tier(part: ThresholdModel, tier: Tier) -> str:
    return f" at the tier {tier.value}" if isinstance(part.value, dict) else ""


def _range(part: ThresholdModel, tier: Tier) -> Range:
    """The values that pass; all where the limit is stated elsewhere."""
    value = part.value[tier] if isinstance(part.value, dict) else part.value
    if value is None:
        return Range()
    low, high = _ends(value)
    match part.comparator:
        case Comparator.LT:
            return Range(high=high, high_open=True)
        case Comparator.LTE:
            return Range(high=high)
        case Comparator.GT:
            return Range(low, low_open=True)
        case Comparator.GTE:
            return Range(low)
        case Comparator.EQ | Comparator.BETWEEN:
            return Range(low, high)
        case _:
            return Range()


def _ends(value: Value) -> tuple[Decimal, Decimal]:
    match value:
        case str():
            level = Decimal(LEVELS.index(value))
            return level, level
        case (low, high):
            return low, high
        case Decimal():
            return value, value
