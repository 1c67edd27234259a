"""What the shape cannot say: ids, references, facts, conditions, bands, seats. Every fault at its place."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from governance.domain.vocabulary import SECTION_OF, Function, GateKind, Section, Stage
from governance.policy import conditions
from governance.policy.models import FactModel, FileModel, GateModel, ItemModel, StatementModel, ThresholdModel, TieringModel
from governance.policy.problems import PolicyProblem, near
from governance.policy.reader import Document, Location
from governance.policy.shape import threshold_parts

REFERENCES = ("limits.", "measured.", "approved.", "plan.", "value.", "kpi.", "guardrail.", "attribution.")


@dataclass
class Whole:
    """A policy as its files: what each knows, by name."""

    files: list[tuple[Document, FileModel]]
    facts: dict[str, FactModel] = field(default_factory=dict)
    limits: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    clauses: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for _, model in self.files:
            self.facts |= model.facts or {}
            self.limits |= set(model.limits.names) if model.limits else set()
            self.sources |= set(model.app_sources or {})
            self.clauses |= {framework.id: set(framework.items) for framework in model.frameworks or []}


def faults(whole: Whole) -> Iterator[PolicyProblem]:
    """Everything wrong across the files of a policy."""
    yield from _gates(whole)
    for document, model in whole.files:
        if model.risk_tiering:
            yield from _tiering(whole, document, model.risk_tiering)
        if model.facts:
            yield from _fact_sources(whole, document, model.facts)


def _gates(whole: Whole) -> Iterator[PolicyProblem]:
    gates = [(document, model.gate) for document, model in whole.files if model.gate]
    ids: dict[str, str] = {}
    for document, gate in gates:
        yield from _unique(document, ("gate", "id"), gate.id, f"{document.file}", ids, "gate")
        yield from _gate(whole, document, gate)
        for number, item in enumerate(gate.items):
            at: Location = ("gate", "items", number)
            yield from _unique(document, (*at, "id"), item.id, document.file, ids, "item")
            yield from _item(whole, document, item, at)
    yield from _reachable(gates)


def _unique(document: Document, at: Location, name: str, where: str, ids: dict[str, str], noun: str) -> Iterator[PolicyProblem]:
    place = document.values.get(at, (1, 1))[0]
    if name in ids:
        yield document.problem(at, f"duplicate {noun} id “{name}” (first at {ids[name]})")
    ids.setdefault(name, f"{where}:{place}")


def _gate(whole: Whole, document: Document, gate: GateModel) -> Iterator[PolicyProblem]:
    here: Location = ("gate",)
    if gate.kind is GateKind.RECURRING and (gate.stage is None or gate.every_days is None):
        yield document.problem((*here, "kind"), "a recurring gate names its `stage` and `every_days`")
    if gate.kind is not GateKind.RECURRING and (gate.from_ is None or gate.to is None):
        yield document.problem((*here, "kind"), f"a gate of kind {gate.kind.value} names `from` and `to`")
    always = {seat.function for seat in gate.seats if seat.when == "true"}
    for function in Function:
        if function not in always:
            yield document.problem(
                (*here, "seats"), f"no seat of {function.value} that is always asked: the four functions sit on every gate at every tier"
            )
    ids: dict[str, str] = {}
    for number, seat in enumerate(gate.seats):
        at: Location = (*here, "seats", number)
        yield from _unique(document, (*at, "id"), seat.id, document.file, ids, "seat")
        for section in {Section.COMMON, SECTION_OF[seat.function]} - set(seat.covers):
            yield document.problem(
                (*at, "covers"), f"the seat {seat.id} does not cover “{section.value}”: every seat covers the common section and its own"
            )
        yield from _condition(whole, document, (*at, "when"), seat.when)


def _item(whole: Whole, document: Document, item: ItemModel, at: Location) -> Iterator[PolicyProblem]:
    yield from _condition(whole, document, (*at, "when"), item.when)
    if (item.answered_by == "app") != (item.source is not None):
        yield document.problem(at, "`answered_by: app` and `source` go together")
    if item.source is not None and item.source not in whole.sources:
        yield document.problem((*at, "source"), f"unknown app record “{item.source}”{near(item.source, whole.sources)}")
    yield from _clauses(whole, document, (*at, "maps"), item.maps)
    if item.threshold is None:
        return
    combination, parts = threshold_parts(item.threshold)
    grouped = "all_of" in item.threshold or "any_of" in item.threshold
    for number, raw in enumerate(parts):
        place: Location = (*at, "threshold", combination, number) if grouped else (*at, "threshold")
        yield from _threshold(whole, document, ThresholdModel.model_validate(raw), place)


def _threshold(whole: Whole, document: Document, threshold: ThresholdModel, at: Location) -> Iterator[PolicyProblem]:
    if (threshold.value is None) == (threshold.compare_with is None):
        yield document.problem(at, "a threshold names either `value` or `compare_with`")
    if threshold.when is not None:
        yield from _condition(whole, document, (*at, "when"), threshold.when)
    name = threshold.compare_with
    if name is None:
        return
    if not name.startswith(REFERENCES):
        yield document.problem((*at, "compare_with"), f"unknown record “{name}”{near(name, REFERENCES)}")
    elif name.startswith("limits.") and (limit := name.removeprefix("limits.")) not in whole.limits:
        yield document.problem((*at, "compare_with"), f"unknown limit “{limit}”{near(limit, whole.limits)}")


def _condition(whole: Whole, document: Document, at: Location, expression: str) -> Iterator[PolicyProblem]:
    yield from (document.problem(at, fault) for fault in conditions.faults(expression, whole.facts))


def _clauses(whole: Whole, document: Document, at: Location, maps: list[str]) -> Iterator[PolicyProblem]:
    for number, reference in enumerate(maps):
        framework, _, clause = reference.partition(":")
        if framework not in whole.clauses:
            yield document.problem((*at, number), f"unknown framework “{framework}”{near(framework, whole.clauses)}")
        elif clause not in whole.clauses[framework]:
            yield document.problem((*at, number), f"{framework} has no clause “{clause}”{near(clause, whole.clauses[framework])}")


def _reachable(gates: list[tuple[Document, GateModel]]) -> Iterator[PolicyProblem]:
    entered = {Stage.PILOT} | {gate.to for _, gate in gates if gate.kind is GateKind.PASSAGE and gate.to}
    for document, gate in gates:
        leaves = [gate.stage] if gate.kind is GateKind.RECURRING else gate.from_ if isinstance(gate.from_, list) else [gate.from_]
        if not any(stage in entered for stage in leaves):
            yield document.problem(("gate", "id"), f"no gate leads to where {gate.id} starts, so it can never be asked for")


def _tiering(whole: Whole, document: Document, tiering: TieringModel) -> Iterator[PolicyProblem]:
    here: Location = ("risk_tiering",)
    yield from _bands(document, tiering, here)
    ids: dict[str, str] = {}
    for number, question in enumerate(tiering.questions):
        at: Location = (*here, "questions", number)
        yield from _unique(document, (*at, "id"), question.id, document.file, ids, "question")
        keys: dict[str, str] = {}
        for place, option in enumerate(question.options):
            yield from _unique(document, (*at, "options", place, "key"), option.key, document.file, keys, "option")
            yield from _implied(whole, document, (*at, "options", place, "implies"), option.implies)
    known = {statement.id for group in (tiering.hard_stops, tiering.floors, tiering.exceptions) for statement in group}
    for group in ("hard_stops", "floors", "exceptions"):
        for number, statement in enumerate(getattr(tiering, group)):
            yield from _unique(document, (*here, group, number, "id"), statement.id, document.file, ids, "statement")
            yield from _statement(whole, document, statement, (*here, group, number), known)


def _statement(whole: Whole, document: Document, statement: StatementModel, at: Location, known: set[str]) -> Iterator[PolicyProblem]:
    for key, expression in (("when", statement.when), ("ask_when", statement.ask_when)):
        if expression is not None:
            yield from _condition(whole, document, (*at, key), expression)
    for key, other in (("lifts", statement.lifts), ("exception", statement.exception)):
        if other is not None and other not in known:
            yield document.problem((*at, key), f"unknown statement “{other}”{near(other, known)}")
    yield from (
        document.problem((*at, "ask_when_answer"), f"unknown statement “{other}”{near(other, known)}")
        for other in statement.ask_when_answer
        if other not in known
    )
    if statement.question is None and statement.when is None:
        yield document.problem(at, "missing key “question”")
    for answer, implied in statement.implies.items():
        yield from _implied(whole, document, (*at, "implies", answer), implied)
    yield from _clauses(whole, document, (*at, "maps"), statement.maps)


def _implied(whole: Whole, document: Document, at: Location, implied: dict[str, bool | str]) -> Iterator[PolicyProblem]:
    for name, value in implied.items():
        fact = name.removeprefix("facts.")
        if not name.startswith("facts.") or fact not in whole.facts:
            yield document.problem((*at, name), f"unknown fact “{name}”{near(name, [f'facts.{known}' for known in whole.facts])}", key=True)
        elif (whole.facts[fact].type == "bool") != isinstance(value, bool):
            yield document.problem((*at, name), f"the fact {fact} is of type {whole.facts[fact].type}")


def _bands(document: Document, tiering: TieringModel, here: Location) -> Iterator[PolicyProblem]:
    expected = 0
    for number, band in enumerate(tiering.bands):
        if band.from_ != expected or band.to < band.from_:
            yield document.problem((*here, "bands", number), f"the bands leave a gap or overlap: this one has to start at {expected}")
        expected = band.to + 1
    if expected != tiering.max_score + 1:
        yield document.problem((*here, "bands"), f"the bands end at {expected - 1}, but the score reaches {tiering.max_score}")
    most = sum(max(option.points for option in question.options) for question in tiering.questions)
    if most != tiering.max_score:
        yield document.problem((*here, "max_score"), f"the questions add up to {most} points at most, not {tiering.max_score}")


def _fact_sources(whole: Whole, document: Document, facts: dict[str, FactModel]) -> Iterator[PolicyProblem]:
    questions = {q.id for _, model in whole.files if model.risk_tiering for q in model.risk_tiering.questions}
    statements = {
        s.id
        for _, model in whole.files
        if model.risk_tiering
        for group in (model.risk_tiering.hard_stops, model.risk_tiering.floors)
        for s in group
    }
    for name, fact in facts.items():
        for number, source in enumerate(fact.from_):
            if source not in questions | statements:
                yield document.problem(
                    ("facts", name, "from", number), f"unknown question “{source}”{near(source, questions | statements)}"
                )
        if not fact.from_ and not fact.ask:
            yield document.problem(("facts", name), f"nothing tells the fact {name}: name the questions it comes `from`, or `ask` for it")
        if (fact.type == "enum") != bool(fact.values):
            yield document.problem(("facts", name), "`type: enum` and `values` go together")
