"""The initiatives that evidence one clause: which checks they met, when a gate passed or as the record stands now."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from governance.domain.frameworks import Serving, between_spaces
from governance.domain.rights import Doer
from governance.domain.text import fold
from governance.domain.vocabulary import RequestState
from governance.models.directory import Unit
from governance.models.gates import GateRequest
from governance.models.initiatives import Initiative
from governance.models.summary import Passing, Summary
from governance.reads.visibility import visible

Columns = TypeVarTuple("Columns")

PAGE = 50
TOGETHER = 500
"""Keys in one statement."""


class Basis(StrEnum):
    """On what it rests that a check counts as met."""

    PASSED = "passed"
    NOW = "now"


class Order(StrEnum):
    KEY = "key"
    NAME = "name"
    STAGE = "stage"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the filter bar asks for; no basis means both."""

    text: str = ""
    basis: Basis | None = None
    order: Order = Order.KEY
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Evidencing:
    """An initiative, with the checks it met when a gate passed, by request, and those that it meets now."""

    initiative: Initiative
    unit: str
    passed: tuple[tuple[GateRequest, tuple[Serving, ...]], ...]
    now: tuple[Serving, ...]


@dataclass(frozen=True, slots=True)
class Page:
    rows: tuple[Evidencing, ...]
    total: int
    number: int  # from 1
    size: int = PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def page(session: Session, doer: Doer, serving: Sequence[Serving], wanted: Wanted, number: int = 1) -> Page:
    """One page of those that the reader may see; a number past the end gives the last page."""
    rules = [rule for rule in serving if rule.is_check]
    if not rules:
        return Page((), 0, 1)
    conditions = _conditions(doer, rules, wanted)
    total = session.scalar(_from(select(func.count())).where(*conditions)) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    keys = _ordered(_from(select(Initiative.key)).where(*conditions), wanted).limit(PAGE).offset((number - 1) * PAGE)
    return Page(tuple(_rows(session, session.scalars(keys).all(), rules)), total, number)


def every(session: Session, doer: Doer, serving: Sequence[Serving], wanted: Wanted) -> list[Evidencing]:
    """All of them, for export."""
    rules = [rule for rule in serving if rule.is_check]
    if not rules:
        return []
    keys = _ordered(_from(select(Initiative.key)).where(*_conditions(doer, rules, wanted)), wanted)
    found = session.scalars(keys).all()
    return [row for start in range(0, len(found), TOGETHER) for row in _rows(session, found[start : start + TOGETHER], rules)]


def _from(query: Select[*Columns]) -> Select[*Columns]:
    return query.select_from(Initiative).join(Summary, Summary.initiative_key == Initiative.key)


def _conditions(doer: Doer, rules: Sequence[Serving], wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = {Basis.PASSED: [Summary.met_passed], Basis.NOW: [Summary.met_now]}
    looked_at = columns[wanted.basis] if wanted.basis else [Summary.met_passed, Summary.met_now]
    met = or_(*(column.contains(between_spaces(rule.id), autoescape=True) for column in looked_at for rule in rules))
    words = [Initiative.folded.contains(word, autoescape=True) for word in fold(wanted.text).split()[:8]]
    return [visible(doer), met, *words]


def _ordered(query: Select[*Columns], wanted: Wanted) -> Select[*Columns]:
    column = {Order.KEY: Initiative.key, Order.NAME: Initiative.folded, Order.STAGE: Initiative.stage}[wanted.order]
    return query.order_by(column.desc() if wanted.descending else column.asc(), Initiative.key)


def _rows(session: Session, keys: Sequence[str], rules: Sequence[Serving]) -> list[Evidencing]:
    """With three statements, however many there are."""
    query = (
        select(Initiative, Unit.name, Summary.met_passed, Summary.met_now)
        .join(Summary, Summary.initiative_key == Initiative.key)
        .join(Unit, Unit.id == Initiative.unit_id)
        .where(Initiative.key.in_(keys))
    )
    found = {row[0].key: row for row in session.execute(query)}
    passings = _passings(session, keys)
    return [_row(*found[key], rules, passings.get(key, ())) for key in keys]


def _passings(session: Session, keys: Sequence[str]) -> dict[str, list[tuple[frozenset[str], GateRequest]]]:
    """By initiative, what was met at each gate when it was last passed."""
    query = (
        select(Passing.met, GateRequest)
        .join(GateRequest, GateRequest.id == Passing.request_id)
        .where(GateRequest.initiative_key.in_(keys), GateRequest.state == RequestState.PASSED)
        .order_by(GateRequest.number)
    )
    last: dict[tuple[str, str], tuple[frozenset[str], GateRequest]] = {}
    for met, request in session.execute(query):
        last[request.initiative_key, request.gate] = frozenset(met.split()), request
    found: dict[str, list[tuple[frozenset[str], GateRequest]]] = {}
    for (key, _), passing in last.items():
        found.setdefault(key, []).append(passing)
    return found


def _row(
    initiative: Initiative,
    unit: str,
    met_passed: str,
    met_now: str,
    rules: Sequence[Serving],
    passings: Sequence[tuple[frozenset[str], GateRequest]],
) -> Evidencing:
    then, here = set(met_passed.split()), set(met_now.split())
    mine = [(request, tuple(rule for rule in rules if rule.id in met & then)) for met, request in passings]
    return Evidencing(initiative, unit, tuple(one for one in mine if one[1]), tuple(rule for rule in rules if rule.id in here))
