"""Who is told that evidence of another initiative expires or counts no more: the lead of whoever uses it, and who brought it there."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain.notices import NoticeKind
from governance.domain.vocabulary import Stage
from governance.events.evidence import EvidenceExpiryTold, EvidenceReuseEnded
from governance.ledger.book import Event
from governance.ledger.read import Entry
from governance.models.answers import Evidence
from governance.models.initiatives import Initiative
from governance.models.sharing import ReusedEvidence
from governance.reads import people, sharing
from governance.reads.notice import Notice


def ended(session: Session, event: Event, leaf: Entry, now: datetime) -> Iterator[Notice]:
    """Until a newer piece takes its place there."""
    assert isinstance(event, EvidenceReuseEnded)
    del leaf, now
    row, piece = session.get(ReusedEvidence, event.evidence), session.get(Evidence, event.evidence)
    found = sharing.as_reuse(row).ended if row else None
    if piece is not None and found is not None and not piece.superseded_by:
        yield from _told(session, NoticeKind.EVIDENCE_ENDED, piece, found.said)


def expires(session: Session, event: Event, leaf: Entry, now: datetime) -> Iterator[Notice]:
    """The same people, until a newer piece takes its place or its source is gone anyway."""
    assert isinstance(event, EvidenceExpiryTold)
    del leaf
    row, piece = session.get(ReusedEvidence, event.evidence), session.get(Evidence, event.evidence)
    if row is None or piece is None or piece.expires is None or row.ended is not None or piece.superseded_by:
        return
    yield from _told(session, NoticeKind.EVIDENCE_EXPIRES, piece, "expires with" if piece.expires >= now.date() else "expired with")


def _told(session: Session, kind: NoticeKind, piece: Evidence, why: str) -> Iterator[Notice]:
    """Nobody, once the initiative is retired: nothing is answered there any more."""
    if session.get_one(Initiative, piece.initiative_key).stage is Stage.RETIRED:
        return
    lead = people.ties(session, piece.initiative_key).lead
    for person in dict.fromkeys([lead, piece.by]):
        yield Notice(kind, person, piece.initiative_key, evidence=piece.id, due=piece.expires, why=why)
