"""Values that came in under several names of one metric: which is meant, nobody knows, unless they say the same."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from governance.domain.dossier import StatedValue
from governance.domain.limits import amount
from governance.domain.numbers import decimal
from governance.domain.policy import Bound, Threshold
from governance.domain.vocabulary import RELATIVE


@dataclass(frozen=True, slots=True)
class Aspect:
    """What is looked at of a value: how it is compared with that of another, and how it is said."""

    noun: str
    of: Callable[[StatedValue], Hashable | None]  # None: it says nothing about it, which contradicts nothing
    said: Callable[[StatedValue], str]


def _exact(text: str | None) -> Decimal | str | None:
    """A number as such, so that 0.9 and 0.90 are the same; a level as its word."""
    number = None if text is None else decimal(text)
    return text if number is None else number


def _interval(value: StatedValue) -> str:
    ends = [amount(end, value.unit) for end in (value.low, value.high) if end is not None]
    return " to ".join(ends) or "none"


UNIT = Aspect("units", lambda value: value.unit, lambda value: value.unit)
NUMBER = Aspect("values", lambda value: _exact(value.value), lambda value: amount(value.value, value.unit))
SAMPLE = Aspect("samples", lambda value: value.n, lambda value: f"n {value.n:,}")
INTERVAL = Aspect("intervals", lambda value: (_exact(value.low), _exact(value.high)), _interval)
DIRECTION = Aspect("directions", lambda value: value.good, lambda value: f"{value.good} is good")


def looked_at(threshold: Threshold) -> Iterator[Aspect]:
    """What a threshold looks at of a value it is held against."""
    yield from (UNIT, NUMBER)
    yield from (SAMPLE,) if threshold.min_n > 1 else ()
    yield from (INTERVAL,) if threshold.bound is Bound.WORSE else ()
    yield from (DIRECTION,) if threshold.comparator in RELATIVE else ()


def disagreement(values: Iterable[StatedValue], aspects: Iterable[Aspect]) -> str | None:
    """In words how values of one metric under several names differ, or None. Under each name the last one counts."""
    latest = {value.metric: value for value in values}.values()
    for aspect in aspects if len(latest) > 1 else ():
        telling = [value for value in latest if aspect.of(value) is not None]
        if len({aspect.of(value) for value in telling}) > 1:
            said = ", ".join(f"{value.metric} {aspect.said(value)}" for value in telling)
            return f"names of one metric say different {aspect.noun}: {said}"
    return None
