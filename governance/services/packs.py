"""Asking for an evidence report, and recording that one was issued. Rendering happens in the worker, outside any transaction."""

import secrets
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from governance.domain import rights
from governance.domain.errors import NotThere, Problem, RuleBroken
from governance.domain.vocabulary import Role
from governance.events import streams
from governance.events.packs import PackIssued
from governance.ledger.log import Log
from governance.models.jobs import Job
from governance.reads import people

READERS = (Role.AUDITOR, Role.COMPLIANCE_OFFICER)
REPORT, TRAIL = "report", "trail"


@dataclass(frozen=True, slots=True)
class Made:
    """A report that is in the content store already."""

    title: str
    file_name: str
    digest: str
    record: str
    size: int
    pages: int
    cut: int


def ask_for_report(log: Log, key: str) -> str:
    """Queue the report of an initiative. Returns the job."""
    doer, ties = people.doer(log.session, log.by, log.now), people.ties(log.session, key)
    rights.check_may_see(doer, ties)
    if not rights.on_team(doer, ties):
        rights.check_role(doer, READERS, "issue a report of an initiative they do not work on")
    return _queue(log, REPORT, {"initiative": key})


def ask_for_trail(log: Log, first: date, last: date) -> str:
    """Queue the organisation's trail from the first to the last day, both included."""
    rights.check_role(people.doer(log.session, log.by, log.now), READERS, "issue the organisation's trail")
    if first > last:
        raise RuleBroken("The period ends before it begins.", Problem("order", "The last day lies before the first.", "last"))
    return _queue(log, TRAIL, {"first": first.isoformat(), "last": last.isoformat()})


def issue(log: Log, key: str | None, made: Made) -> str:
    """Record that a report was made. The right was checked when it was asked for, and is checked again here."""
    doer = people.doer(log.session, log.by, log.now)
    if key is None:
        rights.check_role(doer, READERS, "issue the organisation's trail")
    else:
        rights.check_may_see(doer, people.ties(log.session, key))
    pack_id = f"{key or 'organisation'}.P-{secrets.token_hex(4)}"
    event = PackIssued(
        pack=pack_id,
        initiative=key,
        title=made.title,
        file_name=made.file_name,
        digest=made.digest,
        record=made.record,
        size=made.size,
        pages=made.pages,
        cut=made.cut,
    )
    log.record(event, streams.initiative(key) if key else streams.SETTINGS)
    return pack_id


def job(log: Log, job_id: str) -> Job:
    row = log.session.get(Job, job_id)
    if row is None:
        raise NotThere("There is no such job.")
    return row


def _queue(log: Log, kind: str, arguments: dict[str, str]) -> str:
    """The job that makes it: the one that this person asked for and waits for already, or a new one."""
    waiting = select(Job).where(Job.asked_by == log.by, Job.kind == kind, Job.done_at.is_(None), Job.failed.is_(None))
    same = next((job.id for job in log.session.scalars(waiting) if job.arguments == arguments), None)
    return same or _new(log, kind, arguments)


def _new(log: Log, kind: str, arguments: dict[str, str]) -> str:
    row = Job(
        id=secrets.token_hex(8),
        kind=kind,
        arguments=arguments,
        asked_by=log.by,
        asked_at=log.now,
        leased_until=None,
        tries=0,
        step=0,
        steps=0,
        doing="waits for the worker",
        done_at=None,
        failed=None,
        result=None,
    )
    log.session.add(row)
    return row.id
