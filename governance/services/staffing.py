"""Importing a list of units and people, with their roles and functions; whoever is new gets a set-up link."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import delete

from governance.domain.confirming import check_confirmed
from governance.domain.importing import Outcome
from governance.domain.staffing import StaffAccount, StaffRow
from governance.events import streams
from governance.events.directory import FunctionGranted, LinkMade, PersonChanged, PersonRegistered, RoleGranted, UnitOpened
from governance.ledger.book import Event
from governance.ledger.log import Log
from governance.models.accounts import Account, SetupLink
from governance.models.directory import Person
from governance.reads import staffing
from governance.services.accounts import LINK_LIVES, hashed


def carry_out(log: Log, content: bytes, *, partial: bool = False, expected: str | None = None) -> tuple[StaffAccount, dict[str, str]]:
    """Import a list, all of it or nothing; refused rows are left out only where `partial` says so.

    Returns what became of every row, and for everybody new the secret of a link by which they set a password, once. Nothing is
    withdrawn and no address is changed by a list; the file itself is not kept, because it holds addresses.
    """
    account = staffing.preview(log.session, log.by, log.now, content)
    check_confirmed(account, expected, partial=partial)
    log.record_all((UnitOpened(unit=unit, name=name), streams.unit(unit)) for unit, name in account.new_units.items())
    links: dict[str, str] = {}
    for row in account.rows:
        if not row.says.is_unit and row.outcome in (Outcome.IMPORTED, Outcome.UPDATED):
            _take(log, row, links)
    return account, links


def _take(log: Log, row: StaffRow, links: dict[str, str]) -> None:
    says = row.says
    events = list(_events(log, row))
    if row.outcome is Outcome.IMPORTED:
        secret, until = secrets.token_urlsafe(32), log.now + LINK_LIVES
        events.append(LinkMade(person=says.person, until=until.isoformat()))
        links[says.person] = secret
    log.record_all((event, streams.person(says.person)) for event in events)
    if row.outcome is Outcome.IMPORTED:
        log.session.execute(delete(SetupLink).where(SetupLink.person_id == says.person))
        log.session.add(Account(person_id=says.person, email=says.email, password=None, failures=0, locked_until=None))
        log.session.add(SetupLink(token=hashed(secret), person_id=says.person, expires_at=until, used_at=None))


def _events(log: Log, row: StaffRow) -> Iterator[Event]:
    says = row.says
    if row.outcome is Outcome.IMPORTED:
        yield PersonRegistered(person=says.person, name=says.name, title=says.title, unit=says.unit)
        if says.qualifications or says.time_zone:
            yield _changed(row, None)
    elif row.described:
        yield _changed(row, log.session.get_one(Person, says.person))
    ends = datetime.combine(says.until + timedelta(days=1), time(), UTC).isoformat() if says.until else None
    yield from (RoleGranted(person=says.person, role=role, until=ends) for role in row.roles)
    yield from (FunctionGranted(person=says.person, function=held.function, unit=held.unit or None) for held in row.functions)


def _changed(row: StaffRow, now: Person | None) -> PersonChanged:
    """What the row says; where it is silent, what stands here."""
    says = row.says
    return PersonChanged(
        person=says.person,
        name=says.name,
        title=says.title or (now.title if now else ""),
        unit=says.unit,
        qualifications=list(says.qualifications) or (list(now.qualifications) if now else []),
        time_zone=says.time_zone or (now.time_zone if now else None),
    )
