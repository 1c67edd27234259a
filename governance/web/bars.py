"""Where a value lies beside its limit, as positions of a small drawing 136 units wide and 16 high."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from governance.domain.comparison import Comparison, Outcome
from governance.domain.vocabulary import Comparator, Good

LEFT, WIDTH, MIDDLE = 6.0, 124.0, 8.0


@dataclass(frozen=True, slots=True)
class Bar:
    """Positions in user units. `shape` is ok, no or unsure; `was` the value of the last time."""

    allow_from: float
    allow_width: float
    limits: tuple[float, ...]
    value: float
    shape: str
    was: float | None
    label: str


def bar(comparison: Comparison, was: str | None = None) -> Bar | None:
    """None where the value or its limit is no number, so that there is nothing to draw."""
    value = _number(comparison.measured.value) if comparison.measured else None
    limits = _limits(comparison)
    if value is None or not limits:
        return None
    before = _number(was)
    low, high = _range([*limits, value, *([before] if before is not None else [])])
    allowed = _allowed(comparison, limits, low, high)
    if allowed is None:
        return None
    start, end = (_place(number, low, high) for number in allowed)
    return Bar(
        allow_from=start,
        allow_width=max(round(end - start, 1), 0.0),
        limits=tuple(_place(limit, low, high) for limit in limits),
        value=_place(value, low, high),
        shape={Outcome.SUCCESSFUL: "ok", Outcome.FAILED: "no", Outcome.INCONCLUSIVE: "unsure"}[comparison.outcome],
        was=_place(before, low, high) if before is not None else None,
        label=comparison.why,
    )


def _limits(comparison: Comparison) -> list[Decimal]:
    stated = comparison.threshold.value
    if isinstance(stated, tuple):
        return list(stated)
    number = _number(comparison.reference) if comparison.reference else stated if isinstance(stated, Decimal) else None
    return [number] if number is not None else []


def _allowed(comparison: Comparison, limits: list[Decimal], low: Decimal, high: Decimal) -> tuple[Decimal, Decimal] | None:
    match comparison.threshold.comparator:
        case Comparator.LT | Comparator.LTE:
            return low, limits[0]
        case Comparator.GT | Comparator.GTE:
            return limits[0], high
        case Comparator.EQ:
            return limits[0], limits[0]
        case Comparator.BETWEEN:
            return limits[0], limits[-1]
    if comparison.good is None:
        return None
    return (limits[0], high) if comparison.good is Good.UP else (low, limits[0])


def _range(numbers: list[Decimal]) -> tuple[Decimal, Decimal]:
    """From zero, or below it where a number is, to a quarter past the largest."""
    low, high = min([Decimal(0), *numbers]), max([Decimal(0), *numbers])
    room = (high - low) / 4 or Decimal(1)
    return (low - room if low < 0 else low), high + room


def _place(number: Decimal, low: Decimal, high: Decimal) -> float:
    return round(LEFT + WIDTH * float((number - low) / (high - low)), 1)


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text is not None else None
    except InvalidOperation:
        return None
