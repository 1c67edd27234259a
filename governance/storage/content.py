"""Files by the SHA-256 of their bytes, in a folder. Stored before the transaction that names them; never overwritten."""

import hashlib
import os
import re
import secrets
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

DIGEST = re.compile(r"[0-9a-f]{64}")
CHUNK = 1024 * 1024


class ContentDamaged(Exception):
    """What is stored under a digest does not hash to it, or is gone."""


class ContentStore:
    """The files of an instance."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes | BinaryIO) -> tuple[str, int]:
        """Keep the bytes and return their digest and size in bytes; once it returns they survive a power cut.

        Putting the same bytes again changes nothing. Raises `ContentDamaged` where other bytes lie under their digest.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._folder / f"draft-{secrets.token_hex(8)}"
        try:
            digest, size = _write(draft, content)
            self._place(draft, digest)
        finally:
            draft.unlink(missing_ok=True)
        return digest, size

    def read(self, digest: str) -> bytes:
        """The bytes, verified. Raises `ContentDamaged`."""
        with self.open(digest) as stream:
            content = stream.read()
        if hashlib.sha256(content).hexdigest() != digest:
            raise ContentDamaged(f"The file {digest} no longer has the bytes it was stored with.")
        return content

    def open(self, digest: str) -> BufferedReader:
        """The bytes as a stream, for what is too large for memory; whoever reads it checks the digest. Raises `ContentDamaged`."""
        try:
            return self.path(digest).open("rb")
        except FileNotFoundError:
            raise ContentDamaged(f"The file {digest} is gone.") from None

    def check(self, digest: str) -> None:
        """Read and hash the bytes again. Raises `ContentDamaged`."""
        with self.open(digest) as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != digest:
                raise ContentDamaged(f"The file {digest} no longer has the bytes it was stored with.")

    def has(self, digest: str) -> bool:
        return self.path(digest).is_file()

    def path(self, digest: str) -> Path:
        """Where the bytes lie. Raises `ValueError` for anything that is no digest."""
        if not DIGEST.fullmatch(digest):
            raise ValueError("not a SHA-256 digest")
        return self._folder / digest[:2] / digest

    def _place(self, draft: Path, digest: str) -> None:
        """The name appears with all its bytes or not at all. Two writers of one digest have the same bytes."""
        target = self.path(digest)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        if target.exists():
            self.read(digest)
        else:
            draft.rename(target)
        _sync(target.parent)
        _sync(self._folder)


def _write(draft: Path, content: bytes | BinaryIO) -> tuple[str, int]:
    hashed, size = hashlib.sha256(), 0
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for chunk in [content] if isinstance(content, bytes) else iter(lambda: content.read(CHUNK), b""):
            hashed.update(chunk)
            size += out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return hashed.hexdigest(), size


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
