"""The book over the write session."""

from datetime import datetime

from sqlalchemy.orm import Session

from governance.ledger.book import Book, Row
from governance.models.base import Governed


class LiveBook(Book):
    """Changes rows in the session, and knows the kinds of those that an event has touched."""

    def __init__(self, session: Session, index: int, at: datetime, by: str) -> None:
        self._session, self.index, self.at, self.by = session, index, at, by
        self.opened: set[type[Governed]] = set()

    def add(self, row: Governed) -> None:
        self.opened.add(type(row))
        self._session.add(row)

    def put(self, row: Governed) -> None:
        self.opened.add(type(row))
        self._session.merge(row)

    def find(self, kind: type[Row], key: object) -> Row | None:
        self.opened.add(kind)
        return self._session.get(kind, key)

    def remove(self, row: Governed) -> None:
        self.opened.add(type(row))
        self._session.delete(row)
