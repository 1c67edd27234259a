"""What came from outside: initiatives brought in at a stage as found with their papers, and the rows of files they came from."""

from datetime import date, datetime
from typing import TypedDict

from sqlalchemy import Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from governance.domain.vocabulary import Stage
from governance.models.base import Governed, Json, Moment, closed, points_to


class PaperRow(TypedDict):
    """A historic approval as it is stored: the piece of evidence that holds its paper, and what the paper says. It is no sign-off."""

    evidence: str
    title: str
    approved_on: str
    approved_by: str  # a printed name, as the paper has it
    function: str | None  # None: not known


class Origin(Governed):
    """An initiative that was approved before this system: the stage as found, since when, on whose word."""

    __tablename__ = "origin"

    initiative_key: Mapped[str] = mapped_column(points_to("initiative.key"), primary_key=True)
    leaf: Mapped[int] = mapped_column(Integer, comment="of the entry that says so; stages entered before it were never lived here")
    stage: Mapped[Stage] = mapped_column(closed(Stage), comment="as found")
    since: Mapped[date] = mapped_column(Date)
    said_by: Mapped[str] = mapped_column(String(200), comment="on whose word: a printed name")
    said_as: Mapped[str] = mapped_column(String(200), comment="what they are")
    reason: Mapped[str] = mapped_column(String(64), comment="digest of the words")
    regularise_by: Mapped[date | None] = mapped_column(Date, index=True, comment="None: it was retired")
    papers: Mapped[list[PaperRow]] = mapped_column(Json, comment="historic approvals, in the order they were attached")
    by: Mapped[str] = mapped_column(points_to("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    regularised_at: Mapped[datetime | None] = mapped_column(Moment)
    regularised_by: Mapped[str | None] = mapped_column(points_to("person.id"), comment="the officer who recorded it; None where a gate did")
    regularised_request: Mapped[str | None] = mapped_column(points_to("gate_request.id"), comment="the first request that passed here")
    regularised_why: Mapped[str | None] = mapped_column(String(64), comment="digest of the words")
    regularised_on: Mapped[list[str]] = mapped_column(Json, comment="ids of the evidence")


class SourceRow(Governed):
    """The row of a file that an initiative came from, and what it said last; a second import finds it by its key."""

    __tablename__ = "source_row"

    id: Mapped[str] = mapped_column(String(64), primary_key=True, comment="SHA-256 of the source and the key")
    initiative_key: Mapped[str] = mapped_column(points_to("initiative.key"), unique=True)
    source: Mapped[str] = mapped_column(String(60), index=True, comment="the id of the mapping")
    external_key: Mapped[list[str]] = mapped_column(Json, comment="the values of its key columns")
    of_file: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the file")
    of_mapping: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the mapping")
    line: Mapped[int] = mapped_column(Integer, comment="where the row starts in the file, from 1")
    stated: Mapped[dict[str, str]] = mapped_column(Json, comment="what the row said, by field, as mapped")
