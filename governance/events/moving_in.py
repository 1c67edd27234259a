"""What can happen to what came from outside."""

from datetime import UTC, date, datetime, time

from governance.domain.vocabulary import Function, Stage
from governance.ledger.book import Book, Event, event
from governance.models.answers import Evidence
from governance.models.initiatives import Initiative, StageEntry
from governance.models.moving_in import Origin, PaperRow, SourceRow


@event("initiative.brought_in")
class BroughtIn(Event, frozen=True, kw_only=True):
    """It was found in this stage, approved before this system and not signed here."""

    initiative: str
    stage: Stage
    since: str
    said_by: str
    said_as: str
    reason: str  # digest of the words
    regularise_by: str | None = None

    def apply(self, book: Book) -> None:
        row, since = book.get(Initiative, self.initiative), date.fromisoformat(self.since)
        row.stage, row.stage_since = self.stage, datetime.combine(since, time(), UTC)
        book.add(StageEntry(leaf=book.index, initiative_key=row.key, stage=self.stage, at=row.stage_since, request_id=None))
        book.add(
            Origin(
                initiative_key=row.key,
                leaf=book.index,
                stage=self.stage,
                since=since,
                said_by=self.said_by,
                said_as=self.said_as,
                reason=self.reason,
                regularise_by=date.fromisoformat(self.regularise_by) if self.regularise_by else None,
                papers=[],
                by=book.by,
                at=book.at,
                regularised_at=None,
                regularised_by=None,
                regularised_request=None,
                regularised_why=None,
                regularised_on=[],
            )
        )

    def words_kept(self) -> list[str | None]:
        return [self.reason]


@event("initiative.regularised")
class Regularised(Event, frozen=True, kw_only=True):
    """An officer recorded that what was brought in is regular here, and on which evidence; no gate said so."""

    initiative: str
    evidence: list[str]
    reason: str  # digest of the words

    def apply(self, book: Book) -> None:
        row = book.get(Origin, self.initiative)
        row.regularised_at, row.regularised_by, row.regularised_why, row.regularised_on = book.at, book.by, self.reason, self.evidence

    def words_kept(self) -> list[str | None]:
        return [self.reason]


@event("prior_approval.attached")
class PriorApprovalAttached(Event, frozen=True, kw_only=True):
    """A piece of evidence is the paper of an approval from before this system."""

    initiative: str
    evidence: str
    approved_on: str
    approved_by: str
    function: Function | None = None

    def apply(self, book: Book) -> None:
        row, function = book.get(Origin, self.initiative), self.function
        paper = PaperRow(
            evidence=self.evidence,
            title=book.get(Evidence, self.evidence).title,
            approved_on=self.approved_on,
            approved_by=self.approved_by,
            function=function.value if function else None,
        )
        row.papers = [*row.papers, paper]


@event("initiative.imported")
class Imported(Event, frozen=True, kw_only=True):
    """A row of a file said this of the initiative. The last such entry is what the next import compares with."""

    initiative: str
    row: str  # SHA-256 of the source and the key
    source: str
    key: list[str]
    file: str  # SHA-256
    mapping: str  # SHA-256
    line: int
    stated: dict[str, str]

    def apply(self, book: Book) -> None:
        book.put(
            SourceRow(
                id=self.row,
                initiative_key=self.initiative,
                source=self.source,
                external_key=self.key,
                of_file=self.file,
                of_mapping=self.mapping,
                line=self.line,
                stated=self.stated,
            )
        )

    def files_kept(self) -> list[str | None]:
        return [self.file, self.mapping]
