"""My work: what waits for somebody, why them, and since when."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Text, and_, false, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from governance.domain.rights import Doer
from governance.models.initiatives import Initiative
from governance.models.summary import Waiting
from governance.reads import proposals
from governance.reads.visibility import visible

MOST = 200


@dataclass(frozen=True, slots=True)
class Task:
    waiting: Waiting
    initiative: Initiative


def mine(session: Session, doer: Doer) -> list[Task]:
    """What waits for this person, the longest wait first."""
    query = (
        select(Waiting, Initiative)
        .join(Initiative, Initiative.key == Waiting.initiative_key)
        .where(_mine(doer), visible(doer))
        .order_by(Waiting.since, Waiting.id)
        .limit(MOST)
    )
    return [Task(*row) for row in session.execute(query)]


def count(session: Session, doer: Doer) -> int:
    """With the policies that wait for this person; one statement, because every page asks it."""
    query = select(func.count()).select_from(Waiting).join(Initiative, Initiative.key == Waiting.initiative_key)
    query = query.where(_mine(doer), visible(doer))
    policies = proposals.number_waiting_for(doer)
    return session.scalar(query if policies is None else select(query.scalar_subquery() + policies)) or 0


def _mine(doer: Doer) -> ColumnElement[bool]:
    held = [_held(held.function, held.unit) for held in doer.holdings]
    not_excluded = ~type_coerce(Waiting.excluded, Text).contains(f'"{doer.id}"', autoescape=True)
    return or_(Waiting.person_id == doer.id, and_(Waiting.person_id.is_(None), or_(false(), *held), not_excluded))


def _held(function: object, unit: str | None) -> ColumnElement[bool]:
    fits = Waiting.function == function
    return fits if unit is None else and_(fits, Waiting.unit_id == unit)
