"""What the organisation attests for clauses of frameworks."""

from datetime import date, datetime

from sqlalchemy import Date, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from governance.models.base import Governed, Moment, points_to


class Attestation(Governed):
    """A statement for one clause of one version of a catalogue. What it is worth on a day is derived."""

    __tablename__ = "attestation"

    id: Mapped[str] = mapped_column(String(20), primary_key=True, comment="AT-1, AT-2, …")
    number: Mapped[int] = mapped_column(Integer, unique=True)
    framework: Mapped[str] = mapped_column(String(60), index=True)
    version: Mapped[str] = mapped_column(Text, comment="of the catalogue, as it was then")
    clause: Mapped[str] = mapped_column(String(80))
    statement: Mapped[str] = mapped_column(String(64), comment="digest of the words")
    digest: Mapped[str | None] = mapped_column(String(64), comment="SHA-256 of the file")
    file_name: Mapped[str | None] = mapped_column(String(200))
    media_type: Mapped[str | None] = mapped_column(String(100))
    size: Mapped[int | None] = mapped_column(Integer, comment="bytes")
    address: Mapped[str | None] = mapped_column(Text)
    valid_until: Mapped[date] = mapped_column(Date, comment="the last day")
    by: Mapped[str] = mapped_column(points_to("person.id"))
    name: Mapped[str] = mapped_column(String(200), comment="printed name at the time of signing")
    at: Mapped[datetime] = mapped_column(Moment)
    seconded_by: Mapped[str | None] = mapped_column(points_to("person.id"))
    seconded_name: Mapped[str | None] = mapped_column(String(200), comment="printed name at the time of signing")
    seconded_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_by: Mapped[str | None] = mapped_column(points_to("person.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_why: Mapped[str | None] = mapped_column(String(64), comment="digest of the words")
