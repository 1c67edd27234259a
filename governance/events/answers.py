"""What can happen to answers and evidence."""

from datetime import date

from governance.domain.vocabulary import AnswerState, EvidenceKind
from governance.ledger.book import Book, Event, event
from governance.models.answers import Answer, Evidence, ValueRow


class Piece(Event, frozen=True, kw_only=True):
    """What is said of a piece of evidence when it comes in, from wherever; never an event by itself."""

    evidence: str
    initiative: str
    evidence_kind: EvidenceKind
    title: str
    digest: str
    effective: str
    expires: str | None = None
    file_name: str | None = None
    media_type: str | None = None
    size: int | None = None
    address: str | None = None

    def add(self, book: Book) -> None:
        book.add(
            Evidence(
                id=self.evidence,
                initiative_key=self.initiative,
                kind=self.evidence_kind,
                title=self.title,
                digest=self.digest,
                file_name=self.file_name,
                media_type=self.media_type,
                size=self.size,
                address=self.address,
                effective=date.fromisoformat(self.effective),
                expires=date.fromisoformat(self.expires) if self.expires else None,
                superseded_by=None,
                superseded_at=None,
                superseded_why=None,
                by=book.by,
                at=book.at,
            )
        )

    def words_kept(self) -> list[str | None]:
        return [self.digest] if self.evidence_kind is EvidenceKind.ATTESTATION else []

    def files_kept(self) -> list[str | None]:
        return [self.digest] if self.file_name else []


@event("evidence.added")
class EvidenceAdded(Piece, frozen=True, kw_only=True):
    def apply(self, book: Book) -> None:
        self.add(book)


@event("item.answered")
class ItemAnswered(Event, frozen=True, kw_only=True):
    """The whole answer to an item, as it is from now on. The program works out what it amounts to."""

    initiative: str
    item: str
    claim: AnswerState
    values: list[ValueRow]
    evidence: list[str]
    note: str | None = None  # digest of the words
    carried: bool = False

    def apply(self, book: Book) -> None:
        book.put(
            Answer(
                initiative_key=self.initiative,
                item=self.item,
                claim=self.claim,
                values=self.values,
                evidence=self.evidence,
                note=self.note,
                carried=self.carried,
                by=book.by,
                at=book.at,
            )
        )

    def words_kept(self) -> list[str | None]:
        return [self.note]
