"""What an officer is changing in the policy and has shown to nobody yet. The ledger knows of it once it is proposed."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from governance.models.base import Base, Json, Moment


class PolicyDraft(Base):
    """The changes that one person has gathered, each at its place in the text that was in force."""

    __tablename__ = "policy_draft"

    person_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    base: Mapped[str] = mapped_column(String(64), comment="the digest of the policy that the changes were last looked at against")
    edits: Mapped[list[list[str | None]]] = mapped_column(Json, comment="place and new value as YAML, in the order they were made")
    changed_at: Mapped[datetime] = mapped_column(Moment)
