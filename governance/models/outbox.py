"""The outbox: how far each follower has read the ledger, and what it has to deliver. Durable; a lease says who is at it."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from governance.domain.deliveries import DeliveryState
from governance.models.base import Base, Moment, closed


class Cursor(Base):
    """Entries before `next_index` are followed: what they lead to is in `delivery`, stored in the same transaction."""

    __tablename__ = "cursor"

    follower: Mapped[str] = mapped_column(String(40), primary_key=True)
    next_index: Mapped[int]


class Delivery(Base):
    """One effect that an entry of the ledger has outside: at least once, and recognisable by its message id where it is repeated."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("follower", "leaf", "recipient"), Index(None, "state", "next_try_at"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    follower: Mapped[str] = mapped_column(String(40))
    leaf: Mapped[int] = mapped_column(comment="the entry it follows from")
    recipient: Mapped[str] = mapped_column(String(60), comment="a person; their address is looked up when it is sent")
    message_id: Mapped[str] = mapped_column(String(400), comment="the same whenever it is tried")
    state: Mapped[DeliveryState] = mapped_column(closed(DeliveryState))
    made_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0, comment="begun, whatever became of them")
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    next_try_at: Mapped[datetime] = mapped_column(Moment)
    last_error: Mapped[str | None] = mapped_column(Text, comment="what was answered, in one line")
    settled_at: Mapped[datetime | None] = mapped_column(Moment, comment="delivered, dropped or given up")
