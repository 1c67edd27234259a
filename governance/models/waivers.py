"""Waivers with their signatures, and what their end led to."""

from datetime import date, datetime
from typing import TypedDict

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from governance.domain.vocabulary import Function, Standing, WaiverState
from governance.models.base import Governed, Json, Moment, closed, points_to


class SignatureRow(TypedDict):
    """A signature as it is stored; moments are text."""

    leaf: int
    seat: str
    function: str
    decision: str
    by: str
    name: str  # printed name at the time of signing
    meaning: str
    reason: str | None  # digest of the words
    method: str
    terms: str  # digest
    at: str


class Waiver(Governed):
    """A dated exception from one waivable check of one initiative. What was asked for never changes; its last day follows the tier."""

    __tablename__ = "waiver"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, comment="AI-0042.W-1")
    initiative_key: Mapped[str] = mapped_column(points_to("initiative.key"), index=True)
    gate: Mapped[str] = mapped_column(String(60))
    item: Mapped[str] = mapped_column(String(60))
    function: Mapped[Function] = mapped_column(closed(Function), comment="that owns the check")
    policy: Mapped[str] = mapped_column(String(64), comment="digest of the rules it was asked under")
    scope: Mapped[str] = mapped_column(String(64), comment="digest of the words")
    reason: Mapped[str] = mapped_column(String(64), comment="digest of the words")
    control: Mapped[str] = mapped_column(String(64), comment="digest of the words")
    owner_id: Mapped[str] = mapped_column(points_to("person.id"), index=True)
    rule: Mapped[str] = mapped_column(String(64), comment="digest of what the check asked; empty where that was not recorded")
    expires: Mapped[date] = mapped_column(Date, index=True, comment="its last day, as the tier allows it")
    asked_until: Mapped[date] = mapped_column(Date, comment="the last day as it was asked for")
    renews: Mapped[str | None] = mapped_column(points_to("waiver.id"), comment="the waiver it follows on")
    evidence: Mapped[list[str]] = mapped_column(Json, comment="ids; of a renewal")
    terms: Mapped[str] = mapped_column(String(64), comment="digest of what is signed")
    state: Mapped[WaiverState] = mapped_column(closed(WaiverState), index=True)
    asked_by: Mapped[str] = mapped_column(points_to("person.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    signatures: Mapped[list[SignatureRow]] = mapped_column(Json, comment="in the order they were given")
    granted_at: Mapped[datetime | None] = mapped_column(Moment, comment="the second signature that counted")
    look_at: Mapped[datetime | None] = mapped_column(Moment, index=True, comment="when time next does something")
    reminded: Mapped[list[str]] = mapped_column(Json, comment="the days on which its end was told")
    withdrawn_why: Mapped[str | None] = mapped_column(String(64), comment="digest of the words")
    expired_at: Mapped[datetime | None] = mapped_column(Moment, comment="when its end was recorded")
    finding_id: Mapped[str | None] = mapped_column(points_to("finding.id"), comment="opened at its end, in production")
    effect: Mapped[Standing | None] = mapped_column(closed(Standing), comment="what its end asks the standing to be, while overdue")
    ended_at: Mapped[datetime | None] = mapped_column(Moment, comment="when what its end led to was over")
    ended_how: Mapped[str | None] = mapped_column(String(30), comment="the state of the check that ended it")
