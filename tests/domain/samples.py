"""Small values of the domain, each complete, to be varied by the tests."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from governance.domain.dossier import Answer, Evidence, StatedValue
from governance.domain.policy import Applicability, Combination, Item, PlannedItem, Threshold, Thresholds
from governance.domain.vocabulary import AnswerState, Applies, Comparator, EvidenceKind, Function, Severity

NOW = datetime(2026, 9, 9, 12, tzinfo=UTC)
TODAY = NOW.date()


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def item(item_id: str = "G1-01", **other: object) -> Item:
    values = {
        "title": "Quality",
        "owner": Function.DATA_SCIENCE,
        "severity": Severity.BLOCKING,
        "question": "Is it good?",
        "evidence": EvidenceKind.METRIC,
        "requirement": "a report",
        "when": "true",
        "why": "it matters",
        **other,
    }
    return Item(item_id, **values)  # type: ignore[arg-type]


def threshold(comparator: Comparator = Comparator.GTE, limit: object = "0.9", **other: object) -> Threshold:
    """A number as text stands for the decimal; None leaves the limit to `compare_with` or `per_tier`."""
    level = isinstance(limit, str) and limit.startswith("A")
    value = Decimal(limit) if isinstance(limit, str) and not level else limit
    values = {"metric": "recall", "unit": "share", "window": "a month", "min_n": 1, "value": value, **other}
    return Threshold(comparator=comparator, **values)  # type: ignore[arg-type]


def all_of(*parts: Threshold) -> Thresholds:
    return Thresholds(Combination.ALL_OF, parts)


def any_of(*parts: Threshold) -> Thresholds:
    return Thresholds(Combination.ANY_OF, parts)


def planned(thresholds: Thresholds | None = None, applies: Applies = Applies.YES, why: str | None = None, **other: object) -> PlannedItem:
    return PlannedItem(item(**other), Applicability(applies, why), thresholds)  # type: ignore[arg-type]


def value(number: str = "0.95", metric: str = "recall", **other: object) -> StatedValue:
    values = {"unit": "share", "window": "a month", "n": 1_000, "measured_at": NOW - timedelta(days=1), "source": "test run", **other}
    return StatedValue(metric, number, **values)  # type: ignore[arg-type]


def evidence(number: int = 1, **other: object) -> Evidence:
    values = {
        "kind": EvidenceKind.METRIC,
        "title": "Report",
        "digest": "0" * 64,
        "effective": days_ago(1),
        "added_by": "mara",
        "added_at": NOW,
        **other,
    }
    return Evidence(f"E-{number}", **values)  # type: ignore[arg-type]


def answer(*values: StatedValue, claim: AnswerState = AnswerState.MET, **other: object) -> Answer:
    return Answer("G1-01", claim, **{"by": "mara", "at": NOW, "values": values, "evidence": (evidence(),), **other})  # type: ignore[arg-type]
