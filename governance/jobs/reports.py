"""Evidence reports: a job is claimed by lease, rendered outside any transaction, and its outcome recorded."""

import logging
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from governance.domain.errors import Refused
from governance.ledger.log import SYSTEM, Actor, Ledger, Log
from governance.models.jobs import Job
from governance.packs.pdf import CannotPrint, Printed
from governance.packs.record import InitiativeRecord, TrailRecord, digest
from governance.packs.render import Progress, render_initiative, render_trail
from governance.reads import recovery, reports
from governance.services import packs
from governance.services.packs import REPORT, Made
from governance.storage.content import ContentStore
from governance.storage.engines import Busy, DiskFull

LEASE = timedelta(minutes=10)
NO_ROOM = timedelta(minutes=1)
MOST_TRIES = 3
GIVEN_UP = f"It was tried {MOST_TRIES} times and did not succeed. The administrator finds the cause in the log."

log = logging.getLogger("governance.reports")


class LeaseLost(Exception):
    """It took so long that another worker has the job."""


def work(ledger: Ledger, content: ContentStore) -> bool:
    """Do one job. Whether there was one."""
    job = claim(ledger, datetime.now(UTC))
    if job is None:
        return False
    try:
        made, key = make(ledger, content, job)
        _finish(ledger, job, made, key)
    except (Refused, CannotPrint) as refused:
        _fail(ledger, job, str(refused))
    except LeaseLost:
        log.warning("job %s took too long; another worker has it", job.id)
    except DiskFull:
        _rest(ledger, job)
        raise
    except BaseException:
        _release(ledger, job)
        raise
    return True


def claim(ledger: Ledger, now: datetime) -> Job | None:
    """Take the oldest job that nobody is at, for ten minutes. After three tries it has failed.

    While a restored record waits for its administrators, jobs wait too: their reports could not be put on record.
    """
    query = select(Job).where(_is_free(now)).order_by(Job.asked_at).limit(1)
    with Session(ledger.engines.reader) as session:
        if session.scalars(query).first() is None or recovery.restored(session) is not None:
            return None
    with ledger.writing(SYSTEM, now) as open_log:
        job = open_log.session.scalars(query).first()
        if job is None:
            return None
        if job.tries >= MOST_TRIES:
            job.failed = GIVEN_UP
            return None
        job.leased_until, job.tries, job.doing = now + LEASE, job.tries + 1, "reads the record"
        return job


def make(ledger: Ledger, content: ContentStore, job: Job) -> tuple[Made, str | None]:
    """Read, render and store. Reading ends before rendering begins, and nothing of it is in a transaction that writes."""
    progress = _teller(ledger, job)
    if job.kind == REPORT:
        key = job.arguments["initiative"]
        with Session(ledger.engines.reader) as session:
            record = reports.initiative_record(session, key)
        return _stored(content, render_initiative(record, progress), record, f"Evidence report of {key}", key), key
    first, last = date.fromisoformat(job.arguments["first"]), date.fromisoformat(job.arguments["last"])
    with Session(ledger.engines.reader) as session:
        trail = reports.trail_record(session, first, last)
    title = f"Audit trail of the organisation, {first.isoformat()} to {last.isoformat()}"
    return _stored(content, render_trail(trail, progress), trail, title, "organisation"), None


def _teller(ledger: Ledger, job: Job) -> Progress:
    """Says on the job's row how far it is, and keeps the lease. A word that cannot be said is left out."""

    def tell(step: int, steps: int, doing: str) -> None:
        now = datetime.now(UTC)
        with suppress(Busy), ledger.writing(SYSTEM, now) as open_log:
            row = _held(open_log, job)
            row.step, row.steps, row.doing, row.leased_until = step, steps, doing, now + LEASE

    return tell


def _stored(content: ContentStore, printed: Printed, record: InitiativeRecord | TrailRecord, title: str, name: str) -> Made:
    stored, size = content.put(printed.pdf)
    return Made(title, f"{name}-{record.cut.report}.pdf", stored, digest(record), size, printed.pages, record.cut.leaf)


def _finish(ledger: Ledger, job: Job, made: Made, key: str | None) -> None:
    """Issue it in the name of who asked, unless another worker has done so or is at it."""
    now = datetime.now(UTC)
    with ledger.writing(Actor(job.asked_by), now) as open_log:
        row = _held(open_log, job)
        row.done_at, row.result, row.doing = now, packs.issue(open_log, key, made), "done"


def _fail(ledger: Ledger, job: Job, why: str) -> None:
    with suppress(LeaseLost), ledger.writing(SYSTEM, datetime.now(UTC)) as open_log:
        _held(open_log, job).failed = why


def _release(ledger: Ledger, job: Job) -> None:
    """Let the next try begin at once."""
    with suppress(LeaseLost), ledger.writing(SYSTEM, datetime.now(UTC)) as open_log:
        _held(open_log, job).leased_until = None


def _rest(ledger: Ledger, job: Job) -> None:
    """A disk that is full is no try; whoever makes room finds the job done soon after."""
    now = datetime.now(UTC)
    with suppress(LeaseLost), ledger.writing(SYSTEM, now) as open_log:
        row = _held(open_log, job)
        row.tries, row.leased_until, row.doing = job.tries - 1, now + NO_ROOM, "waits for room on the disk"


def _held(open_log: Log, job: Job) -> Job:
    """The row of a job that is still in our hands: nobody has tried it again or ended it. Raises `LeaseLost`."""
    row = open_log.session.get_one(Job, job.id)
    if row.tries != job.tries or row.done_at is not None or row.failed is not None:
        raise LeaseLost(job.id)
    return row


def _is_free(now: datetime) -> ColumnElement[bool]:
    return and_(Job.done_at.is_(None), Job.failed.is_(None), or_(Job.leased_until.is_(None), Job.leased_until < now))
