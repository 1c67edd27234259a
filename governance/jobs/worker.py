"""The worker: claims a job by lease, does it outside any transaction, records the outcome. Ends with its parent."""

import os
import signal
import sys
import time
from datetime import UTC, date, datetime, timedelta
from threading import Event
from types import FrameType

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from governance import settings
from governance.domain.errors import Refused
from governance.ledger.log import SYSTEM, Actor, Ledger
from governance.models.jobs import Job
from governance.packs.pdf import CannotPrint, Printed
from governance.packs.record import InitiativeRecord, TrailRecord, digest
from governance.packs.render import render_initiative, render_trail
from governance.reads import reports
from governance.services import packs, summaries
from governance.services.opening import ledger_of, open_engines
from governance.services.packs import REPORT, Made
from governance.storage.content import ContentStore

LEASE = timedelta(minutes=10)
MOST_TRIES = 3
IDLE_SECONDS = 0.5
REFRESH_SECONDS = 60


def main() -> None:
    """Work until told to stop, or until the parent is gone."""
    found = settings.read()
    ledger = ledger_of(open_engines(found.instance))
    content = ContentStore(found.instance / "content")
    stop, parent, refreshed = Event(), os.getppid(), 0.0

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the form of a handler
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    while not stop.is_set() and os.getppid() == parent:
        if time.monotonic() - refreshed > REFRESH_SECONDS:
            refresh(ledger)
            refreshed = time.monotonic()
        if not work(ledger, content):
            stop.wait(IDLE_SECONDS)
    sys.exit(0)


def refresh(ledger: Ledger) -> None:
    """Work the rows out anew that time alone has changed."""
    now = datetime.now(UTC)
    with ledger.writing(SYSTEM, now) as log:
        summaries.refresh_due(log.session, now)


def work(ledger: Ledger, content: ContentStore) -> bool:
    """Do one job. Whether there was one."""
    job = claim(ledger, datetime.now(UTC))
    if job is None:
        return False
    try:
        made, key = make(ledger, content, job)
        _finish(ledger, job, made, key)
    except (Refused, CannotPrint, OSError, ValueError, KeyError) as error:
        _fail(ledger, job.id, str(error) or type(error).__name__)
    return True


def claim(ledger: Ledger, now: datetime) -> Job | None:
    """Take the oldest job that nobody is at, for ten minutes. After three tries it has failed."""
    free = or_(Job.leased_until.is_(None), Job.leased_until < now)
    query = select(Job).where(Job.done_at.is_(None), Job.failed.is_(None), free).order_by(Job.asked_at).limit(1)
    with ledger.writing(SYSTEM, now) as log:
        job = log.session.scalars(query).first()
        if job is None:
            return None
        if job.tries >= MOST_TRIES:
            job.failed = "it was tried three times and the worker ended each time; ask the administrator to look at the log"
            return None
        job.leased_until, job.tries, job.doing = now + LEASE, job.tries + 1, "reads the record"
        return job


def make(ledger: Ledger, content: ContentStore, job: Job) -> tuple[Made, str | None]:
    """Read, render and store; nothing of it in a transaction that writes."""

    def progress(step: int, steps: int, doing: str) -> None:
        with ledger.writing(SYSTEM, datetime.now(UTC)) as log:
            row = log.session.get_one(Job, job.id)
            row.step, row.steps, row.doing = step, steps, doing

    with Session(ledger.engines.reader) as session:
        if job.kind == REPORT:
            key = job.arguments["initiative"]
            record = reports.initiative_record(session, key)
            return _stored(content, render_initiative(record, progress), record, f"Evidence report of {key}", key), key
        first, last = date.fromisoformat(job.arguments["first"]), date.fromisoformat(job.arguments["last"])
        trail = reports.trail_record(session, first, last)
        title = f"Audit trail of the organisation, {first.isoformat()} to {last.isoformat()}"
        return _stored(content, render_trail(trail, progress), trail, title, "organisation"), None


def _stored(content: ContentStore, printed: Printed, record: InitiativeRecord | TrailRecord, title: str, name: str) -> Made:
    stored, size = content.put(printed.pdf)
    return Made(title, f"{name}-{record.cut.report}.pdf", stored, digest(record), size, printed.pages, record.cut.leaf)


def _finish(ledger: Ledger, job: Job, made: Made, key: str | None) -> None:
    now = datetime.now(UTC)
    with ledger.writing(Actor(job.asked_by), now) as log:
        pack = packs.issue(log, key, made)
        row = log.session.get_one(Job, job.id)
        row.done_at, row.result, row.doing = now, pack, "done"


def _fail(ledger: Ledger, job_id: str, why: str) -> None:
    with ledger.writing(SYSTEM, datetime.now(UTC)) as log:
        log.session.get_one(Job, job_id).failed = why


if __name__ == "__main__":
    main()
