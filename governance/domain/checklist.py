"""What an answer amounts to: the program compares the values; nobody types “pass”."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from governance.domain.dossier import Answer, Evidence, StatedValue
from governance.domain.limits import AS_THE_METRIC, amount, in_words, spoken
from governance.domain.numbers import LEVELS
from governance.domain.policy import Bound, Combination, PlannedItem, Threshold, Thresholds, Value
from governance.domain.vocabulary import AnswerState, Applies, Comparator, EvidenceKind, Good, Severity

UNDECIDED = frozenset({AnswerState.NOT_STARTED, AnswerState.IN_PROGRESS, AnswerState.INCONCLUSIVE, AnswerState.STALE})
PASSING = frozenset({AnswerState.MET, AnswerState.NOT_APPLICABLE, AnswerState.WAIVED})


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


@dataclass(frozen=True, slots=True)
class Evaluated:
    state: AnswerState
    why: str | None = None
    comparisons: tuple[Comparison, ...] = ()


def evaluate(
    planned: PlannedItem, answer: Answer | None, references: References, now: datetime, usual_age: Mapping[EvidenceKind, int]
) -> Evaluated:
    """The state of an item. Anything that cannot be decided is inconclusive, never met."""
    match planned.applicability.applies:
        case Applies.NO:
            return Evaluated(AnswerState.NOT_APPLICABLE, planned.applicability.why)
        case Applies.UNDECIDED:
            return Evaluated(AnswerState.INCONCLUSIVE, planned.applicability.why)
    if answer is None:
        return Evaluated(AnswerState.NOT_STARTED, "nobody has answered it")
    if answer.carried or answer.claim is not AnswerState.MET:
        return Evaluated(answer.claim, "loaded as given" if answer.carried else None)
    return _judged(planned, answer, references, now, usual_age)


def _judged(
    planned: PlannedItem, answer: Answer, references: References, now: datetime, usual_age: Mapping[EvidenceKind, int]
) -> Evaluated:
    if planned.item.source is None and not answer.evidence:
        return Evaluated(AnswerState.INCONCLUSIVE, f"no evidence yet: a {planned.item.evidence.value.replace('_', ' ')} is asked for")
    if planned.item.source is None and all(piece.kind is not planned.item.evidence for piece in answer.evidence):
        return Evaluated(
            AnswerState.INCONCLUSIVE, f"the evidence is of another kind: a {planned.item.evidence.value.replace('_', ' ')} is asked for"
        )
    comparisons = compare_all(planned.thresholds, answer, references) if planned.thresholds else ()
    state, why = _combined(planned.thresholds, comparisons)
    if state is AnswerState.MET and (old := _too_old(planned, answer, now, usual_age)):
        return Evaluated(AnswerState.STALE, old, comparisons)
    return Evaluated(state, why, comparisons)


def compare_all(thresholds: Thresholds, answer: Answer, references: References) -> tuple[Comparison, ...]:
    """Every comparison of an item: one per threshold, or one per measured guardrail where the policy says `for_each`."""
    return tuple(found for threshold in thresholds.parts for found in _each(threshold, answer, references))


def _each(threshold: Threshold, answer: Answer, references: References) -> Iterator[Comparison]:
    measured = [value for value in answer.values if value.metric == threshold.metric]
    if not measured:
        yield Comparison(threshold, None, None, Outcome.INCONCLUSIVE, f"no value for {spoken(threshold.metric)}")
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
        return Comparison(threshold, value, _text(limit.value), Outcome.INCONCLUSIVE, "the 95 % interval is missing")
    holds = _holds(threshold.comparator, number, limit.value, limit.good)
    if holds is None:
        return Comparison(threshold, value, _text(limit.value), Outcome.INCONCLUSIVE, "whether up or down is good is not stated")
    outcome = Outcome.SUCCESSFUL if holds else Outcome.FAILED
    why = f"{amount(number, value.unit)} against {in_words(threshold.comparator, limit.value, value.unit)}"
    return Comparison(threshold, value, _text(limit.value), outcome, why)


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
        return f"nothing to compare with: {spoken(threshold.compare_with)} is not stated"
    if reference.unit is not None and reference.unit != value.unit:
        return f"stated in {value.unit}, {spoken(threshold.compare_with)} in {reference.unit}"
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


def _combined(thresholds: Thresholds | None, comparisons: tuple[Comparison, ...]) -> tuple[AnswerState, str | None]:
    """All of: a failure beats what is inconclusive. Any of: one success is enough."""
    if thresholds is None:
        return AnswerState.MET, None
    outcomes = {comparison.outcome for comparison in comparisons}
    if thresholds.combination is Combination.ANY_OF and Outcome.SUCCESSFUL in outcomes:
        return AnswerState.MET, None
    if thresholds.combination is Combination.ANY_OF and Outcome.INCONCLUSIVE in outcomes:
        return AnswerState.INCONCLUSIVE, _first(comparisons, Outcome.INCONCLUSIVE)
    if Outcome.FAILED in outcomes:
        return AnswerState.NOT_MET, _first(comparisons, Outcome.FAILED)
    if Outcome.INCONCLUSIVE in outcomes or not comparisons:
        return AnswerState.INCONCLUSIVE, _first(comparisons, Outcome.INCONCLUSIVE)
    return AnswerState.MET, None


def _first(comparisons: tuple[Comparison, ...], outcome: Outcome) -> str:
    found = [f"{spoken(c.threshold.metric)}: {c.why}" for c in comparisons if c.outcome is outcome]
    return found[0] if found else "nothing was compared"


def _too_old(planned: PlannedItem, answer: Answer, now: datetime, usual_age: Mapping[EvidenceKind, int]) -> str | None:
    """Counted from the measurement, else from the evidence's date in force, never from the upload."""
    for piece in answer.evidence:
        if piece.expires is not None and piece.expires < now.date():
            return f"“{piece.title}” expired on {piece.expires.isoformat()}"
    limit = planned.item.max_age_days or usual_age.get(planned.item.evidence)
    dated = _dates(planned, answer)
    if limit is None or not dated:
        return None
    age = (now.date() - min(dated)).days
    return f"{age} days old, at most {limit} are allowed" if age > limit else None


def _dates(planned: PlannedItem, answer: Answer) -> list[date]:
    wanted = {threshold.metric for threshold in planned.thresholds.parts} if planned.thresholds else set()
    measured = [value.measured_at.date() for value in answer.values if value.metric in wanted]
    return measured or [_latest(answer.evidence)] if answer.evidence or measured else []


def _latest(evidence: tuple[Evidence, ...]) -> date:
    return max(piece.effective for piece in evidence)


def blocks(planned: PlannedItem, evaluated: Evaluated) -> bool:
    """Whether a request cannot be submitted because of this item. Advisory items never block."""
    return planned.item.severity is not Severity.ADVISORY and evaluated.state in UNDECIDED


def passes(planned: PlannedItem, evaluated: Evaluated) -> bool:
    """Whether a gate can pass with this item as it is."""
    return planned.item.severity is Severity.ADVISORY or evaluated.state in PASSING


def _text(value: Value | Decimal | str) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value if isinstance(value, str) else f"{_text(value[0])} to {_text(value[1])}"
