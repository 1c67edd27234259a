"""What can happen to a piece of evidence after it was added, and how one of another initiative comes in."""

from datetime import date

from governance.domain.evidence_scope import ReuseEnd
from governance.domain.text import fold
from governance.events.answers import Piece
from governance.ledger.book import Book, Event, event
from governance.models.answers import Evidence
from governance.models.sharing import ReusedEvidence, SharedEvidence


@event("evidence.superseded")
class EvidenceSuperseded(Event, frozen=True, kw_only=True):
    """A newer piece of the same initiative took its place. What was shared is no longer."""

    evidence: str
    initiative: str
    successor: str
    reason: str  # digest of the words

    def apply(self, book: Book) -> None:
        row = book.get(Evidence, self.evidence)
        row.superseded_by, row.superseded_at, row.superseded_why = self.successor, book.at, self.reason
        if (shared := book.find(SharedEvidence, self.evidence)) is not None:
            book.remove(shared)

    def words_kept(self) -> list[str | None]:
        return [self.reason]


@event("evidence.shared")
class EvidenceShared(Event, frozen=True, kw_only=True):
    """It is offered to other initiatives, for something that has to be the same there."""

    evidence: str
    initiative: str
    dataset: str | None = None
    model_version: str | None = None
    purpose: str | None = None

    def apply(self, book: Book) -> None:
        said = [book.get(Evidence, self.evidence).title, self.dataset, self.model_version, self.purpose]
        book.add(
            SharedEvidence(
                evidence_id=self.evidence,
                initiative_key=self.initiative,
                dataset=self.dataset,
                model_version=self.model_version,
                purpose=self.purpose,
                folded=fold(" ".join(part for part in said if part)),
                by=book.by,
                at=book.at,
            )
        )


@event("evidence.withdrawn_from_sharing")
class EvidenceWithdrawnFromSharing(Event, frozen=True, kw_only=True):
    evidence: str
    initiative: str
    reason: str  # digest of the words

    def apply(self, book: Book) -> None:
        book.remove(book.get(SharedEvidence, self.evidence))

    def words_kept(self) -> list[str | None]:
        return [self.reason]


@event("evidence.reused")
class EvidenceReused(Piece, frozen=True, kw_only=True):
    """A piece of another initiative becomes one of this, with an id of its own and the same content."""

    source: str
    author: str  # who added the source
    reason: str  # digest of the words
    dataset: str | None = None
    model_version: str | None = None
    purpose: str | None = None
    then: str | None = None  # of older entries: when somebody is told first; the policy in force says it now

    def apply(self, book: Book) -> None:
        self.add(book)
        book.add(
            ReusedEvidence(
                evidence_id=self.evidence,
                initiative_key=self.initiative,
                source_id=self.source,
                author_id=self.author,
                dataset=self.dataset,
                model_version=self.model_version,
                purpose=self.purpose,
                reason=self.reason,
                ended=None,
                ended_at=None,
                successor=None,
                told_before=(date.fromisoformat(self.expires) - book.at.date()).days if self.expires else None,
            )
        )

    def words_kept(self) -> list[str | None]:
        return [self.reason, *Piece.words_kept(self)]


@event("evidence.reuse_ended")
class EvidenceReuseEnded(Event, frozen=True, kw_only=True):
    """The source was superseded or is no longer shared: recorded where it is used, with what happened at the source."""

    evidence: str
    initiative: str
    source: str
    how: ReuseEnd
    successor: str | None = None  # of the source

    def apply(self, book: Book) -> None:
        row = book.get(ReusedEvidence, self.evidence)
        row.ended, row.ended_at, row.successor = self.how, book.at, self.successor


@event("evidence.expiry_told")
class EvidenceExpiryTold(Event, frozen=True, kw_only=True):
    """Time has come to tell that a piece of another initiative expires, or has expired."""

    evidence: str
    initiative: str
    expires: str
    on: str  # the day that was due by the policy in force
    then: str | None = None  # of older entries: the day after that

    def apply(self, book: Book) -> None:
        book.get(ReusedEvidence, self.evidence).told_before = (date.fromisoformat(self.expires) - date.fromisoformat(self.on)).days
