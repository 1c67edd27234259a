"""One row per initiative for lists, and one per thing that waits for somebody. Worked out before each commit, never stated."""

from datetime import date, datetime
from typing import TypedDict

from sqlalchemy import Date, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from governance.domain.vocabulary import Function, Tier
from governance.models.base import Base, Json, Moment, closed


class FunctionReadiness(TypedDict):
    """How far a function is with its checks for the gate ahead."""

    met: int
    total: int
    open: list[str]  # titles


class Summary(Base):
    __tablename__ = "summary"

    initiative_key: Mapped[str] = mapped_column(String(20), primary_key=True)
    tier: Mapped[Tier | None] = mapped_column(closed(Tier), index=True)
    gate: Mapped[str | None] = mapped_column(String(60), comment="the gate ahead, or the one open")
    request_id: Mapped[str | None] = mapped_column(String(100))
    request_state: Mapped[str | None] = mapped_column(String(30), index=True)
    seats: Mapped[dict[str, str]] = mapped_column(Json, comment="by function: waiting, approve, ...")
    checks_done: Mapped[int] = mapped_column(Integer)
    checks_total: Mapped[int] = mapped_column(Integer)
    readiness: Mapped[dict[str, FunctionReadiness]] = mapped_column(Json, comment="by function: checks met, in all, and what is open")
    waits_for: Mapped[str] = mapped_column(Text, comment="whose turn it is, in words")
    waits_since: Mapped[datetime | None] = mapped_column(Moment, index=True)
    findings_open: Mapped[int] = mapped_column(Integer)
    met_passed: Mapped[str] = mapped_column(Text, comment="checks that were met when a gate passed, each between two spaces")
    met_now: Mapped[str] = mapped_column(Text, comment="what is met as the record stands now, in the same way")
    last_leaf: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(Moment)
    changes_at: Mapped[datetime | None] = mapped_column(Moment, index=True, comment="when time alone will change this row")

    __table_args__ = (Index("summary_latest_first", last_at.desc(), initiative_key),)


class Passing(Base):
    """Which checks were met when a gate was passed. It never changes, so it is worked out once for each request that passed."""

    __tablename__ = "passing"

    request_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    met: Mapped[str] = mapped_column(Text, comment="each between two spaces")


class Waiting(Base):
    """Something that waits for a person, or for whoever holds a function in a unit."""

    __tablename__ = "waiting"

    id: Mapped[str] = mapped_column(String(160), primary_key=True)
    initiative_key: Mapped[str] = mapped_column(String(20), index=True)
    kind: Mapped[str] = mapped_column(String(30), comment="sign, change, submit, answer, finding, accept, close, waive, exclude, evidence")
    person_id: Mapped[str | None] = mapped_column(String(60), index=True)
    function: Mapped[Function | None] = mapped_column(closed(Function), index=True)
    unit_id: Mapped[str] = mapped_column(String(60))
    excluded: Mapped[list[str]] = mapped_column(Json, comment="people who may not do it")
    qualification: Mapped[str | None] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text, comment="why this person: the rule in words")
    request_id: Mapped[str | None] = mapped_column(String(100))
    subject: Mapped[str | None] = mapped_column(String(100), comment="the seat, item or finding")
    since: Mapped[datetime] = mapped_column(Moment)
    due: Mapped[date | None] = mapped_column(Date)
