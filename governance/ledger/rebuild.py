"""Tables and ledger: what the tables hold is what replaying the ledger says, or it is named here, or stored anew."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Dialect, inspect, select
from sqlalchemy.orm import Session

from governance.ledger.log import SYSTEM, Ledger
from governance.ledger.memo import forget
from governance.ledger.replay import Entry, Shelf, UnknownKind, entries, replay
from governance.ledger.verify import verify
from governance.models.base import Base, Governed, table_of
from governance.models.ledger import Leaf
from governance.storage import raw

Values = tuple[object, ...]

__all__ = ["Damaged", "Difference", "Entry", "Shelf", "UnknownKind", "check", "entries", "rebuild", "replay", "store"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where a table and the replayed ledger disagree; the values as the database keeps them."""

    table: str
    key: Values
    column: str
    stored: object
    replayed: object

    def __str__(self) -> str:
        return f"{self.table} {'/'.join(map(str, self.key))}: {self.column} is {self.stored!r}, the ledger says {self.replayed!r}"


class Damaged(Exception):
    """The ledger itself is not what was recorded."""


def check(session: Session) -> list[Difference]:
    """Replay the whole ledger and compare every row of every governed table with it, value for value as stored."""
    shelf = replay(entries(session), Shelf())
    return [difference for kind in shelf.rows for difference in _compare(session, shelf, kind)]


def rebuild(ledger: Ledger, now: datetime) -> int:
    """Empty the governed tables and store what replaying the ledger gives. Returns the number of rows.

    Replays while others go on writing, then catches up and stores in one turn of the writer: readers see the old rows or the new.
    Every stream is stale then, so that summaries are worked out anew too; nothing is settled by it. Raises `UnknownKind`, `Busy`, and
    `Damaged` for a ledger that does not verify: tables made from it would make what was altered look right.
    """
    shelf = Shelf()
    shelf.index = -1
    with Session(ledger.engines.reader) as session:
        if problems := verify(session).problems:
            raise Damaged(f"The ledger does not verify, so nothing is stored from it. First of {len(problems)}: {problems[0]}")
        replay(entries(session), shelf)
    with ledger.writing(SYSTEM, now) as log:
        replay(entries(log.session, after=shelf.index), shelf)
        with ledger.engines.recording(log.session):
            _empty(log.session)
            stored = store(log.session, shelf)
        forget(log.session)
        log.stale |= set(log.session.scalars(select(Leaf.stream).distinct()))
    return stored


def _empty(session: Session) -> None:
    for table in reversed(Base.metadata.sorted_tables):
        if table.info.get("governed"):
            session.execute(table.delete())


def store(session: Session, shelf: Shelf) -> int:
    """Put the rows of a shelf into empty tables. Returns how many. Only while recording."""
    count = 0
    for kind, rows in shelf.rows.items():
        names = inspect(kind).columns.keys()
        values = [{name: getattr(row, name) for name in names} for row in rows.values()]
        if values:
            session.bulk_insert_mappings(inspect(kind), values)
        count += len(values)
    return count


def _compare(session: Session, shelf: Shelf, kind: type[Governed]) -> Iterator[Difference]:
    table, names = kind.__tablename__, table_of(kind).columns.keys()
    keys = [names.index(str(column.key)) for column in table_of(kind).primary_key]
    stored_form = _storing(kind, session.get_bind().dialect)
    expected = {tuple(values[key] for key in keys): values for values in map(stored_form, shelf.rows[kind].values())}
    for found in raw.rows(session, table_of(kind)):
        key = tuple(found[key] for key in keys)
        if (other := expected.pop(key, None)) is None:
            yield Difference(table, key, "row", "there", "missing")
        elif found != other:
            pairs = zip(names, found, other, strict=True)
            yield from (Difference(table, key, name, here, there) for name, here, there in pairs if here != there)
    for key in expected:
        yield Difference(table, key, "row", "missing", "there")


def _storing(kind: type[Governed], dialect: Dialect) -> Callable[[Governed], Values]:
    """What gives the values of a row as the database keeps them, in the order of the table."""
    mapper = inspect(kind)
    columns = [(mapper.get_property_by_column(column).key, _bound(column.type, dialect)) for column in table_of(kind).columns]
    return lambda row: tuple(bound(getattr(row, name)) for name, bound in columns)


def _bound(type_: Any, dialect: Dialect) -> Callable[[Any], object]:
    """What the dialect does to a value of a column type before it hands it to the driver."""
    return type_.dialect_impl(dialect).bind_processor(dialect) or (lambda value: value)
