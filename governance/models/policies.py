"""Published policies. Their texts are kept by digest."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from governance.models.base import Governed, Json, Moment, points_to


class PublishedPolicy(Governed):
    __tablename__ = "published_policy"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    files: Mapped[dict[str, str]] = mapped_column(Json, comment="digest by file name")
    by: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(Moment)


class CurrentPolicy(Governed):
    """Which text of a policy is in force."""

    __tablename__ = "current_policy"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    digest: Mapped[str] = mapped_column(points_to("published_policy.digest"))
