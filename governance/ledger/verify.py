"""Verification: every leaf is read again and hashed again, and everything that does not fit is named.

Rows are read as the file has them, so a value of another type or spelling is named too, and nothing in a row can stop the reading.
What this cannot see without an earlier checkpoint that somebody kept: that the last leaves were cut off, or that everything was
written anew, signed heads included.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from governance.ledger import tree
from governance.ledger.canonical import NotCanonical, canonical
from governance.ledger.checkpoint import SignedHead
from governance.ledger.heads import KeyNamed
from governance.ledger.replay import EventReader, UnknownKind
from governance.ledger.verify_heads import Heads, Since
from governance.models.base import table_of
from governance.models.ledger import Checkpoint, Leaf, Node, Words
from governance.storage import raw
from governance.storage.columns import fixed
from governance.storage.content import ContentDamaged, ContentStore

FIELDS = {"v", "index", "at", "stream", "seq", "kind", "kv", "actor", "auth", "act", "body_sha256"}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the ledger that does not fit: where, and what."""

    where: str
    column: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}, {self.column}: {self.what}"


@dataclass(frozen=True, slots=True)
class Report:
    size: int
    root: bytes
    problems: tuple[Problem, ...]
    files: Mapping[str, str]
    """The files that entries name: digest, and the first entry that names it."""
    heads: int = 0
    """How many signed heads were checked."""
    keys: tuple[KeyNamed, ...] = ()
    since: SignedHead | None = None
    """What the checkpoint that somebody kept states, where one was given and its signature holds."""


def verify(session: Session, content: ContentStore | None = None, since: Since | None = None) -> Report:
    """Check every leaf, every node, every kept text, every signed head, and every file that `content` has to hold.

    The root is that of the stored headers, hashed anew. `since` is a checkpoint that somebody kept: what it signed is still there.
    """
    checked = Leaves()
    for row in _rows(session, Leaf):
        checked.take(row)
    problems = [*checked.problems, *_nodes(session, checked.hashes), *_words(session, checked.kept)]
    problems += _files(content, checked.files) if content else []
    kept = Heads(checked.hashes, checked.keys)
    kept.take(_rows(session, Checkpoint))
    witnessed = kept.check(since) if since else None
    problems += [Problem(*problem) for problem in kept.problems]
    return Report(
        len(checked.hashes), tree.root_of(checked.hashes), tuple(problems), checked.files, kept.count, tuple(checked.keys), witnessed
    )


def _rows(session: Session, kind: type[Leaf | Node | Words | Checkpoint]) -> Iterator[dict[str, object]]:
    table = table_of(kind)
    names = table.columns.keys()
    return (dict(zip(names, values, strict=True)) for values in raw.rows(session, table))


class Leaves:
    """The state of one pass over the leaves, from the first one or from a later one on."""

    def __init__(self, first: int = 0, seqs: Mapping[str, int] | None = None) -> None:
        """`seqs` are the numbers that come next in the streams, where there are leaves before the first one."""
        self.problems: list[Problem] = []
        self.hashes: list[bytes] = []
        self.kept: dict[str, str] = {}
        """The texts that entries keep apart: digest, and the first entry that names it."""
        self.files: dict[str, str] = {}
        """The files, likewise."""
        self.keys: list[KeyNamed] = []
        """The keys that sign heads, as entries name them."""
        self._first = first
        self._seqs: dict[object, int] = {stream: following for stream, following in (seqs or {}).items()}  # noqa: C416 - of any object: rows may hold anything
        self._events = EventReader()

    def take(self, row: dict[str, object]) -> None:
        where, header = f"entry {row['index']}", _blob(row["header"])
        if row["index"] != (following := self._first + len(self.hashes)):
            self._say(where, "index", f"the entry before it has index {following - 1}: entries are missing or were inserted")
        self._columns(where, row, header)
        hashed = tree.leaf_hash(header)
        if hashed != row["hash"]:
            self._say(where, "hash", "it is not the hash of the header")
        following = self._seqs.get(row["stream"], 0)
        if row["seq"] != following:
            self._say(where, "seq", f"the stream {row['stream']} has no gaps, so this had to be {following}")
        self._seqs[row["stream"]] = following + 1
        self.hashes.append(hashed)

    def _columns(self, where: str, row: dict[str, object], header: bytes) -> None:
        parsed = _parsed(header)
        if parsed.keys() != FIELDS or not _is_canonical(header, parsed) or not isinstance(row["header"], bytes):
            self._say(where, "header", "it is not in the canonical form of a header")
        if not isinstance(row["body"], bytes) or hashlib.sha256(row["body"]).hexdigest() != parsed.get("body_sha256"):
            self._say(where, "body", "its hash is not the one that the header names")
        else:
            self._event(where, row["index"], header, row["body"])
        actor = parsed.get("actor")
        stated = {**parsed, "actor": actor.get("id") if isinstance(actor, dict) else None, "at": _fixed(parsed.get("at"))}
        for column in ("index", "stream", "seq", "kind", "at", "actor"):
            if stated.get(column) != row[column]:
                self._say(where, column, f"the column says {row[column]!r}, the header {stated.get(column)!r}")

    def _event(self, where: str, index: object, header: bytes, body: bytes) -> None:
        try:
            _, event = self._events.read(header, body)
        except UnknownKind as error:
            self._say(where, "kind", str(error))
        except msgspec.MsgspecError as error:
            self._say(where, "body", f"it is not an event that was recorded here ({error})")
        else:
            for digest in filter(None, event.words_kept()):
                self.kept.setdefault(digest, where)
            for digest in filter(None, event.files_kept()):
                self.files.setdefault(digest, where)
            if (verifier := event.key_named()) is not None and isinstance(index, int):
                self.keys.append(KeyNamed(index, verifier))

    def _say(self, where: str, column: str, what: str) -> None:
        self.problems.append(Problem(where, column, what))


