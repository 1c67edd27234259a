"""What a new head would cover, read again from the database and hashed again, from where the last one ended.

Nothing here trusts a stored hash: the state of the last head is accepted because it hashes to the root that was signed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, String, and_, func, or_, select, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from governance.ledger import heads, read, tree
from governance.ledger.heads import KeyNamed
from governance.ledger.keys import NotSigned
from governance.ledger.note import NoteRefused
from governance.ledger.verify import Leaves
from governance.models.ledger import Checkpoint, Leaf, Node
from governance.storage.engines import backend_of

BATCH = 2_000
HELP = "Nothing is signed. “governance log verify” names what does not fit."


@dataclass(frozen=True, slots=True)
class Before:
    """The head that was signed last; for none, a ledger without entries."""

    number: int = -1
    size: int = 0
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """Entries that were read and hashed again, fit together and continue what was signed last."""

    before: Before
    size: int
    root: bytes
    keys: tuple[KeyNamed, ...]


def examine(session: Session) -> Examined:
    """Read and hash every entry after the last signed head again. Raises `NotSigned` for the first thing that does not fit."""
    try:
        named = tuple(heads.keys(session))
        row = heads.latest(session)
        before, frontier = _before(session, row, named)
        size = read.size(session)
        if size < before.size:
            raise NotSigned(f"The last head covers {before.size:,} entries, and there are {size:,}: the last ones were cut off. {HELP}")
        for start in range(before.size, size, BATCH):
            _take(session, frontier, start, min(start + BATCH, size))
        _check_no_other_nodes(session, size)
    except KeyError as missing:
        raise NotSigned(f"The node {missing} below the last signed head is missing. {HELP}") from missing
    except ValueError as error:
        raise NotSigned(f"The ledger cannot be read as it was recorded ({str(error).rstrip('.')}). {HELP}") from error
    except DBAPIError as error:
        backend = backend_of(session.connection().dialect.name)
        if backend.is_busy(error) or backend.fault(error):
            raise
        raise NotSigned(f"The ledger cannot be read ({error.orig}). {HELP}") from error
    return Examined(before, size, frontier.root, named)


def _before(session: Session, row: Checkpoint | None, named: Sequence[KeyNamed]) -> tuple[Before, tree.Frontier]:
    """The last head, and the subtrees below it: its signature holds, and they hash to its root."""
    if row is None:
        return Before(), tree.Frontier()
    try:
        head, _ = heads.stated(row, named)
    except NoteRefused as refused:
        raise NotSigned(
            f"The last signed head, over {row.size:,} entries, is not what was signed ({str(refused).rstrip('.')}). {HELP}"
        ) from refused
    frontier = tree.Frontier(head.size, read.peaks(session, head.size))
    if frontier.root != head.root:
        raise NotSigned(f"The first {head.size:,} entries do not hash to the root that was signed over them. {HELP}")
    return Before(row.id, head.size, head.origin), frontier


def _take(session: Session, frontier: tree.Frontier, start: int, end: int) -> None:
    """The leaves from `start` to `end`, and the nodes that they complete."""
    rows = [dict(row._mapping) for row in _leaves(session, start, end)]
    checked = Leaves(start, _seqs(session, start, {str(row["stream"]) for row in rows}))
    for row in rows:
        checked.take(row)
    if checked.problems:
        raise NotSigned(f"{checked.problems[0]}. {HELP}")
    if len(rows) != end - start:
        raise NotSigned(f"Entries between {start:,} and {end:,} are missing. {HELP}")
    expected = {(level, position): found for leaf in checked.hashes for level, position, found in frontier.take(leaf)}
    stored = dict(_nodes(session, start, end))
    if wrong := sorted(at for at in expected.keys() | stored.keys() if expected.get(at) != stored.get(at)):
        raise NotSigned("Node {}/{} is not the hash of the nodes below it. {}".format(*wrong[0], HELP))


def _check_no_other_nodes(session: Session, size: int) -> None:
    """Every node is below these entries: one that was invented beside the tree would stand in the way of the entry that completes it."""
    levels = range(1, size.bit_length() + 1)
    beside = [and_(Node.level == level, Node.position >= size >> level) for level in levels]
    found = session.execute(
        select(Node.level, Node.position).where(or_(Node.level < 1, Node.level > size.bit_length(), *beside)).limit(1)
    ).first()
    if found is not None:
        raise NotSigned(f"Node {found.level}/{found.position} is none of a tree of {size:,} entries. {HELP}")


def _leaves(session: Session, start: int, end: int) -> Sequence[Row[tuple[object, ...]]]:
    """The rows with every column as stored: a moment is the text that it is kept as."""
    columns = [type_coerce(column, String).label("at") if column.key == "at" else column for column in Leaf.__table__.columns]
    return session.execute(select(*columns).where(Leaf.index >= start, Leaf.index < end).order_by(Leaf.index)).all()


def _seqs(session: Session, start: int, streams: set[str]) -> dict[str, int]:
    """The numbers that come next in these streams after the entries before `start`."""
    query = select(Leaf.stream, func.max(Leaf.seq)).where(Leaf.index < start, Leaf.stream.in_(streams)).group_by(Leaf.stream)
    return {stream: last + 1 for stream, last in session.execute(query)}


def _nodes(session: Session, start: int, end: int) -> Iterator[tuple[tuple[int, int], bytes]]:
    """The stored nodes whose last leaf is one of these."""
    for level in range(1, end.bit_length()):
        query = select(Node.position, Node.hash).where(Node.level == level, Node.position >= start >> level, Node.position < end >> level)
        yield from (((level, position), found) for position, found in session.execute(query))
