"""Issued evidence packs, and the jobs that make them."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from governance.domain.errors import Hidden, NotThere
from governance.domain.rights import Doer
from governance.domain.vocabulary import Role
from governance.models.initiatives import Initiative
from governance.models.jobs import Job
from governance.models.packs import Pack
from governance.reads.visibility import visible

PAGE = 50
FAILED_SHOWN = timedelta(days=1)
SORTS = {"at": Pack.at, "title": Pack.title, "size": Pack.size, "pages": Pack.pages}


def page(session: Session, doer: Doer, text: str, sort: str, descending: bool, number: int) -> tuple[list[Pack], int, int]:
    """One page of the packs this person may read, how many there are, and the number of the page."""
    conditions = _asked(doer, text)
    total = session.scalar(select(func.count()).select_from(Pack).where(*conditions)) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    column = SORTS.get(sort, Pack.at)
    query = select(Pack).where(*conditions).order_by(column.desc() if descending else column, Pack.id)
    return list(session.scalars(query.limit(PAGE).offset((number - 1) * PAGE))), total, number


def every(session: Session, doer: Doer, text: str) -> list[Pack]:
    """All the packs that fit, the latest first."""
    return list(session.scalars(select(Pack).where(*_asked(doer, text)).order_by(Pack.at.desc(), Pack.id)))


def _asked(doer: Doer, text: str) -> list[ColumnElement[bool]]:
    return [_readable(doer), *(Pack.title.icontains(word, autoescape=True) for word in text.split()[:8])]


def pack(session: Session, doer: Doer, pack_id: str) -> Pack:
    """Raises `NotThere` for one that does not exist and for one that this person may not read, alike."""
    row = session.scalars(select(Pack).where(Pack.id == pack_id, _readable(doer))).first()
    if row is None:
        hidden = session.get(Pack, pack_id) is not None
        raise (Hidden if hidden else NotThere)("There is no such evidence pack, or you may not read it.")
    return row


def job(session: Session, doer: Doer, job_id: str) -> Job:
    """A job of this person's own. Raises `NotThere`."""
    row = session.get(Job, job_id)
    if row is None or row.asked_by != doer.id:
        raise (Hidden if row else NotThere)("There is no such evidence pack in the making.")
    return row


def running(session: Session, doer: Doer, now: datetime) -> list[Job]:
    """What this person asked for and is not done, the latest first; what failed, for a day."""
    shown = or_(Job.failed.is_(None), Job.asked_at > now - FAILED_SHOWN)
    query = select(Job).where(Job.asked_by == doer.id, Job.done_at.is_(None), shown).order_by(Job.asked_at.desc()).limit(20)
    return list(session.scalars(query))


def _readable(doer: Doer) -> ColumnElement[bool]:
    mine = Pack.initiative_key.in_(select(Initiative.key).where(visible(doer)))
    return or_(mine, Pack.initiative_key.is_(None)) if doer.roles & {Role.AUDITOR, Role.COMPLIANCE_OFFICER} else mine
