"""Light cases: what the loader answers where the file only says `fill: met`.

Values are the limit moved 10 percent to the good side (counts: exactly what passes), n is twice the smallest n allowed.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from itertools import zip_longest

from governance.domain.dossier import StatedLimit, StatedValue
from governance.domain.ml_test_score import SECTIONS, Done, Practice
from governance.domain.policy import Combination, PlannedItem, Threshold
from governance.domain.vocabulary import RELATIVE, Comparator, Good

UP, DOWN = Decimal("1.1"), Decimal("0.9")
PLAIN_REFERENCE = Decimal("0.80")
"""What a light case measures for a reference that lies in the same evidence."""


def ml_test_score(points: Decimal, job: str) -> dict[str, Done]:
    """A form whose lowest section comes to so many points, rounded up to the next half: monitoring, where work is done last."""
    halves = int((points * 2).to_integral_value(ROUND_CEILING))
    least = [Practice.AUTOMATED] * (halves // 2) + [Practice.MANUAL] * (halves % 2)
    usual = [Practice.AUTOMATED] * (halves // 2 + 1) + [Practice.MANUAL]
    return {
        test: Done(practice, "" if practice is Practice.NOT_DONE else f"{job}/{test}")
        for section, (_, tests) in SECTIONS.items()
        for test, practice in zip_longest(tests, (least if section == "monitor" else usual)[: len(tests)], fillvalue=Practice.NOT_DONE)
    }


LIMITS = (
    StatedLimit("offline_quality_target", "0.80", "share", "up"),
    StatedLimit("degraded_quality_floor", "0.70", "share", "up"),
    StatedLimit("ingestion_lag_h", "24", "hours", None),
    StatedLimit("p95_latency_s", "2", "seconds", None),
    StatedLimit("expected_peak_per_s", "2", "requests per second", None),
    StatedLimit("running_cost_eur_year", "100000", "EUR per year", None),
)


def values(planned: PlannedItem, limits: Mapping[str, StatedLimit], approved: Mapping[str, StatedValue], at: datetime) -> list[StatedValue]:
    """Measured values that meet every threshold of an item."""
    if planned.thresholds is None:
        return []
    parts = planned.thresholds.parts if planned.thresholds.combination is Combination.ALL_OF else planned.thresholds.parts[:1]
    found = [value for threshold in parts for value in _measured(threshold, limits, approved, at)]
    return list({value.metric: value for value in found}.values())


def _measured(
    threshold: Threshold, limits: Mapping[str, StatedLimit], approved: Mapping[str, StatedValue], at: datetime
) -> Iterator[StatedValue]:
    reference, unit, good = _reference(threshold, limits, approved)
    if threshold.compare_with and threshold.compare_with.startswith("measured."):
        yield _stated(threshold, threshold.compare_with.removeprefix("measured."), reference, unit, good, at)
    if isinstance(reference, Decimal):
        yield _stated(threshold, threshold.metric, _better(threshold, reference, unit, good), unit, good, at)
    else:
        yield _stated(threshold, threshold.metric, reference, unit, good, at)


def _reference(
    threshold: Threshold, limits: Mapping[str, StatedLimit], approved: Mapping[str, StatedValue]
) -> tuple[Decimal | str, str, Good | None]:
    unit = "share" if threshold.unit == "as the metric" else threshold.unit
    declared = threshold.declared.good if threshold.declared else None
    good = (declared or Good.UP) if threshold.comparator in RELATIVE else None
    if isinstance(threshold.value, tuple):
        return (threshold.value[0] + threshold.value[1]) / 2, unit, good
    match threshold.value, threshold.compare_with:
        case (None, str() as name) if name.startswith("limits."):
            limit = limits[name.removeprefix("limits.")]
            return Decimal(limit.value), limit.unit if threshold.unit == "as the metric" else unit, Good(limit.good) if limit.good else good
        case (None, str() as name) if name.startswith("approved.") and name.removeprefix("approved.") in approved:
            last = approved[name.removeprefix("approved.")]
            return Decimal(last.value), last.unit, Good(last.good) if last.good else good
        case (None, _):
            return PLAIN_REFERENCE, unit, good
        case (value, _):
            assert value is not None
            return value, unit, good


def _better(threshold: Threshold, reference: Decimal, unit: str, good: Good | None) -> Decimal:
    reference *= threshold.factor or 1
    match threshold.comparator:
        case Comparator.LT | Comparator.LTE:
            return reference * DOWN
        case Comparator.GT | Comparator.GTE:
            return _at_most_whole(reference * UP, unit)
        case Comparator.REACHES | Comparator.BEATS:
            return reference * DOWN if good is Good.DOWN else _at_most_whole(reference * UP, unit)
        case _:
            return reference


def _at_most_whole(value: Decimal, unit: str) -> Decimal:
    """A share is never more than one; runs and counts are whole."""
    if unit == "share":
        return min(value, Decimal(1))
    return value.to_integral_value(rounding="ROUND_CEILING") if unit in ("count", "runs", "days", "weeks") else value


def _stated(threshold: Threshold, metric: str, value: Decimal | str, unit: str, good: Good | None, at: datetime) -> StatedValue:
    low, high = _interval(value) if good else (None, None)
    return StatedValue(
        metric=metric,
        value=_text(value),
        unit=unit,
        window=threshold.window,
        n=max(1, 2 * threshold.min_n),
        measured_at=at,
        source="https://evidence.nordhaven.example/demo",
        good=good.value if good else None,
        low=low,
        high=high,
    )


def _interval(value: Decimal | str) -> tuple[str | None, str | None]:
    if isinstance(value, str):
        return None, None
    return _text(value * Decimal("0.98")), _text(value * Decimal("1.02"))


def _text(value: Decimal | str) -> str:
    return value if isinstance(value, str) else f"{value.normalize():f}"
