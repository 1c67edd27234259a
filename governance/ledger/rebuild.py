"""Replay: from the leaves to the rows. What the tables hold is what the ledger says, or it is named here."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from governance.ledger.book import KINDS, Event, Row
from governance.models.base import Governed, governed_classes
from governance.models.ledger import Leaf

BATCH = 2_000


class UnknownKind(Exception):
    """A leaf of a kind this program does not know: it was written by a newer one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What replaying needs of a leaf."""

    index: int
    kind: str
    header: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where a table and the replayed ledger disagree."""

    table: str
    key: tuple[object, ...]
    column: str
    stored: object
    replayed: object

    def __str__(self) -> str:
        return f"{self.table} {'/'.join(map(str, self.key))}: {self.column} is {self.stored!r}, the ledger says {self.replayed!r}"


class Shelf:
    """A book in memory: rows by class and primary key."""

    index: int
    at: datetime
    by: str

    def __init__(self) -> None:
        self.rows: dict[type[Governed], dict[object, Governed]] = {kind: {} for kind in governed_classes()}
        self._keys = {kind: [str(column.key) for column in inspect(kind).primary_key] for kind in self.rows}

    def add(self, row: Governed) -> None:
        self.rows[type(row)][self._key(row)] = row

    def get(self, kind: type[Row], key: object) -> Row:
        row = self.find(kind, key)
        if row is None:
            raise KeyError(key)
        return row

    def find(self, kind: type[Row], key: object) -> Row | None:
        return self.rows[kind].get(key)  # type: ignore[return-value]

    def remove(self, row: Governed) -> None:
        del self.rows[type(row)][self._key(row)]

    def _key(self, row: Governed) -> object:
        names = self._keys[type(row)]
        return getattr(row, names[0]) if len(names) == 1 else tuple(getattr(row, name) for name in names)


_DECODERS: dict[str, msgspec.json.Decoder[Event]] = {}


def decode(kind: str, body: bytes) -> Event:
    """The event in a leaf. Raises `UnknownKind`."""
    if kind not in _DECODERS:
        if kind not in KINDS:
            raise UnknownKind(f"This program does not know the event “{kind}”: it was written by a newer one.")
        _DECODERS[kind] = msgspec.json.Decoder(KINDS[kind])
    return _DECODERS[kind].decode(body)


def replay(entries: Iterable[Entry], shelf: Shelf) -> Shelf:
    """Apply entries in order. Raises `UnknownKind`."""
    for entry in entries:
        header = json.loads(entry.header)
        shelf.index, shelf.at, shelf.by = header["index"], datetime.fromisoformat(header["at"]), header["actor"]["id"]
        decode(entry.kind, entry.body).apply(shelf)
    return shelf


def entries(session: Session, upto: int | None = None) -> Iterator[Entry]:
    """The leaves in order, up to an index where one is given."""
    query = select(Leaf.index, Leaf.kind, Leaf.header, Leaf.body).order_by(Leaf.index)
    if upto is not None:
        query = query.where(Leaf.index <= upto)
    for index, kind, header, body in session.execute(query.execution_options(yield_per=BATCH)):
        yield Entry(index, kind, bytes(header), bytes(body))


def check(session: Session) -> list[Difference]:
    """Replay the whole ledger and compare every row of every governed table with it."""
    shelf = replay(entries(session), Shelf())
    return [difference for kind, rows in shelf.rows.items() for difference in _compare(session, kind, rows)]


def _compare(session: Session, kind: type[Governed], replayed: Mapping[object, Governed]) -> Iterator[Difference]:
    columns = [column.key for column in inspect(kind).columns]
    key_names = [str(column.key) for column in inspect(kind).primary_key]
    expected = {_key_of(row, key_names): _values(row, columns) for row in replayed.values()}
    for row in session.scalars(select(kind).execution_options(yield_per=BATCH)):
        key, stored = _key_of(row, key_names), _values(row, columns)
        if (other := expected.pop(key, None)) is None:
            yield Difference(kind.__tablename__, key, "row", "there", "missing")
        else:
            for name in columns:
                if stored[name] != other[name]:
                    yield Difference(kind.__tablename__, key, name, stored[name], other[name])
    for key in expected:
        yield Difference(kind.__tablename__, key, "row", "missing", "there")


def _key_of(row: Governed, names: list[str]) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in names)


def _values(row: Governed, names: list[str]) -> dict[str, Any]:
    """Values as they would be stored: a member of a closed set and its text are the same."""
    return {name: getattr(row, name) for name in names}
