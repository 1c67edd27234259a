"""What every comparison does: pair things by id, and name the fields in which a pair differs."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any, TypeAlias, TypeVar

from governance.domain import strictness
from governance.domain.policy import Fact
from governance.domain.policy_changes import Change, Effect, Kind, Said
from governance.domain.questionnaire import FactValue
from governance.domain.vocabulary import Applies, Tier
from governance.policy.conditions import FACT, Conditions

Rule: TypeAlias = Callable[[Any, Any], Effect]
Fields: TypeAlias = Mapping[str, tuple[Kind, Rule]]
"""By attribute: which change it is where the two differ, and what that does."""

Thing = TypeVar("Thing")
ALWAYS = "true"
MOST_STATES = 1_000
"""Of the facts that two conditions name; past it, comparing them costs more than it tells."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a change belongs to."""

    gate: str | None = None
    part: str | None = None
    title: str = ""

    def change(self, kind: Kind, effect: Effect, before: object = None, after: object = None, **more: Any) -> Change:
        return Change(kind, effect, said(before), said(after), self.gate, self.part, self.title, **more)

    def inside(self, part: str, title: str) -> "Place":
        return replace(self, part=part, title=title)


def said(value: object) -> Said:
    """A value of a policy as a change states it; sets and lists in a stable order."""
    match value:
        case None | str() | Decimal():
            return value
        case bool():
            return ALWAYS if value else "false"
        case int():
            return value
        case (Decimal() as low, Decimal() as high):
            return low, high
        case Mapping():
            return tuple(f"{key}: {_plain(inner)}" for key, inner in sorted(value.items()))
        case frozenset():
            return tuple(sorted(map(str, value)))
        case Iterable():
            return tuple(map(_plain, value))
        case _:
            raise TypeError(f"no policy holds a {type(value).__name__}")


def _plain(value: object) -> str:
    match said(value):
        case None:
            return "nothing"
        case tuple() as parts:
            return ", ".join(map(str, parts))
        case one:
            return str(one)


def differing(place: Place, before: object, after: object, fields: Fields) -> Iterator[Change]:
    for name, (kind, rule) in fields.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield place.change(kind, rule(old, new), old, new)


def paired(before: Mapping[str, Thing], after: Mapping[str, Thing]) -> Iterator[tuple[str, Thing | None, Thing | None]]:
    """Every id with what stands under it on either side: in the order of the new one, what is gone after what stood before it."""
    order = list(after)
    last = -1
    for name in before:
        if name in after:
            last = order.index(name)
        else:
            last += 1
            order.insert(last, name)
    yield from ((name, before.get(name), after.get(name)) for name in order)


def unequal(before: Mapping[str, Thing], after: Mapping[str, Thing]) -> Iterator[tuple[str, Thing | None, Thing | None]]:
    """The same without those that are equal on both sides."""
    yield from (pair for pair in paired(before, after) if pair[1] != pair[2])


def reordered(place: Place, kind: Kind, before: Iterable[str], after: Iterable[str]) -> Iterator[Change]:
    """Whether those that stand on both sides stand in another order."""
    old, new = list(before), list(after)
    kept_old, kept_new = [name for name in old if name in new], [name for name in new if name in old]
    if kept_old != kept_new:
        yield place.change(kind, Effect.NEITHER, tuple(kept_old), tuple(kept_new))


@cache
def reach(condition: str) -> frozenset[Tier] | None:
    """The tiers at which a condition holds; None where the tier alone does not say."""
    found = {tier: Conditions({}, tier).decide(condition).applies for tier in strictness.PASSABLE}
    return None if Applies.UNDECIDED in found.values() else frozenset(tier for tier, applies in found.items() if applies is Applies.YES)


def tiers_of(condition: str) -> tuple[Tier, ...]:
    """The tiers at which it holds, where it does not at all of them; none where the tier alone does not say."""
    found = reach(condition)
    return () if found is None or found == frozenset(strictness.PASSABLE) else tuple(tier for tier in strictness.PASSABLE if tier in found)


class Cases:
    """Conditions of two policies, compared in every case they could tell apart: each tier with each state of the facts they name."""

    def __init__(self, before: Mapping[str, Fact], after: Mapping[str, Fact]) -> None:
        self._values = {
            name: tuple(dict.fromkeys(value for facts in (before, after) if name in facts for value in facts[name].values))
            for name in {*before, *after}
        }

    def condition(self, before: str | None, after: str | None) -> Effect:
        """What holds in more cases is stricter; unclear where there are too many to try, or one cannot be decided."""
        old, new = before or ALWAYS, after or ALWAYS
        names = sorted({*FACT.findall(old), *FACT.findall(new)})
        states: list[Sequence[FactValue]] = [self._values.get(name) or (True, False) for name in names]
        if math.prod(map(len, states)) > MOST_STATES:
            return Effect.UNCLEAR
        cases = [Conditions(dict(zip(names, values, strict=True)), tier) for tier in strictness.PASSABLE for values in product(*states)]
        held = [[case.decide(asked).applies for case in cases] for asked in (old, new)]
        if any(Applies.UNDECIDED in decided for decided in held):
            return Effect.UNCLEAR
        return strictness.more(*([number for number, applies in enumerate(decided) if applies is Applies.YES] for decided in held))
