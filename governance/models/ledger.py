"""The ledger itself: leaves, the interior nodes of its tree, the long words apart, and signed heads. Append-only, guarded by triggers."""

from datetime import datetime
from typing import TypedDict

from sqlalchemy import LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from governance.models.base import Base, Json, Moment


class Leaf(Base):
    """One event: header and body as the exact bytes that were hashed; the other columns repeat the header for searching."""

    __tablename__ = "leaf"
    __table_args__ = (UniqueConstraint("stream", "seq"),)

    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stream: Mapped[str] = mapped_column(String(100))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(60), index=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    actor: Mapped[str] = mapped_column(String(60), index=True)
    header: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class Node(Base):
    """An interior node of the tree, complete: level 1 joins two leaves."""

    __tablename__ = "node"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class Words(Base):
    """A long text by its digest: SHA-256 of salt and text. Texts of record, which must be comparable, have no salt."""

    __tablename__ = "words"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    text: Mapped[str | None] = mapped_column(Text)


class Checkpoint(Base):
    """A signed head, kept for ever: the note as it was signed, and what it states once more for searching."""

    __tablename__ = "checkpoint"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(unique=True)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment, comment="the clock of whoever signed: no signature covers it")
    key_id: Mapped[str] = mapped_column(String(8), comment="of the key that signed, hexadecimal")


class Refusal(Base):
    """Why no head is signed at the moment; no row where nothing stands in the way. Not of record."""

    __tablename__ = "signing_refusal"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[datetime] = mapped_column(Moment)
    why: Mapped[str] = mapped_column(Text)


class Restored(TypedDict):
    """Which backup a record came from; moments as ISO 8601 in UTC."""

    at: str
    made_at: str
    size: int  # entries
    root: str


class Stamp(Base):
    """Which version of the tables this database has, and what its administrators have yet to confirm. One row."""

    __tablename__ = "stamp"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    restored: Mapped[Restored | None] = mapped_column(Json, comment="the backup it came from, until administrators have confirmed it")
