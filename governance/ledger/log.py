"""The one way in: a transaction that appends leaves and applies their events, together or not at all."""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import func, insert, select
from sqlalchemy.event import listens_for
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from governance.domain.errors import AwaitsRecovery
from governance.domain.vocabulary import Function
from governance.ledger import stamp, tree
from governance.ledger.batch import Batch
from governance.ledger.book import Event
from governance.ledger.canonical import canonical
from governance.ledger.checkpoint import SignedHead
from governance.ledger.live import LiveBook
from governance.ledger.memo import forget
from governance.ledger.note import Verifier
from governance.models.ledger import Checkpoint, Leaf, Node, Words
from governance.storage.engines import Busy, DiskFull, Engines, OutcomeUnknown

HEADER_VERSION = 1
TOGETHER = 500
"""Streams that are looked up with one statement."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with the functions they hold, or the program."""

    id: str
    functions: tuple[Function, ...] = ()
    acting_for: str | None = None


SYSTEM = Actor("system")


@dataclass(frozen=True, slots=True)
class Auth:
    """How and when an actor proved who they are, and through which door."""

    method: str
    at: datetime
    via: str


UNPROVED = "command line"
"""The method of what was done in somebody's name on the command line of the server: whoever may run it named them."""


class LedgerFailed(Exception):
    """A commit ended in an error of the disk. Whether it took effect is unknown until it is read again: the process stops."""


