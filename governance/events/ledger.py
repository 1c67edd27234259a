"""What can happen to the ledger itself."""

from governance.ledger.book import Book, Event, event
from governance.ledger.heads import KEY_CHANGED


@event(KEY_CHANGED)
class KeyChanged(Event, frozen=True, kw_only=True):
    """Heads that cover this entry are signed by another key than before: the first one, or one in the place of `previous`."""

    changes = False

    verifier: str
    previous: str | None = None
    reason: str | None = None  # digest of the words

    def apply(self, book: Book) -> None:
        """No row changes: the entry is what names the key."""

    def words_kept(self) -> list[str | None]:
        return [self.reason]

    def key_named(self) -> str | None:
        return self.verifier
