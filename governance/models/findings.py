"""Problems somebody recorded, closed by evidence."""

from datetime import date, datetime

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from governance.domain.vocabulary import FindingSeverity, Function
from governance.models.base import Governed, Moment, closed, points_to


class Finding(Governed):
    __tablename__ = "finding"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, comment="AI-0042.F-1")
    initiative_key: Mapped[str] = mapped_column(points_to("initiative.key"), index=True)
    severity: Mapped[FindingSeverity] = mapped_column(closed(FindingSeverity))
    words: Mapped[str] = mapped_column(String(64))
    item: Mapped[str | None] = mapped_column(String(60))
    request_id: Mapped[str | None] = mapped_column(points_to("gate_request.id"), index=True, comment="the request it was raised on")
    function: Mapped[Function | None] = mapped_column(closed(Function), comment="the function it was raised for, which accepts the answer")
    owner_id: Mapped[str] = mapped_column(points_to("person.id"), index=True)
    due: Mapped[date] = mapped_column(Date)
    raised_by: Mapped[str] = mapped_column(String(60), comment="a person, or system where a waiver expired")
    raised_at: Mapped[datetime] = mapped_column(Moment)
    answered_by: Mapped[str | None] = mapped_column(points_to("evidence.id"), comment="the evidence that answers it")
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str | None] = mapped_column(points_to("person.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
