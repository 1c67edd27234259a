"""Checklists that several gates use: small policies beside the policy, each with an edition and a condition of its own.

They are merged by three rules. A checklist adds checks and seats to the gates it names and changes or removes nothing, so where two ask for
the same thing both have to be met. What it adds is asked where its own condition holds as well as the check's or the seat's; undecided
blocks, as everywhere. A check of it is called by the gate and its name there (`G2-exit-plan`), so every check has one name in the record.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from governance.domain.vocabulary import GateKind
from governance.policy.brackets import closed
from governance.policy.models import ChecklistModel, FileModel, GateModel, ItemModel, SeatModel
from governance.policy.reader import Document, Location

ALWAYS = "true"


@dataclass(frozen=True, slots=True)
class Part:
    """The checks and seats that one file gives to one gate: the gate's own, or those of a checklist."""

    document: Document
    at: Location  # of what holds them
    gate: GateModel
    checklist: ChecklistModel | None = None

    @property
    def stands(self) -> bool:
        """Whether the policy has its gate. Every gate has seats."""
        return bool(self.gate.seats)

    @property
    def items(self) -> Sequence[ItemModel]:
        return self.checklist.items if self.checklist else self.gate.items

    @property
    def seats(self) -> Sequence[SeatModel]:
        return self.checklist.seats if self.checklist else self.gate.seats

    def named(self, item: ItemModel) -> str:
        """What a check is called in the record."""
        return name_at(self.gate.id, item.id) if self.checklist else item.id

    def asked(self, when: str) -> str:
        """Where something of this part is asked, as one condition."""
        return both(self.checklist.when, when) if self.checklist else when


def parts(files: Iterable[tuple[Document, FileModel]]) -> Iterator[Part]:
    """Every gate's own part, and after all of them those of the checklists, in the order of the files."""
    known = list(files)
    own = [Part(document, ("gate",), model.gate) for document, model in known if model.gate]
    yield from own
    gates = {part.gate.id: part.gate for part in reversed(own)}
    for document, model in known:
        if model.checklist:
            names = dict.fromkeys(model.checklist.gates)
            used = [gates[name] for name in names if name in gates] or [_nowhere(next(iter(names), ""))]
            yield from (Part(document, ("checklist",), gate, model.checklist) for gate in used)


def _nowhere(name: str) -> GateModel:
    """In the place of a gate that the policy does not have, so that the rest of what is wrong with a checklist is told as well."""
    return GateModel.model_construct(id=name, name=name, kind=GateKind.PASSAGE, question="", seats=[], items=[])


def name_at(gate: str, item: str) -> str:
    return f"{gate}-{item}"


def both(first: str, second: str) -> str:
    """The condition that holds where both do."""
    asked = [condition.strip() for condition in (first, second) if condition.strip() != ALWAYS]
    return " && ".join(map(closed, asked)) if len(asked) > 1 else next(iter(asked), ALWAYS)
