"""Mail that did not leave, for administrators. What it was about is for whoever may see the initiative, so it is not said here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from governance.domain.deliveries import MOST_TRIES, DeliveryState
from governance.events.evidence import EvidenceExpiryTold, EvidenceReuseEnded
from governance.events.findings import FindingRaised
from governance.events.gates import ChangesRequested, GateMigrated, GateSettled, GateSubmitted, SignedOff
from governance.events.policies import PolicyProposed, PolicyPublished, ProposalClosed
from governance.events.waivers import WaiverAsked, WaiverEndMoved, WaiverExpired, WaiverGranted, WaiverReminded, WaiverSigned
from governance.models.accounts import Account
from governance.models.directory import Person
from governance.models.ledger import Leaf
from governance.models.outbox import Delivery

MOST_SHOWN = 200

ABOUT: Mapping[str, str] = {
    GateSubmitted.kind: "A gate waits for their sign-off",
    GateMigrated.kind: "A gate waits for their sign-off",
    SignedOff.kind: "A gate waits for their sign-off",
    ChangesRequested.kind: "A reviewer asked for changes",
    GateSettled.kind: "A gate request is settled",
    FindingRaised.kind: "A finding is theirs to answer",
    WaiverAsked.kind: "A waiver waits for their signature",
    WaiverSigned.kind: "A waiver that they asked for is decided",
    WaiverGranted.kind: "A waiver that they asked for is decided",
    WaiverReminded.kind: "A waiver ends soon",
    WaiverEndMoved.kind: "A waiver ends on another day",
    WaiverExpired.kind: "A waiver expired",
    EvidenceExpiryTold.kind: "Evidence that they use expires",
    EvidenceReuseEnded.kind: "Evidence that they use counts no more",
    PolicyProposed.kind: "A proposed policy waits for a second officer",
    PolicyPublished.kind: "A policy that they proposed is published, or overtaken",
    ProposalClosed.kind: "A policy that they proposed is declined",
}
"""What a notice said, by the kind of entry it follows from."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A mail that was given up, or that failed and is tried again at `next_try_at`."""

    id: str
    name: str
    email: str
    about: str
    given_up: bool
    made_at: datetime
    tries: int
    next_try_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Outbox:
    """`waiting` counts also what was not tried yet; of `undelivered` the latest are listed."""

    waiting: int
    given_up: int
    undelivered: Sequence[Undelivered]
    most_tries: int = MOST_TRIES


def outbox(session: Session) -> Outbox:
    """What did not leave: what was given up first, then what is tried again."""
    query = (
        select(Delivery, Person.name, Account.email, Leaf.kind)
        .join(Leaf, Leaf.index == Delivery.leaf)
        .outerjoin(Person, Person.id == Delivery.recipient)
        .outerjoin(Account, Account.person_id == Delivery.recipient)
        .where(_open(), Delivery.last_error.is_not(None))
        .order_by(Delivery.state, Delivery.leaf.desc(), Delivery.id)
        .limit(MOST_SHOWN)
    )
    states = session.execute(select(Delivery.state, func.count()).where(_open()).group_by(Delivery.state))
    counted = dict(states.all())
    rows = [_undelivered(*row) for row in session.execute(query)]
    return Outbox(counted.get(DeliveryState.WAITING, 0), counted.get(DeliveryState.GIVEN_UP, 0), rows)


def given_up(session: Session) -> int:
    return session.scalar(select(func.count()).where(Delivery.state == DeliveryState.GIVEN_UP)) or 0


def late(session: Session, since: datetime) -> int:
    """How many wait since before a moment."""
    query = select(func.count()).where(Delivery.state == DeliveryState.WAITING, Delivery.made_at < since)
    return session.scalar(query) or 0


def _open() -> ColumnElement[bool]:
    return Delivery.state.in_([DeliveryState.WAITING, DeliveryState.GIVEN_UP])


def _undelivered(row: Delivery, name: str | None, email: str | None, kind: str) -> Undelivered:
    return Undelivered(
        id=row.id,
        name=name or row.recipient,
        email=email or "",
        about=ABOUT.get(kind, "Something happened"),
        given_up=row.state is DeliveryState.GIVEN_UP,
        made_at=row.made_at,
        tries=row.tries,
        next_try_at=row.next_try_at,
        why=row.last_error or "",
    )
