"""What can happen to evidence reports."""

from governance.ledger.book import Book, Event, event
from governance.models.packs import Pack


@event("pack.issued")
class PackIssued(Event, frozen=True, kw_only=True):
    """A report was made and kept. It covers the ledger up to the entry `cut`, so not this one."""

    pack: str
    title: str
    file_name: str
    digest: str
    record: str
    size: int
    pages: int
    cut: int
    initiative: str | None = None

    def apply(self, book: Book) -> None:
        book.add(
            Pack(
                id=self.pack,
                initiative_key=self.initiative,
                title=self.title,
                file_name=self.file_name,
                digest=self.digest,
                record=self.record,
                size=self.size,
                pages=self.pages,
                cut=self.cut,
                by=book.by,
                at=book.at,
            )
        )

    def files_kept(self) -> list[str | None]:
        return [self.digest]
