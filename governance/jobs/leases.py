"""Rows that one worker takes in hand at a time: a lease for ten minutes, three tries, and one outcome."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import Session

from governance.ledger.log import SYSTEM, Ledger, Log
from governance.models.jobs import ImportJob, Job, PolicyJob
from governance.reads import recovery
from governance.storage.content import ContentUnreachable
from governance.storage.engines import Busy, DiskFull

LEASE = timedelta(minutes=10)
PAUSE = timedelta(minutes=1)
MOST_TRIES = 3
NOT_NOW = (DiskFull, Busy, ContentUnreachable)
"""What ends a try without a fault of its own: it rests, and is no try."""

GIVEN_UP = f"It was tried {MOST_TRIES} times and did not succeed. The administrator finds the cause in the log."

Kind = TypeVar("Kind", Job, ImportJob, PolicyJob)
Ending = Callable[[Ledger], None]

_owed: "WeakKeyDictionary[Ledger, list[Ending]]" = WeakKeyDictionary()
"""How tries of this process ended that could not be written down, because the disk was full or others wrote, in their order."""

log = logging.getLogger("governance.leases")


class LeaseLost(Exception):
    """It took so long that another worker has the job."""


def claim(ledger: Ledger, now: datetime, free: Select[Kind], begin: Callable[[Kind], object] = lambda _: None) -> Kind | None:
    """Take the first of the jobs that nobody is at, for ten minutes. After three tries it has failed.

    What this process still has to write down comes first: otherwise a try that was none would count as one whose worker was killed.
    While a restored record waits for its administrators, jobs wait too: what they do could not be put on record.
    """
    if not _settled(ledger):
        return None
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
    """Neither done nor given up, and nobody is at it. A lease from a clock that went far ahead is none; one that goes a little ahead is."""
    lease = kind.leased_until
    return and_(kind.done_at.is_(None), kind.failed.is_(None), or_(lease.is_(None), lease < now, lease > now + LEASE * 2))


def held(open_log: Log, job: Kind) -> Kind:
    """The row of a job that is still in our hands: nobody has tried it again, confirmed it again or ended it. Raises `LeaseLost`."""
    row = open_log.session.get(type(job), job.id)
    if row is None or row.try_in_hand != job.try_in_hand or row.done_at is not None or row.failed is not None:
        raise LeaseLost(job.id)
    return row


def renew(ledger: Ledger, job: Kind) -> None:
    """Go on for ten more minutes. Raises `LeaseLost`; where others write all the time, the lease stays as it is."""
    now = datetime.now(UTC)
    with suppress(Busy, DiskFull), ledger.writing(SYSTEM, now) as open_log:
        held(open_log, job).leased_until = now + LEASE


@contextmanager
def in_hand(
    ledger: Ledger,
    job: Kind,
    faults: tuple[type[Exception], ...],
    phrase: Callable[[Exception], str] = str,
    waits: Callable[[Exception], Callable[[Kind], object]] = lambda _: _nothing,
) -> Iterator[None]:
    """One try of a job, whatever ends it: `faults` are its outcome, phrased; what is `NOT_NOW` lets it rest; `waits` says so on its row.

    Anything else lets the next try begin at once, and goes on to whoever runs the worker.
    """
    try:
        yield
    except faults as error:
        fail(ledger, job, phrase(error))
    except LeaseLost:
        log.warning("job %s took too long; another worker has it", job.id)
    except NOT_NOW as why:
        rest(ledger, job, waits(why))
        raise
    except BaseException:
        release(ledger, job)
        raise


def _nothing(_: object) -> None:
    """Said on the row."""


def fail(ledger: Ledger, job: Kind, why: str) -> None:
    def failed(row: Kind) -> None:
        row.failed = why

    _end(ledger, job, failed)


def release(ledger: Ledger, job: Kind) -> None:
    """Let the next try begin at once."""

    def released(row: Kind) -> None:
        row.leased_until = None

    _end(ledger, job, released)


def rest(ledger: Ledger, job: Kind, say: Callable[[Kind], object] = _nothing) -> None:
    """What is `NOT_NOW` is no try; whoever makes room, or brings back the store, finds the job done soon after."""

    def rested(row: Kind) -> None:
        row.tries, row.leased_until = job.tries - 1, datetime.now(UTC) + PAUSE
        say(row)

    _end(ledger, job, rested)


def _end(ledger: Ledger, job: Kind, change: Callable[[Kind], None]) -> None:
    """Write down how a try ended, unless the job is in other hands; where that cannot be done now, before the next claim."""

    def write(ledger: Ledger) -> None:
        with suppress(LeaseLost), ledger.writing(SYSTEM, datetime.now(UTC)) as open_log:
            change(held(open_log, job))

    try:
        write(ledger)
    except (DiskFull, Busy) as refused:
        log.warning("how the try of %s ended is written down later: %s", job.id, refused)
        _owed.setdefault(ledger, []).append(write)


def _settled(ledger: Ledger) -> bool:
    """Whether nothing is left to write down."""
    owed = _owed.get(ledger, [])
    with suppress(DiskFull, Busy):
        while owed:
            owed[0](ledger)
            owed.pop(0)
    return not owed
