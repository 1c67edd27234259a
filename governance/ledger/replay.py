"""From leaves to events to rows on a shelf in memory. Nothing here writes to a table."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from governance.ledger.book import KINDS, UPCASTERS, Book, Event, Row
from governance.models.base import Governed, governed_classes
from governance.models.ledger import Leaf

BATCH = 2_000


class UnknownKind(Exception):
    """A leaf of a kind or version this program does not know: it was written by a newer one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What replaying needs of a leaf."""

    index: int
    kind: str
    header: bytes
    body: bytes


class _Actor(msgspec.Struct):
    id: str


class Header(msgspec.Struct):
    """What reading an event needs of the header of its leaf."""

    index: int
    at: str
    kind: str
    kv: int
    actor: _Actor


class EventReader:
    """Reads leaves as the events they are; each kind and version is prepared once."""

    def __init__(self) -> None:
        self._header = msgspec.json.Decoder(Header).decode
        self._bodies: dict[tuple[str, int], Callable[[bytes], Event]] = {}

    def read(self, header: bytes, body: bytes) -> tuple[Header, Event]:
        """Raises `UnknownKind`, and `msgspec.MsgspecError` for bytes that nothing here recorded."""
        found = self._header(header)
        version = found.kind, found.kv
        if version not in self._bodies:
            self._bodies[version] = _decoder(*version)
        return found, self._bodies[version](body)


class Shelf(Book):
    """A book in memory: rows by class and primary key."""

    index: int
    at: datetime
    by: str

    def __init__(self) -> None:
        self.rows: dict[type[Governed], dict[object, Governed]] = {kind: {} for kind in governed_classes()}
        self._keys = {kind: [str(column.key) for column in inspect(kind).primary_key] for kind in self.rows}

    def add(self, row: Governed) -> None:
        rows, key = self.rows[type(row)], self._key(row)
        if key in rows:
            raise ValueError(f"{row.__tablename__} {key} is there already")
        rows[key] = row

    def put(self, row: Governed) -> None:
        self.rows[type(row)][self._key(row)] = row

    def find(self, kind: type[Row], key: object) -> Row | None:
        return self.rows[kind].get(key)  # type: ignore[return-value]

    def has(self, row: Governed) -> bool:
        """Whether there is a row with the key of this one."""
        return self._key(row) in self.rows[type(row)]

    def remove(self, row: Governed) -> None:
        del self.rows[type(row)][self._key(row)]

    def _key(self, row: Governed) -> object:
        names = self._keys[type(row)]
        return getattr(row, names[0]) if len(names) == 1 else tuple(getattr(row, name) for name in names)


def replay(entries: Iterable[Entry], shelf: Shelf) -> Shelf:
    """Apply entries in order, as their headers say. Raises `UnknownKind`."""
    reader = EventReader()
    for entry in entries:
        header, event = reader.read(entry.header, entry.body)
        shelf.index, shelf.at, shelf.by = header.index, datetime.fromisoformat(header.at), header.actor.id
        event.apply(shelf)
    return shelf


def _decoder(kind: str, kv: int) -> Callable[[bytes], Event]:
    """What reads bodies of a kind at a version: at once, or raised step by step to what the program writes today."""
    if kind not in KINDS or kv > KINDS[kind].kv:
        raise UnknownKind(f"This program does not know the event “{kind}” (version {kv}): it was written by a newer one.")
    if kv == KINDS[kind].kv:
        return msgspec.json.Decoder(KINDS[kind]).decode
    steps = [_step(kind, version) for version in range(kv, KINDS[kind].kv)]

    def raised(body: bytes) -> Event:
        found = msgspec.json.decode(body)
        for step in steps:
            found = step(found)
        return msgspec.convert(found, KINDS[kind])

    return raised


def _step(kind: str, kv: int) -> Callable[[dict[str, object]], dict[str, object]]:
    if (kind, kv) not in UPCASTERS:
        raise UnknownKind(f"Nothing raises the event “{kind}” from version {kv} to {kv + 1}: this program is not complete.")
    return UPCASTERS[kind, kv]


def entries(session: Session, upto: int | None = None, after: int = -1) -> Iterator[Entry]:
    """The leaves in order, those after one index and up to another."""
    query = select(Leaf.index, Leaf.kind, Leaf.header, Leaf.body).where(Leaf.index > after).order_by(Leaf.index)
    if upto is not None:
        query = query.where(Leaf.index <= upto)
    with session.execute(query.execution_options(yield_per=BATCH)) as found:
        for index, kind, header, body in found:
            yield Entry(index, kind, bytes(header), bytes(body))
