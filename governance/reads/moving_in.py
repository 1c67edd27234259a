"""What was brought in from outside: where it was found, on which papers, and what this system knows of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from governance.domain import moving_in
from governance.domain.moving_in import Past
from governance.domain.vocabulary import OPEN_STATES, Function, Regularity
from governance.models.gates import GateRequest
from governance.models.initiatives import StageEntry
from governance.models.moving_in import Origin


@dataclass(frozen=True, slots=True)
class Paper:
    """A historic approval; `evidence` is the id of the piece that holds it."""

    evidence: str
    title: str
    approved_on: date
    approved_by: str
    function: Function | None


def origin(session: Session, key: str) -> Origin | None:
    return session.get(Origin, key)


def past(session: Session, key: str) -> Past:
    """What keeps an initiative from being brought in."""
    requests = session.scalars(select(GateRequest).where(GateRequest.initiative_key == key).order_by(GateRequest.opened_at)).all()
    return Past(
        submitted=tuple(request.id for request in requests if request.revision),
        open_request=next((request.id for request in requests if request.state in OPEN_STATES), None),
        brought_in=origin(session, key) is not None,
    )


def papers(row: Origin) -> Sequence[Paper]:
    """The historic approvals, the oldest first."""
    found = [
        Paper(
            paper["evidence"],
            paper["title"],
            date.fromisoformat(paper["approved_on"]),
            paper["approved_by"],
            Function(paper["function"]) if paper["function"] else None,
        )
        for paper in row.papers
    ]
    return sorted(found, key=lambda paper: (paper.approved_on, paper.evidence))


def historic(row: Origin | None) -> list[str]:
    """The ids of the pieces that hold a historic approval."""
    return [paper["evidence"] for paper in row.papers] if row else []


def regularity(row: Origin, today: date) -> Regularity:
    return moving_in.regularity(row.stage, row.regularise_by, regularised=row.regularised_at is not None, today=today)


def stages(session: Session, key: str) -> Sequence[StageEntry]:
    """The stages an initiative lived through, in order. What was brought in was never in those that stood before that."""
    first = select(Origin.leaf).where(Origin.initiative_key == key).scalar_subquery()
    query = select(StageEntry).where(StageEntry.initiative_key == key, StageEntry.leaf >= func.coalesce(first, 0))
    return session.scalars(query.order_by(StageEntry.leaf)).all()
