"""Signed heads as auditors see them: the latest one, whether it fits the ledger as it stands, and the proof of one entry under it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from governance.domain.errors import Conflict, NotThere
from governance.ledger import heads, read, tree
from governance.ledger.checkpoint import SignedHead, proof_file
from governance.ledger.note import NoteRefused, Verifier
from governance.models.ledger import Checkpoint

NONE_YET = "No head of the ledger is signed yet. The worker signs one within a minute of the first entries."
DAMAGED = "The last signed head does not fit the ledger. Tell the administrator: “governance log verify” names what changed."


@dataclass(frozen=True, slots=True)
class Latest:
    """The head that was signed last. `key` is None where its signature does not verify; `holds` was worked out anew."""

    size: int
    at: datetime
    key: Verifier | None
    holds: bool


@dataclass(frozen=True, slots=True)
class Signing:
    """Where signing stands: the latest head, and why there is none, or none newer."""

    latest: Latest | None
    refused: str | None
    refused_since: datetime | None


def signing(session: Session) -> Signing:
    row, refusal = heads.latest(session), heads.refusal(session)
    why, since = (refusal.why, refusal.since) if refusal else (None, None)
    return Signing(_latest(session, row) if row else None, why, since)


def _latest(session: Session, row: Checkpoint) -> Latest:
    try:
        head, verifier = heads.stated(row, heads.keys(session))
    except NoteRefused:
        return Latest(row.size, row.at, None, False)
    return Latest(head.size, row.at, verifier, _fits(session, head))


def _fits(session: Session, head: SignedHead) -> bool:
    try:
        return read.root_at(session, head.size) == head.root
    except KeyError:
        return False


def note(session: Session) -> tuple[int, str]:
    """How many entries the latest head covers, and the head as signed. Raises `NotThere`, and `Conflict` for one that does not fit."""
    row = heads.latest(session)
    if row is None:
        raise NotThere(NONE_YET)
    if not _latest(session, row).holds:
        raise Conflict(DAMAGED)
    return row.size, row.note


def proof(session: Session, index: int) -> str:
    """The proof file of an entry under the latest head, checked before it is handed out. Raises `NotThere` and `Conflict`."""
    size, signed = note(session)
    entry = read.entry(session, index)
    if index >= size:
        raise NotThere(f"The latest signed head covers {size:,} entries, so entry {index:,} is not under one yet. Try again in a minute.")
    try:
        path = read.inclusion(session, index, size)
    except NoResultFound:
        raise Conflict(DAMAGED) from None
    if not tree.verify_inclusion(tree.leaf_hash(entry.header_bytes), index, size, path, read.root_at(session, size)):
        raise Conflict(f"Entry {index:,} is not what was signed. Tell the administrator: “governance log verify” names what changed.")
    return proof_file(index, path, signed)
