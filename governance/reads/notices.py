"""Who is told what when something happened: one rule per kind of entry, asked when it is followed and again when it is sent.

A notice is about the record as it stands: where it is somebody else's turn meanwhile, nobody is told that it is theirs.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.errors import Refused
from governance.domain.notices import NoticeKind, may_be_told, may_be_told_of_rules
from governance.domain.vocabulary import ProposalState, RequestState
from governance.events.evidence import EvidenceExpiryTold, EvidenceReuseEnded
from governance.events.findings import FindingRaised
from governance.events.gates import ChangesRequested, GateMigrated, GateSettled, GateSubmitted, SignedOff
from governance.events.policies import PolicyProposed, PolicyPublished, ProposalClosed
from governance.events.waivers import WaiverAsked, WaiverEndMoved, WaiverExpired, WaiverGranted, WaiverReminded, WaiverSigned
from governance.ledger.book import Event
from governance.ledger.read import Entry
from governance.ledger.replay import EventReader, UnknownKind
from governance.models.accounts import Account
from governance.models.directory import Person
from governance.models.findings import Finding
from governance.models.gates import GateRequest
from governance.models.initiatives import Initiative
from governance.models.ledger import Leaf
from governance.models.policies import PolicyProposal
from governance.reads import evidence_notices, people, proposals, review_turns, reviews, waiver_notices
from governance.reads.notice import Notice
from governance.reads.reviews import OnTheTable

log = logging.getLogger("governance.notices")


@dataclass(frozen=True, slots=True)
class Addressed:
    """A notice with everything that is printed on it."""

    notice: Notice
    name: str
    email: str
    initiative: str


Rule = Callable[[Session, Event, Entry, datetime], Iterator[Notice]]


def by_mail(session: Session, leaf: Entry, now: datetime) -> dict[str, Addressed]:
    """The notices that follow from an entry as the record stands, one at most for each person, by person.

    An entry that cannot be read, or whose initiative is damaged, tells nobody anything: it must not stop what has nothing to do with it.
    """
    if leaf.damage:
        log.error("who is told about entry %s cannot be said: it is damaged, %s", leaf.index, leaf.damage)
        return {}
    try:
        _, event = EventReader().read(leaf.header_bytes, leaf.body_bytes)
        found = RULES[event.kind](session, event, leaf, now) if event.kind in RULES else ()
        notices = {notice.to: notice for notice in found if _may_be_told(session, notice, leaf, now)}
    except (Refused, UnknownKind, msgspec.MsgspecError) as refused:
        log.error("who is told about entry %s cannot be said: %s", leaf.index, refused)
        return {}
    addressed = (_addressed(session, notice) for notice in notices.values())
    return {found.notice.to: found for found in addressed if found is not None}


def _may_be_told(session: Session, notice: Notice, leaf: Entry, now: datetime) -> bool:
    doer = people.doer(session, notice.to, now)
    if notice.key is None:
        return may_be_told_of_rules(doer, leaf.actor, to_decide=notice.kind is NoticeKind.PROPOSAL)
    return may_be_told(doer, people.ties(session, notice.key), leaf.actor)


def _addressed(session: Session, notice: Notice) -> Addressed | None:
    """Nothing for who has no account, or switched mails off."""
    row = session.execute(
        select(Account.email, Person.name, Initiative.name)
        .join(Person, Person.id == Account.person_id)
        .outerjoin(Initiative, Initiative.key == notice.key)
        .where(Account.person_id == notice.to, Account.wants_mail)
    ).first()
    return None if row is None else Addressed(notice, email=row[0], name=row[1], initiative=row[2] or "")


def _turn_came(session: Session, event: Event, leaf: Entry, now: datetime) -> Iterator[Notice]:
    """Reviewers whose turn began with this entry, while it still is: the first seats with a submission or other rules, later ones with a
    sign-off."""
    assert isinstance(event, GateSubmitted | GateMigrated | SignedOff)
    request = session.get(GateRequest, event.request)
    if request is None or request.state is not RequestState.IN_REVIEW or request.revision != event.revision:
        return
    table = reviews.on_the_table(session, request.id, now)
    if table.review.frozen == table.review.live:
        yield from _reviewers(session, table, now, NoticeKind.YOUR_TURN, since=leaf.at)


def _reviewers(session: Session, table: OnTheTable, now: datetime, kind: NoticeKind, since: datetime | None = None) -> Iterator[Notice]:
    """Whoever can take a seat that is next; only the seats that are it since a moment, where one is given."""
    request, unit = table.request, table.around.unit
    for turn in review_turns.to_sign(session, table, now):
        if turn.function is not None and since in (None, turn.since):
            holders = people.by_function(session, [turn.function], unit).get(turn.function, [])
            for person in holders:
                if person.id not in turn.excluded:
                    yield Notice(kind, person.id, request.initiative_key, request.gate, request.id)


def _changes_asked(session: Session, event: Event, leaf: Entry, now: datetime) -> Iterator[Notice]:
    """The lead, until the request is submitted again or withdrawn."""
    assert isinstance(event, ChangesRequested)
    del leaf, now
    request = session.get(GateRequest, event.request)
    if request is not None and request.state is RequestState.CHANGES_REQUESTED:
        yield _to_lead(session, request, NoticeKind.CHANGES_REQUESTED)


def _settled(session: Session, event: Event, leaf: Entry, now: datetime) -> Iterator[Notice]:
    """The lead; where it was withdrawn, the reviewers from whose list it is gone."""
    assert isinstance(event, GateSettled)
    request = session.get(GateRequest, event.request)
    if request is None:
        return
    if event.outcome is RequestState.WITHDRAWN and request.revision and _was_in_review(session, leaf):
        yield from _reviewers(session, reviews.on_the_table(session, request.id, now), now, NoticeKind.WITHDRAWN)
    yield _to_lead(session, request, NoticeKind.SETTLED)


def _was_in_review(session: Session, settled: Entry) -> bool:
    """Whether the request waited for reviewers when it was settled, and not for its lead."""
    query = select(Leaf.kind).where(
        Leaf.stream == settled.stream, Leaf.seq < settled.seq, Leaf.kind.in_([GateSubmitted.kind, ChangesRequested.kind])
    )
    return session.scalars(query.order_by(Leaf.seq.desc()).limit(1)).first() == GateSubmitted.kind


def _to_lead(session: Session, request: GateRequest, kind: NoticeKind) -> Notice:
    lead = people.ties(session, request.initiative_key).lead
    return Notice(kind, lead, request.initiative_key, request.gate, request.id, outcome=request.state)


def _found(session: Session, event: Event, leaf: Entry, now: datetime) -> Iterator[Notice]:
    """The owner, until there is an answer."""
    assert isinstance(event, FindingRaised)
    del leaf, now
    row = session.get(Finding, event.finding)
    if row is not None and row.answered_by is None and row.closed_at is None:
        yield Notice(NoticeKind.FINDING, row.owner_id, row.initiative_key, finding=row.id, due=row.due)


def _proposed(session: Session, event: Event, leaf: Entry, now: datetime) -> Iterator[Notice]:
    """The other compliance officers, while there is something to decide."""
    assert isinstance(event, PolicyProposed)
    del leaf
    row = session.get(PolicyProposal, event.proposal)
    if row is not None and row.state is ProposalState.OPEN:
        for person in proposals.deciders(session, [row], now)[row.id]:
            yield Notice(NoticeKind.PROPOSAL, person.id, None, proposal=row.id, version=row.version)


def _proposal_ended(session: Session, event: Event, leaf: Entry, now: datetime) -> Iterator[Notice]:
    """Whoever proposed it, and whoever proposed what it overtook."""
    assert isinstance(event, PolicyPublished | ProposalClosed)
    del leaf, now
    ended = [event.proposal, *(event.overtakes if isinstance(event, PolicyPublished) else ())]
    for row in (session.get(PolicyProposal, proposal) for proposal in reversed(ended) if proposal):
        if row is not None:
            yield Notice(NoticeKind.PROPOSAL_ENDED, row.by, None, proposal=row.id, version=row.version, became=row.state)


RULES: Mapping[str, Rule] = {
    GateSubmitted.kind: _turn_came,
    GateMigrated.kind: _turn_came,
    SignedOff.kind: _turn_came,
    ChangesRequested.kind: _changes_asked,
    GateSettled.kind: _settled,
    FindingRaised.kind: _found,
    WaiverAsked.kind: waiver_notices.to_be_signed,
    WaiverSigned.kind: waiver_notices.decided,
    WaiverGranted.kind: waiver_notices.decided,
    WaiverReminded.kind: waiver_notices.ends,
    WaiverEndMoved.kind: waiver_notices.ends,
    WaiverExpired.kind: waiver_notices.expired,
    EvidenceReuseEnded.kind: evidence_notices.ended,
    EvidenceExpiryTold.kind: evidence_notices.expires,
    PolicyProposed.kind: _proposed,
    PolicyPublished.kind: _proposal_ended,
    ProposalClosed.kind: _proposal_ended,
}
"""Every kind of entry that somebody is told about."""
