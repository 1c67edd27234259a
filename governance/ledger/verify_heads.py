"""Signed heads against the entries: those that were kept, and one that an auditor kept elsewhere."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from governance.ledger import tree
from governance.ledger.checkpoint import SignedHead, open_checkpoint, parse
from governance.ledger.heads import KeyNamed, opened
from governance.ledger.note import NoteRefused, Verifier, parts

MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


@dataclass(frozen=True, slots=True)
class Since:
    """A checkpoint that somebody kept. `key` is theirs too; None takes the one that the ledger names, which proves less."""

    note: bytes
    key: Verifier | None = None


class Heads:
    """The kept heads, checked against the hashes of the leaves."""

    def __init__(self, hashes: Sequence[bytes], keys: Sequence[KeyNamed]) -> None:
        self.problems: list[tuple[str, str, str]] = []
        self.count = 0
        self._hashes, self._keys = hashes, keys
        self._signed: dict[int, bytes] = {}
        self._origin: str | None = None

    def take(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Check every row, in order."""
        listed = list(rows)
        roots = roots_at(self._hashes, {row["size"] for row in listed if isinstance(row["size"], int)})
        last = 0
        for number, row in enumerate(listed):
            last = self._take(number, last, row, roots)
        self.count = len(listed)

    def _take(self, number: int, last: int, row: Mapping[str, object], roots: Mapping[int, bytes]) -> int:
        where, size = f"head {row['id']}", row["size"]
        if row["id"] != number:
            self._say(where, "id", f"it had to be {number}: heads are missing or were inserted")
        if not isinstance(row["at"], str) or not MOMENT.fullmatch(row["at"]):
            self._say(where, "at", "it is no moment")
        if not isinstance(size, int) or not isinstance(row["note"], str):
            self._say(where, "note", "it is no signed head")
            return last
        if size <= last:
            self._say(where, "size", f"it covers {size:,} entries, and the head before it {last:,}")
        try:
            head, verifier = opened(row["note"].encode(errors="surrogateescape"), self._keys, size)
        except NoteRefused as refused:
            self._say(where, "note", f"it does not verify with the key of its time ({str(refused).rstrip('.')})")
            return size
        for column, says in {"size": head.size, "root": head.root, "key_id": verifier.id.hex()}.items():
            if row[column] != says:
                self._say(where, column, "it is not what was signed")
        self._compare(where, head, roots.get(head.size))
        self._signed[head.size] = head.root
        return size

    def _compare(self, where: str, head: SignedHead, root: bytes | None) -> None:
        if root is None:
            self._say(where, "size", f"{head.size:,} entries were signed, and there are {len(self._hashes):,}: the last ones were cut off")
        elif root != head.root:
            self._say(where, "root", f"the first {head.size:,} entries do not hash to the signed root: they were altered since")
        self._origin = self._origin or head.origin
        if head.origin != self._origin:
            self._say(where, "note", f"it is of {head.origin}, and the heads before it are of {self._origin}")

    def check(self, since: Since) -> SignedHead | None:
        """Whether what an earlier checkpoint signed is still there. Returns what it states; None where that is not known."""
        where = "the checkpoint given"
        try:
            head = self._opened(since)
        except NoteRefused as refused:
            help_ = " Name the key that you kept with it." if since.key is None else ""
            self._say(where, "note", f"it proves nothing here: {refused}{help_}")
            return None
        if head.size > len(self._hashes):
            gone = f"{head.size:,} entries were signed, and there are {len(self._hashes):,}"
            self._say(where, "size", f"{gone}: the ledger was cut off or rolled back to an earlier state")
        elif roots_at(self._hashes, {head.size})[head.size] != head.root:
            others = f"the first {head.size:,} entries are not those that were signed"
            self._say(where, "root", f"{others}: the ledger was forked or altered since")
        elif self._signed.get(head.size) != head.root:
            self._say(where, "size", "it is not among the heads that were kept: they were rolled back to an earlier state, or removed")
        if self._origin is not None and head.origin != self._origin:
            self._say(where, "origin", f"it is of {head.origin}, and this ledger is {self._origin}")
        return head

    def _opened(self, since: Since) -> SignedHead:
        if since.key is not None:
            return open_checkpoint(since.note, [since.key])
        text, _ = parts(since.note)
        return opened(since.note, self._keys, parse(text).size)[0]  # the size chooses the key, whose signature then covers the size

    def _say(self, where: str, column: str, what: str) -> None:
        self.problems.append((where, column, what))


def roots_at(hashes: Sequence[bytes], sizes: Iterable[int]) -> dict[int, bytes]:
    """The roots over the first so many leaves, for those sizes that there are, in one pass."""
    wanted, frontier, found = set(sizes), tree.Frontier(), {}
    if 0 in wanted:
        found[0] = frontier.root
    for leaf in hashes:
        frontier.take(leaf)
        if frontier.size in wanted:
            found[frontier.size] = frontier.root
    return found
