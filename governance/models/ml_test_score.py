"""The ML Test Score form of an initiative."""

from datetime import datetime
from typing import TypedDict

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from governance.models.base import Governed, Json, Moment, points_to


class DoneRow(TypedDict):
    practice: str
    proof: str


class MlTestScore(Governed):
    __tablename__ = "ml_test_score"

    initiative_key: Mapped[str] = mapped_column(points_to("initiative.key"), primary_key=True)
    rubric: Mapped[str] = mapped_column(String(40))
    model_version: Mapped[str] = mapped_column(String(80), comment="that it was filled in for")
    tests: Mapped[dict[str, DoneRow]] = mapped_column(Json)
    by: Mapped[str] = mapped_column(points_to("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