class Log:
    """The open log: one write transaction, in somebody's name, at one moment."""

    def __init__(self, session: Session, engines: Engines, who: Actor, now: datetime, auth: Auth | None) -> None:
        self.restored = stamp.restored(session)
        """The backup that this record came from, while administrators have yet to confirm it."""
        self.session = session
        self.now = now
        self.by = who.id
        self.auth = auth
        self.touched: set[str] = set()
        """The streams in which something was recorded that changes a row."""
        self.stale: set[str] = set()
        """Streams whose rows were stored anew though nothing was recorded in them."""
        self._who = who
        self._engines = engines
        self._act = secrets.token_hex(16)
        self._size: int | None = None
        self._seqs: dict[str, int] = {}
        self._began: dict[str, int] = {}  # where streams begin that have their first leaf in this transaction
        self._hashes: dict[tuple[int, int], bytes] = {}

    def record(self, event: Event, stream: str, *, by: Actor | None = None) -> int:
        """Append the event as the next leaf of the ledger and of its stream, and apply it. Returns its index. Raises `AwaitsRecovery`."""
        who = by or self._who
        leaf = self._leaf(event, stream, who)
        self.session.flush()  # what was changed besides events meets the guards here
        book = LiveBook(self.session, leaf["index"], self.now, who.id)
        with self._engines.recording(self.session):
            event.apply(book)
            self.session.flush()
            self._append([leaf])
        self._took(event, leaf)
        forget(self.session, book.opened)
        return int(leaf["index"])

    def record_all(self, events: Iterable[tuple[Event, str]]) -> None:
        """The same for many events, each with its stream, in this order: rows and leaves are stored together, at the end."""
        self.session.flush()
        batch, leaves, first, given = Batch(self.session, self.now), list[dict[str, Any]](), self._next(), list(events)
        self._know_seqs({stream for _, stream in given})
        with self._engines.recording(self.session):
            for event, stream in given:
                leaf = self._leaf(event, stream, self._who)
                batch.turn_to(leaf["index"], self._who.id, fresh=leaf["seq"] == 0 or self._began.get(stream, -1) >= first)
                event.apply(batch)
                leaves.append(leaf)
                self._took(event, leaf)
            batch.store()
            self._append(leaves)
        forget(self.session, batch.opened)

    def _leaf(self, event: Event, stream: str, who: Actor) -> dict[str, Any]:
        """The next leaf of the ledger and of its stream; there is none while a restored record waits."""
        if self.restored is not None and not event.recovers:
            raise AwaitsRecovery
        index, seq = self._next(), self._seq(stream)
        body = canonical({**msgspec.to_builtins(event), "salt": secrets.token_hex(16)})
        header = canonical(self._header(event, stream, who, index, body))
        named = {"index": index, "stream": stream, "seq": seq, "kind": event.kind, "at": self.now, "actor": who.id}
        return {**named, "header": header, "body": body, "hash": tree.leaf_hash(header)}

    def _took(self, event: Event, leaf: dict[str, Any]) -> None:
        self._size, self._seqs[leaf["stream"]] = leaf["index"] + 1, leaf["seq"] + 1
        if leaf["seq"] == 0:
            self._began[leaf["stream"]] = leaf["index"]
        if event.changes:
            self.touched.add(leaf["stream"])

    def keep_words(self, text: str) -> str:
        """Keep people's words apart from the ledger, salted, and return the digest that events name."""
        salt = secrets.token_bytes(16)
        return self._keep(salt, text)

    def keep_text(self, text: str) -> str:
        """Keep a text of record: its digest is that of the text itself, so that equal texts have equal digests."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        return digest if self.session.get(Words, digest) is not None else self._keep(b"", text)

    def _keep(self, salt: bytes, text: str) -> str:
        digest = hashlib.sha256(salt + text.encode()).hexdigest()
        self.session.flush()
        with self._engines.recording(self.session):
            self.session.execute(insert(Words).values(digest=digest, salt=salt, text=text))
        return digest

    def keep_checkpoint(self, number: int, head: SignedHead, note: str, key: Verifier) -> None:
        """Keep a signed head. The database refuses a number or a size that was signed before."""
        stated = {"id": number, "size": head.size, "root": head.root, "note": note, "at": self.now, "key_id": key.id.hex()}
        self.session.flush()
        with self._engines.recording(self.session):
            self.session.execute(insert(Checkpoint).values(stated))

    def _next(self) -> int:
        if self._size is None:
            last = self.session.scalar(select(func.max(Leaf.index)))
            self._size = 0 if last is None else last + 1
        return self._size

    def _seq(self, stream: str) -> int:
        if stream not in self._seqs:
            last = self.session.scalar(select(func.max(Leaf.seq)).where(Leaf.stream == stream))
            self._seqs[stream] = 0 if last is None else last + 1
        return self._seqs[stream]

    def _know_seqs(self, streams: set[str]) -> None:
        """Look up at once where these streams end."""
        unknown = sorted(streams - self._seqs.keys())
        for start in range(0, len(unknown), TOGETHER):
            some = unknown[start : start + TOGETHER]
            ends = select(Leaf.stream, func.max(Leaf.seq)).where(Leaf.stream.in_(some)).group_by(Leaf.stream)
            found = {stream: last + 1 for stream, last in self.session.execute(ends)}
            self._seqs |= {stream: found.get(stream, 0) for stream in some}

    def _header(self, event: Event, stream: str, who: Actor, index: int, body: bytes) -> dict[str, Any]:
        auth = {"method": self.auth.method, "at": instant(self.auth.at), "via": self.auth.via} if self.auth else None
        return {
            "v": HEADER_VERSION,
            "index": index,
            "at": instant(self.now),
            "stream": stream,
            "seq": self._seq(stream),
            "kind": event.kind,
            "kv": event.kv,
            "actor": {"id": who.id, "functions": [held.value for held in who.functions], "for": who.acting_for},
            "auth": auth,
            "act": self._act,
            "body_sha256": hashlib.sha256(body).hexdigest(),
        }

    def _append(self, leaves: list[dict[str, Any]]) -> None:
        """Store the leaves, and the interior nodes that they complete."""
        if not leaves:
            return
        connection = self.session.connection()
        connection.execute(insert(Leaf), leaves)
        nodes: list[dict[str, Any]] = []
        for leaf in leaves:
            self._hashes[0, leaf["index"]] = leaf["hash"]
            completed = tree.completed(leaf["index"], leaf["hash"], self._known)
            self._hashes.update({(level, position): found for level, position, found in completed})
            nodes += [{"level": level, "position": position, "hash": found} for level, position, found in completed]
        if nodes:
            connection.execute(insert(Node), nodes)

    def _known(self, level: int, position: int) -> bytes:
        return self._hashes.get((level, position)) or stored_hash(self.session, level, position)


class _Writing(Session):
    """Holds on to every row it has read, so that a row that is asked for by its key again is not read again."""


@listens_for(_Writing, "loaded_as_persistent")
def _hold(session: Session, row: object) -> None:
    session.info.setdefault("held", []).append(row)


BeforeCommit = Callable[[Log], None]


class Ledger:
    """The ledger of one process."""

    def __init__(self, engines: Engines) -> None:
        self.engines = engines
        self.before_commit: list[BeforeCommit] = []
        self._failed: str | None = None

    @contextmanager
    def writing(self, who: Actor, now: datetime, auth: Auth | None = None) -> Iterator[Log]:
        """One transaction: everything in it happens, or nothing. Writers take turns, within the process and between processes.

        Raises `OtherVersion` where the tables are no longer those of this program, `Busy` where no turn can be had, `DiskFull` where
        there is no room, `LedgerFailed` after an error of the disk, from then on always, `OutcomeUnknown` where the connection breaks at
        the commit.
        """
        with self.engines.turn(), _Writing(self.engines.writer, expire_on_commit=False) as session, self._refusals():
            if self._failed is not None:
                raise LedgerFailed(self._failed)
            session.connection()  # takes the write lock before anything is read, so that what is read holds until the commit
            log = Log(session, self.engines, who, now.astimezone(UTC), auth)
            yield log
            session.flush()
            for hook in self.before_commit:
                hook(log)
            self._commit(session)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """A lock that cannot be had is an answer, and so is a full disk, wherever in the transaction it is met."""
        try:
            yield
        except DBAPIError as error:
            if self.engines.backend.is_busy(error):
                raise Busy("Another process is writing. Nothing was changed; try again in a moment.") from error
            if self.engines.backend.is_full(error):
                raise DiskFull("this entry") from error
            raise

    def _commit(self, session: Session) -> None:
        """After an error of the disk nobody knows what is stored: say so instead of guessing, and write nothing more.

        A server that is gone may come back, and is asked what it has: each transaction reads the head anew.
        """
        try:
            session.commit()
        except DBAPIError as error:
            if self.engines.backend.is_of_the_disk(error):
                self._failed = f"The disk failed during a commit ({error.orig}). Stop the program, check the disk, start again."
                raise LedgerFailed(self._failed) from error
            if error.connection_invalidated:
                raise OutcomeUnknown from error
            raise


def stored_hash(session: Session, level: int, position: int) -> bytes:
    """The stored hash of a complete subtree. Raises `NoResultFound`."""
    if level == 0:
        return session.scalars(select(Leaf.hash).where(Leaf.index == position)).one()
    return session.scalars(select(Node.hash).where(Node.level == level, Node.position == position)).one()


def instant(moment: datetime) -> str:
    """ISO 8601 in UTC, as leaves write it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
