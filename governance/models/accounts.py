"""What people sign in with. Durable, not part of the ledger: nobody's secret or address goes in there."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from governance.models.base import Base, Moment


class Account(Base):
    __tablename__ = "account"

    person_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True, comment="folded")
    password: Mapped[str | None] = mapped_column(String(200), comment="argon2id; None until the person sets one")
    failures: Mapped[int] = mapped_column(Integer, default=0, comment="in a row")
    locked_until: Mapped[datetime | None] = mapped_column(Moment)
    wants_mail: Mapped[bool] = mapped_column(default=True, comment="whether notices go to their address")


class WebSession(Base):
    """A signed-in browser. Ending it here ends it everywhere."""

    __tablename__ = "web_session"

    token: Mapped[str] = mapped_column(String(64), primary_key=True, comment="SHA-256 of what the browser holds")
    person_id: Mapped[str] = mapped_column(String(60), index=True)
    started_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)


class SetupLink(Base):
    """A link by which somebody sets a first or a new password, once."""

    __tablename__ = "setup_link"

    token: Mapped[str] = mapped_column(String(64), primary_key=True, comment="SHA-256 of the secret in the link")
    person_id: Mapped[str] = mapped_column(String(60), index=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
