"""Checks of gates, seats and checklist items."""

from collections import defaultdict
from collections.abc import Iterator

from governance.domain.vocabulary import SECTION_OF, Function, GateKind, Section, Stage
from governance.policy import lint_thresholds
from governance.policy.codes import Code
from governance.policy.models import GateModel, ItemModel, SeatModel
from governance.policy.problems import PolicyProblem, near
from governance.policy.reader import Document, Location
from governance.policy.whole import Ids, Whole

GATE: Location = ("gate",)
MOST_LOOKS = 12
"""What one seat may look at: a sign-off holds all the words, and an entry of the ledger has an end."""


def faults(whole: Whole) -> Iterator[PolicyProblem]:
    ids = Ids()
    metrics = lint_thresholds.metrics(whole)
    for document, gate in whole.gates:
        yield from ids.check(document, (*GATE, "id"), gate.id, "gate id")
        yield from _passage(document, gate)
        yield from _functions(document, gate)
    for part in whole.parts:
        for number, item in enumerate(part.items):
            at: Location = (*part.at, "items", number)
            yield from ids.check(part.document, (*at, "id"), part.named(item), "item id")
            yield from _item(whole, part.document, item, at)
            yield from lint_thresholds.faults(whole, part.document, part.gate, item, (*at, "threshold"), metrics)
    yield from _seats(whole)
    yield from _unreachable(whole)


def _passage(document: Document, gate: GateModel) -> Iterator[PolicyProblem]:
    """Whether a gate says where it leads from and to, or how often it recurs."""
    needs = [(*GATE, key) for key in ("kind", "from", "to", "stage", "every_days")]
    for at, message in _misfits(gate):
        yield from document.fault((*GATE, at), message, Code.GATE_KIND, needs=needs)


def _misfits(gate: GateModel) -> Iterator[tuple[str, str]]:
    recurs = gate.stage is not None and gate.every_days is not None
    leads = bool(gate.from_) and gate.to is not None
    if gate.kind is GateKind.RECURRING and not recurs:
        yield "kind", "a recurring gate names its `stage` and `every_days`"
    if gate.kind is not GateKind.RECURRING and not leads:
        yield "kind", f"a gate of kind {gate.kind.value} names `from` and `to`"
    if (gate.kind is GateKind.RECURRING and (gate.from_ or gate.to)) or (gate.kind is not GateKind.RECURRING and gate.stage):
        yield "kind", "`stage` belongs to a recurring gate, `from` and `to` to the others"
    if gate.to in gate.from_:
        yield "to", f"the gate leads back to {gate.to.value if gate.to else ''}, where it starts"


def _seats(whole: Whole) -> Iterator[PolicyProblem]:
    ids = defaultdict[int, Ids](Ids)  # two gates of one name have seats of their own
    for part in whole.parts:
        for number, seat in enumerate(part.seats):
            at: Location = (*part.at, "seats", number)
            yield from ids[id(part.gate)].check(part.document, (*at, "id"), seat.id, "seat id")
            yield from _seat(whole, part.document, seat, at)


def _seat(whole: Whole, document: Document, seat: SeatModel, at: Location) -> Iterator[PolicyProblem]:
    for section in (Section.COMMON, SECTION_OF[seat.function]):
        if section not in seat.covers:
            message = f"the seat {seat.id} does not cover “{section.value}”: every seat covers the common section and its own"
            yield from document.fault((*at, "covers"), message, Code.SEAT_COVERS, needs=[(*at, "covers"), (*at, "function")])
    yield from whole.condition(document, (*at, "when"), seat.when)
    yield from _looks(document, seat, (*at, "looks_at"))


def _looks(document: Document, seat: SeatModel, at: Location) -> Iterator[PolicyProblem]:
    if len(seat.looks_at) > MOST_LOOKS:
        message = f"looks_at: at most {MOST_LOOKS} are asked for, because longer lists are ticked without reading"
        yield from document.fault(at, message, Code.WRONG_VALUE)
    ids = Ids()
    for number, look in enumerate(seat.looks_at):
        yield from ids.check(document, (*at, number, "id"), look.id, "id of what the seat looks at")


def _functions(document: Document, gate: GateModel) -> Iterator[PolicyProblem]:
    """The four functions sit on every gate at every tier: a policy that drops one does not check."""
    always = {seat.function for seat in gate.seats if seat.when == "true"}
    at: Location = (*GATE, "seats")
    needs = [(*at, number, key) for number in range(len(gate.seats)) for key in ("function", "when")]
    for function in Function:
        if function not in always:
            message = f"no seat of {function.value} that is always asked: the four functions sit on every gate at every tier"
            yield from document.fault(at, message, Code.FUNCTION_WITHOUT_SEAT, needs=needs)


def _item(whole: Whole, document: Document, item: ItemModel, at: Location) -> Iterator[PolicyProblem]:
    yield from whole.condition(document, (*at, "when"), item.when)
    if (item.answered_by == "app") != (item.source is not None):
        needs = [(*at, "answered_by"), (*at, "source")]
        yield from document.fault(at, "`answered_by: app` and `source` go together", Code.ANSWERED_BY, needs=needs)
    elif item.source is not None and item.source not in whole.sources and "app_sources" not in whole.open:
        message = f"unknown app record “{item.source}”{near(item.source, whole.sources)}"
        yield from document.fault((*at, "source"), message, Code.UNKNOWN_SOURCE)
    yield from whole.references(document, (*at, "maps"), item.maps)


def _unreachable(whole: Whole) -> Iterator[PolicyProblem]:
    """Gates that start where no gate leads."""
    entered = {Stage.PILOT} | {gate.to for _, gate in whole.gates if gate.kind is GateKind.PASSAGE and gate.to}
    keys = [(*GATE, key) for key in ("kind", "from", "to", "stage")]
    sound = all(document.sound(key) for document, _ in whole.gates for key in keys)
    if "gate" in whole.open or not sound or any(True for _, gate in whole.gates for _ in _misfits(gate)):
        return
    for document, gate in whole.gates:
        if gate.leaves and not entered & set(gate.leaves):
            message = f"no gate leads to where {gate.id} starts, so it can never be asked for"
            yield from document.fault((*GATE, "id"), message, Code.GATE_UNREACHABLE)
