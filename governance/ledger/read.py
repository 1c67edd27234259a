"""Looking into the ledger: entries for pages and reports, the head, proofs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Cast, ColumnElement, LargeBinary, RowMapping, String, cast, func, literal, select, tuple_, type_coerce, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from governance.domain.errors import NotThere
from governance.ledger import tree
from governance.ledger.damage import damage, moment, parsed
from governance.models.ledger import Leaf, Node

NO_MOMENT = datetime.fromtimestamp(0, UTC)
"""Of a damaged entry whose moment cannot be read."""


def _blob(column: InstrumentedAttribute[bytes]) -> Cast[bytes]:
    """Bytes, where somebody wrote a value of another type too."""
    return cast(column, LargeBinary)


_AT = type_coerce(Leaf.at, String)

AS_STORED = (
    *(Leaf.index, Leaf.stream, Leaf.seq, Leaf.kind, Leaf.actor),
    _AT.label("at"),
    *(_blob(column).label(column.key) for column in (Leaf.header, Leaf.body, Leaf.hash)),
)
"""A leaf in a way that nothing in it stops the reading, whatever somebody wrote there."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One leaf, its header and body parsed. They are empty where it is damaged: nothing in it is believed then."""

    index: int
    stream: str
    seq: int
    kind: str
    at: datetime
    actor: str
    header: Mapping[str, Any]
    body: Mapping[str, Any]
    header_bytes: bytes
    body_bytes: bytes
    hash: bytes
    damage: str | None = None
    """What is wrong with it, after “entry 12 is damaged:”."""


@dataclass(frozen=True, slots=True)
class Head:
    """How many entries there are, and the root over them."""

    size: int
    root: bytes


def entries(
    session: Session,
    *conditions: ColumnElement[bool],
    before: int | None = None,
    limit: int | None = None,
    newest_first: bool = True,
) -> list[Entry]:
    """Entries that meet the conditions on `Leaf` columns, newest first unless told; `before` starts below an index."""
    query = select(*AS_STORED).where(*conditions).order_by(Leaf.index.desc() if newest_first else Leaf.index)
    if before is not None:
        query = query.where(Leaf.index < before)
    return [_entry(row) for row in session.execute(query.limit(limit)).mappings()]


def of_stream(session: Session, stream: str, *, limit: int | None = None, newest_first: bool = False) -> list[Entry]:
    return entries(session, Leaf.stream == stream, limit=limit, newest_first=newest_first)


def last_of_streams(session: Session, streams: Collection[str]) -> dict[str, tuple[int, datetime]]:
    """The last entry of each stream that has any: its index, and its moment, `NO_MOMENT` where that cannot be read."""
    last = select(func.max(Leaf.index)).where(Leaf.stream.in_(streams)).group_by(Leaf.stream)
    rows = session.execute(select(Leaf.stream, Leaf.index, _AT).where(Leaf.index.in_(last)))
    return {stream: (index, moment(at) or NO_MOMENT) for stream, index, at in rows}


def latest_moment(session: Session) -> datetime | None:
    """The latest moment that an entry has; None where there is none. Raises `ValueError` where it cannot be read."""
    stored = session.scalar(select(func.max(_AT)))
    if stored is not None and moment(stored) is None:
        raise ValueError(f"An entry has {str(stored)[:40]!a} for its moment. “governance log verify” names it.")
    return moment(stored)


def entry(session: Session, index: int) -> Entry:
    """Raises `NotThere`."""
    row = session.execute(select(*AS_STORED).where(Leaf.index == index)).mappings().one_or_none()
    if row is None:
        raise NotThere(f"The ledger has no entry {index}.")
    return _entry(row)


def size(session: Session) -> int:
    last = session.scalar(select(func.max(Leaf.index)))
    return 0 if last is None else last + 1


def head(session: Session) -> Head:
    there = size(session)
    return Head(there, root_at(session, there))


def root_at(session: Session, size: int) -> bytes:
    """The root over the first `size` entries; one statement, however many there are."""
    return tree.root(size, _fetched(session, tree.peaks(size)))


def peaks(session: Session, size: int) -> list[bytes]:
    """The stored hashes of the complete subtrees over the first `size` entries, left to right. Raises `KeyError` where one is missing."""
    wanted = tree.peaks(size)
    known = _fetched(session, wanted)
    return [known(level, position) for level, position in wanted]


def _fetched(session: Session, wanted: list[tuple[int, int]]) -> tree.Known:
    """The stored hashes of these complete subtrees (level, position), read together."""
    leaves = select(literal(0), Leaf.index, _blob(Leaf.hash)).where(Leaf.index.in_([position for level, position in wanted if level == 0]))
    nodes = select(Node.level, Node.position, _blob(Node.hash)).where(tuple_(Node.level, Node.position).in_([at for at in wanted if at[0]]))
    found = {(level, position): hashed for level, position, hashed in session.execute(union_all(leaves, nodes))}
    return lambda level, position: found[level, position]


def inclusion(session: Session, index: int, size: int) -> list[bytes]:
    """The audit path of an entry in the tree of `size` entries. Raises `KeyError` where a hash is missing."""
    return tree.inclusion(index, size, lambda level, position: _fetched(session, [(level, position)])(level, position))


def _entry(row: RowMapping) -> Entry:
    header, body = parsed(row["header"]), parsed(row["body"])
    wrong = damage(dict(row), header, body)
    return Entry(
        index=row["index"],
        stream=str(row["stream"]),
        seq=row["seq"] if isinstance(row["seq"], int) else 0,
        kind=str(row["kind"]),
        at=moment(row["at"]) or NO_MOMENT,
        actor=str(row["actor"]),
        header={} if wrong or header is None else header,
        body={} if wrong or body is None else body,
        header_bytes=row["header"],
        body_bytes=row["body"],
        hash=row["hash"],
        damage=wrong,
    )
