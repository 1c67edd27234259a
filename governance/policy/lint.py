"""What the shape cannot say: names given twice, references to nothing, conditions, bands, seats. Every fault at its place."""

from collections.abc import Iterator

from governance.domain.vocabulary import EvidenceKind
from governance.policy import lint_gates, lint_tiering
from governance.policy.models import FrameworkModel
from governance.policy.problems import PolicyProblem, near
from governance.policy.reader import Document
from governance.policy.sections import AttributionModel, FreshnessModel
from governance.policy.whole import Ids, Whole


def faults(whole: Whole) -> Iterator[PolicyProblem]:
    """Everything wrong across the files of a policy."""
    yield from lint_gates.faults(whole)
    yield from lint_tiering.faults(whole)
    for document, model in whole.files:
        if model.attribution:
            yield from _attribution(whole, document, model.attribution)
        if model.freshness:
            yield from _freshness(document, model.freshness)
        if model.frameworks:
            yield from _frameworks(whole, document, model.frameworks)
        if model.signoffs:
            yield from whole.references(document, ("signoffs", "informed_by"), model.signoffs.informed_by)


def _attribution(whole: Whole, document: Document, attribution: AttributionModel) -> Iterator[PolicyProblem]:
    gates = [gate.id for _, gate in whole.gates]
    for name in attribution.gate_minimum:
        if name not in gates:
            yield document.problem(("attribution", "gate_minimum", name), f"unknown gate “{name}”{near(name, gates)}", key=True)


def _freshness(document: Document, freshness: FreshnessModel) -> Iterator[PolicyProblem]:
    """Evidence of a kind without an age would never be too old."""
    for kind in EvidenceKind:
        if kind not in freshness.default_max_age_days:
            yield document.problem(("freshness", "default_max_age_days"), f"missing key “{kind.value}”")


def _frameworks(whole: Whole, document: Document, frameworks: list[FrameworkModel]) -> Iterator[PolicyProblem]:
    ids = Ids()
    for number, framework in enumerate(frameworks):
        yield from ids.check(document, ("frameworks", number, "id"), framework.id, "framework id")
        successor = framework.superseded_by
        if successor is not None and successor not in whole.clauses:
            at = ("frameworks", number, "superseded_by")
            yield document.problem(at, f"unknown framework “{successor}”{near(successor, whole.clauses)}")
