"""Findings of an initiative."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from governance.domain import rights
from governance.domain.errors import NotThere
from governance.domain.rights import NOTHING_HERE, FindingTies, Ties
from governance.models.directory import Person
from governance.models.findings import Finding
from governance.reads import people


def next_id(session: Session, key: str) -> str:
    taken = session.scalar(select(func.count()).select_from(Finding).where(Finding.initiative_key == key)) or 0
    return f"{key}.F-{taken + 1}"


def finding(session: Session, finding_id: str) -> Finding:
    """Raises `NotThere`."""
    row = session.get(Finding, finding_id)
    if row is None:
        raise NotThere(NOTHING_HERE)
    return row


def of_initiative(session: Session, key: str) -> list[Finding]:
    """Open ones first, then by due date."""
    query = select(Finding).where(Finding.initiative_key == key).order_by(Finding.closed_at.is_not(None), Finding.due, Finding.id)
    return list(session.scalars(query))


def ties(row: Finding) -> FindingTies:
    return FindingTies(row.owner_id, row.raised_by, row.function)


def may_own(session: Session, person_id: str, of: Ties, now: datetime) -> bool:
    """Whether somebody is there, active, and sees the initiative."""
    return session.get(Person, person_id) is not None and rights.may_see(people.doer(session, person_id, now), of)
