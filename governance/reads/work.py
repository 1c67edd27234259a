"""My work: what waits for somebody, why them, and since when."""

from dataclasses import dataclass
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, Text, and_, false, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from governance.domain.rights import Doer
from governance.models.initiatives import Initiative
from governance.models.summary import Waiting
from governance.reads import proposals
from governance.reads.visibility import visible

Columns = TypeVarTuple("Columns")

PAGE = 100
MOST_COUNTED = 200
"""What every page of the product says is waiting; of more it says so much."""


@dataclass(frozen=True, slots=True)
class Task:
    waiting: Waiting
    initiative: Initiative


@dataclass(frozen=True, slots=True)
class Page:
    tasks: tuple[Task, ...]
    total: int
    number: int  # from 1

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def mine(session: Session, doer: Doer, number: int = 1) -> Page:
    """What waits for this person, the longest wait first; a number past the end gives the last page."""
    total = session.scalar(_found(select(func.count()), doer)) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    query = _found(select(Waiting, Initiative), doer).order_by(Waiting.since, Waiting.id)
    rows = session.execute(query.limit(PAGE).offset((number - 1) * PAGE))
    return Page(tuple(Task(*row) for row in rows), total, number)


def count(session: Session, doer: Doer) -> int:
    """How much waits, counted up to one more than is said: every page asks this."""
    found = select(func.count()).select_from(_found(select(Waiting.id), doer).limit(MOST_COUNTED + 1).subquery())
    return (session.scalar(found) or 0) + len(proposals.waiting_for(session, doer))


def _found(query: Select[*Columns], doer: Doer) -> Select[*Columns]:
    joined = query.select_from(Waiting).join(Initiative, Initiative.key == Waiting.initiative_key)
    return joined.where(_mine(doer), visible(doer))


def _mine(doer: Doer) -> ColumnElement[bool]:
    held = [_held(held.function, held.unit) for held in doer.holdings]
    not_excluded = ~type_coerce(Waiting.excluded, Text).contains(f'"{doer.id}"', autoescape=True)
    return or_(Waiting.person_id == doer.id, and_(Waiting.person_id.is_(None), or_(false(), *held), not_excluded))


def _held(function: object, unit: str | None) -> ColumnElement[bool]:
    fits = Waiting.function == function
    return fits if unit is None else and_(fits, Waiting.unit_id == unit)
