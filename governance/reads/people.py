"""People: who they are, what they hold, and how they are bound to an initiative."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, literal, select, union_all
from sqlalchemy.orm import Session

from governance.domain.errors import NotThere
from governance.domain.rights import NOTHING_HERE, Doer, Ties
from governance.domain.separation import Holding, Signer
from governance.domain.vocabulary import Function, Role
from governance.ledger.log import Actor
from governance.ledger.memo import remembered
from governance.models.directory import Organisation, Person, PersonFunction, PersonRole, Unit
from governance.models.initiatives import Initiative, NamedViewer, TeamSeat


@remembered(Person, PersonRole, PersonFunction)
def doer(session: Session, person_id: str, now: datetime) -> Doer:
    """Somebody as the rules see them at a moment. Raises `NotThere`."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotThere(f"There is no person {person_id}.")
    granted = _granted(session, [person_id], now)[person_id]
    return Doer(
        id=person.id,
        name=person.name,
        unit=person.unit_id,
        roles=frozenset(granted),
        holdings=_holdings(session, [person_id])[person_id],
        qualifications=frozenset(person.qualifications),
        active=person.disabled_at is None,
        reset_at=person.password_reset_at,
        officer_since=granted.get(Role.COMPLIANCE_OFFICER),
    )


def _granted(session: Session, ids: Iterable[str], now: datetime) -> dict[str, dict[Role, datetime]]:
    """The roles each of these people has at a moment, and since when."""
    wanted = set(ids)
    found: dict[str, dict[Role, datetime]] = {person: {} for person in wanted}
    for row in session.scalars(select(PersonRole).where(PersonRole.person_id.in_(wanted))) if wanted else ():
        if row.until is None or row.until > now:
            found[row.person_id][row.role] = row.since
    return found


def _holdings(session: Session, ids: Iterable[str]) -> dict[str, tuple[Holding, ...]]:
    """The functions each of these people holds, the oldest first."""
    wanted = set(ids)
    found: dict[str, list[Holding]] = {person: [] for person in wanted}
    query = select(PersonFunction).where(PersonFunction.person_id.in_(wanted)).order_by(PersonFunction.since)
    for row in session.scalars(query) if wanted else ():
        found[row.person_id].append(Holding(row.function, row.unit_id or None, row.since))
    return {person: tuple(held) for person, held in found.items()}


def actor(who: Doer) -> Actor:
    """Somebody as the ledger names who acted: with the functions they hold."""
    return Actor(who.id, tuple(sorted({held.function for held in who.holdings})))


def signer(who: Doer) -> Signer:
    return Signer(who.id, who.holdings, who.qualifications, who.roles, who.active, who.reset_at)


@remembered(Initiative, TeamSeat, NamedViewer)
def ties(session: Session, key: str) -> Ties:
    """How an initiative is bound to people. Raises `NotThere`."""
    row = session.get(Initiative, key)
    if row is None:
        raise NotThere(NOTHING_HERE)
    bound: Sequence[tuple[str, str]] = session.execute(  # type: ignore[assignment]
        union_all(
            select(literal("team"), TeamSeat.person_id).where(TeamSeat.initiative_key == key),
            select(literal("team"), TeamSeat.deputy_id).where(TeamSeat.initiative_key == key, TeamSeat.deputy_id.is_not(None)),
            select(literal("named"), NamedViewer.person_id).where(NamedViewer.initiative_key == key),
        )
    ).all()
    team = frozenset(person for how, person in bound if how == "team")
    named = frozenset(person for how, person in bound if how == "named")
    return Ties(key, row.unit_id, row.lead_id, row.visibility, team, named)


def as_ties(row: Initiative, seats: Iterable[TeamSeat], named: Iterable[NamedViewer]) -> Ties:
    """The same from rows that were read already."""
    team = frozenset(person for seat in seats for person in (seat.person_id, seat.deputy_id) if person)
    return Ties(row.key, row.unit_id, row.lead_id, row.visibility, team, frozenset(one.person_id for one in named))


@remembered(Person, PersonRole, PersonFunction)
def signers_of(session: Session, ids: frozenset[str], now: datetime) -> Mapping[str, Signer]:
    """These people as the rules of signing see them at a moment."""
    return signers(session, session.scalars(select(Person).where(Person.id.in_(ids))), now) if ids else {}


def is_active(session: Session, person_id: str) -> bool:
    person = session.get(Person, person_id)
    return person is not None and person.disabled_at is None


def names(session: Session, ids: Iterable[str | None]) -> Mapping[str, str]:
    """Printed names by id; the program itself is `system`."""
    return _named(session, Person.id.in_({person_id for person_id in ids if person_id}))


def names_in(session: Session, query: Select[tuple[str]]) -> Mapping[str, str]:
    """The same for the ids that a query finds, in one statement."""
    return _named(session, Person.id.in_(query))


def _named(session: Session, condition: ColumnElement[bool]) -> Mapping[str, str]:
    rows = session.execute(select(Person.id, Person.name).where(condition))
    return {"system": "The program", **{row.id: row.name for row in rows}}


def units(session: Session) -> Mapping[str, str]:
    return {unit.id: unit.name for unit in session.scalars(select(Unit).order_by(Unit.name))}


def organisation(session: Session) -> Organisation | None:
    return session.get(Organisation, "organisation")


def active_people(session: Session) -> list[Person]:
    return list(session.scalars(select(Person).where(Person.disabled_at.is_(None)).order_by(Person.folded)))


def by_function(session: Session, functions: Iterable[Function], unit: str) -> dict[Function, list[Person]]:
    """The active people who hold each of these functions in a unit, by name; one statement."""
    query = (
        select(PersonFunction.function, Person)
        .join(Person, Person.id == PersonFunction.person_id)
        .where(PersonFunction.function.in_(set(functions)), PersonFunction.unit_id.in_(["", unit]), Person.disabled_at.is_(None))
        .order_by(Person.folded)
    )
    found: dict[Function, list[Person]] = {}
    for function, person in session.execute(query):
        if person not in found.setdefault(function, []):
            found[function].append(person)
    return found


def signers(session: Session, people: Iterable[Person], now: datetime) -> dict[str, Signer]:
    """Them as the rules of signing see them; two statements, however many they are."""
    wanted = {person.id: person for person in people}
    held, granted = _holdings(session, wanted), _granted(session, wanted, now)
    return {
        one: Signer(
            id=one,
            holdings=held[one],
            qualifications=frozenset(person.qualifications),
            roles=frozenset(granted[one]),
            active=person.disabled_at is None,
            reset_at=person.password_reset_at,
        )
        for one, person in wanted.items()
    }


def holders(session: Session, functions: Iterable[Function], unit: str, now: datetime) -> dict[Function, list[Signer]]:
    """The active people who hold each of these functions in a unit, as the rules of signing see them; three statements."""
    found = by_function(session, functions, unit)
    known = signers(session, [person for people in found.values() for person in people], now)
    return {function: [known[person.id] for person in found.get(function, [])] for function in functions}
