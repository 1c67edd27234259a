"""What pages show of waivers: one with its signatures, and the list of all that somebody may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from governance.domain import waivers as rules
from governance.domain.rights import Doer
from governance.domain.text import fold
from governance.domain.vocabulary import Function, ProofMethod, Undecided, WaiverDecision, WaiverSeat, WaiverState
from governance.domain.waivers import Bound
from governance.models.directory import Person
from governance.models.initiatives import Initiative
from governance.models.waivers import SignatureRow, Waiver
from governance.reads import people, waivers
from governance.reads.visibility import visible

PAGE = 50
Columns = TypeVarTuple("Columns")


class Sort(StrEnum):
    WAIVER = "waiver"
    INITIATIVE = "initiative"
    ITEM = "item"
    EXPIRES = "expires"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the filter bar asks for; None means all. What has expired depends on `now`."""

    now: datetime
    text: str = ""
    state: WaiverState | None = None
    function: Function | None = None
    sort: Sort = Sort.EXPIRES
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    waiver: Waiver
    initiative: Initiative
    owner: str
    state: WaiverState


@dataclass(frozen=True, slots=True)
class Page:
    lines: tuple[Line, ...]
    total: int
    number: int  # from 1
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True)
class Given:
    """A signature on a waiver."""

    leaf: int
    seat: WaiverSeat
    function: Function
    decision: WaiverDecision
    name: str
    meaning: str
    reason: str | None  # digest of the words
    method: ProofMethod
    at: datetime


@dataclass(frozen=True, slots=True)
class SeatView:
    """One of the two seats as a reader sees it. `given` is its last signature, whether it counts or not."""

    seat: WaiverSeat
    function: Function
    state: WaiverDecision | Undecided
    given: Given | None
    notes: tuple[str, ...] = ()
    can: tuple[str, ...] = ()  # printed names of who could sign now

    @property
    def is_yours(self) -> bool:
        return self.state is Undecided.YOURS


def page(session: Session, doer: Doer, filters: Filters, number: int = 1, size: int = PAGE) -> Page:
    """One page of the list; a number past the end gives the last page."""
    total = session.scalar(_found(select(func.count()), doer, filters)) or 0
    number = min(max(1, number), max(1, -(-total // size)))
    query = _ordered(_found(select(Waiver, Initiative, Person.name), doer, filters), filters)
    return Page(_lines(session, query.limit(size).offset((number - 1) * size), filters), total, number, size)


def every(session: Session, doer: Doer, filters: Filters) -> tuple[Line, ...]:
    """The whole list, for export."""
    return _lines(session, _ordered(_found(select(Waiver, Initiative, Person.name), doer, filters), filters), filters)


def _found(query: Select[*Columns], doer: Doer, filters: Filters) -> Select[*Columns]:
    joined = query.select_from(Waiver).join(Initiative, Initiative.key == Waiver.initiative_key).join(Person, Person.id == Waiver.owner_id)
    conditions = [visible(doer)]
    for word in fold(filters.text).split()[:8]:
        named = (Initiative.folded, Person.folded, func.lower(Waiver.id), func.lower(Waiver.item))
        conditions.append(or_(*(column.contains(word, autoescape=True) for column in named)))
    if filters.function is not None:
        conditions.append(Waiver.function == filters.function)
    if filters.state is not None:
        conditions.append(_in_state(filters.state, filters.now))
    return joined.where(*conditions)


def _in_state(state: WaiverState, now: datetime) -> ColumnElement[bool]:
    """The rule of `domain.waivers.shown` in SQL; a test holds the two together."""
    granted, over = Waiver.state == WaiverState.IN_FORCE, Waiver.expires < now.date()
    match state:
        case WaiverState.IN_FORCE:
            return and_(granted, ~over)
        case WaiverState.EXPIRED:
            return or_(Waiver.state == WaiverState.EXPIRED, and_(granted, over))
        case _:
            return Waiver.state == state


def _ordered(query: Select[*Columns], filters: Filters) -> Select[*Columns]:
    column: ColumnElement[object] = {
        Sort.WAIVER: Waiver.id,
        Sort.INITIATIVE: Initiative.folded,
        Sort.ITEM: Waiver.item,
        Sort.EXPIRES: Waiver.expires,
        Sort.ASKED: Waiver.asked_at,
    }[filters.sort]  # type: ignore[assignment]
    return query.order_by(column.desc() if filters.descending else column.asc(), Waiver.id)


def _lines(session: Session, query: Select[Waiver, Initiative, str], filters: Filters) -> tuple[Line, ...]:
    found = session.execute(query)
    return tuple(Line(row, initiative, owner, rules.shown(row.state, row.expires, filters.now)) for row, initiative, owner in found)


def given(row: SignatureRow) -> Given:
    return Given(
        leaf=row["leaf"],
        seat=WaiverSeat(row["seat"]),
        function=Function(row["function"]),
        decision=WaiverDecision(row["decision"]),
        name=row["name"],
        meaning=row["meaning"],
        reason=row["reason"],
        method=ProofMethod(row["method"]),
        at=datetime.fromisoformat(row["at"]),
    )


def seats(session: Session, row: Waiver, doer: Doer, now: datetime) -> tuple[SeatView, ...]:
    """Both seats as this reader sees them."""
    bound = waivers.bound(session, row, people.ties(session, row.initiative_key), now)
    functions = {seat: rules.function_of(seat, row.function) for seat in WaiverSeat}
    holders = people.by_function(session, functions.values(), bound.unit) if _is_open(row, now) else {}
    signers = people.signers(session, [who for held in holders.values() for who in held], now) if holders else {}
    last = {seat: given(one) for seat, one in waivers.latest(row).items()}
    views = []
    for seat, function in functions.items():
        mine = last.get(seat)
        if mine is not None and (row.state is not WaiverState.ASKED or seat in bound.signed):
            views.append(SeatView(seat, function, mine.decision, mine))
        else:
            can = tuple(who.name for who in holders.get(function, ()) if not any(rules.obstacles(seat, signers[who.id], bound)))
            state, notes = _undecided(seat, function, bound, doer) if _is_open(row, now) else (Undecided.CLOSED, ())
            fallen = (f"{mine.name} signed, and could not sign any more: that does not count.",) if mine else ()
            views.append(SeatView(seat, function, state, mine, (*fallen, *notes), can))
    return tuple(views)


def _is_open(row: Waiver, now: datetime) -> bool:
    return row.state is WaiverState.ASKED and row.expires >= now.date()


def _undecided(seat: WaiverSeat, function: Function, bound: Bound, doer: Doer) -> tuple[Undecided, tuple[str, ...]]:
    """Whether the reader could sign; what keeps them from it is told only to who holds the function."""
    barred = tuple(rules.obstacles(seat, people.signer(doer), bound))
    if not barred:
        return Undecided.YOURS, ()
    return (Undecided.BARRED, barred) if doer.holds(function, bound.unit) else (Undecided.WAITING, ())


def of_item(session: Session, key: str) -> Mapping[str, Sequence[Waiver]]:
    """The waivers of an initiative that somebody has to look at, by check: asked for, in force, or overdue."""
    found: dict[str, list[Waiver]] = {}
    for row in waivers.live(session, [key]).get(key, ()):
        found.setdefault(row.item, []).append(row)
    return found
