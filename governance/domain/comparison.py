"""One measured value against one threshold, exactly as stated; undecided wherever something is missing or does not fit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from governance.domain.dossier import Answer, StatedValue
from governance.domain.numbers import LEVELS
from governance.domain.policy import Bound, Threshold, Thresholds, Value
from governance.domain.vocabulary import Comparator, Good

AS_THE_METRIC = ("as the metric", "units of the KPI")
"""A policy's unit that leaves it to the metric."""


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
    reference: str | None  # what the value had to keep to, worked out
    outcome: Outcome
    why: str  # in words, for every outcome


def compare_all(thresholds: Thresholds, answer: Answer, references: References) -> tuple[Comparison, ...]:
    """Every comparison of an item: one per threshold, or one per measured guardrail where the policy says `for_each`."""
    return tuple(found for threshold in thresholds.parts for found in _each(threshold, answer, references))


def _each(threshold: Threshold, answer: Answer, references: References) -> Iterator[Comparison]:
    measured = [value for value in answer.values if value.metric == threshold.metric]
    if not measured:
        yield Comparison(threshold, None, None, Outcome.INCONCLUSIVE, f"no value for {plain(threshold.metric)}")
    for value in measured if threshold.for_each else measured[-1:]:
        yield compare(threshold, value, answer, references)


def compare(threshold: Threshold, value: StatedValue, answer: Answer, references: References) -> Comparison:
    """One value against one threshold."""
    if value.n < threshold.min_n:
        return Comparison(threshold, value, None, Outcome.INCONCLUSIVE, f"n {value.n:,}, needs {threshold.min_n:,}")
    if threshold.unit not in AS_THE_METRIC and value.unit != threshold.unit:
        return Comparison(threshold, value, None, Outcome.INCONCLUSIVE, f"stated in {value.unit}, the policy asks for {threshold.unit}")
    limit = _limit(threshold, value, answer, references)
    if isinstance(limit, str):
        return Comparison(threshold, value, None, Outcome.INCONCLUSIVE, limit)
    number = _bounded(threshold, value, limit.good)
    if number is None:
        return Comparison(threshold, value, text(limit.value), Outcome.INCONCLUSIVE, "the 95 % interval is missing")
    holds = _holds(threshold.comparator, number, limit.value, limit.good)
    if holds is None:
        return Comparison(threshold, value, text(limit.value), Outcome.INCONCLUSIVE, "whether up or down is good is not stated")
    outcome = Outcome.SUCCESSFUL if holds else Outcome.FAILED
    return Comparison(threshold, value, text(limit.value), outcome, f"{text(number)} against {in_words(threshold.comparator, limit.value)}")


@dataclass(frozen=True, slots=True)
class _Limit:
    value: Value
    good: Good | None


def _limit(threshold: Threshold, value: StatedValue, answer: Answer, references: References) -> _Limit | str:
    """What the value has to keep to, or in words why that is not known."""
    good = Good(value.good) if value.good else None
    if threshold.compare_with is None:
        assert threshold.value is not None
        return _Limit(_moved(threshold, threshold.value, good), good)
    reference = _reference(threshold.compare_with, answer, references, value)
    if reference is None:
        return f"nothing to compare with: {plain(threshold.compare_with)} is not stated"
    if reference.unit is not None and reference.unit != value.unit:
        return f"stated in {value.unit}, {plain(threshold.compare_with)} in {reference.unit}"
    good = good or (Good(reference.good) if reference.good else None)
    stated: Value = reference.value if reference.value in LEVELS else Decimal(reference.value)
    if threshold.for_each and isinstance(stated, Decimal):
        stated = -stated
    return _Limit(_moved(threshold, stated, good), good)


def _reference(name: str, answer: Answer, references: References, value: StatedValue) -> Reference | None:
    """From a record where there is one, else from what was measured beside it under the same name."""
    if value.kpi and f"{name}.{value.kpi}" in references:
        return references[f"{name}.{value.kpi}"]
    if name in references:
        return references[name]
    wanted = {name, name.removeprefix("measured.")}
    beside = next((other for other in answer.values if other.metric in wanted and other is not value and other.kpi == value.kpi), None)
    return Reference(beside.value, beside.unit, beside.good) if beside else None


