"""Signed heads as auditors see them: the latest one, whether it fits the ledger as it stands, and the proof of one entry under it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain.errors import Conflict, NotThere
from governance.ledger import heads, read, tree
from governance.ledger.checkpoint import proof_file
from governance.ledger.note import NoteRefused, Verifier

NONE_YET = "No head of the ledger is signed yet. The worker signs one within a minute of the first entries."
DAMAGED = "The last signed head does not fit the ledger. Tell the administrator: “governance log verify” names what changed."


@dataclass(frozen=True, slots=True)
class Latest:
    """The head that was signed last: its signature verifies, and the ledger as it stands has the root that was signed."""

    size: int
    at: datetime
    key: Verifier
    note: str


@dataclass(frozen=True, slots=True)
class Signing:
    """Where signing stands: the latest head, whether there is one that does not fit, and why there is none newer."""

    latest: Latest | None
    damaged: bool
    refused: str | None
    refused_since: datetime | None


def signing(session: Session) -> Signing:
    refusal, latest, damaged = heads.refusal(session), None, False
    try:
        latest = _latest(session)
    except Conflict:
        damaged = True
    return Signing(latest, damaged, *((refusal.why, refusal.since) if refusal else (None, None)))


def _latest(session: Session) -> Latest | None:
    """Worked out anew. Raises `Conflict` where it does not fit."""
    try:
        row = heads.latest(session)
        if row is None:
            return None
        head, verifier = heads.stated(row, heads.keys(session))
        if read.root_at(session, head.size) != head.root:
            raise Conflict(DAMAGED)
    except (NoteRefused, KeyError):
        raise Conflict(DAMAGED) from None
    return Latest(head.size, row.at, verifier, row.note)


def latest(session: Session) -> Latest:
    """Raises `NotThere`, and `Conflict` for one that does not fit."""
    found = _latest(session)
    if found is None:
        raise NotThere(NONE_YET)
    return found


def proof(session: Session, index: int) -> str:
    """The proof file of an entry under the latest head, checked before it is handed out. Raises `NotThere` and `Conflict`."""
    head = latest(session)
    size, entry = head.size, read.entry(session, index)
    if index >= size:
        raise NotThere(f"The latest signed head covers {size:,} entries, so entry {index:,} is not under one yet. Try again in a minute.")
    try:
        path = read.inclusion(session, index, size)
    except KeyError:
        raise Conflict(DAMAGED) from None
    if not tree.verify_inclusion(tree.leaf_hash(entry.header_bytes), index, size, path, read.root_at(session, size)):
        raise Conflict(f"Entry {index:,} is not what was signed. Tell the administrator: “governance log verify” names what changed.")
    return proof_file(index, path, head.note)
