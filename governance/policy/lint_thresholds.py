"""Checks of thresholds: a limit that can be compared, with something that exists."""

from collections.abc import Iterator, Set

from governance.domain.policy import Bound
from governance.domain.vocabulary import Comparator
from governance.policy import lint_metrics
from governance.policy.build import threshold_parts
from governance.policy.codes import Code
from governance.policy.metrics import family_of
from governance.policy.models import GateModel, ItemModel, ThresholdModel
from governance.policy.problems import PolicyProblem, near
from governance.policy.reader import Document, Location
from governance.policy.whole import Whole

MINIMUM = "attribution.gate_minimum"
RECORDS = ("kpi.target", "guardrail.allowed_loss", "plan.budget_to_gate_eur", "value.running_cost_eur_year", MINIMUM)
"""The numbers that records of an initiative give, by the name a threshold uses."""

FAMILIES = ("limits.", "measured.", "approved.")
ORDERED = frozenset({Comparator.GT, Comparator.GTE, Comparator.LT, Comparator.LTE})


def metrics(whole: Whole) -> frozenset[str]:
    """Everything that some threshold of the policy has measured, each by its key."""
    items = [item for part in whole.parts for item in part.items if item.threshold]
    parts = [part for item in items if item.threshold for part in threshold_parts(item.threshold)[1]]
    beside = {family_of(part.compare_with)[1] for part in parts if not (part.compare_with or "").startswith("approved.")}
    return frozenset(whole.key(name) for name in {part.metric for part in parts} | beside)


def faults(whole: Whole, document: Document, gate: GateModel, item: ItemModel, at: Location, measured: Set[str]) -> Iterator[PolicyProblem]:
    if item.threshold is None:
        return
    combination, parts = threshold_parts(item.threshold)
    for number, part in enumerate(parts):
        place = at if part is item.threshold else (*at, combination.value, number)
        yield from _part(document, part, place)
        yield from _reference(whole, document, gate, part, place, measured)
        yield from lint_metrics.of_threshold(whole, document, part, place)
        if part.when is not None:
            yield from whole.condition(document, (*place, "when"), part.when)


def _part(document: Document, part: ThresholdModel, at: Location) -> Iterator[PolicyProblem]:
    limits = [(*at, "value"), (*at, "compare_with")]
    if (part.value is None) == (part.compare_with is None):
        yield from document.fault(at, "a threshold names either `value` or `compare_with`", Code.THRESHOLD_LIMIT, needs=limits)
    elif fault := _misfit(part):
        needs = [*limits, *((*at, key) for key in ("comparator", "bound", "margin", "allow"))]
        yield from document.fault((*at, "comparator"), fault, Code.COMPARATOR_MISFIT, needs=needs)
    if part.compare_with is None and (part.factor, part.margin, part.allow) != (None, None, None):
        message = "`factor`, `margin` and `allow` belong to `compare_with`"
        yield from document.fault(at, message, Code.THRESHOLD_LIMIT, needs=limits)
    if (part.for_each is not None) != (part.compare_with or "").startswith("guardrail."):
        message = "`for_each: guardrail` and `compare_with: guardrail.…` go together"
        yield from document.fault(at, message, Code.THRESHOLD_LIMIT, needs=[*limits, (*at, "for_each")])


def _misfit(part: ThresholdModel) -> str | None:
    """Why this comparator cannot be used with this limit."""
    values = list(part.value.values()) if isinstance(part.value, dict) else [part.value]
    ranges = [isinstance(value, tuple) for value in values]
    if (part.comparator is Comparator.BETWEEN) != all(ranges) or any(ranges) != all(ranges):
        return "`between` and a value of two numbers go together"
    if any(isinstance(value, str) for value in values) and part.comparator not in ORDERED | {Comparator.EQ}:
        return "a level is compared with lt, lte, gt, gte or eq"
    if part.bound is Bound.WORSE and part.comparator in (Comparator.EQ, Comparator.BETWEEN):
        return "`bound: worse` needs a limit on one side"
    if (part.margin, part.allow) != (None, None) and part.comparator is Comparator.EQ:
        return "`margin` and `allow` need a limit on one side"
    return None


def _reference(
    whole: Whole, document: Document, gate: GateModel, part: ThresholdModel, at: Location, measured: Set[str]
) -> Iterator[PolicyProblem]:
    name = part.compare_with
    if name is None:
        return
    family, _, last = name.partition(".")
    known = {"limits": whole.limits, "approved": measured, "measured": measured - {whole.key(part.metric)}}
    here = (*at, "compare_with")
    if f"{family}." in FAMILIES and (last if family == "limits" else whole.key(last)) not in known[family]:
        noun, code = ("limit", Code.UNKNOWN_LIMIT) if family == "limits" else ("metric", Code.UNKNOWN_METRIC)
        if ("limits" if family == "limits" else "metrics") not in whole.open:
            yield from document.fault(here, f"unknown {noun} “{last}”{near(last, known[family])}", code)
    elif f"{family}." not in FAMILIES and name not in RECORDS:
        message = f"unknown record “{name}”{near(name, RECORDS) or near(f'{family}.', FAMILIES)}"
        yield from document.fault(here, message, Code.UNKNOWN_RECORD)
    elif name == MINIMUM and gate.id not in whole.minimum and not whole.open & {"attribution", "gate"}:
        yield from document.fault(here, f"`attribution` names no `gate_minimum` for {gate.id}", Code.UNKNOWN_RECORD)
