"""The organisation, its units and its people. Administrators keep it; every change is on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import available_timezones

from sqlalchemy import delete, func, select

from governance.domain import rights
from governance.domain.errors import Conflict, Problem, RuleBroken
from governance.domain.text import ADDRESS, SHORT_NAME
from governance.domain.vocabulary import Function, Role
from governance.events import streams
from governance.events.directory import (
    FunctionGranted,
    FunctionWithdrawn,
    PersonChanged,
    PersonDisabled,
    PersonEnabled,
    PersonRegistered,
    RoleGranted,
    RoleWithdrawn,
    SettingsChanged,
    UnitOpened,
    UnitRenamed,
)
from governance.ledger.log import SYSTEM, Log
from governance.models.accounts import Account, SetupLink, WebSession
from governance.models.directory import Person, PersonFunction, PersonRole, Unit
from governance.reads import people

NAME, EMAIL = SHORT_NAME, ADDRESS


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    title: str
    unit: str
    qualifications: Sequence[str] = ()
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class OrganisationSettings:
    name: str
    time_zone: str
    holidays: Sequence[date] = ()
    logo: str | None = None  # SHA-256 of a stored PNG
    demo: bool = False


def found(log: Log, settings: OrganisationSettings, unit: tuple[str, str], admin: str, profile: Profile, email: str) -> None:
    """Set up an empty instance: its name, a first unit and the first administrator. Refused once anybody is registered."""
    if log.session.scalar(select(func.count()).select_from(Person)):
        raise Conflict("This instance has people already. Its administrators add the others.")
    _check_settings(settings)
    log.record(_changed(settings), streams.SETTINGS)
    log.record(UnitOpened(unit=_name(unit[0], "unit"), name=_line(unit[1], "unit_name")), streams.unit(unit[0]))
    _register(log, admin, profile, email)
    log.record(RoleGranted(person=admin, role=Role.ADMIN), streams.person(admin))


def change_settings(log: Log, settings: OrganisationSettings) -> None:
    _check_admin(log, "change the settings")
    _check_settings(settings)
    log.record(_changed(settings), streams.SETTINGS)


def open_unit(log: Log, unit_id: str, name: str) -> None:
    _check_admin(log, "open a unit")
    if log.session.get(Unit, unit_id) is not None:
        raise RuleBroken("There is such a unit already.", Problem("taken", "Choose another short name.", "unit"))
    log.record(UnitOpened(unit=_name(unit_id, "unit"), name=_line(name, "name")), streams.unit(unit_id))


def rename_unit(log: Log, unit_id: str, name: str) -> None:
    _check_admin(log, "rename a unit")
    if log.session.get(Unit, unit_id) is None:
        raise RuleBroken("There is no such unit.", Problem("unknown", "Choose a unit.", "unit"))
    log.record(UnitRenamed(unit=unit_id, name=_line(name, "name")), streams.unit(unit_id))


def register_person(log: Log, person_id: str, profile: Profile, email: str) -> None:
    """Add somebody. They sign in once they have set a password by their set-up link."""
    _check_admin(log, "add people")
    _register(log, person_id, profile, email)


def change_person(log: Log, person_id: str, profile: Profile) -> None:
    _check_admin(log, "change people")
    _person(log, person_id)
    _check_profile(log, profile)
    log.record(
        PersonChanged(
            person=person_id,
            name=profile.name.strip(),
            title=profile.title.strip(),
            unit=profile.unit,
            qualifications=[text.strip() for text in profile.qualifications if text.strip()],
            time_zone=profile.time_zone,
        ),
        streams.person(person_id),
    )


def disable_person(log: Log, person_id: str, reason: str) -> None:
    """End somebody's access at once: sessions and set-up links die for good, their sign-offs on open requests stop counting."""
    _check_admin(log, "disable people")
    person = _person(log, person_id)
    if person.disabled_at is not None:
        raise Conflict("This account is disabled already.")
    if not reason.strip():
        raise RuleBroken("Say why.", Problem("required", "Say why the account is disabled.", "reason"))
    if person_id in _admins(log) and len(_admins(log)) == 1:
        raise RuleBroken("This is the last administrator. Make somebody else administrator first.")
    for kind in (WebSession, SetupLink):
        log.session.execute(delete(kind).where(kind.person_id == person_id))
    log.record(PersonDisabled(person=person_id, reason=log.keep_words(reason)), streams.person(person_id))


def enable_person(log: Log, person_id: str) -> None:
    _check_admin(log, "enable people")
    if _person(log, person_id).disabled_at is None:
        raise Conflict("This account is enabled already.")
    log.record(PersonEnabled(person=person_id), streams.person(person_id))


def grant_role(log: Log, person_id: str, role: Role, until: datetime | None = None) -> None:
    """Give a role, for an auditor until a date. Nobody grants themselves anything."""
    _check_admin(log, "grant roles")
    _check_not_self(log, person_id)
    _person(log, person_id)
    if until is not None and until <= log.now:
        raise RuleBroken("That role would have ended already.", Problem("past", "Choose a day that is still to come.", "until"))
    if log.session.get(PersonRole, (person_id, role)) is not None:
        raise Conflict("This person has that role already. Withdraw it first to change its end.")
    log.record(RoleGranted(person=person_id, role=role, until=until.isoformat() if until else None), streams.person(person_id))


