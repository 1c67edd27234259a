"""Restoring a backup into an empty instance, of whichever engine and store. Everything is checked before anything is written.

Files come first: they lie under their digests, and one that no entry names harms nobody. The database follows in one transaction, which
replays the ledger into its tables, reads everything again, and commits only what is without a fault.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Table, exists, insert, select, update
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session

from governance.archive.backup import Tell
from governance.archive.parts import CONTENT, LEFT_OUT, Manifest, kept
from governance.archive.reading import Archive, LeafLine, NotABackup, opened
from governance.archive.rows import rows_of
from governance.domain.errors import Conflict
from governance.ledger import rebuild, tree
from governance.ledger.canonical import LARGEST
from governance.ledger.log import SYSTEM, Ledger, Log, instant
from governance.ledger.memo import forget
from governance.ledger.rebuild import Shelf
from governance.ledger.verify import verify
from governance.models.base import Base, table_of
from governance.models.ledger import Leaf, Node, Restored, Stamp, Words
from governance.storage.content import ContentStore
from governance.storage.engines import fault_of_the_database

BATCH = 2_000
WHICH = "With --damaged it is restored where texts or files are lost, and never where an entry was altered."
NOT_EMPTY = "Restoring takes an empty instance, and this one holds a record already. Choose another instance folder or database."


def restore(ledger: Ledger, content: ContentStore, file: Path, now: datetime, tell: Tell, *, damaged: bool = False) -> Manifest:
    """Fill an empty instance from a backup, all of it or nothing. The record then waits for its administrators.

    `damaged` takes one that was made of a damaged record, with the faults that it lists and no others; an altered entry is never taken.
    Raises `NotABackup`, and `Conflict` where the instance is not empty.
    """
    with opened(file) as archive:
        manifest = archive.manifest
        if manifest.damage and not damaged:
            first = _first(manifest.damage)
            raise NotABackup(f"This backup was made of a damaged record. {WHICH} First of its faults: {first}.")
        with Session(ledger.engines.reader) as session:
            _check_empty(session)
        tell("reads the backup", 0, 0)
        archive.check()
        for done, digest in enumerate(archive.files):
            tell("files", done, len(archive.files))
            _keep(content, archive, digest)
        try:
            with ledger.writing(SYSTEM, now) as log:
                _fill(ledger, log, content, archive, tell)
        except (StatementError, rebuild.UnknownKind, msgspec.MsgspecError, KeyError, ValueError, OverflowError) as error:
            raise _unfit(error) from error
    return manifest


def _keep(content: ContentStore, archive: Archive, digest: str) -> None:
    with archive.open(f"{CONTENT}/{digest}") as stream:
        stored, _ = content.put(stream)
    if stored != digest:
        raise NotABackup(f"The file {digest} in this backup changed while it was read.")


def _fill(ledger: Ledger, log: Log, content: ContentStore, archive: Archive, tell: Tell) -> None:
    session, shelf = log.session, Shelf()
    _check_empty(session)
    with ledger.engines.recording(session):
        words = ({"digest": digest, "salt": salt, "text": text} for digest, salt, text in archive.words())
        _insert(session, table_of(Words), words)
        _leaves(session, archive, tell)
        tell("replays the ledger", 0, 0)
        rebuild.replay(_entries(archive), shelf)
        rebuild.store(session, shelf)
        for table in kept(Base.metadata):
            _insert(session, table, rows_of(archive, table))
    forget(session)
    manifest = archive.manifest
    restored = Restored(at=instant(log.now), made_at=manifest.made_at, size=manifest.size, root=manifest.root)
    session.execute(update(Stamp).values(restored=restored))
    tell("reads everything again", 0, 0)
    _check(session, content, manifest)
    log.stale |= set(session.scalars(select(Leaf.stream).distinct()))


def _leaves(session: Session, archive: Archive, tell: Tell) -> None:
    """Leaves in batches, each with the nodes that it completes."""
    nodes = _Nodes()
    leaves = enumerate(archive.leaves())
    while batch := list(islice(leaves, BATCH)):
        tell("entries", batch[0][0], archive.manifest.size)
        rows = [_leaf(index, leaf) for index, leaf in batch]
        session.execute(insert(table_of(Leaf)), rows)
        if found := [node for row in rows for node in nodes.completed(row["index"], row["hash"])]:
            session.execute(insert(table_of(Node)), found)


def _entries(archive: Archive) -> Iterator[rebuild.Entry]:
    for index, leaf in enumerate(archive.leaves()):
        header = leaf.header.encode()
        yield rebuild.Entry(index, _header.decode(header).kind, header, leaf.body.encode())


class _Header(msgspec.Struct):
    stream: str
    seq: int
    kind: str
    at: datetime
    actor: "_Actor"


class _Actor(msgspec.Struct):
    id: str


_header = msgspec.json.Decoder(_Header)


def _leaf(index: int, leaf: LeafLine) -> dict[str, Any]:
    """The row: what columns repeat comes from the header, as it did when the entry was recorded."""
    header, body = leaf.header.encode(), leaf.body.encode()
    if max(len(header), len(body)) > LARGEST:
        raise NotABackup(f"Entry {index} in this backup is longer than entries are.")
    said = _header.decode(header)
    stated = {"stream": said.stream, "seq": said.seq, "kind": said.kind, "at": said.at, "actor": said.actor.id}
    return {"index": index, **stated, "header": header, "body": body, "hash": bytes.fromhex(leaf.hash)}


class _Nodes:
    """The nodes that leaves complete one after the other; only the tops of complete subtrees are remembered."""

    def __init__(self) -> None:
        self._tops: dict[tuple[int, int], bytes] = {}

    def completed(self, index: int, hashed: bytes) -> Iterator[dict[str, Any]]:
        self._tops[0, index] = hashed
        for level, position, found in tree.completed(index, hashed, lambda *at: self._tops[at]):
            for child in (2 * position, 2 * position + 1):
                self._tops.pop((level - 1, child), None)
            self._tops[level, position] = found
            yield {"level": level, "position": position, "hash": found}


def _insert(session: Session, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    while batch := list(islice(rows, BATCH)):
        session.execute(insert(table), batch)


def _check_empty(session: Session) -> None:
    """No entry, nobody, nothing kept beside them."""
    for table in (table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT):
        if session.scalar(select(exists().select_from(table))):
            raise Conflict(NOT_EMPTY)


def _check(session: Session, content: ContentStore, manifest: Manifest) -> None:
    """What was written is read again: the root, every entry, text and file, and the tables against the ledger."""
    session.flush()
    report = verify(session, content)
    known = {place(fault) for fault in manifest.damage if not fault.startswith("entry ")}
    unknown = [str(problem) for problem in report.problems if place(str(problem)) not in known]
    if report.root.hex() != manifest.root or report.size != manifest.size:
        raise NotABackup("What was restored does not have the root that the manifest names. Nothing was written.")
    if unknown:
        raise NotABackup(f"What this backup holds does not verify, so nothing was written. First problem: {_first(unknown)}.")
    if differences := [str(difference) for difference in rebuild.check(session)]:
        raise NotABackup(f"The tables would not be what the ledger says, so nothing was written. First: {_first(differences)}.")


def place(fault: str) -> str:
    """Where a fault is: a file whose bytes had changed is not in the backup, so that it is gone now."""
    return fault.split(":", maxsplit=1)[0]


def _first(faults: Sequence[str]) -> str:
    return " ".join(faults[0].split()).rstrip(".")[:200]


def _unfit(error: Exception) -> Exception:
    """What the tables or the events refuse was not written by this program; faults of the database stay what they are."""
    if isinstance(error, DBAPIError) and fault_of_the_database(error):
        return error
    if isinstance(error, rebuild.UnknownKind):
        return NotABackup(f"{error} Nothing was written.")
    return NotABackup("The entries or rows in this backup are not such as this program writes, so nothing was written.")
