"""Imports, claimed by lease: a file that was handed over is read and its preview kept; what was confirmed is carried out in one
transaction, in the name of whoever confirmed it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from governance.domain.confirming import check_confirmed
from governance.domain.errors import Refused
from governance.domain.importing import Row
from governance.jobs import leases
from governance.ledger.log import SYSTEM, Actor, Ledger
from governance.models.jobs import ImportJob
from governance.policy.problems import PolicyError
from governance.reads import imports as reading
from governance.reads import people, previews
from governance.reads.importing import One, Watch
from governance.reads.previews import Preview, Source
from governance.services import importing, imports
from governance.storage.content import ContentStore
from governance.storage.slate import Slate

TOLD_EVERY = 50
"""Rows after which the slate is told how far it is."""


def work(ledger: Ledger, content: ContentStore, slate: Slate) -> bool:
    """Read one file that was handed over, or carry out one import. Whether there was one."""
    job = claim(ledger, datetime.now(UTC))
    if job is None:
        return False
    try:
        with leases.in_hand(ledger, job, (Refused, PolicyError), _phrase):
            if job.confirmed_at is None:
                _read(ledger, job, slate)
            else:
                _import(ledger, content, job, slate)
    finally:
        slate.wipe(job.id)
    return True


def _phrase(error: Exception) -> str:
    return reading.unfit(error) if isinstance(error, PolicyError) else str(error)


def claim(ledger: Ledger, now: datetime) -> ImportJob | None:
    """Take the import that waits longest to be read or carried out, and that nobody is at."""
    wanted = reading.waits_for_the_worker(), leases.is_free(ImportJob, now)
    since = func.coalesce(ImportJob.confirmed_at, ImportJob.told_at)
    return leases.claim(ledger, now, select(ImportJob).where(*wanted).order_by(since, ImportJob.id).limit(1))


def _read(ledger: Ledger, job: ImportJob, slate: Slate) -> None:
    """Keep what would become of every row; rights are asked again in here. Raises `Refused` and `PolicyError`."""
    now = datetime.now(UTC)
    with Session(ledger.engines.reader) as session:
        told = reading.tell(session, job.asked_by, now, reading.source(session, job.id), _teller(slate, job.id))
    with ledger.writing(SYSTEM, datetime.now(UTC)) as open_log:  # reading takes its time
        imports.keep(leases.held(open_log, job), told)


def _import(ledger: Ledger, content: ContentStore, job: ImportJob, slate: Slate) -> None:
    source, who, checked = _prepared(ledger, job)
    for kept in (source.content, source.mapping):
        content.put(kept)
    carry_out(ledger, job, source, who, slate, checked)


def carry_out(ledger: Ledger, job: ImportJob, source: Source, who: Actor, slate: Slate, checked: Preview) -> None:
    """All of it, and that it is done, or nothing. Rights, mapping and record are asked again in here."""
    with ledger.writing(who, datetime.now(UTC)) as open_log:
        row = leases.held(open_log, job)
        watch: Watch[Row] = _teller(slate, job.id)
        done = importing.carry_out(open_log, source, partial=row.leaves_out, expected=row.told_digest, checked=checked, watch=watch)
        imports.finish(open_log, row, done)


def throw_away(ledger: Ledger) -> bool:
    """Let go of the imports that nobody confirmed in time."""
    now = datetime.now(UTC)
    with Session(ledger.engines.reader) as session:
        if not imports.are_old(session, now):
            return False
    with ledger.writing(SYSTEM, now) as open_log:
        imports.throw_away(open_log.session, now)
    return False


def _prepared(ledger: Ledger, job: ImportJob) -> tuple[Source, Actor, Preview]:
    """What was handed over, who confirmed it, and what it comes to now.

    What would be refused is refused here, before a file is stored or a writer waits.
    """
    now = datetime.now(UTC)
    with Session(ledger.engines.reader) as session:
        source, doer = reading.source(session, job.id), people.doer(session, job.asked_by, now)
        found = previews.preview(session, doer.id, now, source)
    check_confirmed(found.account, job.told_digest, partial=job.leaves_out)
    return source, people.actor(doer), found


def _teller(slate: Slate, job: str) -> Watch[One]:
    """Says beside the open transaction how many rows are done."""

    def watch(rows: Sequence[One]) -> Iterator[One]:
        for done, row in enumerate(rows):
            if done % TOLD_EVERY == 0:
                slate.tell(job, done, len(rows))
            yield row
        slate.tell(job, len(rows), len(rows))

    return watch
