"""The book of many events that are recorded at once: new rows wait in memory and are stored together."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from governance.ledger.book import Row
from governance.ledger.live import LiveBook
from governance.ledger.replay import Shelf
from governance.models.base import Governed, table_of


class Batch(LiveBook):
    """Rows as the events of a batch leave them. What is not new is changed in the session, as by a single event.

    `fresh` says that the stream of the event begins in this batch, so that nothing can be there for a row to take the place of. Where
    that is wrong the database refuses the second row with its key, and the whole transaction with it.
    """

    fresh: bool

    def __init__(self, session: Session, at: datetime) -> None:
        super().__init__(session, -1, at, "")
        self._new = Shelf()

    def turn_to(self, index: int, by: str, *, fresh: bool) -> None:
        """The event that is applied next."""
        self.index, self.by, self.fresh = index, by, fresh

    def add(self, row: Governed) -> None:
        self._new.add(row)

    def put(self, row: Governed) -> None:
        if self.fresh or self._new.has(row):
            self._new.put(row)
        else:
            super().put(row)
            self._session.flush()

    def find(self, kind: type[Row], key: object) -> Row | None:
        return self._new.find(kind, key) or super().find(kind, key)

    def remove(self, row: Governed) -> None:
        if self._new.has(row):
            self._new.remove(row)
        else:
            super().remove(row)

    def store(self) -> None:
        """Put the new rows into their tables, many at a time."""
        self._session.flush()
        self.opened |= self._new.rows.keys()
        for kind, rows in self._new.rows.items():
            if rows:
                names = inspect(kind).columns.keys()
                values = [{name: getattr(row, name) for name in names} for row in rows.values()]
                self._session.connection().execute(table_of(kind).insert(), cast(list[Mapping[str, object]], values))
        self._new = Shelf()
