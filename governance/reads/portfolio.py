"""The portfolio: initiatives with their summary rows, searched, filtered, sorted and paged. Never more than a few statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, union_all
from sqlalchemy.orm import Session

from governance.domain.lifecycle import ORDER
from governance.domain.rights import Doer
from governance.domain.text import fold
from governance.domain.vocabulary import Regularity, Stage, Standing, Tier
from governance.models.directory import Person, Unit
from governance.models.initiatives import Initiative
from governance.models.moving_in import Origin
from governance.models.summary import Summary
from governance.reads.visibility import visible

Listed: TypeAlias = Select[Initiative, Summary, str, str, Origin]
Columns = TypeVarTuple("Columns")

PAGE = 50
MOST_ON_BOARD = 30
"""Cards per column; the rest is a link to the table."""


class Sort(StrEnum):
    KEY = "key"
    NAME = "name"
    STAGE = "stage"
    TIER = "tier"
    WAITS = "waits"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the filter bar asks for; None means all."""

    text: str = ""
    stage: Stage | None = None
    standing: Standing | None = None
    tier: Tier | None = None
    unit: str | None = None
    lead: str | None = None
    state: str | None = None  # of the open request
    origin: Regularity | None = None  # of what was approved before this system
    today: date = date.max  # what is overdue depends on it
    sort: Sort = Sort.LAST
    descending: bool = True

    @property
    def narrow(self) -> bool:
        """Whether they leave anything out."""
        return self != Filters(today=self.today, sort=self.sort, descending=self.descending)


@dataclass(frozen=True, slots=True)
class Line:
    """An initiative as lists show it."""

    initiative: Initiative
    summary: Summary
    unit: str
    lead: str
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class Page:
    lines: tuple[Line, ...]
    total: int
    waiting: int  # of all that were found, how many wait for somebody
    number: int  # from 1
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True)
class Board:
    columns: Mapping[Stage, Sequence[Line]]
    """At most 30 cards each."""
    totals: Mapping[Stage, int]
    waiting: int


