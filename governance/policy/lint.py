"""What the shape cannot say: names given twice, references to nothing, conditions, bands, seats. Every fault at its place."""

from collections.abc import Iterator

from governance.domain.vocabulary import EvidenceKind
from governance.policy import lint_checklists, lint_cycles, lint_gates, lint_metrics, lint_tiering
from governance.policy.codes import Code
from governance.policy.problems import PolicyProblem, near
from governance.policy.reader import Document, Location
from governance.policy.sections_running import AttributionModel, FreshnessModel, RemindersModel, WaiverReminderModel
from governance.policy.whole import Ids, Whole


def faults(whole: Whole) -> Iterator[PolicyProblem]:
    """Everything wrong across the files of a policy."""
    yield from lint_gates.faults(whole)
    yield from lint_checklists.faults(whole)
    yield from lint_metrics.faults(whole)
    yield from lint_tiering.faults(whole)
    yield from lint_cycles.faults(whole)
    yield from _frameworks(whole)
    for document, model in whole.files:
        if model.attribution:
            yield from _attribution(whole, document, model.attribution)
        if model.freshness:
            yield from _freshness(document, model.freshness)
        if model.reminders:
            yield from _reminders(document, model.reminders)
        if model.signoffs:
            yield from whole.references(document, ("signoffs", "informed_by"), model.signoffs.informed_by)


def _attribution(whole: Whole, document: Document, attribution: AttributionModel) -> Iterator[PolicyProblem]:
    gates = [gate.id for _, gate in whole.gates]
    for name in attribution.gate_minimum:
        if name not in gates and "gate" not in whole.open:
            at = ("attribution", "gate_minimum", name)
            yield from document.fault(at, f"unknown gate “{name}”{near(name, gates)}", Code.UNKNOWN_GATE, key=True)


def _freshness(document: Document, freshness: FreshnessModel) -> Iterator[PolicyProblem]:
    """Evidence of a kind without an age would never be too old."""
    at: Location = ("freshness", "default_max_age_days")
    for kind in EvidenceKind:
        if kind not in freshness.default_max_age_days:
            yield from document.fault(at, f"missing key “{kind.value}”", Code.MISSING_KEY, needs=[(*at, "[key]"), (*at, kind.value)])


def _reminders(document: Document, reminders: RemindersModel) -> Iterator[PolicyProblem]:
    """The days of every reminder, from the first to the last."""
    for name in RemindersModel.model_fields:
        told = getattr(reminders, name)
        key = "then_days_before" if isinstance(told, WaiverReminderModel) else "days_before"
        days = getattr(told, key)
        for number, day in enumerate(days):
            if number and day >= days[number - 1]:
                at: Location = ("reminders", name, key, number)
                message = f"{key}: {day} stands here already" if day in days[:number] else f"{key}: {day} comes after {days[number - 1]}"
                yield from document.fault(at, f"{message}: the days fall from the first reminder to the last", Code.WRONG_VALUE)


def _frameworks(whole: Whole) -> Iterator[PolicyProblem]:
    ids = Ids()
    for document, number, framework in whole.frameworks:
        yield from ids.check(document, ("frameworks", number, "id"), framework.id, "framework id")
        successor = framework.superseded_by
        if successor is not None and successor not in whole.clauses and "frameworks" not in whole.open:
            at = ("frameworks", number, "superseded_by")
            message = f"unknown framework “{successor}”{near(successor, whole.clauses)}"
            yield from document.fault(at, message, Code.UNKNOWN_FRAMEWORK)
