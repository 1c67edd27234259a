"""The private key that signs heads: a file outside the database, for its owner only, never overwritten.

Beside it lie the last head that each key signed, the keys that went before, and, for a moment, the one that is to follow.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from governance.domain.errors import Refused
from governance.ledger.checkpoint import SignedHead, open_checkpoint
from governance.ledger.note import NoteRefused, Signer, Verifier, new_signer, read_signer
from governance.storage import private
from governance.storage.faults import DiskFull, has_no_room

LARGEST = 5_000
"""Bytes of a file that is read here."""
CHANGE_IT = "Put the right one there, or change the key with “governance log rotate-key”."


class NotSigned(Refused):
    """No head is signed: what does not fit, and what helps."""

    code = "not_signed"


class KeyUnusable(NotSigned):
    """The file of the key is missing, no key, another one, or open to others."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """Where the key is. `origin` is the name that the settings give the ledger; None leaves it to the key."""

    path: Path
    origin: str | None = None

    @property
    def following(self) -> Path:
        """Where the next key lies until the ledger names it."""
        return self.path.with_name(f"{self.path.name}.next")

    def read(self) -> Signer:
        """Raises `KeyUnusable`."""
        return self._named(_read(self.path))

    def made(self) -> Signer:
        """The key, made now where there is none: for a ledger that names no key yet. Raises `KeyUnusable`."""
        return self._named(_made(self.path, self.origin or f"governance.local/{secrets.token_hex(8)}"))

    def next_key(self, name: str) -> Signer:
        """The key that is to follow, under the name of the one before; one that was left over from an interrupted change is taken."""
        found = _made(self.following, name)
        if found.name != name:
            raise KeyUnusable(f"{self.following} is a key of {found.name}, and this ledger is {name}. Move that file away.")
        return found

    def settle(self, verifier: str) -> None:
        """Finish a change of keys that the ledger has on record: the next key takes its place, the one before is kept aside."""
        if not self.following.exists() or str(_read(self.following).verifier) != verifier:
            return
        with _said(self.path):
            self._retire(verifier)
            with suppress(FileNotFoundError):  # another process was first
                self.following.replace(self.path)
            _sync(self.path.parent)

    def _retire(self, following: str) -> None:
        """Keep the key aside under its id, still for its owner only; what is no key, under a name of its own."""
        try:
            key = _read(self.path).verifier
        except KeyUnusable:
            name = f"unreadable-{secrets.token_hex(4)}"
        else:
            if str(key) == following:
                return
            name = key.id.hex()
        with suppress(FileExistsError, FileNotFoundError):
            self.path.with_name(f"{self.path.name}.retired-{name}").hardlink_to(self.path)

    def remember(self, note: str, key: Verifier) -> None:
        """Keep the last head that the key signed beside it, so that the database cannot be rolled back below it unseen.

        Called by whoever has the turn of the writer, before the head is committed: no signature gets out that is not remembered.
        """
        file = self._last(key)
        draft = file.with_name(f"{file.name}.new")
        with _said(file):
            private.make(draft)
            with draft.open("w", encoding="utf-8") as opened:
                opened.write(note)
                opened.flush()
                os.fsync(opened.fileno())
            draft.replace(file)
            _sync(file.parent)

    def remembered(self, key: Verifier) -> SignedHead | None:
        """The last head that the key signed; None where it signed none yet. Raises `KeyUnusable`."""
        file = self._last(key)
        if not file.exists():
            return None
        try:
            return open_checkpoint(_content(file), [key])
        except NoteRefused as refused:
            raise KeyUnusable(
                f"{file} is not the last head that was signed ({str(refused).rstrip('.')}). Put it back, or move it away."
            ) from None

    def _last(self, key: Verifier) -> Path:
        return self.path.with_name(f"{self.path.name}.last-{key.id.hex()}")

    def _named(self, key: Signer) -> Signer:
        if self.origin is not None and key.name != self.origin:
            raise KeyUnusable(
                f"ORIGIN is {self.origin}, and the key in {self.path} signs as {key.name}. A ledger keeps its name: set that one."
            )
        return key


@contextmanager
def _said(file: Path) -> Iterator[None]:
    """Errors of the file system, said as what they mean here. Raises `DiskFull` and `KeyUnusable`."""
    try:
        yield
    except OSError as error:
        if has_no_room(error):
            raise DiskFull(f"the key that signs heads and what it signed last, at {file}") from error
        raise KeyUnusable(f"The key that signs heads cannot be used: {error.strerror}, {file}. {CHANGE_IT}") from error


def _content(file: Path) -> bytes:
    with _said(file):
        if complaint := private.complaint(file):
            raise KeyUnusable(complaint)
        with file.open("rb") as opened:
            return opened.read(LARGEST)


def _read(file: Path) -> Signer:
    try:
        return read_signer(_content(file).decode().removesuffix("\n"))
    except (NoteRefused, UnicodeDecodeError):
        raise KeyUnusable(f"{file} is no private key of signed notes. {CHANGE_IT}") from None


def _made(file: Path, name: str) -> Signer:
    """The key in a file. Where there is none, a new one, whole or not at all; where two processes make one, the first one's stays."""
    with _said(file):
        if not file.exists():
            with NamedTemporaryFile("w", dir=file.parent, encoding="utf-8") as draft:
                draft.write(f"{new_signer(name).secret_text}\n")
                draft.flush()
                os.fsync(draft.fileno())
                with suppress(FileExistsError):
                    file.hardlink_to(draft.name)
            _sync(file.parent)
    return _read(file)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
