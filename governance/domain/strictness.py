"""Whether a changed rule asks for more or for less. Each function takes what stood there and what stands there now.

Nothing is guessed: where one policy lets through what the other stops, and the other way round, the answer is `unclear`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from governance.domain.numbers import LEVELS
from governance.domain.policy import Bound, Combination, Value
from governance.domain.policy_changes import Effect
from governance.domain.questionnaire import Band, StatementKind
from governance.domain.tiering import ORDER
from governance.domain.vocabulary import Comparator, GateKind, Severity, Tier

PASSABLE = (Tier.LOW, Tier.MEDIUM, Tier.HIGH)
"""The tiers that can pass a gate."""

NEVER_NEGATIVE = frozenset({"count", "days", "hours", "minutes", "requests per second", "runs", "seconds", "share", "weeks"})
"""Units of which there is never less than nothing, so that a factor moves them one way only."""

OPPOSITE = {Effect.STRICTER: Effect.LOOSER, Effect.LOOSER: Effect.STRICTER}
GRAVITY = {Severity.ADVISORY: 0, Severity.WAIVABLE: 1, Severity.BLOCKING: 2}
UPWARDS = frozenset({Comparator.GT, Comparator.GTE})
DOWNWARDS = frozenset({Comparator.LT, Comparator.LTE})
STRICT_FORM = {Comparator.LTE: Comparator.LT, Comparator.GTE: Comparator.GT, Comparator.REACHES: Comparator.BEATS}
"""The comparator that asks for the same and does not take the limit itself."""

Member = TypeVar("Member")


def unclear(_: object, __: object) -> Effect:
    return Effect.UNCLEAR


def neither(_: object, __: object) -> Effect:
    """For names, reasons and mappings: what has to be done stays the same."""
    return Effect.NEITHER


def lower(before: Decimal | int | None, after: Decimal | int | None) -> Effect:
    """Of what is stricter the lower it is: days a decision holds, an age, a failure that is still borne."""
    if before is None or after is None:
        return Effect.UNCLEAR
    return Effect.NEITHER if before == after else Effect.STRICTER if after < before else Effect.LOOSER


def higher(before: Decimal | int | None, after: Decimal | int | None) -> Effect:
    """Of what is stricter the higher it is: a sample, a level, points towards a tier."""
    found = lower(before, after)
    return OPPOSITE.get(found, found)


def easing(before: Decimal | None, after: Decimal | None) -> Effect:
    """A margin or an allowance makes a limit easier to keep; none is nothing."""
    return lower(before or Decimal(0), after or Decimal(0))


def level(before: str | None, after: str | None) -> Effect:
    """Of the attribution level that is asked for at least; none asked is the least."""
    return higher(*(LEVELS.index(said) if said else -1 for said in (before, after)))


def severity(before: Severity, after: Severity) -> Effect:
    return higher(GRAVITY[before], GRAVITY[after])


def tier(before: Tier | None, after: Tier | None) -> Effect:
    """Of the tier that a statement leads to."""
    return higher(*(None if said is None else ORDER[said] for said in (before, after)))


def more(before: Collection[Member], after: Collection[Member]) -> Effect:
    """Of the duties there are, or the cases in which there is one: more of them is stricter."""
    old, new = frozenset(before), frozenset(after)
    return Effect.NEITHER if old == new else Effect.STRICTER if old < new else Effect.LOOSER if new < old else Effect.UNCLEAR


def demand(before: str | None, after: str | None) -> Effect:
    """Of something asked for in words, or not at all."""
    return more(() if before is None else ("",), () if after is None else ("",)) if (before is None) != (after is None) else Effect.UNCLEAR


def insistence(before: bool, after: bool) -> Effect:
    """Of a demand that is made or not."""
    return higher(int(before), int(after))


def gate_added(kind: GateKind) -> Effect:
    """Another recurring gate is one more duty; another passage or exit may be a hurdle or a way round one."""
    return Effect.STRICTER if kind is GateKind.RECURRING else Effect.UNCLEAR


def statement_added(kind: StatementKind) -> Effect:
    """Hard stops and floors raise the tier, exceptions lift them."""
    return Effect.LOOSER if kind is StatementKind.EXCEPTION else Effect.STRICTER


def opposite(effect: Effect) -> Effect:
    """Of the same change the other way round."""
    return OPPOSITE.get(effect, effect)


def together(effects: Iterable[Effect]) -> Effect:
    """Of several that make one change: those without effect do not count, and two that disagree leave it unclear."""
    found = set(effects) - {Effect.NEITHER}
    return Effect.NEITHER if not found else found.pop() if len(found) == 1 else Effect.UNCLEAR


def bands(before: Iterable[Band], after: Iterable[Band], places: int = 0) -> Effect:
    """Of where the tiers begin: a score, of so many places, that leads to a higher tier now is stricter."""
    old, new = _tiers(before, places), _tiers(after, places)
    return together(tier(old[score], new[score]) for score in old if score in new)


def _tiers(bands: Iterable[Band], places: int) -> dict[int, Tier]:
    """By score, in its smallest steps."""
    step = 10**places
    return {score: band.tier for band in bands for score in range(int(band.low * step), int(band.high * step) + 1)}


def combination(before: Combination, after: Combination, parts: tuple[int, int]) -> Effect:
    """Of how several thresholds combine. Where one side has a single part, that says nothing yet."""
    if before is after or 1 in parts:
        return Effect.NEITHER
    return Effect.LOOSER if after is Combination.ANY_OF else Effect.STRICTER


def part_added(combination: Combination, *, others_always_count: bool) -> Effect:
    """One threshold more among others: one more to keep, or one more way to pass."""
    if combination is Combination.ALL_OF:
        return Effect.STRICTER
    return Effect.LOOSER if others_always_count else Effect.UNCLEAR


def bound(comparator: Comparator, before: Bound, after: Bound) -> Effect:
    """The worse end of an interval is never better than its point, where one direction is the good one."""
    if comparator in (Comparator.EQ, Comparator.BETWEEN):
        return Effect.UNCLEAR
    return insistence(before is Bound.WORSE, after is Bound.WORSE)


def factor(comparator: Comparator, unit: str, before: Decimal | None, after: Decimal | None) -> Effect:
    """Of what a reference is multiplied by: it can be told where neither the unit nor the factor can be below nothing."""
    numbers = [Decimal(1) if said is None else said for said in (before, after)]
    if unit not in NEVER_NEGATIVE or min(numbers) < 0 or comparator not in UPWARDS | DOWNWARDS:
        return Effect.UNCLEAR
    return higher(*numbers) if comparator in UPWARDS else lower(*numbers)


@dataclass(frozen=True, slots=True)
class Limit:
    """A comparator with what it compares with: a constant, or the name of a reference."""

    comparator: Comparator
    value: Value | None
    reference: str | None = None


def limit(before: Limit, after: Limit) -> Effect:
    """Of two limits on the same metric in the same unit: what lets through less is stricter."""
    if (before.value, before.reference) == (after.value, after.reference):
        return _comparator(before.comparator, after.comparator, _permitted(before), _permitted(after))
    old, new = _permitted(before), _permitted(after)
    return Effect.UNCLEAR if old is None or new is None else old.against(new)


def _comparator(before: Comparator, after: Comparator, old: "_Permitted | None", new: "_Permitted | None") -> Effect:
    if before is after:
        return Effect.NEITHER
    if STRICT_FORM.get(before) is after:
        return Effect.STRICTER
    if STRICT_FORM.get(after) is before:
        return Effect.LOOSER
    return old.against(new) if old is not None and new is not None else Effect.UNCLEAR


@dataclass(frozen=True, slots=True)
class _Permitted:
    """The values that pass: from `low` to `high`, each end with whether it passes itself (0) or not (1 and −1)."""

    low: tuple[Decimal, int]
    high: tuple[Decimal, int]

    def against(self, other: "_Permitted") -> Effect:
        """Of putting the other in the place of this one."""
        narrower = other.low >= self.low and other.high <= self.high
        wider = other.low <= self.low and other.high >= self.high
        return Effect.NEITHER if narrower and wider else Effect.STRICTER if narrower else Effect.LOOSER if wider else Effect.UNCLEAR


ENDLESS = Decimal("Infinity")


def _permitted(limit: Limit) -> _Permitted | None:
    """None where the metric decides which way is good, or a record what the limit is."""
    if limit.value is None:
        return None
    if isinstance(limit.value, tuple):
        return _Permitted((limit.value[0], 0), (limit.value[1], 0))
    number = Decimal(LEVELS.index(limit.value)) if isinstance(limit.value, str) else limit.value
    match limit.comparator:
        case Comparator.LT:
            return _Permitted((-ENDLESS, 0), (number, -1))
        case Comparator.LTE:
            return _Permitted((-ENDLESS, 0), (number, 0))
        case Comparator.GT:
            return _Permitted((number, 1), (ENDLESS, 0))
        case Comparator.GTE:
            return _Permitted((number, 0), (ENDLESS, 0))
        case Comparator.EQ:
            return _Permitted((number, 0), (number, 0))
        case _:
            return None
