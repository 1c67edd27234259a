"""The outbox: what follows from entries of the ledger is stored with the follower's cursor, claimed by lease, done, and marked.

At least once. What was in flight when a worker died is done again under the same message id; everything else is done once.
"""

import logging
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session

from governance.domain.deliveries import MOST_TRIES, DeliveryState, next_try
from governance.ledger import read
from governance.ledger.log import SYSTEM, Ledger
from governance.ledger.read import Entry
from governance.models.ledger import Leaf
from governance.models.outbox import Cursor, Delivery

MOST_FOLLOWED = 100
"""Entries in one transaction: others want to write too."""
MOST_DELIVERED = 50
"""Before other duties have their turn."""
LEASE = timedelta(minutes=5)
WAY_CLOSED = timedelta(minutes=1)
"""How long everything rests when nothing can leave at all."""
KEPT = timedelta(days=90)
"""How long is kept what became of something; the cursor never goes back, so that nothing is done again afterwards."""
LONGEST_ANSWER = 500
NEVER_ENDED = f"It was begun {MOST_TRIES} times, and each time the worker ended before there was an answer."

log = logging.getLogger("governance.outbox")


class NotTaken(Exception):
    """This one was refused: for good, or for now."""

    def __init__(self, why: str, *, for_good: bool) -> None:
        super().__init__(why)
        self.for_good = for_good


class NotMeant(Exception):
    """It does not concern the recipient any more."""


class WayClosed(Exception):
    """Nothing at all can leave at the moment, whatever it is."""


@dataclass(frozen=True, slots=True)
class Follower:
    """Whom entries of some kinds are for, and how a delivery is named."""

    name: str
    kinds: Collection[str]
    recipients: Callable[[Session, Entry, datetime], Collection[str]]
    message_id: Callable[[Entry, str], str]


def follow(ledger: Ledger, follower: Follower, now: datetime) -> bool:
    """Turn new entries into deliveries and move the cursor past them, in one transaction. Whether there are more.

    Who is told is worked out before the turn of the writer; a worker that finds the cursor moved by then stores nothing. A follower that
    is new begins at the head of the ledger: what happened before it was there is not told.
    """
    with Session(ledger.engines.reader) as session:
        start, size = _next(session, follower.name), read.size(session)
        if start == size:
            return False
        leaves = _entries(session, start, follower.kinds) if start is not None else []
        rows = [_delivery(follower, leaf, to, now) for leaf in leaves for to in sorted(follower.recipients(session, leaf, now))]
    reached = leaves[-1].index + 1 if len(leaves) == MOST_FOLLOWED else size
    with ledger.writing(SYSTEM, now) as open_log:
        if _next(open_log.session, follower.name) == start:
            open_log.session.add_all(rows)
            open_log.session.flush()
            open_log.session.merge(Cursor(follower=follower.name, next_index=reached))
    return reached < size


def _next(session: Session, follower: str) -> int | None:
    return session.scalar(select(Cursor.next_index).where(Cursor.follower == follower))


def _entries(session: Session, start: int, kinds: Collection[str]) -> list[Entry]:
    """The next ones, damaged ones among them: nothing in them stops the reading."""
    return read.entries(session, Leaf.index >= start, Leaf.kind.in_(kinds), limit=MOST_FOLLOWED, newest_first=False)


def _delivery(follower: Follower, leaf: Entry, recipient: str, now: datetime) -> Delivery:
    return Delivery(
        id=secrets.token_hex(8),
        follower=follower.name,
        leaf=leaf.index,
        recipient=recipient,
        message_id=follower.message_id(leaf, recipient),
        state=DeliveryState.WAITING,
        made_at=now,
        tries=0,
        leased_until=None,
        next_try_at=now,
        last_error=None,
        settled_at=None,
    )


def deliver(ledger: Ledger, follower: str, act: Callable[[Delivery], None], is_over: Callable[[], bool]) -> bool:
    """Do what is due, the longest due first, each outside any transaction. Whether there is more at once."""
    for _ in range(MOST_DELIVERED):
        if is_over() or (row := claim(ledger, follower, datetime.now(UTC))) is None:
            return False
        try:
            _one(ledger, row, act)
        except WayClosed as closed:
            log.warning("nothing can be delivered by %s: %s", follower, closed)
            _rest(ledger, follower, str(closed))
            return False
    return True


