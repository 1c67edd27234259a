"""What can happen to the record as a whole."""

from governance.ledger.book import Book, Event, event


@event("ledger.recovery_confirmed")
class RecoveryConfirmed(Event, frozen=True, kw_only=True):
    """An administrator confirmed that a record restored from a backup may go on; the last one needed opened it."""

    changes = False
    recovers = True

    made_at: str
    """When the backup was made."""
    restored_at: str
    size: int
    """Entries that were restored: this many, and no later ones."""
    root: str
    reason: str
    confirmation: int
    needed: int

    def apply(self, book: Book) -> None:
        """No row changes: whether the record is open is said by the stamp of its database."""

    def words_kept(self) -> list[str | None]:
        return [self.reason]
