"""Work for the worker process. The rows are the truth; a lease says who is at it."""

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from governance.models.base import Base, Json, Moment


class Job(Base):
    __tablename__ = "job"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    arguments: Mapped[dict[str, str]] = mapped_column(Json)
    asked_by: Mapped[str] = mapped_column(String(60), index=True)
    asked_at: Mapped[datetime] = mapped_column(Moment, index=True)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    step: Mapped[int] = mapped_column(Integer, default=0)
    steps: Mapped[int] = mapped_column(Integer, default=0, comment="0 while unknown")
    doing: Mapped[str] = mapped_column(String(200), default="")
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    failed: Mapped[str | None] = mapped_column(Text, comment="what went wrong, in words")
    result: Mapped[str | None] = mapped_column(String(80), comment="the pack it made")
