"""Forms that were sent and recorded, so that one that is sent again has no second effect. Durable, not of record, gone after a week."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from governance.models.base import Base, Moment


class SentForm(Base):
    """One form, in the name of whoever sent it. Nothing in here can be read without the one-time key, which only the form has."""

    __tablename__ = "idempotency"

    key: Mapped[str] = mapped_column(String(64), primary_key=True, comment="SHA-256 of the one-time key")
    person_id: Mapped[str] = mapped_column(String(60), primary_key=True, comment="`system` for who was not signed in")
    fingerprint: Mapped[str] = mapped_column(String(64), comment="HMAC-SHA256 of what was sent, and where to, under that key")
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    answer: Mapped[bytes | None] = mapped_column(LargeBinary, comment="sealed with that key; None while nobody could store it")
