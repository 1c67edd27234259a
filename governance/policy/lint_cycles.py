"""What leads around in a circle: gates that lead back to a stage they came from, questions that wait for one another."""

from collections.abc import Iterator, Mapping, Sequence

from governance.domain.vocabulary import GateKind
from governance.policy.codes import Code
from governance.policy.conditions import FACT
from governance.policy.models_tiering import StatementModel
from governance.policy.problems import PolicyProblem
from governance.policy.reader import Document, Location
from governance.policy.whole import Whole

GROUPS = ("hard_stops", "floors", "exceptions")


def faults(whole: Whole) -> Iterator[PolicyProblem]:
    yield from _gates(whole)
    for document, model in whole.files:
        if model.risk_tiering:
            yield from _statements(whole, document)


def circles(leads: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Every circle once, from where it is first met, each name followed by one it leads to."""
    done: set[str] = set()
    for start in leads:
        way: list[str] = []
        rest = [(start, 0)]
        while rest:
            name, depth = rest.pop()
            del way[depth:]
            if name in way:
                yield way[way.index(name) :]
            elif name not in done:
                way.append(name)
                done.add(name)
                rest += [(other, depth + 1) for other in reversed(leads.get(name, ()))]


def _gates(whole: Whole) -> Iterator[PolicyProblem]:
    """Passages that lead back: an initiative could go round for ever and never arrive."""
    passages = [
        (document, gate)
        for document, gate in whole.gates
        if gate.kind is GateKind.PASSAGE and gate.to and gate.to not in gate.from_
    ]  # fmt: skip
    leads: dict[str, list[str]] = {}
    for _, gate in passages:
        for stage in gate.from_:
            leads.setdefault(stage.value, []).append(gate.to.value if gate.to else "")
    for circle in circles(leads):
        back = next(pair for pair in passages if pair[1].to == circle[0] and circle[-1] in pair[1].from_)
        at, needs = ("gate", "to"), [("gate", "to"), ("gate", "from"), ("gate", "kind")]
        message = f"the gates lead around in a circle: {' → '.join([*circle, circle[0]])}"
        yield from back[0].fault(at, message, Code.CYCLE, needs=needs)


def _statements(whole: Whole, document: Document) -> Iterator[PolicyProblem]:
    """Statements asked only when others are answered, or when a fact is known that their own answer tells."""
    placed: dict[str, tuple[Location, StatementModel]] = {}
    for place, statement in _placed(whole):
        placed.setdefault(statement.id, (place, statement))  # of a name given twice the first counts: the other is named as a fault
    leads = {name: [other for other in _waits_for(whole, statement) if other in placed] for name, (_, statement) in placed.items()}
    for circle in circles(leads):
        at, statement = placed[circle[0]]
        key = next((key for key in ("ask_when_answer", "ask_when") if getattr(statement, key)), "id")
        message = f"{' waits for '.join([*circle, circle[0]])}: the questions go around in a circle"
        yield from document.fault((*at, key), message, Code.CYCLE)


def _placed(whole: Whole) -> Iterator[tuple[Location, StatementModel]]:
    for tiering in whole.questionnaires[:1]:
        for group in GROUPS:
            for number, statement in enumerate(getattr(tiering, group)):
                yield ("risk_tiering", group, number), statement


def _waits_for(whole: Whole, statement: StatementModel) -> Iterator[str]:
    """What has to be answered before it is known whether a statement is asked."""
    yield from statement.ask_when_answer
    for name in dict.fromkeys(FACT.findall(statement.ask_when or "")):
        yield from whole.facts[name].from_ if name in whole.facts else ()
