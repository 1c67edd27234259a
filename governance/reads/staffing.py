"""What a list of people would change: read only, and the same whether it is previewed or carried out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import rights
from governance.domain.importing import Outcome
from governance.domain.staffing import Held, PersonSays, StaffAccount, StaffRow, read_staff
from governance.domain.text import ADDRESS, SHORT_NAME
from governance.domain.vocabulary import Role
from governance.models.accounts import Account
from governance.models.directory import Person, PersonFunction, PersonRole
from governance.reads import people


@dataclass(frozen=True, slots=True)
class Here:
    """The directory as it stands."""

    by: str
    now: datetime
    people: Mapping[str, Person]
    emails: Mapping[str, str]  # whose, by address
    roles: Mapping[str, frozenset[Role]]
    functions: Mapping[str, frozenset[Held]]
    units: Mapping[str, str]
    new_units: Mapping[str, str]


def preview(session: Session, by: str, now: datetime, content: bytes) -> StaffAccount:
    """What becomes of every row; nothing is written. Raises `NotAllowed`, and `RuleBroken` for a file that is no such list."""
    rights.check_role(people.doer(session, by, now), [Role.ADMIN], "import people")
    rows, blank = read_staff(content)
    here = _here(session, by, now, rows)
    names = Counter(row.person for row in rows if row.person)
    emails = Counter(row.email for row in rows if row.email)
    found = [_decided(row, here, names[row.person] > 1, emails[row.email] > 1) for row in rows]
    used = {row.says.unit for row in found if row.outcome is not Outcome.REFUSED}
    return StaffAccount(tuple(found), {unit: name for unit, name in here.new_units.items() if unit in used}, blank)


def _here(session: Session, by: str, now: datetime, rows: Sequence[PersonSays]) -> Here:
    units = people.units(session)
    new = {row.unit: row.unit_name for row in reversed(rows) if row.unit_name and row.unit not in units and SHORT_NAME.fullmatch(row.unit)}
    roles: dict[str, set[Role]] = {}
    for role in session.scalars(select(PersonRole)):
        roles.setdefault(role.person_id, set()).add(role.role)
    functions: dict[str, set[Held]] = {}
    for held in session.scalars(select(PersonFunction)):
        functions.setdefault(held.person_id, set()).add(Held(held.function, held.unit_id))
    return Here(
        by=by,
        now=now,
        people={row.id: row for row in session.scalars(select(Person))},
        emails={row.email: row.person_id for row in session.scalars(select(Account))},
        roles={person: frozenset(held) for person, held in roles.items()},
        functions={person: frozenset(held) for person, held in functions.items()},
        units=units,
        new_units=dict(reversed(new.items())),
    )


def _decided(says: PersonSays, here: Here, doubled: bool, shared: bool) -> StaffRow:
    row = _unit_row(says, here) if says.is_unit else _person_row(says, here)
    why = [*says.faults, *_against_unit(says, here)]
    if not says.is_unit:
        why += _against_person(says, here, row)
        why += ["Its short name stands in another row too: none of them is taken."] if doubled else []
        why += ["Its address stands in another row too: none of them is taken."] if shared else []
    return StaffRow(says, Outcome.REFUSED, why=tuple(dict.fromkeys(why))) if why else row


def _unit_row(says: PersonSays, here: Here) -> StaffRow:
    return StaffRow(says, Outcome.UNCHANGED if says.unit in here.units else Outcome.IMPORTED)


def _person_row(says: PersonSays, here: Here) -> StaffRow:
    """A new person, or what somebody who is here gets. Nothing is ever withdrawn by a list."""
    row = here.people.get(says.person)
    roles = tuple(role for role in says.roles if role not in here.roles.get(says.person, frozenset()))
    functions = tuple(held for held in says.functions if held not in here.functions.get(says.person, frozenset()))
    if row is None:
        return StaffRow(says, Outcome.IMPORTED, roles=roles, functions=functions)
    stated = (
        says.name,
        says.title or row.title,
        says.unit,
        list(says.qualifications) or row.qualifications,
        says.time_zone or row.time_zone,
    )
    described = stated != (row.name, row.title, row.unit_id, row.qualifications, row.time_zone)
    changed = described or roles or functions
    return StaffRow(says, Outcome.UPDATED if changed else Outcome.UNCHANGED, described, roles, functions, notes=tuple(_stays(says, here)))


def _stays(says: PersonSays, here: Here) -> Iterator[str]:
    kept = [role.value.replace("_", " ") for role in Role if role in here.roles.get(says.person, frozenset()) - set(says.roles)]
    if kept and says.roles:
        yield f"Keeps: {', '.join(kept)}."


def _against_unit(says: PersonSays, here: Here) -> Iterator[str]:
    if not says.unit:
        yield "Its unit is blank."
    elif says.unit not in here.units and says.unit not in here.new_units:
        yield f"There is no unit “{says.unit}” here. Name it, and it is opened." if SHORT_NAME.fullmatch(says.unit) else _short(says.unit)
    if says.unit_name and not 2 <= len(says.unit_name) <= 200:
        yield "The name of the unit has 2 to 200 signs."
    if says.unit_name and says.unit_name != {**here.new_units, **here.units}.get(says.unit, says.unit_name):
        yield f"The unit “{says.unit}” has another name already."
    for held in says.functions:
        if held.unit and held.unit not in here.units and held.unit not in here.new_units:
            yield f"There is no unit “{held.unit}” here."


def _against_person(says: PersonSays, here: Here, row: StaffRow) -> Iterator[str]:
    if not SHORT_NAME.fullmatch(says.person) or says.person == "system":
        yield _short(says.person)
    if not 2 <= len(says.name) <= 200:
        yield "Its name has 2 to 200 signs."
    if len(says.title) > 200:
        yield "Its title has at most 200 signs."
    if not ADDRESS.fullmatch(says.email):
        yield f"“{says.email}” is no e-mail address." if says.email else "Its e-mail address is blank."
    elif here.emails.get(says.email, says.person) != says.person:
        yield "Somebody else has an account with this address."
    elif says.person in here.people and says.email not in here.emails:
        yield "Its address is another one here. An address is changed by its owner and an administrator, not by a list."
    if says.time_zone and says.time_zone not in available_timezones():
        yield f"There is no time zone “{says.time_zone}”."
    if says.until is not None and says.until < here.now.date():
        yield "The last day of its roles is past."
    if (person := here.people.get(says.person)) is not None and person.disabled_at is not None:
        yield "This account is disabled. Enable it first."
    if says.person == here.by and (row.roles or row.functions):
        yield "Nobody grants themselves a role or a function. Another administrator can."


def _short(word: str) -> str:
    return f"“{word}” does not do as a short name: use 2 to 60 small letters, digits, points or hyphens, such as ada.lind."
