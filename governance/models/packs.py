"""Evidence reports that were issued."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from governance.models.base import Governed, Moment, points_to


class Pack(Governed):
    __tablename__ = "pack"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    initiative_key: Mapped[str | None] = mapped_column(points_to("initiative.key"), index=True, comment="None: the organisation's trail")
    title: Mapped[str] = mapped_column(String(200))
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the PDF")
    record: Mapped[str] = mapped_column(String(64), comment="SHA-256 of the machine-readable record inside it")
    size: Mapped[int] = mapped_column(Integer, comment="bytes")
    pages: Mapped[int] = mapped_column(Integer)
    cut: Mapped[int] = mapped_column(Integer, comment="the last ledger entry it covers")
    by: Mapped[str] = mapped_column(points_to("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
