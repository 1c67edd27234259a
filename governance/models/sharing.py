"""Evidence that an initiative offers to others, and where others use it."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from governance.domain.evidence_scope import ReuseEnd
from governance.models.base import Governed, Moment, closed, points_to


class SharedEvidence(Governed):
    """A piece that is offered for something, until that is withdrawn or a newer piece takes its place."""

    __tablename__ = "shared_evidence"

    evidence_id: Mapped[str] = mapped_column(points_to("evidence.id"), primary_key=True)
    initiative_key: Mapped[str] = mapped_column(points_to("initiative.key"), index=True)
    dataset: Mapped[str | None] = mapped_column(String(200))
    model_version: Mapped[str | None] = mapped_column(String(200))
    purpose: Mapped[str | None] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(Text, comment="title and scope, as searching compares them")
    by: Mapped[str] = mapped_column(points_to("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)


class ReusedEvidence(Governed):
    """A piece that comes from another initiative, and the scope that somebody confirmed for it."""

    __tablename__ = "reused_evidence"

    evidence_id: Mapped[str] = mapped_column(points_to("evidence.id"), primary_key=True)
    initiative_key: Mapped[str] = mapped_column(points_to("initiative.key"), index=True)
    source_id: Mapped[str] = mapped_column(points_to("evidence.id"), index=True)
    author_id: Mapped[str] = mapped_column(points_to("person.id"), comment="who added the source")
    dataset: Mapped[str | None] = mapped_column(String(200))
    model_version: Mapped[str | None] = mapped_column(String(200))
    purpose: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(64), comment="digest of the words")
    ended: Mapped[ReuseEnd | None] = mapped_column(closed(ReuseEnd))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    successor: Mapped[str | None] = mapped_column(String(80), comment="of the source")
    told_before: Mapped[int | None] = mapped_column(comment="days before it expires up to which its users were told")
