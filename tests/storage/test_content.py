"""Files by their digest: kept whole, never replaced, found only by a digest."""

import hashlib
import io
import stat
from pathlib import Path

import pytest

from governance.storage.content import ContentDamaged, ContentStore

BYTES = b"evidence"
DIGEST = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
    return ContentStore(tmp_path / "content")


@pytest.mark.parametrize("content", [BYTES, io.BytesIO(BYTES)], ids=["bytes", "a stream"])
def test_what_is_put_is_read_by_its_digest(tmp_path: Path, content: bytes | io.BytesIO) -> None:
    store = ContentStore(tmp_path / "content")

    assert store.put(content) == (DIGEST, len(BYTES))
    assert store.has(DIGEST)
    assert store.read(DIGEST) == BYTES
    with store.open(DIGEST) as stream:
        assert stream.read() == BYTES


@pytest.mark.parametrize("size", [0, 1, 3 * 1024 * 1024 + 1])
def test_any_size_is_kept(store: ContentStore, size: int) -> None:
    digest, stored = store.put(io.BytesIO(b"x" * size))

    assert stored == size
    assert store.read(digest) == b"x" * size


def test_the_same_bytes_again_change_nothing(store: ContentStore) -> None:
    store.put(BYTES)
    before = store.path(DIGEST).stat()

    store.put(BYTES)

    assert store.path(DIGEST).stat().st_mtime_ns == before.st_mtime_ns
    assert store.path(DIGEST).stat().st_ino == before.st_ino


def test_changed_bytes_are_noticed_when_read_and_not_covered_up_when_put(store: ContentStore) -> None:
    store.put(BYTES)
    store.path(DIGEST).write_bytes(b"something else")

    with pytest.raises(ContentDamaged):
        store.read(DIGEST)
    with pytest.raises(ContentDamaged):
        store.put(BYTES)
    assert store.path(DIGEST).read_bytes() == b"something else"


class Broken(io.BytesIO):
    """A stream that ends in an error, as when a browser hangs up."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise ConnectionResetError
        return super().read(4)


def test_a_stream_that_breaks_off_leaves_nothing(store: ContentStore, tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError):
        store.put(Broken(BYTES))

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "name", ["", "..", "../" * 11 + "etc/passwd", DIGEST.upper(), DIGEST[:-1], DIGEST + "\n", DIGEST + "/x", "\0" * 64, "/etc/passwd"]
)
def test_only_a_digest_finds_a_file(store: ContentStore, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256 digest"):
        store.path(name)


def test_a_file_that_is_not_there_is_said_to_be_missing(store: ContentStore) -> None:
    assert not store.has(DIGEST)
    with pytest.raises(ContentDamaged):
        store.read(DIGEST)


def test_nobody_else_on_the_machine_reads_it(store: ContentStore) -> None:
    store.put(BYTES)

    assert stat.S_IMODE(store.path(DIGEST).stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path(DIGEST).parent.stat().st_mode) == 0o700
