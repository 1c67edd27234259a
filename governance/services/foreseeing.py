"""Asking what a policy would change, and asking for requests to be moved to it. The worker does both (`jobs/impacts.py`)."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from governance.domain import rights
from governance.domain.errors import Conflict, Problem, RuleBroken
from governance.domain.vocabulary import Role
from governance.ledger.log import Log
from governance.models.jobs import PolicyJob
from governance.reads import candidates, people, policies
from governance.reads.impact import Foreseen
from governance.reads.policy_jobs import KEPT_FOR, Kind, Moved, pack
from governance.services import gates

MOST = 5_000
"""Requests of one move."""


def ask(log: Log, digest: str) -> str:
    """Have it worked out what a policy would change. Returns the job: the one that waits already, or a new one. Raises `NotThere`."""
    _check_officer(log, "have it worked out what a policy would change")
    candidates.texts(log.session, digest)
    waiting = select(PolicyJob.id).where(PolicyJob.kind == Kind.IMPACT, PolicyJob.policy == digest, _is_open())
    return log.session.scalars(waiting).first() or _new(log, Kind.IMPACT, digest)


def ask_to_move(log: Log, digest: str, requests: Sequence[str], reason: str) -> str:
    """Have requests moved to the policy in force, each in a transaction of its own, in the name of whoever asks. Returns the job.

    Rights and rules are asked for each request when it is moved. `digest` is the policy whose impact was looked at.
    """
    _check_officer(log, "move requests to other rules")
    gates.check_words(reason, "Say why the requests are moved to other rules.")
    if policies.current(log.session).digest != digest:
        raise Conflict("Another policy is in force by now. Look at what it changes before you move requests to it.")
    if not requests:
        raise RuleBroken("Choose at least one request to move.", Problem("required", "Choose at least one request to move.", "request"))
    if len(requests) > MOST:
        raise RuleBroken(f"Move at most {MOST:,} requests at once.")
    return _new(log, Kind.MIGRATION, digest, sorted(set(requests)), reason)


def finish_impact(log: Log, row: PolicyJob, found: Foreseen) -> None:
    """It is worked out; what was worked out for the same policy before is let go."""
    older = and_(PolicyJob.kind == Kind.IMPACT, PolicyJob.policy == row.policy, PolicyJob.id != row.id, ~_is_open())
    log.session.execute(delete(PolicyJob).where(older))
    row.told, row.done_at = pack(found), log.now


def finish_migration(log: Log, row: PolicyJob, became: Sequence[Moved]) -> None:
    """Every request was moved or refused; the reason is on record with each that was moved."""
    row.told, row.done_at, row.because = pack(tuple(became)), log.now, ""


def are_old(session: Session, now: datetime) -> bool:
    return bool(session.scalar(select(func.count()).select_from(PolicyJob).where(_is_old(now))))


def throw_away(session: Session, now: datetime) -> None:
    session.execute(delete(PolicyJob).where(_is_old(now)))


def _is_open() -> ColumnElement[bool]:
    return and_(PolicyJob.done_at.is_(None), PolicyJob.failed.is_(None))


def _is_old(now: datetime) -> ColumnElement[bool]:
    return and_(or_(PolicyJob.done_at.is_not(None), PolicyJob.failed.is_not(None)), PolicyJob.asked_at < now - KEPT_FOR)


def _check_officer(log: Log, what: str) -> None:
    rights.check_role(people.doer(log.session, log.by, log.now), [Role.COMPLIANCE_OFFICER], what)


def _new(log: Log, kind: Kind, digest: str, requests: Sequence[str] = (), reason: str = "") -> str:
    row = PolicyJob(
        id=secrets.token_hex(8),
        kind=kind,
        policy=digest,
        asked_by=log.by,
        asked_at=log.now,
        chosen=list(requests),
        because=reason.strip(),
        told=None,
        leased_until=None,
        tries=0,
        done_at=None,
        failed=None,
    )
    log.session.add(row)
    return row.id
