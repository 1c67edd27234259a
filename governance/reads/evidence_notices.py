"""Who is told that evidence of another initiative counts no more: the lead of whoever uses it, and who brought it there."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain.notices import NoticeKind
from governance.events.evidence import EvidenceReuseEnded
from governance.ledger.book import Event
from governance.ledger.read import Entry
from governance.models.answers import Evidence
from governance.models.sharing import ReusedEvidence
from governance.reads import people, sharing
from governance.reads.notice import Notice


def ended(session: Session, event: Event, leaf: Entry, now: datetime) -> Iterator[Notice]:
    """Until a newer piece takes its place there."""
    assert isinstance(event, EvidenceReuseEnded)
    del leaf, now
    row, piece = session.get(ReusedEvidence, event.evidence), session.get(Evidence, event.evidence)
    found = sharing.as_reuse(row).ended if row else None
    if row is None or piece is None or found is None or piece.superseded_by:
        return
    lead = people.ties(session, row.initiative_key).lead
    for person in dict.fromkeys([lead, piece.by]):
        yield Notice(NoticeKind.EVIDENCE_ENDED, person, row.initiative_key, evidence=piece.id, why=found.said)
