"""What can happen to an attestation of the organisation."""

from datetime import date

from governance.domain.vocabulary import ProofMethod
from governance.ledger.book import Book, Event, event
from governance.models.attestations import Attestation


@event("clause.attested")
class ClauseAttested(Event, frozen=True, kw_only=True):
    """A compliance officer signed what the organisation does about a clause. It counts once another one has confirmed it."""

    attestation: str
    number: int
    framework: str
    version: str
    clause: str
    words: str
    valid_until: str
    name: str
    method: ProofMethod
    digest: str | None = None
    file_name: str | None = None
    media_type: str | None = None
    size: int | None = None
    address: str | None = None

    def apply(self, book: Book) -> None:
        book.add(
            Attestation(
                id=self.attestation,
                number=self.number,
                framework=self.framework,
                version=self.version,
                clause=self.clause,
                statement=self.words,
                digest=self.digest,
                file_name=self.file_name,
                media_type=self.media_type,
                size=self.size,
                address=self.address,
                valid_until=date.fromisoformat(self.valid_until),
                by=book.by,
                name=self.name,
                at=book.at,
                seconded_by=None,
                seconded_name=None,
                seconded_at=None,
                withdrawn_by=None,
                withdrawn_at=None,
                withdrawn_why=None,
            )
        )

    def words_kept(self) -> list[str | None]:
        return [self.words]

    def files_kept(self) -> list[str | None]:
        return [self.digest]


@event("clause.attestation_confirmed")
class AttestationConfirmed(Event, frozen=True, kw_only=True):
    """A second compliance officer signed it."""

    attestation: str
    framework: str
    clause: str
    name: str
    method: ProofMethod

    def apply(self, book: Book) -> None:
        row = book.get(Attestation, self.attestation)
        row.seconded_by, row.seconded_name, row.seconded_at = book.by, self.name, book.at


@event("clause.attestation_withdrawn")
class AttestationWithdrawn(Event, frozen=True, kw_only=True):
    """It counts no longer."""

    attestation: str
    framework: str
    clause: str
    reason: str  # digest of the words

    def apply(self, book: Book) -> None:
        row = book.get(Attestation, self.attestation)
        row.withdrawn_by, row.withdrawn_at, row.withdrawn_why = book.by, book.at, self.reason

    def words_kept(self) -> list[str | None]:
        return [self.reason]
