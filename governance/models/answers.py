"""Answers to checklist items, and the evidence behind them."""

from datetime import date, datetime
from typing import TypedDict

from sqlalchemy import Date, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from governance.domain.vocabulary import AnswerState, EvidenceKind
from governance.models.base import Governed, Json, Moment, closed, points_to


class ValueRow(TypedDict):
    """A stated value as it is stored; decimals and moments are text."""

    metric: str
    value: str
    unit: str
    window: str
    n: int
    measured_at: str
    source: str
    good: str | None
    low: str | None
    high: str | None
    kpi: str | None


class Answer(Governed):
    __tablename__ = "answer"

    initiative_key: Mapped[str] = mapped_column(points_to("initiative.key"), primary_key=True)
    item: Mapped[str] = mapped_column(String(60), primary_key=True)
    claim: Mapped[AnswerState] = mapped_column(closed(AnswerState))
    note: Mapped[str | None] = mapped_column(String(64), comment="digest of the words")
    values: Mapped[list[ValueRow]] = mapped_column(Json)
    evidence: Mapped[list[str]] = mapped_column(Json, comment="ids of the pieces it rests on")
    carried: Mapped[bool] = mapped_column(comment="loaded as given, never recomputed")
    by: Mapped[str] = mapped_column(points_to("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)


class Evidence(Governed):
    __tablename__ = "evidence"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    initiative_key: Mapped[str] = mapped_column(points_to("initiative.key"), index=True)
    kind: Mapped[EvidenceKind] = mapped_column(closed(EvidenceKind))
    title: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), index=True, comment="SHA-256 of the file, of the address, or of the salted statement")
    file_name: Mapped[str | None] = mapped_column(String(200))
    media_type: Mapped[str | None] = mapped_column(String(100))
    size: Mapped[int | None] = mapped_column(Integer, comment="bytes")
    address: Mapped[str | None] = mapped_column(Text)
    effective: Mapped[date] = mapped_column(Date)
    expires: Mapped[date | None] = mapped_column(Date)
    superseded_by: Mapped[str | None] = mapped_column(points_to("evidence.id"))
    superseded_at: Mapped[datetime | None] = mapped_column(Moment)
    superseded_why: Mapped[str | None] = mapped_column(String(64), comment="digest of the words")
    by: Mapped[str] = mapped_column(points_to("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
