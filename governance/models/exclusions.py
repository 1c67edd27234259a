"""Proposals that a check does not apply, and what compliance said."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from governance.domain.vocabulary import Confirmation, ExclusionState, ProofMethod
from governance.models.base import Governed, Moment, closed, points_to


class Exclusion(Governed):
    """Of one check of one initiative. It rests on the facts, the tier and what the check asked as they were."""

    __tablename__ = "exclusion"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, comment="AI-0042.N-1")
    initiative_key: Mapped[str] = mapped_column(points_to("initiative.key"), index=True)
    gate: Mapped[str] = mapped_column(String(60))
    item: Mapped[str] = mapped_column(String(60))
    facts: Mapped[str] = mapped_column(String(64), comment="digest of the facts and the tier it rests on")
    rule: Mapped[str] = mapped_column(String(64), comment="digest of what the check asked; empty where that was not recorded")
    reason: Mapped[str] = mapped_column(String(64), comment="digest of the words")
    state: Mapped[ExclusionState] = mapped_column(closed(ExclusionState), index=True)
    proposed_by: Mapped[str] = mapped_column(points_to("person.id"), index=True)
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[str | None] = mapped_column(points_to("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_leaf: Mapped[int | None] = mapped_column(Integer)
    decision: Mapped[Confirmation | None] = mapped_column(closed(Confirmation))
    decided_why: Mapped[str | None] = mapped_column(String(64), comment="digest of the words")
    withdrawn_why: Mapped[str | None] = mapped_column(String(64), comment="digest of the words")
    name: Mapped[str | None] = mapped_column(String(200), comment="printed name of who decided, at the time")
    meaning: Mapped[str | None] = mapped_column(String(400))
    method: Mapped[ProofMethod | None] = mapped_column(closed(ProofMethod))
