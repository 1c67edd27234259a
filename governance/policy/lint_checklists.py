"""Checks of the checklists that gates use."""

from collections.abc import Iterator

from governance.policy.checklists import name_at
from governance.policy.codes import Code
from governance.policy.models import ChecklistModel
from governance.policy.problems import PolicyProblem, near
from governance.policy.reader import Document, Location
from governance.policy.whole import Ids, Whole

AT: Location = ("checklist",)
LONGEST_NAME = 60
"""As for every other name of a policy."""


def faults(whole: Whole) -> Iterator[PolicyProblem]:
    ids = Ids()
    for document, model in whole.files:
        if model.checklist:
            yield from ids.check(document, (*AT, "id"), model.checklist.id, "checklist id")
            yield from _gates(whole, document, model.checklist)
            yield from whole.condition(document, (*AT, "when"), model.checklist.when)
    yield from _names(whole)
    yield from _joined(whole)


def _gates(whole: Whole, document: Document, checklist: ChecklistModel) -> Iterator[PolicyProblem]:
    known, named = [gate.id for _, gate in whole.gates], Ids()
    for number, name in enumerate(checklist.gates):
        at = (*AT, "gates", number)
        yield from named.check(document, at, name, "gate")
        if name not in known and "gate" not in whole.open:
            yield from document.fault(at, f"unknown gate “{name}”{near(name, known)}", Code.UNKNOWN_GATE)


def _names(whole: Whole) -> Iterator[PolicyProblem]:
    for document, model in whole.files:
        longest = max(model.checklist.gates, key=len, default="") if model.checklist else ""
        for number, item in enumerate(model.checklist.items if model.checklist else ()):
            if len(name := name_at(longest, item.id)) > LONGEST_NAME:
                message = f"at {longest} this check is called “{name}”: a name has at most {LONGEST_NAME} signs"
                yield from document.fault((*AT, "items", number, "id"), message, Code.WRONG_VALUE)


def _joined(whole: Whole) -> Iterator[PolicyProblem]:
    """Conditions that are sound by themselves, and too much together with that of their checklist."""
    for part in whole.parts:
        conditions = {("items", number): item.when for number, item in enumerate(part.items)}
        conditions |= {("seats", number): seat.when for number, seat in enumerate(part.seats)}
        for place, own in conditions.items():
            joined = part.asked(own)
            if joined != own and not whole.faults(own) and not whole.faults(part.asked("true")):
                yield from whole.condition(part.document, (*part.at, *place, "when"), joined)