def page(session: Session, doer: Doer, filters: Filters, number: int = 1, size: int = PAGE) -> Page:
    """One page of the list; a number past the end gives the last page.

    Its keys are found first: putting 20,000 keys in order costs a fraction of putting 20,000 whole rows in order.
    """
    total, waiting = _counted(session, doer, filters)
    number = min(max(1, number), max(1, -(-total // size)))
    keys = _ordered(_found(select(Initiative.key), doer, filters), filters).limit(size).offset((number - 1) * size)
    return Page(tuple(_lines(session, _ordered(_base().where(Initiative.key.in_(keys)), filters))), total, waiting, number, size)


def every(session: Session, doer: Doer, filters: Filters) -> list[Line]:
    """The whole list, for export."""
    return _lines(session, _ordered(_base().where(*_conditions(doer, filters)), filters))


def board(session: Session, doer: Doer, filters: Filters) -> Board:
    """The columns by stage. Each has its keys found by itself: the first 30 of a column need no order of all the others."""
    firsts = [_firsts(stage, doer, filters) for stage in ORDER]
    lines = _lines(session, _ordered(_base().where(Initiative.key.in_(union_all(*firsts))), filters))
    columns = {stage: tuple(line for line in lines if line.initiative.stage is stage) for stage in ORDER}
    counting = _found(select(Initiative.stage, func.count(), func.count(Summary.waits_since)), doer, filters).group_by(Initiative.stage)
    counts = {stage: (found, waiting) for stage, found, waiting in session.execute(counting)}
    totals = {stage: counts.get(stage, (0, 0))[0] for stage in ORDER}
    return Board(columns, totals, sum(waiting for _, waiting in counts.values()))


def _counted(session: Session, doer: Doer, filters: Filters) -> tuple[int, int]:
    """How many there are, and how many of them wait for somebody.

    Without filters, what is hidden is taken off the whole: that is read off an index, and little is hidden.
    """
    both = select(func.count(), func.count(Summary.waits_since))
    if filters.narrow:
        total, waiting = session.execute(_joined(both).where(*_conditions(doer, filters))).one()
        return total, waiting
    hidden = _joined(both).where(~visible(doer))
    (every, all_waiting), (kept, kept_waiting) = session.execute(both.select_from(Summary)).one(), session.execute(hidden).one()
    return every - kept, all_waiting - kept_waiting


def _firsts(stage: Stage, doer: Doer, filters: Filters) -> Select[str]:
    latest = _found(select(Initiative.key), doer, filters).where(Initiative.stage == stage)
    first = latest.order_by(Summary.last_at.desc(), Summary.initiative_key).limit(MOST_ON_BOARD).subquery()
    return select(first.c.key)


def leads(session: Session, doer: Doer) -> Mapping[str, str]:
    """Who leads an initiative that this person may see: names by id. Of each lead one initiative is enough to know."""
    one = select(Initiative.key).where(Initiative.lead_id == Person.id, visible(doer)).exists()
    return {row.id: row.name for row in session.execute(select(Person.id, Person.name).where(one).order_by(Person.folded))}


def _base() -> Listed:
    return (
        select(Initiative, Summary, Unit.name, Person.name, Origin)
        .join(Summary, Summary.initiative_key == Initiative.key)
        .join(Unit, Unit.id == Initiative.unit_id)
        .join(Person, Person.id == Initiative.lead_id)
        .outerjoin(Origin, Origin.initiative_key == Initiative.key)
    )


def _found(query: Select[*Columns], doer: Doer, filters: Filters) -> Select[*Columns]:
    """Something about the initiatives that meet the filters, with nothing else read than what tells them."""
    return _joined(query).where(*_conditions(doer, filters))


def _joined(query: Select[*Columns]) -> Select[*Columns]:
    return query.select_from(Initiative).join(Summary, Summary.initiative_key == Initiative.key)


def _conditions(doer: Doer, filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [visible(doer)]
    for word in fold(filters.text).split()[:8]:
        conditions.append(Initiative.folded.contains(word, autoescape=True))
    exact = {
        Initiative.stage: filters.stage,
        Initiative.standing: filters.standing,
        Summary.tier: filters.tier,
        Initiative.unit_id: filters.unit,
        Initiative.lead_id: filters.lead,
        Summary.request_state: filters.state,
    }
    conditions += [column == value for column, value in exact.items() if value is not None]
    return conditions + ([Initiative.key.in_(_brought_in(filters.origin, filters.today))] if filters.origin else [])


def _brought_in(wanted: Regularity, today: date) -> Select[str]:
    """The rule of `domain.moving_in.regularity` in SQL; a test holds the two together."""
    irregular = and_(Origin.regularised_at.is_(None), Origin.stage != Stage.RETIRED, Origin.regularise_by.is_not(None))
    where = {
        Regularity.DUE: and_(irregular, Origin.regularise_by >= today),
        Regularity.OVERDUE: and_(irregular, Origin.regularise_by < today),
        Regularity.REGULARISED: Origin.regularised_at.is_not(None),
        Regularity.KEPT: and_(Origin.regularised_at.is_(None), or_(Origin.stage == Stage.RETIRED, Origin.regularise_by.is_(None))),
    }
    return select(Origin.initiative_key).where(where[wanted])


def _ordered(query: Select[*Columns], filters: Filters) -> Select[*Columns]:
    """By the column asked for, then by key. What has no value comes last; where every row has one, saying so would keep the index out."""
    stage_order = {stage: place for place, stage in enumerate(ORDER)}
    tier_order = {tier: place for place, tier in enumerate(Tier)}
    column: ColumnElement[object] = {
        Sort.KEY: Summary.initiative_key,
        Sort.NAME: Initiative.folded,
        Sort.STAGE: case(stage_order, value=Initiative.stage),
        Sort.TIER: case(tier_order, value=Summary.tier),
        Sort.WAITS: Summary.waits_since,
        Sort.LAST: Summary.last_at,
    }[filters.sort]  # type: ignore[assignment]
    ordered = column.desc() if filters.descending else column.asc()
    may_lack = filters.sort in (Sort.STAGE, Sort.TIER, Sort.WAITS)
    return query.order_by(ordered.nulls_last() if may_lack else ordered, Summary.initiative_key)


def _lines(session: Session, query: Listed) -> list[Line]:
    return [Line(*row) for row in session.execute(query)]