def _blob(value: object) -> bytes:
    """Bytes to hash, whatever somebody made of them."""
    return value if isinstance(value, bytes) else str(value).encode(errors="surrogateescape")


def _fixed(stated: object) -> str | None:
    """The moment of a header as the column has it, or None where it is none."""
    try:
        return fixed(datetime.fromisoformat(str(stated)))
    except ValueError:
        return None


def _parsed(header: bytes) -> dict[str, Any]:
    try:
        found = json.loads(header)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_canonical(stored: bytes, header: dict[str, Any]) -> bool:
    try:
        return canonical(header) == stored
    except (NotCanonical, RecursionError):
        return False


def _nodes(session: Session, hashes: list[bytes]) -> Iterator[Problem]:
    expected: dict[tuple[int, int], bytes] = {}
    known = lambda level, position: hashes[position] if level == 0 else expected[level, position]  # noqa: E731 - a table look-up
    for index, leaf in enumerate(hashes):
        expected |= {(level, position): found for level, position, found in tree.completed(index, leaf, known)}
    for row in _rows(session, Node):
        where = f"node {row['level']}/{row['position']}"
        found = expected.pop((row["level"], row["position"]), None)  # type: ignore[arg-type] # whatever is there may not be a number
        if found is None:
            yield Problem(where, "position", "the tree has no such node")
        elif found != row["hash"]:
            yield Problem(where, "hash", "it is not the hash of the nodes below it")
    for level, position in expected:
        yield Problem(f"node {level}/{position}", "position", "it is missing")


def _words(session: Session, kept: dict[str, str]) -> Iterator[Problem]:
    """Every text is the one of its digest, an entry names it, and none that an entry names is gone."""
    missing = dict(kept)
    for row in _rows(session, Words):
        salt, text, digest = row["salt"], row["text"], str(row["digest"])
        where = f"words {digest[:12]}"
        fits = isinstance(salt, bytes) and isinstance(text, str)
        if not fits or hashlib.sha256(_blob(salt) + _blob(text)).hexdigest() != row["digest"]:
            yield Problem(where, "text", "digest, salt and text do not fit together")
        if missing.pop(digest, None) is None:
            yield Problem(where, "digest", "no entry names this text")
    for digest, naming in missing.items():
        yield Problem(f"words {digest[:12]}", "digest", f"it is missing, and {naming} names it")


def _files(content: ContentStore, kept: Mapping[str, str]) -> Iterator[Problem]:
    for digest, naming in kept.items():
        if problem := check_file(content, digest, naming):
            yield problem


def check_file(content: ContentStore, digest: str, naming: str) -> Problem | None:
    """Read and hash a file again; what is wrong with it, if anything is."""
    try:
        content.check(digest)
    except (ContentDamaged, ValueError) as error:
        return Problem(f"file {digest[:12]}", "content", f"{error} It is named by {naming}.")
    return None
