"""A policy as its files, and what the checks over all of them ask again and again."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from governance.domain.metrics import Metric
from governance.policy import conditions
from governance.policy.checklists import Part, parts
from governance.policy.codes import Code
from governance.policy.metrics import metrics_in
from governance.policy.models import FileModel, GateModel
from governance.policy.models_frameworks import FrameworkModel
from governance.policy.models_tiering import FactModel, TieringModel
from governance.policy.problems import PolicyProblem, near
from governance.policy.reader import Document, Location

OF_A_CHECK = frozenset({"title", "question", "unit", "window", "why", "guidance", "requirement", "typical", "basis"})
TEXTS = OF_A_CHECK | {"text", "label", "aia_analogue", "name", "note"}
UNNAMED = TEXTS | {"points", "then", "maps", "comparator", "value", "min_n", "bound", "factor", "margin", "allow", "for_each", "when"}
"""Keys by which nothing is found."""

ASKED = frozenset({"questions", "hard_stops", "floors", "exceptions"})
DEPTHS = {"facts": 2, "limits": 3, "app_sources": 2, "attribution": 3}
"""How deep the names of a section stand."""

DECLARED = 3
"""How deep what is declared of a metric stands."""

HOLDING_CHECKS = frozenset({"gate", "checklist"})

VALUES_UNSURE = (Code.IMPOSSIBLE_VALUE, Code.NOT_YES_OR_NO)


@dataclass
class Whole:
    """Every file with its model, and the names they declare.

    A family of names is `open` where something that would have declared one is wrong itself, or stands in a file that cannot be read:
    then a name that is not found is no fault of who uses it.
    """

    files: list[tuple[Document, FileModel]]
    unread: bool = False
    facts: dict[str, FactModel] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)
    limits: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    clauses: dict[str, set[str]] = field(default_factory=dict)
    minimum: set[str] = field(default_factory=set)  # the gates that ask for an attribution level
    metrics: dict[str, Metric] = field(default_factory=dict)  # declared, by each of their names
    declared: list[tuple[Document, str]] = field(default_factory=list)  # every declaration of a metric, with its key
    open: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)  # facts whose values are not known
    parts: tuple[Part, ...] = ()
    _judged: dict[str, tuple[conditions.Fault, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for document, model in self.files:
            self.facts |= model.facts or {}
            self.values |= {name: fact.values for name, fact in (model.facts or {}).items()}
            self.limits |= set(model.limits.names) if model.limits else set()
            self.sources |= set(model.app_sources or {})
            for framework in model.frameworks or []:
                self.clauses.setdefault(framework.id, set()).update(framework.items)
            self.minimum |= set(model.attribution.gate_minimum) if model.attribution else set()
            self.open |= {family for place in document.broken for family in _opened(place)}
            self.unsure |= {str(place[1]) for place in document.broken if place[0] == "facts" and len(place) > 1}
        self.metrics = metrics_in(model for _, model in self.files)
        self.declared = [(document, key) for document, model in self.files for key in model.metrics or {}]
        self.parts = tuple(parts(self.files))
        self.minimum |= {part.gate.id for part in self.parts if not part.stands}
        self._open_what_is_not_read()
        self._open_what_is_doubled()

    def _open_what_is_not_read(self) -> None:
        given = {key for document, _ in self.files for key in document.data}
        sections = {"facts", "limits", "app_sources", "attribution", "risk_tiering", "frameworks"}
        self.open |= sections - given
        if self.unread:
            self.open |= {"gate", "metrics", "declared"}

    def _open_what_is_doubled(self) -> None:
        """Of two things with one id, the other was probably meant to have the name that is missing now."""
        names = Counter(gate.id for _, gate in self.gates)
        questions = Counter(name for tiering in self.questionnaires for name in tiering.ids)
        frameworks = Counter(framework.id for _, _, framework in self.frameworks)
        metrics = Counter(key for _, key in self.declared)
        doubled = {"gate": names, "risk_tiering": questions, "frameworks": frameworks, "declared": metrics}
        self.open |= {family for family, counted in doubled.items() if any(count > 1 for count in counted.values())}

    @property
    def gates(self) -> list[tuple[Document, GateModel]]:
        return [(document, model.gate) for document, model in self.files if model.gate]

    @property
    def frameworks(self) -> list[tuple[Document, int, FrameworkModel]]:
        return [(document, number, framework) for document, model in self.files for number, framework in enumerate(model.frameworks or [])]

    @property
    def questionnaires(self) -> list[TieringModel]:
        """One, unless a fault left it out or doubled it."""
        return [model.risk_tiering for _, model in self.files if model.risk_tiering]

    def key(self, name: str) -> str:
        """What a metric is called in the record, by any of its names."""
        return self.metrics[name].key if name in self.metrics else name

    def is_sound(self, key: str) -> bool:
        """Whether what is declared of a metric is read as it was meant."""
        return all(document.sound(("metrics", key)) for document, other in self.declared if other == key)

    def has_to_declare(self, document: Document) -> bool:
        """Whether the metrics that a file names are to be declared: where the policy declares its own, or this checklist does."""
        return any(model.metrics is not None and (model.checklist is None or file is document) for file, model in self.files)

    def faults(self, expression: str) -> tuple[conditions.Fault, ...]:
        """What is wrong with a condition, wherever it stands; worked out once, because many items share one."""
        if expression not in self._judged:
            self._judged[expression] = tuple(conditions.faults(expression, self.values))
        return self._judged[expression]

    def condition(self, document: Document, at: Location, expression: str) -> Iterator[PolicyProblem]:
        """What is wrong with a condition over the facts and the tier."""
        unsure = not self.unsure.isdisjoint(conditions.FACT.findall(expression))
        for code, message in self.faults(expression):
            if not (code is Code.UNKNOWN_FACT and "facts" in self.open) and not (unsure and code in VALUES_UNSURE):
                yield from document.fault(at, message, code)

    def early_condition(self, document: Document, at: Location, expression: str) -> Iterator[PolicyProblem]:
        """The same for a condition of the questionnaire, where nobody knows the tier yet."""
        yield from self.condition(document, at, expression)
        if re.search(r"\btier\b", expression):
            yield from document.fault(at, "the tier is not known while the questions are asked", Code.TIER_TOO_EARLY)

    def references(self, document: Document, at: Location, maps: Sequence[str]) -> Iterator[PolicyProblem]:
        """Clauses that no framework here has."""
        for number, reference in enumerate(maps):
            framework, _, clause = reference.partition(":")
            place = (*at, number) if (*at, number) in document.values else at
            if framework not in self.clauses:
                if "frameworks" not in self.open:
                    message = f"unknown framework “{framework}”{near(framework, self.clauses)}"
                    yield from document.fault(place, message, Code.UNKNOWN_FRAMEWORK)
            elif clause not in self.clauses[framework] and "clauses" not in self.open:
                message = f"{framework} has no clause “{clause}”{near(clause, self.clauses[framework])}"
                yield from document.fault(place, message, Code.UNKNOWN_CLAUSE)


def _opened(place: Location) -> Iterator[str]:
    """The families of names that a fault at this place leaves open."""
    head, last = (str(place[0]) if place else ""), (place[-1] if place else "")
    if head in DEPTHS and (len(place) < DEPTHS[head] or last == "[key]"):
        yield head
    if head == "frameworks" and (len(place) <= 2 or last == "id"):
        yield "frameworks"
    if head == "frameworks" and last in ("items", "[key]"):
        yield "clauses"
    if head == "risk_tiering" and (len(place) == 1 or place[1] in ASKED) and last not in UNNAMED:
        yield "risk_tiering"
    if head == "gate" and (len(place) == 1 or place[1:] == ("id",)):
        yield "gate"
    if head == "metrics" and (len(place) < DECLARED or "also_called" in place or last == "[key]"):
        yield "declared"
    if head in HOLDING_CHECKS and _opens_metrics(place):
        yield "metrics"


def _opens_metrics(place: Location) -> bool:
    return len(place) <= 2 or (place[1] == "items" and len(place) == 3) or ("threshold" in place and place[-1] not in UNNAMED)


class Ids:
    """Names that may be given once."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def check(self, document: Document, at: Location, name: str, noun: str) -> Iterator[PolicyProblem]:
        if document.lost(at):
            return
        if name in self._first:
            yield from document.fault(at, f"duplicate {noun} “{name}” (first at {self._first[name]})", Code.DUPLICATE_ID)
        self._first.setdefault(name, f"{document.file}:{document.values.get(at, (1, 1))[0]}")
