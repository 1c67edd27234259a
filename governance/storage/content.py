"""Files by the SHA-256 of their bytes: stored before the transaction that names them, never overwritten."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from governance.storage.bucket import Bucket
from governance.storage.faults import ContentDamaged, ContentUnreachable, DiskFull, has_no_room
from governance.storage.folder import Folder

DIGEST = re.compile(r"[0-9a-f]{64}")
CHUNK = 1024 * 1024

__all__ = ["ContentDamaged", "ContentStore", "ContentUnreachable", "content_of"]


class Place(Protocol):
    """Where files lie, by name."""

    def take(self, draft: Path, name: str) -> bool:
        """Keep a file under a name, where it appears with all its bytes or not at all; once this returns they survive a power cut.

        False where something has the name already. It is not overwritten.
        """

    def open(self, name: str) -> BinaryIO:
        """The bytes as a stream. Raises `FileNotFoundError`."""

    def has(self, name: str) -> bool:
        """Whether something has the name."""


class ContentStore:
    """The files of an instance. What is on its way lies in `drafts`, a folder of this machine."""

    def __init__(self, drafts: Path, place: Place | None = None) -> None:
        self._drafts = drafts
        self._place = place or Folder(drafts)

    def put(self, content: bytes | BinaryIO) -> tuple[str, int]:
        """Keep the bytes and return their digest and size in bytes; once it returns they survive a power cut.

        Putting the same bytes again changes nothing. Raises `ContentDamaged` where other bytes lie under their digest, `DiskFull` where
        there is no room for them.
        """
        with _room():
            self._drafts.mkdir(parents=True, exist_ok=True, mode=0o700)
            return self._put(self._drafts / f"draft-{secrets.token_hex(8)}", content)

    def _put(self, draft: Path, content: bytes | BinaryIO) -> tuple[str, int]:
        try:
            digest, size = _write(draft, content)
            if not self._place.take(draft, digest):
                self.check(digest)
        finally:
            draft.unlink(missing_ok=True)
        return digest, size

    def read(self, digest: str) -> bytes:
        """The bytes, verified. Raises `ContentDamaged`."""
        with self.open(digest) as stream:
            content = stream.read()
        if hashlib.sha256(content).hexdigest() != digest:
            raise _changed(digest)
        return content

    def open(self, digest: str) -> BinaryIO:
        """The bytes as a stream, for what is too large for memory; whoever reads it checks the digest. Raises `ContentDamaged`."""
        try:
            return self._place.open(_checked(digest))
        except FileNotFoundError:
            raise ContentDamaged(f"The file {digest} is gone.") from None

    def check(self, digest: str) -> None:
        """Read and hash the bytes again. Raises `ContentDamaged`."""
        hashed = hashlib.sha256()
        with self.open(digest) as stream:
            while chunk := stream.read(CHUNK):
                hashed.update(chunk)
        if hashed.hexdigest() != digest:
            raise _changed(digest)

    def has(self, digest: str) -> bool:
        return self._place.has(_checked(digest))


def content_of(instance: Path, bucket: str | None = None) -> ContentStore:
    """The files of an instance: in its folder, or in the bucket at an address (`s3://BUCKET/PREFIX`)."""
    return ContentStore(instance / "content", Bucket(bucket) if bucket else None)


def _checked(digest: str) -> str:
    """Raises `ValueError` for anything that is no digest: no other name leads anywhere."""
    if not DIGEST.fullmatch(digest):
        raise ValueError("not a SHA-256 digest")
    return digest


def _changed(digest: str) -> ContentDamaged:
    return ContentDamaged(f"The file {digest} no longer has the bytes it was stored with.")


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if has_no_room(error):
            raise DiskFull("this file") from error
        raise


def _write(draft: Path, content: bytes | BinaryIO) -> tuple[str, int]:
    hashed, size = hashlib.sha256(), 0
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for chunk in [content] if isinstance(content, bytes) else iter(lambda: content.read(CHUNK), b""):
            hashed.update(chunk)
            size += out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return hashed.hexdigest(), size
