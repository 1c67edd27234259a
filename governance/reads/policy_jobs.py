"""What a policy would change as it was worked out, and what became of requests that were moved: jobs of the worker."""

import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.errors import NotThere
from governance.ledger import read
from governance.models.jobs import PolicyJob
from governance.reads import policies
from governance.reads.impact import Foreseen

KEPT_FOR = timedelta(days=90)


class Kind(StrEnum):
    """What a job of a policy does."""

    IMPACT = "impact"
    MIGRATION = "migration"


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one request that was to be moved: whose sign-offs lapsed, or why it stays under the rules it has."""

    request: str
    is_moved: bool
    lapsed: tuple[str, ...] = ()
    why: str = ""


def latest(session: Session, digest: str, *, done: bool) -> PolicyJob | None:
    """The impact of a policy that was worked out last, or the one that was asked for last, done or not."""
    query = select(PolicyJob).where(PolicyJob.kind == Kind.IMPACT, PolicyJob.policy == digest)
    query = query.where(PolicyJob.done_at.is_not(None)) if done else query
    return session.scalars(query.order_by(PolicyJob.asked_at.desc(), PolicyJob.id).limit(1)).first()


def migration(session: Session, job_id: str) -> PolicyJob:
    """Raises `NotThere`."""
    row = session.get(PolicyJob, job_id)
    if row is None or row.kind != Kind.MIGRATION:
        raise NotThere(f"There is no such move of requests. Its page is kept for {KEPT_FOR.days} days; the ledger keeps what was moved.")
    return row


def migrations(session: Session, limit: int) -> list[PolicyJob]:
    """The latest moves of requests, by whomever."""
    query = select(PolicyJob).where(PolicyJob.kind == Kind.MIGRATION).order_by(PolicyJob.asked_at.desc(), PolicyJob.id)
    return list(session.scalars(query.limit(limit)))


def foreseen(session: Session, row: PolicyJob) -> Foreseen:
    """What was found. Raises `NotThere` while nothing is."""
    return msgspec.json.decode(_told(session, row), type=Foreseen)


def outcomes(session: Session, row: PolicyJob) -> tuple[Moved, ...]:
    """What became of each request. Raises `NotThere` while it is not done."""
    return msgspec.json.decode(_told(session, row), type=tuple[Moved, ...])


def is_behind(session: Session, found: Foreseen) -> bool:
    """Whether the record moved since it was worked out."""
    return found.size != read.size(session)


def is_of_the_past(session: Session, found: Foreseen) -> bool:
    """Whether another policy is in force than the one that it was compared with."""
    return found.in_force != policies.current(session).digest


def pack(found: Foreseen | Collection[Moved]) -> bytes:
    return zlib.compress(msgspec.json.encode(found))


def _told(session: Session, row: PolicyJob) -> bytes:
    told = session.scalars(select(PolicyJob.told).where(PolicyJob.id == row.id)).one()
    if told is None:
        raise NotThere("This is not worked out yet.")
    return zlib.decompress(told)
