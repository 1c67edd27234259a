"""One measured value against one threshold, exactly as stated; undecided wherever something is missing or does not fit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

from governance.domain.dossier import Answer, StatedValue
from governance.domain.limits import AS_THE_METRIC, amount, in_words, metric_in_words, reference_in_words
from governance.domain.numbers import EXACT, LEVELS, decimal
from governance.domain.policy import Bound, Threshold, Thresholds, Value
from governance.domain.several_names import DIRECTION, NUMBER, UNIT, disagreement, looked_at
from governance.domain.vocabulary import RELATIVE, Comparator, Good

ONE_WAY = [{good.value} for good in Good]
"""What is said of a direction where nothing else is said of it."""

KEPT_REFERENCES = ("limits.", "approved.", "attribution.")
"""References that the app takes from its own records or the policy; any other is stated beside the value."""


class Outcome(StrEnum):
    """Of one comparison, in the words of Argo Rollouts."""

    SUCCESSFUL = "successful"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Reference:
    """A number to compare with, from a record of the initiative or of the policy."""

    value: str
    unit: str | None = None
    good: str | None = None


References = Mapping[str, Reference]
"""By the name a threshold uses: `limits.p95_latency_s`, `attribution.gate_minimum`, `approved.offline_quality`."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One threshold, the value it was compared with, and how it went."""

    threshold: Threshold
    measured: StatedValue | None
    outcome: Outcome
    limit: Value | None = None  # what the value had to keep to, worked out
    number: Value | None = None  # what was compared with it: the value, or the worse end of its interval
    why_not: str | None = None  # what kept the two from being compared

    @property
    def good(self) -> Good | None:
        """Which way is better, as it was stated with the value or is declared of the metric."""
        declared = self.threshold.declared.good if self.threshold.declared else None
        return _good(self.measured.good if self.measured else None, declared)

    @property
    def reference(self) -> str | None:
        return None if self.limit is None else text(self.limit)

    @property
    def why(self) -> str:
        """In words, for every outcome. Phrased when somebody reads it: most comparisons are only counted."""
        if self.measured is None or self.number is None or self.limit is None:
            return self.why_not or ""
        unit = self.measured.unit
        return f"{amount(self.number, unit)} against {in_words(self.threshold.comparator, self.limit, unit)}"


def compare_all(thresholds: Thresholds, answer: Answer, references: References) -> tuple[Comparison, ...]:
    """Every comparison of an item: one per threshold, or one per measured guardrail where the policy says `for_each`."""
    return tuple(found for threshold in thresholds.parts for found in _each(threshold, answer, references))


def _each(threshold: Threshold, answer: Answer, references: References) -> Iterator[Comparison]:
    names = threshold.names
    measured = [value for value in answer.values if value.metric in names]
    if not measured:
        yield _inconclusive(threshold, None, f"no value for {metric_in_words(threshold)}")
    for group in _apart(measured) if threshold.for_each else [measured]:
        if why_not := disagreement(group, looked_at(threshold)) if len(names) > 1 else None:
            yield _inconclusive(threshold, None, why_not)
        else:
            for value in group if threshold.for_each else group[-1:]:
                yield compare(threshold, value, answer, references)


def _apart(measured: Sequence[StatedValue]) -> list[list[StatedValue]]:
    """The values of each KPI."""
    return [[value for value in measured if value.kpi == kpi] for kpi in dict.fromkeys(value.kpi for value in measured)]


def compare(threshold: Threshold, value: StatedValue, answer: Answer, references: References) -> Comparison:
    """One value against one threshold. Whatever keeps the two from being compared makes it inconclusive, and is said."""
    if value.n < threshold.min_n:
        return _inconclusive(threshold, value, f"n {value.n:,}, needs {threshold.min_n:,}")
    if threshold.unit not in AS_THE_METRIC and value.unit != threshold.unit:
        return _inconclusive(threshold, value, f"stated in {value.unit}, the policy asks for {threshold.unit}")
    limit = _limit(threshold, value, answer, references)
    if isinstance(limit, str):
        return _inconclusive(threshold, value, limit)
    if why_not := _incomparable(threshold, value, limit):
        return _inconclusive(threshold, value, why_not, limit.value)
    number = _bounded(threshold, value, limit.good)
    outcome = Outcome.SUCCESSFUL if _holds(threshold.comparator, number, limit) else Outcome.FAILED
    return Comparison(threshold, value, outcome, limit.value, number)


def _inconclusive(threshold: Threshold, value: StatedValue | None, why: str, limit: Value | None = None) -> Comparison:
    return Comparison(threshold, value, Outcome.INCONCLUSIVE, limit, why_not=why)


@dataclass(frozen=True, slots=True)
class _Limit:
    value: Value
    good: Good | None


