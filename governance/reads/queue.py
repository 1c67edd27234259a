"""What waits for the worker: reports that were asked for, imports to be read or carried out, impacts and moves of policies."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import Session

from governance.models.jobs import ImportJob, Job, PolicyJob
from governance.reads import imports

OPEN: tuple[tuple[ColumnElement[bool], ...], ...] = (
    (Job.done_at.is_(None), Job.failed.is_(None)),
    (imports.waits_for_the_worker(),),
    (PolicyJob.done_at.is_(None), PolicyJob.failed.is_(None)),
)


def unfinished(session: Session) -> int:
    """How many are neither done nor given up."""
    counts = [select(func.count()).where(*wanted).scalar_subquery() for wanted in OPEN]
    return session.scalar(select(counts[0] + counts[1] + counts[2])) or 0


def untouched(session: Session) -> tuple[int, datetime | None]:
    """How many of them nobody is at, and since when the oldest waits."""
    reports, imported, policies = OPEN
    waiting = union_all(
        select(Job.asked_at.label("since")).where(*reports, Job.leased_until.is_(None)),
        select(func.coalesce(ImportJob.confirmed_at, ImportJob.told_at).label("since")).where(*imported, ImportJob.leased_until.is_(None)),
        select(PolicyJob.asked_at.label("since")).where(*policies, PolicyJob.leased_until.is_(None)),
    ).subquery()
    count, since = session.execute(select(func.count(), func.min(waiting.c.since))).one()
    return count, since
