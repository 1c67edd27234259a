"""Deliveries: what becomes of something that is to leave the house, and when it is tried again."""

from datetime import datetime, timedelta
from enum import StrEnum


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    DROPPED = "dropped"  # it did not concern the recipient any more, or they may not know of it
    GIVEN_UP = "given_up"


PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""After the first try, the second, and so on: close to two days in all."""

MOST_TRIES = len(PAUSES) + 1


def next_try(tries: int, now: datetime) -> datetime | None:
    """When it is tried again after this many tries; None where it is given up."""
    return now + PAUSES[tries - 1] if tries < MOST_TRIES else None
