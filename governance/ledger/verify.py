"""Verification: every leaf is read again and hashed again, and everything that does not fit is named."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.ledger import tree
from governance.ledger.canonical import NotCanonical, canonical
from governance.ledger.log import instant
from governance.models.ledger import Leaf, Node, Words

BATCH = 2_000
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


def verify(session: Session) -> Report:
    """Check every leaf, every node and every kept text. The root is that of the stored headers, hashed anew."""
    checked = _Leaves()
    for row in session.scalars(select(Leaf).order_by(Leaf.index).execution_options(yield_per=BATCH)):
        checked.take(row)
    problems = [*checked.problems, *_nodes(session, checked.hashes), *_words(session)]
    return Report(len(checked.hashes), tree.root_of(checked.hashes), tuple(problems))


class _Leaves:
    """The state of one pass over the leaves."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.hashes: list[bytes] = []
        self._seqs: dict[str, int] = {}

    def take(self, row: Leaf) -> None:
        where = f"entry {row.index}"
        if row.index != len(self.hashes):
            self._say(where, "index", f"the entry before it has index {len(self.hashes) - 1}: entries are missing or were inserted")
        self._columns(where, row)
        if hashlib.sha256(row.body).hexdigest() != _parsed(row.header).get("body_sha256"):
            self._say(where, "body", "its hash is not the one that the header names")
        if tree.leaf_hash(row.header) != row.hash:
            self._say(where, "hash", "it is not the hash of the header")
        if row.seq != self._seqs.get(row.stream, 0):
            self._say(where, "seq", f"the stream {row.stream} has no gaps, so this had to be {self._seqs.get(row.stream, 0)}")
        self._seqs[row.stream] = row.seq + 1
        self.hashes.append(tree.leaf_hash(row.header))

    def _columns(self, where: str, row: Leaf) -> None:
        header = _parsed(row.header)
        if header.keys() != FIELDS or not _is_canonical(row.header, header):
            self._say(where, "header", "it is not in the canonical form of a header")
        actor = header.get("actor")
        stated = {**header, "actor": actor.get("id") if isinstance(actor, dict) else None}
        stored = {"index": row.index, "stream": row.stream, "seq": row.seq, "kind": row.kind, "at": instant(row.at), "actor": row.actor}
        for column, value in stored.items():
            if stated.get(column) != value:
                self._say(where, column, f"the column says {value!r}, the header {stated.get(column)!r}")

    def _say(self, where: str, column: str, what: str) -> None:
        self.problems.append(Problem(where, column, what))


def _parsed(header: bytes) -> dict[str, Any]:
    try:
        found = json.loads(header)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_canonical(stored: bytes, header: dict[str, Any]) -> bool:
    try:
        return canonical(header) == stored
    except NotCanonical:
        return False


def _nodes(session: Session, hashes: list[bytes]) -> Iterator[Problem]:
    expected: dict[tuple[int, int], bytes] = {}
    known = lambda level, position: hashes[position] if level == 0 else expected[level, position]  # noqa: E731 - a table look-up
    for index, leaf in enumerate(hashes):
        expected |= {(level, position): found for level, position, found in tree.completed(index, leaf, known)}
    for row in session.scalars(select(Node).execution_options(yield_per=BATCH)):
        found = expected.pop((row.level, row.position), None)
        if found is None:
            yield Problem(f"node {row.level}/{row.position}", "position", "the tree has no such node")
        elif found != row.hash:
            yield Problem(f"node {row.level}/{row.position}", "hash", "it is not the hash of the nodes below it")
    for level, position in expected:
        yield Problem(f"node {level}/{position}", "position", "it is missing")


def _words(session: Session) -> Iterator[Problem]:
    for row in session.scalars(select(Words).execution_options(yield_per=BATCH)):
        if row.text is not None and hashlib.sha256(row.salt + row.text.encode()).hexdigest() != row.digest:
            yield Problem(f"words {row.digest[:12]}", "text", "digest, salt and text do not fit together")
