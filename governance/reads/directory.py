"""Lists of people for administrators, searched, filtered, sorted and paged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from governance.domain.text import fold
from governance.domain.vocabulary import Function, Role
from governance.models.accounts import Account
from governance.models.directory import Person, PersonFunction, PersonRole, Unit

PAGE = 50
Held = TypeVar("Held", PersonRole, PersonFunction)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the filter bar asks for; None means all."""

    text: str = ""
    role: Role | None = None
    function: Function | None = None
    unit: str | None = None
    disabled: bool | None = None
    by_unit: bool = False
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    person: Person
    unit: str
    email: str
    has_password: bool
    roles: tuple[PersonRole, ...]
    functions: tuple[PersonFunction, ...]


def page(session: Session, wanted: Wanted, number: int = 1, size: int = PAGE) -> tuple[list[Listed], int, int]:
    """The people of one page, how many there are in all, and the number of the page (a number past the end gives the last)."""
    total = session.scalar(select(func.count()).select_from(_query(wanted).subquery())) or 0
    number = min(max(1, number), max(1, -(-total // size)))
    return _listed(session, _ordered(_query(wanted), wanted).limit(size).offset((number - 1) * size)), total, number


def every(session: Session, wanted: Wanted) -> list[Listed]:
    return _listed(session, _ordered(_query(wanted), wanted))


def one(session: Session, person_id: str) -> Listed | None:
    found = _listed(session, _base().where(Person.id == person_id))
    return found[0] if found else None


def _base() -> Select[Person, str, Account]:
    return select(Person, Unit.name, Account).join(Unit, Unit.id == Person.unit_id).outerjoin(Account, Account.person_id == Person.id)


def _query(wanted: Wanted) -> Select[Person, str, Account]:
    query = _base()
    for word in fold(wanted.text).split()[:8]:
        query = query.where(Person.folded.contains(word, autoescape=True) | Person.id.contains(word, autoescape=True))
    if wanted.unit is not None:
        query = query.where(Person.unit_id == wanted.unit)
    if wanted.disabled is not None:
        query = query.where(Person.disabled_at.is_not(None) if wanted.disabled else Person.disabled_at.is_(None))
    if wanted.role is not None:
        query = query.where(Person.id.in_(select(PersonRole.person_id).where(PersonRole.role == wanted.role)))
    if wanted.function is not None:
        query = query.where(Person.id.in_(select(PersonFunction.person_id).where(PersonFunction.function == wanted.function)))
    return query


def _ordered(query: Select[Person, str, Account], wanted: Wanted) -> Select[Person, str, Account]:
    column = Unit.name if wanted.by_unit else Person.folded
    return query.order_by(column.desc() if wanted.descending else column, Person.folded, Person.id)


def _listed(session: Session, query: Select[Person, str, Account]) -> list[Listed]:
    found = session.execute(query).all()
    ids = [person.id for person, _, _ in found]
    roles = _by_person(session.scalars(select(PersonRole).where(PersonRole.person_id.in_(ids)).order_by(PersonRole.role)))
    functions = _by_person(
        session.scalars(select(PersonFunction).where(PersonFunction.person_id.in_(ids)).order_by(PersonFunction.function))
    )
    return [
        Listed(
            person,
            unit,
            account.email if account else "",
            bool(account and account.password),
            tuple(roles.get(person.id, ())),
            tuple(functions.get(person.id, ())),
        )
        for person, unit, account in found
    ]


def _by_person(rows: Iterable[Held]) -> Mapping[str, list[Held]]:
    found: dict[str, list[Held]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    return found
