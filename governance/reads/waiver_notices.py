"""Who is told about waivers: whoever can sign one, whoever asked for it, and before and at its end its owner, the lead and compliance."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain import waivers as rules
from governance.domain.notices import NoticeKind
from governance.domain.vocabulary import Function, WaiverState
from governance.events.waivers import WaiverAsked, WaiverEndMoved, WaiverExpired, WaiverGranted, WaiverReminded, WaiverSigned
from governance.ledger.book import Event
from governance.ledger.read import Entry
from governance.models.initiatives import Initiative
from governance.models.waivers import Waiver
from governance.reads import people
from governance.reads.notice import Notice
from governance.reads.waiver_turns import to_sign


def to_be_signed(session: Session, event: Event, leaf: Entry, now: datetime) -> Iterator[Notice]:
    """Whoever can take one of its seats, while it waits for them."""
    assert isinstance(event, WaiverAsked)
    del leaf
    row = session.get(Waiver, event.waiver)
    if row is None or row.state is not WaiverState.ASKED or row.expires < now.date():
        return
    initiative = session.get_one(Initiative, row.initiative_key)
    for turn in to_sign(session, initiative, row, now):
        if turn.function is not None:
            for person in people.by_function(session, [turn.function], initiative.unit_id).get(turn.function, []):
                if person.id not in turn.excluded:
                    yield _notice(NoticeKind.WAIVER_TO_SIGN, person.id, row)


def decided(session: Session, event: Event, leaf: Entry, now: datetime) -> Iterator[Notice]:
    """Whoever asked for it, once it is granted or declined."""
    assert isinstance(event, WaiverGranted | WaiverSigned)
    del leaf, now
    row = session.get(Waiver, event.waiver)
    over = isinstance(event, WaiverGranted) or (row is not None and row.state is WaiverState.DECLINED)
    if row is not None and over:
        yield _notice(NoticeKind.WAIVER_DECIDED, row.asked_by, row)


def ends(session: Session, event: Event, leaf: Entry, now: datetime) -> Iterator[Notice]:
    """Before its last day, and where the tier moved that; nobody any more once it is past."""
    assert isinstance(event, WaiverReminded | WaiverEndMoved)
    del leaf
    row = session.get(Waiver, event.waiver)
    if row is not None and rules.shown(row.state, row.expires, now) is WaiverState.IN_FORCE:
        yield from _to_those_it_concerns(session, row, NoticeKind.WAIVER_ENDS)


def expired(session: Session, event: Event, leaf: Entry, now: datetime) -> Iterator[Notice]:
    """Where it left something to put right, until that is done."""
    assert isinstance(event, WaiverExpired)
    del leaf, now
    row = session.get(Waiver, event.waiver)
    if row is not None and row.state is WaiverState.OVERDUE:
        yield from _to_those_it_concerns(session, row, NoticeKind.WAIVER_EXPIRED)


def _to_those_it_concerns(session: Session, row: Waiver, kind: NoticeKind) -> Iterator[Notice]:
    """Its owner, the lead, and whoever holds compliance in the unit."""
    initiative = session.get_one(Initiative, row.initiative_key)
    compliance = people.by_function(session, [Function.COMPLIANCE], initiative.unit_id).get(Function.COMPLIANCE, [])
    for person in dict.fromkeys([row.owner_id, initiative.lead_id, *(one.id for one in compliance)]):
        yield _notice(kind, person, row)


def _notice(kind: NoticeKind, to: str, row: Waiver) -> Notice:
    return Notice(kind, to, row.initiative_key, row.gate, finding=row.finding_id, due=row.expires, waiver=row.id, item=row.item)