def _limit(threshold: Threshold, value: StatedValue, answer: Answer, references: References) -> _Limit | str:
    """What the value has to keep to, or in words why that is not known."""
    declared = threshold.declared.good if threshold.declared else None
    if threshold.compare_with is None:
        assert threshold.value is not None
        return _Limit(threshold.value, _good(value.good, declared))
    name = reference_in_words(threshold)
    reference = _reference(threshold, answer, references, value)
    if reference is None:
        return f"nothing to compare with: {name} is not stated"
    if isinstance(reference, str):
        return f"nothing to compare with: {reference}"
    if reference.unit is not None and reference.unit != value.unit:
        return f"stated in {value.unit}, {name} in {reference.unit}"
    good = _good(value.good, reference.good, declared)
    if reference.value in LEVELS:
        return _Limit(reference.value, good)
    number = decimal(reference.value)
    if number is None:
        return f"nothing to compare with: “{reference.value}” for {name} is not a number"
    return _Limit(_moved(threshold, EXACT.minus(number) if threshold.for_each else number, good), good)


def _reference(threshold: Threshold, answer: Answer, references: References, value: StatedValue) -> Reference | str | None:
    """From a record where there is one, else from what was measured beside it under the same name; never beside it for a kept record.

    In words why it is not known, where it was measured beside it under several names that say different things.
    """
    name = threshold.compare_with or ""
    if value.kpi and f"{name}.{value.kpi}" in references:
        return references[f"{name}.{value.kpi}"]
    if name in references or name.startswith(KEPT_REFERENCES):
        return references.get(name)
    wanted = {name, name.removeprefix("measured."), *(threshold.beside.names if threshold.beside else ())}
    beside = [other for other in answer.values if other.metric in wanted and other is not value and other.kpi == value.kpi]
    if len(beside) > 1 and (why_not := disagreement(beside, (UNIT, NUMBER, DIRECTION))):
        return why_not
    return Reference(beside[0].value, beside[0].unit, beside[0].good) if beside else None


def _good(*said: str | None) -> Good | None:
    """The direction that was stated, or None where nobody said one, or not all the same."""
    found = {word for word in said if word}
    return Good(found.pop()) if found in ONE_WAY else None


def _upwards(comparator: Comparator, good: Good | None) -> bool:
    """Whether more is better. The comparator says so itself, whatever was stated beside the value; only `RELATIVE` ones ask the metric."""
    match comparator:
        case Comparator.GT | Comparator.GTE:
            return True
        case Comparator.LT | Comparator.LTE:
            return False
        case _:
            return good is not Good.DOWN


def _moved(threshold: Threshold, reference: Decimal, good: Good | None) -> Decimal:
    """The reference with the policy's factor, margin (in its unit) and allowance (a share of it); both make it easier to keep."""
    with localcontext(EXACT):
        moved = reference * (threshold.factor if threshold.factor is not None else 1)
        easier = (threshold.margin or Decimal(0)) + abs(moved) * (threshold.allow or Decimal(0))
        return moved - easier if _upwards(threshold.comparator, good) else moved + easier


def _incomparable(threshold: Threshold, value: StatedValue, limit: _Limit) -> str | None:
    """In words what keeps a value and its limit from being compared, or None."""
    is_level = value.value in LEVELS
    if not is_level and decimal(value.value) is None:
        return f"“{value.value}” is not a number"
    if is_level != isinstance(limit.value, str) or (threshold.comparator is Comparator.BETWEEN) != isinstance(limit.value, tuple):
        return "a number, a level and a range cannot be compared with one another"
    if threshold.comparator in RELATIVE and limit.good is None:
        return "whether up or down is good is not stated, or stated both ways"
    return _interval_fault(value) if threshold.bound is Bound.WORSE and not is_level else None


def _interval_fault(value: StatedValue) -> str | None:
    if value.low is None or value.high is None:
        return "the 95 % interval is missing"
    low, high = decimal(value.low), decimal(value.high)
    if low is None or high is None or not low <= Decimal(value.value) <= high:
        return "the 95 % interval does not hold the value"
    return None


def _bounded(threshold: Threshold, value: StatedValue, good: Good | None) -> Decimal | str:
    """The value that is compared: the level, the point, or the end of the interval that is less good for us."""
    if value.value in LEVELS:
        return value.value
    if threshold.bound is Bound.POINT:
        return Decimal(value.value)
    end = value.low if _upwards(threshold.comparator, good) else value.high
    assert end is not None
    return Decimal(end)


def _holds(comparator: Comparator, number: Decimal | str, limit: _Limit) -> bool:
    """Whether a comparison that can be made holds. Levels compare as A0 < A1 < … < A5."""
    match comparator:
        case Comparator.LT:
            return number < limit.value  # type: ignore[operator]
        case Comparator.LTE:
            return number <= limit.value  # type: ignore[operator]
        case Comparator.GT:
            return number > limit.value  # type: ignore[operator]
        case Comparator.GTE:
            return number >= limit.value  # type: ignore[operator]
        case Comparator.EQ:
            return number == limit.value
        case Comparator.BETWEEN:
            return limit.value[0] <= number <= limit.value[1]  # type: ignore[index, operator]
        case Comparator.REACHES:
            return number >= limit.value if limit.good is Good.UP else number <= limit.value  # type: ignore[operator]
        case Comparator.BEATS:
            return number > limit.value if limit.good is Good.UP else number < limit.value  # type: ignore[operator]


def text(value: Value | Decimal | str) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize(EXACT):f}"
    return value if isinstance(value, str) else f"{text(value[0])} to {text(value[1])}"
