"""Impacts of policies: worked out by reading alone. Moves of requests: each request in a transaction of its own, in its officer's name."""

import time
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.errors import Refused
from governance.jobs import leases
from governance.ledger.log import SYSTEM, Ledger
from governance.models.gates import GateRequest
from governance.models.jobs import PolicyJob
from governance.policy.problems import PolicyError
from governance.reads import candidates, impact, people
from governance.reads.impact import Progress
from governance.reads.policy_jobs import Kind, Moved
from governance.services import foreseeing, migrating
from governance.storage.slate import Slate

RENEWED_EVERY = 120.0
"""Seconds after which a job that still reads asks for its lease again."""


def work(ledger: Ledger, slate: Slate) -> bool:
    """Do one job. Whether there was one."""
    job = claim(ledger, datetime.now(UTC))
    if job is None:
        return False
    try:
        with leases.in_hand(ledger, job, (Refused, PolicyError), _phrase):
            (_foresee if job.kind == Kind.IMPACT else _move)(ledger, slate, job)
    finally:
        slate.wipe(job.id)
    return True


def _phrase(error: Exception) -> str:
    return f"The policy cannot be read any more. {error.problems[0]}" if isinstance(error, PolicyError) else str(error)


def claim(ledger: Ledger, now: datetime) -> PolicyJob | None:
    """Take the oldest job that nobody is at."""
    return leases.claim(ledger, now, select(PolicyJob).where(leases.is_free(PolicyJob, now)).order_by(PolicyJob.asked_at).limit(1))


def throw_away(ledger: Ledger) -> bool:
    """Let go of what was worked out long ago."""
    now = datetime.now(UTC)
    with Session(ledger.engines.reader) as session:
        if not foreseeing.are_old(session, now):
            return False
    with ledger.writing(SYSTEM, now) as open_log:
        foreseeing.throw_away(open_log.session, now)
    return False


def _foresee(ledger: Ledger, slate: Slate, job: PolicyJob) -> None:
    with Session(ledger.engines.reader) as session:
        candidate = candidates.policy(session, job.policy)
        found = impact.foresee(session, candidate, datetime.now(UTC), _teller(ledger, slate, job))
    with ledger.writing(SYSTEM, datetime.now(UTC)) as open_log:
        foreseeing.finish_impact(open_log, leases.held(open_log, job), found)


def _teller(ledger: Ledger, slate: Slate, job: PolicyJob) -> Progress:
    """Says beside the database how many are done, and keeps the lease."""
    renewed = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal renewed
        slate.tell(job.id, done, total)
        if time.monotonic() - renewed > RENEWED_EVERY:
            leases.renew(ledger, job)
            renewed = time.monotonic()

    return tell


def _move(ledger: Ledger, slate: Slate, job: PolicyJob) -> None:
    became = []
    for done, request in enumerate(job.chosen):
        slate.tell(job.id, done, len(job.chosen))
        became.append(_moved(ledger, job, request))
    with ledger.writing(SYSTEM, datetime.now(UTC)) as open_log:
        foreseeing.finish_migration(open_log, leases.held(open_log, job), became)


def _moved(ledger: Ledger, job: PolicyJob, request: str) -> Moved:
    """Move one request, and keep the lease in the same transaction. What an earlier try moved already is moved."""
    now = datetime.now(UTC)
    with Session(ledger.engines.reader) as session:
        who = people.actor(people.doer(session, job.asked_by, now))
        row = session.get(GateRequest, request)
        if row is not None and row.revision and row.policy == job.policy:
            return Moved(request, is_moved=True, why="It runs under this policy already.")
    try:
        with ledger.writing(who, now) as open_log:
            leases.held(open_log, job).leased_until = now + leases.LEASE
            return Moved(request, is_moved=True, lapsed=tuple(migrating.migrate(open_log, request, job.because, job.policy)))
    except Refused as refused:
        return Moved(request, is_moved=False, why=refused.message)
