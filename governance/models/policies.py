"""Published policies, proposals, and whose changes ask for less. Texts are kept by digest."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from governance.domain.vocabulary import ProposalState
from governance.models.base import Governed, Json, Moment, closed, points_to


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


class PolicyProposal(Governed):
    """A text that a compliance officer wants in force; another one decides."""

    __tablename__ = "policy_proposal"

    id: Mapped[str] = mapped_column(String(20), primary_key=True, comment="P-7")
    policy: Mapped[str] = mapped_column(String(60), index=True)
    version: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    files: Mapped[dict[str, str]] = mapped_column(Json, comment="digest by file name")
    rests_on: Mapped[str | None] = mapped_column(String(64), comment="digest of what was in force when it was made")
    reason: Mapped[str] = mapped_column(String(64), comment="digest of the words")
    by: Mapped[str] = mapped_column(points_to("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[ProposalState] = mapped_column(closed(ProposalState), index=True)
    decided_by: Mapped[str | None] = mapped_column(points_to("person.id"), comment="of an overtaken one: who published the other")
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    why: Mapped[str | None] = mapped_column(String(64), comment="digest of the words")


class PolicyLoosening(Governed):
    """A publication whose changes ask for less at a gate: whoever proposed or published it signs nothing there for a while."""

    __tablename__ = "policy_loosening"

    leaf: Mapped[int] = mapped_column(primary_key=True, comment="the entry of the publication")
    gate: Mapped[str] = mapped_column(String(60), primary_key=True, index=True)
    changes: Mapped[int] = mapped_column(comment="how many ask for less there")
    version: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(points_to("published_policy.digest"))
    proposed_by: Mapped[str] = mapped_column(points_to("person.id"))
    published_by: Mapped[str] = mapped_column(points_to("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
