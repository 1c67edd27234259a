"""What waits for the worker: reports that were asked for, imports that were confirmed, impacts and moves of policies."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import Session

from governance.models.jobs import ImportJob, Job, PolicyJob

OPEN: tuple[tuple[ColumnElement[bool], ...], ...] = (
    (Job.done_at.is_(None), Job.failed.is_(None)),
    (ImportJob.confirmed_at.is_not(None), ImportJob.done_at.is_(None), ImportJob.failed.is_(None)),
    (PolicyJob.done_at.is_(None), PolicyJob.failed.is_(None)),
)


def unfinished(session: Session) -> int:
    """How many are neither done nor given up."""
    counts = [select(func.count()).where(*wanted).scalar_subquery() for wanted in OPEN]
    return session.scalar(select(counts[0] + counts[1] + counts[2])) or 0


def untouched(session: Session) -> tuple[int, datetime | None]:
    """How many of them nobody is at, and since when the oldest waits."""
    reports, imports, policies = OPEN
    waiting = union_all(
        select(Job.asked_at.label("since")).where(*reports, Job.leased_until.is_(None)),
        select(ImportJob.confirmed_at.label("since")).where(*imports, ImportJob.leased_until.is_(None)),
        select(PolicyJob.asked_at.label("since")).where(*policies, PolicyJob.leased_until.is_(None)),
    ).subquery()
    count, since = session.execute(select(func.count(), func.min(waiting.c.since))).one()
    return count, since
