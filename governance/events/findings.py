"""What can happen to a finding."""

from datetime import date

from governance.domain.vocabulary import FindingSeverity, Function
from governance.ledger.book import Book, Event, event
from governance.models.findings import Finding


@event("finding.raised")
class FindingRaised(Event, frozen=True, kw_only=True):
    finding: str
    initiative: str
    severity: FindingSeverity
    words: str
    owner: str
    due: str
    item: str | None = None
    request: str | None = None
    function: Function | None = None

    def apply(self, book: Book) -> None:
        book.add(
            Finding(
                id=self.finding,
                initiative_key=self.initiative,
                severity=self.severity,
                words=self.words,
                item=self.item,
                request_id=self.request,
                function=self.function,
                owner_id=self.owner,
                due=date.fromisoformat(self.due),
                raised_by=book.by,
                raised_at=book.at,
                answered_by=None,
                answered_at=None,
                closed_by=None,
                closed_at=None,
            )
        )

    def words_kept(self) -> list[str | None]:
        return [self.words]


@event("finding.answered")
class FindingAnswered(Event, frozen=True, kw_only=True):
    """The owner named the evidence that answers it."""

    finding: str
    evidence: str

    def apply(self, book: Book) -> None:
        row = book.get(Finding, self.finding)
        row.answered_by, row.answered_at = self.evidence, book.at


@event("finding.closed")
class FindingClosed(Event, frozen=True, kw_only=True):
    """The function that raised it accepted the answer."""

    finding: str

    def apply(self, book: Book) -> None:
        row = book.get(Finding, self.finding)
        row.closed_by, row.closed_at = book.by, book.at
