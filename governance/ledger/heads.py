"""Signed heads that were kept: the latest one, the key of its time, and whether all of them fit the ledger."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.ledger.checkpoint import SignedHead, open_checkpoint
from governance.ledger.note import NoteRefused, Verifier, read_verifier
from governance.ledger.replay import EventReader, UnknownKind
from governance.models.ledger import Checkpoint, Leaf, Refusal

KEY_CHANGED = "ledger.key_changed"
"""The word of the entry that names a key."""


@dataclass(frozen=True, slots=True)
class KeyNamed:
    """A verifier key, and the entry from which on it signs."""

    entry: int
    verifier: str


def latest(session: Session) -> Checkpoint | None:
    """The head that was signed last. Raises `NoteRefused` for a row that cannot be read."""
    try:
        return session.scalars(select(Checkpoint).order_by(Checkpoint.id.desc()).limit(1)).first()
    except ValueError as error:
        raise NoteRefused(f"The last signed head cannot be read ({error}).") from None


def refusal(session: Session) -> Refusal | None:
    """Why no head is signed at the moment; None where nothing stands in the way."""
    return session.get(Refusal, 1)


def keys(session: Session) -> list[KeyNamed]:
    """The keys that the ledger names, in order. Raises `NoteRefused` for an entry that cannot be read."""
    reader, found = EventReader(), []
    query = select(Leaf.index, Leaf.header, Leaf.body).where(Leaf.kind == KEY_CHANGED).order_by(Leaf.index)
    for index, header, body in session.execute(query):
        try:
            _, event = reader.read(header, body)
        except (msgspec.MsgspecError, UnknownKind):
            raise NoteRefused(f"Entry {index} names a key, and cannot be read.") from None
        if (verifier := event.key_named()) is not None:
            found.append(KeyNamed(index, verifier))
    return found


def key_of(named: Sequence[KeyNamed], size: int) -> KeyNamed | None:
    """The key that signs a head over `size` entries: the last one that these entries name."""
    place = bisect_left([key.entry for key in named], size)
    return named[place - 1] if place else None


def opened(note: bytes, named: Sequence[KeyNamed], size: int) -> tuple[SignedHead, Verifier]:
    """What a note states, after its signature by the key of the time of `size` was verified. Raises `NoteRefused`."""
    key = key_of(named, size)
    if key is None:
        raise NoteRefused(f"No entry before {size} names a key.")
    verifier = read_verifier(key.verifier)
    return open_checkpoint(note, [verifier]), verifier


def stated(row: Checkpoint, named: Sequence[KeyNamed]) -> tuple[SignedHead, Verifier]:
    """What a kept head states: its signature is verified, and the columns say the same. Raises `NoteRefused`."""
    size, note = cast(object, row.size), cast(object, row.note)  # as the database has them, whatever the column says
    if not isinstance(size, int) or not isinstance(note, str):
        raise NoteRefused("What was kept is no signed head.")
    head, verifier = opened(note.encode(), named, size)
    if (head.size, head.root, verifier.id.hex()) != (row.size, row.root, row.key_id):
        raise NoteRefused("The columns do not say what was signed.")
    return head, verifier
