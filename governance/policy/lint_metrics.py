"""Checks of declared metrics: that a name means one of them only, and that thresholds fit what is declared."""

from collections.abc import Iterator

from governance.domain.limits import AS_THE_METRIC
from governance.domain.metrics import Metric
from governance.domain.vocabulary import Comparator, Good
from governance.policy.build import threshold_parts
from governance.policy.codes import Code, Level
from governance.policy.metrics import family_of
from governance.policy.models import ThresholdModel
from governance.policy.problems import PolicyProblem, near
from governance.policy.reader import Document, Location
from governance.policy.whole import Whole

RECORDS = ("limits.", "measured.", "approved.", "attribution.", "kpi.", "guardrail.", "plan.", "value.")
"""How the numbers begin that a threshold takes from a record; a value under such a name is no measurement of its own."""

CEILINGS, FLOORS = frozenset({Comparator.LT, Comparator.LTE}), frozenset({Comparator.GT, Comparator.GTE})


def faults(whole: Whole) -> Iterator[PolicyProblem]:
    """Names that are given twice, over all files."""
    taken = _Taken()
    for document, key in whole.declared:
        at: Location = ("metrics", key)
        if key in taken.keys:
            message = f"duplicate metric “{key}” (first at {taken.keys[key]})"
            yield from document.fault(at, message, Code.DUPLICATE_ID, key=True)
        elif clash := taken.clash(key, key):
            yield from document.fault(at, clash, Code.METRIC_NAME, key=True)
        taken.keys.setdefault(key, f"{document.file}:{document.keys[at][0]}")
        taken.owners.setdefault(key, key)
    for document, key in whole.declared:
        for number, name in enumerate(_others(document, key)):
            if clash := taken.clash(name, key):
                yield from document.fault(("metrics", key, "also_called", number), clash, Code.METRIC_NAME)
            taken.owners.setdefault(name, key)


def _others(document: Document, key: str) -> list[str]:
    return [name for name in document.at(("metrics", key, "also_called")) or () if isinstance(name, str)]


class _Taken:
    """The names that were given so far, and to which metric."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}  # where each is declared
        self.owners: dict[str, str] = {}  # of each name, the metric

    def clash(self, name: str, key: str) -> str | None:
        """Why a metric cannot be called so, in words; None where it can."""
        if name == key and name in self.owners:
            return f"“{name}” is what the metric is called already"
        if name in self.keys:
            return f"“{name}” is a metric of its own (declared at {self.keys[name]})"
        if name in self.owners:
            owner = self.owners[name]
            return f"“{name}” stands there twice" if owner == key else f"“{name}” is another name of {owner} already"
        if name.startswith(RECORDS):
            return f"“{name}” is how a number of a record is named, not a metric"
        alike = next((other for other, owner in self.owners.items() if owner != key and other.casefold() == name.casefold()), None)
        return f"“{name}” differs only in its capitals from “{alike}”, a name of {self.owners[alike]}" if alike else None


def of_threshold(whole: Whole, document: Document, part: ThresholdModel, at: Location) -> Iterator[PolicyProblem]:
    """What does not fit between a threshold and the metrics that are declared."""
    family, name = family_of(part.compare_with)
    if family == "measured.":
        yield from _declared(whole, document, (*at, "compare_with"), name)
    yield from _declared(whole, document, (*at, "metric"), part.metric)
    metric = whole.metrics.get(part.metric)
    if metric is None or not whole.is_sound(metric.key):
        return
    if metric.unit is not None and part.unit not in (metric.unit, *AS_THE_METRIC):
        message = f"{metric.key} is declared in {metric.unit}, and this threshold states it in {part.unit}"
        yield from document.fault((*at, "unit"), message, Code.METRIC_MISFIT)
    if against := _against(metric, part.comparator):
        yield from document.fault((*at, "comparator"), against, Code.METRIC_MISFIT)


def warnings(whole: Whole) -> Iterator[PolicyProblem]:
    """Metrics that are declared and asked for nowhere. Where a threshold names one that is not declared, it may be the one."""
    named = list(_named(whole))
    unknown = any(name not in whole.metrics and whole.has_to_declare(document) for document, name in named)
    used = {whole.key(name) for _, name in named}
    for document, key in () if unknown or "metrics" in whole.open else whole.declared:
        if key not in used and document.sound(("metrics", key)):
            message = f"no threshold uses the metric {key}"
            yield document.problem(("metrics", key), message, Code.UNUSED_METRIC, key=True, level=Level.WARNING)


def _named(whole: Whole) -> Iterator[tuple[Document, str]]:
    """Every metric that some threshold names, by the name it uses."""
    for part in whole.parts:
        for item in part.items:
            for limit in threshold_parts(item.threshold)[1] if item.threshold else ():
                family, beside = family_of(limit.compare_with)
                yield part.document, limit.metric
                yield from ((part.document, beside),) if family else ()


def _declared(whole: Whole, document: Document, at: Location, name: str) -> Iterator[PolicyProblem]:
    if name not in whole.metrics and whole.has_to_declare(document) and "declared" not in whole.open:
        message = f"“{name}” is not declared in `metrics`{near(name, whole.metrics)}"
        yield from document.fault(at, message, Code.UNKNOWN_METRIC)


def _against(metric: Metric, comparator: Comparator) -> str | None:
    if metric.good is Good.UP and comparator in CEILINGS:
        return f"more of {metric.key} is declared to be better, and `{comparator.value}` sets it a highest value"
    if metric.good is Good.DOWN and comparator in FLOORS:
        return f"less of {metric.key} is declared to be better, and `{comparator.value}` sets it a lowest value"
    return None
