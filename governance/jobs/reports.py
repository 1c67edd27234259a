"""Evidence reports: a job is claimed by lease, rendered outside any transaction, and its outcome recorded."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.errors import Refused
from governance.jobs import leases
from governance.ledger.log import SYSTEM, Actor, Ledger
from governance.models.jobs import Job
from governance.packs.pdf import CannotPrint, Printed
from governance.packs.record import InitiativeRecord, TrailRecord, digest
from governance.packs.render import Progress, render_initiative, render_trail
from governance.reads import reports
from governance.services import packs
from governance.services.packs import REPORT, Made
from governance.storage.content import ContentStore, ContentUnreachable
from governance.storage.engines import Busy, DiskFull

WAITS: Mapping[type[Exception], str] = {
    DiskFull: "waits for room on the disk",
    Busy: "waits until others have written",
    ContentUnreachable: "waits for the store of files",
}
"""What a job says of itself while it rests."""


def work(ledger: Ledger, content: ContentStore) -> bool:
    """Do one job. Whether there was one."""
    job = claim(ledger, datetime.now(UTC))
    if job is None:
        return False
    with leases.in_hand(ledger, job, (Refused, CannotPrint), waits=_waiting):
        made, key = make(ledger, content, job)
        _finish(ledger, job, made, key)
    return True


def claim(ledger: Ledger, now: datetime) -> Job | None:
    """Take the oldest job that nobody is at."""
    return leases.claim(ledger, now, select(Job).where(leases.is_free(Job, now)).order_by(Job.asked_at).limit(1), _begin)


def _begin(job: Job) -> None:
    job.doing = "reads the record"


def _waiting(why: Exception) -> Callable[[Job], None]:
    def say(job: Job) -> None:
        job.doing = next(words for kind, words in WAITS.items() if isinstance(why, kind))

    return say


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
            row = leases.held(open_log, job)
            row.step, row.steps, row.doing, row.leased_until = step, steps, doing, now + leases.LEASE

    return tell


def _stored(content: ContentStore, printed: Printed, record: InitiativeRecord | TrailRecord, title: str, name: str) -> Made:
    stored, size = content.put(printed.pdf)
    return Made(title, f"{name}-{record.cut.report}.pdf", stored, digest(record), size, printed.pages, record.cut.leaf)


def _finish(ledger: Ledger, job: Job, made: Made, key: str | None) -> None:
    """Issue it in the name of who asked, unless another worker has done so or is at it."""
    now = datetime.now(UTC)
    with ledger.writing(Actor(job.asked_by), now) as open_log:
        row = leases.held(open_log, job)
        row.done_at, row.result, row.doing = now, packs.issue(open_log, key, made), "done"