def _one(ledger: Ledger, row: Delivery, act: Callable[[Delivery], None]) -> None:
    try:
        act(row)
    except NotMeant as why:
        _mark(ledger, row, state=DeliveryState.DROPPED, settled_at=datetime.now(UTC), last_error=str(why))
    except NotTaken as refused:
        _again(ledger, row, str(refused), for_good=refused.for_good)
    except BaseException as failed:
        _again(ledger, row, str(failed) or type(failed).__name__)
        raise
    else:
        _mark(ledger, row, state=DeliveryState.DELIVERED, settled_at=datetime.now(UTC), last_error=None)


def claim(ledger: Ledger, follower: str, now: datetime) -> Delivery | None:
    """Take what is due for the longest and nobody is at. What was begun too often without an answer is given up on the way."""
    with Session(ledger.engines.reader) as session:
        if session.scalars(_due(follower, now)).first() is None:
            return None
    with ledger.writing(SYSTEM, now) as open_log:
        while (row := open_log.session.scalars(_due(follower, now)).first()) is not None:
            if row.tries < MOST_TRIES:
                row.leased_until, row.tries = now + LEASE, row.tries + 1
                return row
            _give_up(open_log.session, row, NEVER_ENDED, now)
    return None


def _due(follower: str, now: datetime) -> Select[Delivery]:
    free = or_(Delivery.leased_until.is_(None), Delivery.leased_until < now)
    return (
        select(Delivery)
        .where(Delivery.follower == follower, Delivery.state == DeliveryState.WAITING, Delivery.next_try_at <= now, free)
        .order_by(Delivery.next_try_at, Delivery.leaf, Delivery.id)
        .limit(1)
    )


def _give_up(session: Session, row: Delivery, why: str, now: datetime) -> None:
    ended = {"state": DeliveryState.GIVEN_UP, "settled_at": now, "leased_until": None, "last_error": why}
    session.execute(update(Delivery).where(Delivery.id == row.id).values(ended))
    log.error("what entry %s has for %s is given up after try %s: %s", row.leaf, row.recipient, row.tries, why)


def _again(ledger: Ledger, row: Delivery, why: str, *, for_good: bool = False) -> None:
    """Try it later, or never."""
    now = datetime.now(UTC)
    later = None if for_good else next_try(row.tries, now)
    if later is not None:
        _mark(ledger, row, next_try_at=later, last_error=in_one_line(why))
        return
    with ledger.writing(SYSTEM, now) as open_log:
        if open_log.session.scalar(_held(select(Delivery.id), row)) is not None:
            _give_up(open_log.session, row, in_one_line(why), now)


def _mark(ledger: Ledger, row: Delivery, **became: Any) -> None:
    """Say what became of it, unless another worker has taken it over since."""
    with ledger.writing(SYSTEM, datetime.now(UTC)) as open_log:
        open_log.session.execute(_held(update(Delivery), row).values(leased_until=None, **became))


def _held(statement: Any, row: Delivery) -> Any:
    """Only while it is still in our hands: nobody has begun it again or ended it."""
    return statement.where(Delivery.id == row.id, Delivery.tries == row.tries, Delivery.state == DeliveryState.WAITING)


def _rest(ledger: Ledger, follower: str, why: str) -> None:
    """Let everything that is due rest for a moment: what was not begun has not failed."""
    now = datetime.now(UTC)
    due = update(Delivery).where(
        Delivery.follower == follower, Delivery.state == DeliveryState.WAITING, Delivery.next_try_at <= now, Delivery.leased_until.is_(None)
    )
    with ledger.writing(SYSTEM, now) as open_log:
        open_log.session.execute(due.values(next_try_at=now + WAY_CLOSED, last_error=in_one_line(why)))


def clear(ledger: Ledger, now: datetime) -> bool:
    """Remove what was settled long ago. There is never more of it at once."""
    old = Delivery.settled_at < now - KEPT
    with Session(ledger.engines.reader) as session:
        if session.scalar(select(Delivery.id).where(old).limit(1)) is None:
            return False
    with ledger.writing(SYSTEM, now) as open_log:
        open_log.session.execute(delete(Delivery).where(old))
    return False


def in_one_line(answer: str) -> str:
    """What somebody else's server said, in signs that a page and a terminal have a place for."""
    shown = "".join(sign if sign.isprintable() else " " for sign in answer)
    return " ".join(shown.split())[:LONGEST_ANSWER]