def _moved(threshold: Threshold, reference: Value, good: Good | None) -> Value:
    """The reference with the policy's factor, margin and allowance; an allowance always makes it easier."""
    if not isinstance(reference, Decimal):
        return reference
    moved = reference * (threshold.factor if threshold.factor is not None else 1)
    easier = (threshold.margin or Decimal(0)) + abs(moved) * (threshold.allow or Decimal(0))
    upwards = threshold.comparator in (Comparator.GT, Comparator.GTE) or good is not Good.DOWN
    return moved - easier if upwards and threshold.comparator not in (Comparator.LT, Comparator.LTE) else moved + easier


def _bounded(threshold: Threshold, value: StatedValue, good: Good | None) -> Value | None:
    """The value that is compared: the point, or the end of the interval that is less good for us."""
    if value.value in LEVELS:
        return value.value
    if threshold.bound is Bound.POINT:
        return Decimal(value.value)
    if value.low is None or value.high is None:
        return None
    downwards = good is Good.DOWN or threshold.comparator in (Comparator.LT, Comparator.LTE)
    return Decimal(value.high if downwards else value.low)


def _holds(comparator: Comparator, number: Value, limit: Value, good: Good | None) -> bool | None:
    """Whether the comparison holds; None where it cannot be made. Levels compare as A0 < A1 < … < A5."""
    if isinstance(limit, tuple):
        return isinstance(number, Decimal) and limit[0] <= number <= limit[1]
    if isinstance(number, str) != isinstance(limit, str):
        return None
    if comparator in (Comparator.REACHES, Comparator.BEATS) and good is None:
        return None
    match comparator:
        case Comparator.LT:
            return number < limit  # type: ignore[operator]
        case Comparator.LTE:
            return number <= limit  # type: ignore[operator]
        case Comparator.GT:
            return number > limit  # type: ignore[operator]
        case Comparator.GTE:
            return number >= limit  # type: ignore[operator]
        case Comparator.EQ:
            return number == limit
        case Comparator.REACHES:
            return number >= limit if good is Good.UP else number <= limit  # type: ignore[operator]
        case Comparator.BEATS:
            return number > limit if good is Good.UP else number < limit  # type: ignore[operator]
        case Comparator.BETWEEN:
            return None


WORDS = {
    Comparator.LT: "under",
    Comparator.LTE: "at most",
    Comparator.GT: "over",
    Comparator.GTE: "at least",
    Comparator.EQ: "exactly",
    Comparator.REACHES: "at least as good as",
    Comparator.BEATS: "better than",
}


def in_words(comparator: Comparator, limit: Value | str, unit: str = "") -> str:
    """A limit as a person says it: “at most 5 points”."""
    tail = "" if unit in ("", *AS_THE_METRIC) else f" {unit}"
    if isinstance(limit, tuple):
        return f"from {text(limit[0])} to {text(limit[1])}{tail}"
    return f"{WORDS[comparator]} {text(limit)}{tail}"


def limit_in_words(threshold: Threshold) -> str:
    """The limit of a threshold in words, with what it is compared with, and the sample it needs."""
    if threshold.compare_with is not None:
        parts = [
            WORDS[threshold.comparator],
            f"{text(threshold.factor)} times" if threshold.factor else "",
            plain(threshold.compare_with),
        ]
        words = " ".join(part for part in parts if part)
        words += f", less {text(threshold.margin)}" if threshold.margin else ""
        words += f", less {text(threshold.allow * 100)} %" if threshold.allow else ""
    elif threshold.value is not None:
        words = in_words(threshold.comparator, threshold.value, threshold.unit)
    else:
        tiers = ", ".join(f"{text(value)} for {tier.value}" for tier, value in threshold.per_tier.items())
        words = f"{WORDS[threshold.comparator]} {tiers} {threshold.unit}".strip()
    return f"{words}, n at least {threshold.min_n:,}" if threshold.min_n > 1 else words


def plain(name: str) -> str:
    return (
        name.removeprefix("measured.")
        .replace("limits.", "the limit ")
        .replace("approved.", "the approved ")
        .replace(".", " ")
        .replace("_", " ")
    )


def text(value: Value | Decimal | str) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value if isinstance(value, str) else f"{text(value[0])} to {text(value[1])}"
