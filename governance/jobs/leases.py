"""Rows that one worker takes in hand at a time: a lease for ten minutes, three tries, and one outcome."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import Session

from governance.ledger.log import SYSTEM, Ledger, Log
from governance.models.jobs import ImportJob, Job
from governance.reads import recovery

LEASE = timedelta(minutes=10)
NO_ROOM = timedelta(minutes=1)
MOST_TRIES = 3
GIVEN_UP = f"It was tried {MOST_TRIES} times and did not succeed. The administrator finds the cause in the log."

Kind = TypeVar("Kind", Job, ImportJob)


class LeaseLost(Exception):
    """It took so long that another worker has the job."""


def claim(ledger: Ledger, now: datetime, free: Select[Kind], begin: Callable[[Kind], object] = lambda _: None) -> Kind | None:
    """Take the first of the jobs that nobody is at, for ten minutes. After three tries it has failed.

    While a restored record waits for its administrators, jobs wait too: what they do could not be put on record.
    """
    with Session(ledger.engines.reader) as session:
        if session.scalars(free).first() is None or recovery.restored(session) is not None:
            return None
    with ledger.writing(SYSTEM, now) as open_log:
        job = open_log.session.scalars(free).first()
        if job is None:
            return None
        if job.tries >= MOST_TRIES:
            job.failed = GIVEN_UP
            return None
        job.leased_until, job.tries = now + LEASE, job.tries + 1
        begin(job)
        return job


def is_free(kind: type[Kind], now: datetime) -> ColumnElement[bool]:
    return and_(kind.done_at.is_(None), kind.failed.is_(None), or_(kind.leased_until.is_(None), kind.leased_until < now))


def held(open_log: Log, job: Kind) -> Kind:
    """The row of a job that is still in our hands: nobody has tried it again or ended it. Raises `LeaseLost`."""
    row = open_log.session.get(type(job), job.id)
    if row is None or row.tries != job.tries or row.done_at is not None or row.failed is not None:
        raise LeaseLost(job.id)
    return row


def fail(ledger: Ledger, job: Kind, why: str) -> None:
    with suppress(LeaseLost), ledger.writing(SYSTEM, datetime.now(UTC)) as open_log:
        held(open_log, job).failed = why


def release(ledger: Ledger, job: Kind) -> None:
    """Let the next try begin at once."""
    with suppress(LeaseLost), ledger.writing(SYSTEM, datetime.now(UTC)) as open_log:
        held(open_log, job).leased_until = None


def rest(ledger: Ledger, job: Kind, say: Callable[[Kind], object] = lambda _: None) -> None:
    """A disk that is full is no try; whoever makes room finds the job done soon after."""
    now = datetime.now(UTC)
    with suppress(LeaseLost), ledger.writing(SYSTEM, now) as open_log:
        row = held(open_log, job)
        row.tries, row.leased_until = job.tries - 1, now + NO_ROOM
        say(row)