def withdraw_role(log: Log, person_id: str, role: Role) -> None:
    _check_admin(log, "withdraw roles")
    if log.session.get(PersonRole, (person_id, role)) is None:
        raise Conflict("This person does not have that role.")
    if role is Role.ADMIN and _admins(log) == {person_id}:
        raise RuleBroken("This is the last administrator. Make somebody else administrator first.")
    log.record(RoleWithdrawn(person=person_id, role=role), streams.person(person_id))


def grant_function(log: Log, person_id: str, function: Function, unit: str | None = None) -> None:
    """Let somebody sign for a function, in one unit or in all. Requests submitted before stay out of their reach."""
    _check_admin(log, "grant functions")
    _check_not_self(log, person_id)
    _person(log, person_id)
    if unit is not None and log.session.get(Unit, unit) is None:
        raise RuleBroken("There is no such unit.", Problem("unknown", "Choose a unit from the list.", "unit"))
    if log.session.get(PersonFunction, (person_id, function, unit or "")) is not None:
        raise Conflict("This person holds that function already.")
    log.record(FunctionGranted(person=person_id, function=function, unit=unit), streams.person(person_id))


def withdraw_function(log: Log, person_id: str, function: Function, unit: str | None = None) -> None:
    _check_admin(log, "withdraw functions")
    if log.session.get(PersonFunction, (person_id, function, unit or "")) is None:
        raise Conflict("This person does not hold that function.")
    log.record(FunctionWithdrawn(person=person_id, function=function, unit=unit), streams.person(person_id))


def _register(log: Log, person_id: str, profile: Profile, email: str) -> None:
    _name(person_id, "person")
    _check_profile(log, profile)
    folded = email.strip().casefold()
    if not EMAIL.fullmatch(folded):
        raise RuleBroken("That is no e-mail address.", Problem("email", "Enter an address such as ada@example.org.", "email"))
    if log.session.get(Person, person_id) is not None or person_id == SYSTEM.id:
        raise RuleBroken("This short name is taken.", Problem("taken", "This short name is taken. Choose another.", "person"))
    if log.session.scalar(select(Account).where(Account.email == folded)):
        raise RuleBroken("This address is taken.", Problem("taken", "Somebody has an account with this address already.", "email"))
    profile_event = PersonRegistered(person=person_id, name=profile.name.strip(), title=profile.title.strip(), unit=profile.unit)
    log.record(profile_event, streams.person(person_id))
    log.session.add(Account(person_id=person_id, email=folded, password=None, failures=0, locked_until=None))
    if profile.qualifications or profile.time_zone:
        changed = PersonChanged(
            person=person_id,
            name=profile.name.strip(),
            title=profile.title.strip(),
            unit=profile.unit,
            qualifications=list(profile.qualifications),
            time_zone=profile.time_zone,
        )
        log.record(changed, streams.person(person_id))


def _changed(settings: OrganisationSettings) -> SettingsChanged:
    return SettingsChanged(
        name=settings.name.strip(),
        time_zone=settings.time_zone,
        holidays=sorted({day.isoformat() for day in settings.holidays}),
        logo=settings.logo,
        demo=settings.demo,
    )


def _check_admin(log: Log, deed: str) -> None:
    rights.check_role(people.doer(log.session, log.by, log.now), [Role.ADMIN], deed)


def _check_not_self(log: Log, person_id: str) -> None:
    if person_id == log.by:
        raise RuleBroken("Nobody grants themselves a role or a function. Another administrator can.")


def _check_settings(settings: OrganisationSettings) -> None:
    _line(settings.name, "name")
    if settings.time_zone not in available_timezones():
        raise RuleBroken("There is no such time zone.", Problem("unknown", "Enter a zone such as Europe/Copenhagen.", "time_zone"))


def _check_profile(log: Log, profile: Profile) -> None:
    _line(profile.name, "name")
    if log.session.get(Unit, profile.unit) is None:
        raise RuleBroken("There is no such unit.", Problem("unknown", "Choose a unit from the list.", "unit"))
    if profile.time_zone is not None and profile.time_zone not in available_timezones():
        raise RuleBroken("There is no such time zone.", Problem("unknown", "Enter a zone such as Europe/Copenhagen.", "time_zone"))


def _person(log: Log, person_id: str) -> Person:
    person = log.session.get(Person, person_id)
    if person is None:
        raise RuleBroken(f"There is no person {person_id}.", Problem("unknown", "Choose somebody from the list.", "person"))
    return person


def _admins(log: Log) -> set[str]:
    query = select(PersonRole.person_id).join(Person, Person.id == PersonRole.person_id)
    return set(log.session.scalars(query.where(PersonRole.role == Role.ADMIN, Person.disabled_at.is_(None))))


def _name(short: str, field: str) -> str:
    if not NAME.fullmatch(short):
        hint = "Use 2 to 60 small letters, digits, points or hyphens, such as ada.lind."
        raise RuleBroken("That short name does not do.", Problem("name", hint, field))
    return short


def _line(text: str, field: str) -> str:
    if not 2 <= len(text.strip()) <= 200 or "\n" in text.strip():
        raise RuleBroken("A name is missing.", Problem("length", "Enter 2 to 200 signs on one line.", field))
    return text.strip()
