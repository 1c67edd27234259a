"""Initiatives, who works on them, and what they stated about themselves."""

from datetime import date, datetime

from sqlalchemy import Date, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from governance.domain.questionnaire import FactValue
from governance.domain.vocabulary import Function, Stage, Standing, Tier, Visibility
from governance.models.base import Governed, Json, Moment, closed, points_to


class Initiative(Governed):
    __tablename__ = "initiative"

    key: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(String(400), index=True, comment="key and name as lists sort and search them")
    summary: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[str] = mapped_column(points_to("unit.id"), index=True)
    lead_id: Mapped[str] = mapped_column(points_to("person.id"), index=True)
    visibility: Mapped[Visibility] = mapped_column(closed(Visibility))
    stage: Mapped[Stage] = mapped_column(closed(Stage), index=True)
    stage_since: Mapped[datetime] = mapped_column(Moment)
    standing: Mapped[Standing] = mapped_column(closed(Standing), index=True)
    standing_since: Mapped[datetime] = mapped_column(Moment)
    standing_why: Mapped[str | None] = mapped_column(String(400))
    model_version: Mapped[str] = mapped_column(String(80))
    pilot_ends: Mapped[date | None] = mapped_column(Date)
    registered_at: Mapped[datetime] = mapped_column(Moment)
    registered_by: Mapped[str] = mapped_column(points_to("person.id"))


class NamedViewer(Governed):
    """Somebody who may see an initiative that only named people see."""

    __tablename__ = "named_viewer"

    initiative_key: Mapped[str] = mapped_column(points_to("initiative.key"), primary_key=True)
    person_id: Mapped[str] = mapped_column(points_to("person.id"), primary_key=True)


class TeamSeat(Governed):
    """The accountable person and the deputy of a function."""

    __tablename__ = "team_seat"

    initiative_key: Mapped[str] = mapped_column(points_to("initiative.key"), primary_key=True)
    function: Mapped[Function] = mapped_column(closed(Function), primary_key=True)
    person_id: Mapped[str] = mapped_column(points_to("person.id"), index=True)
    deputy_id: Mapped[str | None] = mapped_column(points_to("person.id"), index=True)
    hours_a_week: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime] = mapped_column(Moment)


class Tiering(Governed):
    """The answers to the tiering questionnaire, and what the policy made of them."""

    __tablename__ = "tiering"

    initiative_key: Mapped[str] = mapped_column(points_to("initiative.key"), primary_key=True)
    policy: Mapped[str] = mapped_column(String(64), comment="digest of the policy that judged the answers")
    questions: Mapped[dict[str, str | list[str]]] = mapped_column(Json)
    statements: Mapped[dict[str, str]] = mapped_column(Json)
    asked: Mapped[dict[str, FactValue]] = mapped_column(Json)
    facts: Mapped[dict[str, FactValue]] = mapped_column(Json)
    missing: Mapped[list[str]] = mapped_column(Json, comment="what is still to be answered; the tier is open until this is empty")
    score: Mapped[int] = mapped_column(Integer)
    tier: Mapped[Tier | None] = mapped_column(closed(Tier), index=True)
    decided_by: Mapped[str] = mapped_column(String(60))
    by: Mapped[str] = mapped_column(points_to("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)


class LimitValue(Governed):
    """A number the initiative is held to."""

    __tablename__ = "limit_value"

    initiative_key: Mapped[str] = mapped_column(points_to("initiative.key"), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(String(40), comment="a decimal, as stated")
    unit: Mapped[str] = mapped_column(String(60))
    good: Mapped[str | None] = mapped_column(String(4), comment="the direction in which the metric gets better")
    at: Mapped[datetime] = mapped_column(Moment)


class StageEntry(Governed):
    """When a stage was entered, and through which request."""

    __tablename__ = "stage_entry"

    leaf: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    initiative_key: Mapped[str] = mapped_column(points_to("initiative.key"), index=True)
    stage: Mapped[Stage] = mapped_column(closed(Stage))
    at: Mapped[datetime] = mapped_column(Moment)
    request_id: Mapped[str | None] = mapped_column(points_to("gate_request.id"))
