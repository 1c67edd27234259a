"""Files by their digest: kept whole, never replaced, found only by a digest."""

import errno
import hashlib
import io
import os
import secrets
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from governance.storage.content import ContentDamaged, ContentStore, ContentUnreachable, content_of
from governance.storage.faults import DiskFull
from governance.storage.folder import Folder
from tests.disks import grow, small_disk
from tests.object_store import BUCKET, ObjectStore, object_store

BYTES = b"evidence"
DIGEST = hashlib.sha256(BYTES).hexdigest()


KEY = f"content/{DIGEST[:2]}/{DIGEST}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "content"


@pytest.fixture
def server() -> Iterator[ObjectStore]:
    with object_store() as started:
        yield started


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ContentStore:
    if request.param == "bucket":
        request.getfixturevalue("server")
    return content_of(tmp_path, f"s3://{BUCKET}/content" if request.param == "bucket" else None)


@pytest.fixture
def in_folder(tmp_path: Path) -> ContentStore:
    return content_of(tmp_path)


@pytest.mark.parametrize("content", [BYTES, io.BytesIO(BYTES)], ids=["bytes", "a stream"])
def test_what_is_put_is_read_by_its_digest(store: ContentStore, content: bytes | io.BytesIO) -> None:
    content = content if isinstance(content, bytes) else io.BytesIO(content.getvalue())

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


def test_the_same_bytes_again_change_nothing(in_folder: ContentStore, folder: Path) -> None:
    in_folder.put(BYTES)
    before = Folder(folder).path(DIGEST).stat()

    in_folder.put(BYTES)

    assert Folder(folder).path(DIGEST).stat().st_mtime_ns == before.st_mtime_ns
    assert Folder(folder).path(DIGEST).stat().st_ino == before.st_ino


def test_a_bucket_keeps_the_same_bytes_once_and_locked(server: ObjectStore, tmp_path: Path) -> None:
    store = content_of(tmp_path, f"s3://{BUCKET}/content")
    for _ in range(2):
        store.put(BYTES)

    assert server.keys() == [KEY]
    assert server.retention(KEY) == "GOVERNANCE"
    assert len(server.client.list_object_versions(Bucket=BUCKET)["Versions"]) == 1


def test_changed_bytes_of_a_bucket_are_noticed_when_read_and_not_covered_up_when_put(server: ObjectStore, tmp_path: Path) -> None:
    store = content_of(tmp_path, f"s3://{BUCKET}/content")
    store.put(BYTES)
    server.overwrite(KEY, b"something else")

    for act in (lambda: store.read(DIGEST), lambda: store.check(DIGEST), lambda: store.put(BYTES)):
        with pytest.raises(ContentDamaged):
            act()


def test_a_bucket_that_refuses_or_is_gone_is_said_in_a_sentence_without_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("governance.storage.bucket.PATIENCE", timedelta(seconds=1))
    with object_store() as server:
        nowhere = content_of(tmp_path, "s3://nowhere")
        store = content_of(tmp_path, f"s3://{BUCKET}/content")
        store.put(BYTES)
        with pytest.raises(ContentUnreachable, match="Nothing was changed"):
            nowhere.put(BYTES)
        assert server.keys() == [KEY]

    for act in (lambda: store.read(DIGEST), lambda: store.put(BYTES), lambda: store.has(DIGEST)):
        with pytest.raises(ContentUnreachable, match="Nothing was changed"):
            act()


def test_a_full_disk_is_said_and_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = secrets.token_bytes(256 * 1024)
    with small_disk(folder, 64 * 1024) as limits:
        store = content_of(folder.parent)
        if limits:  # nobody may mount a small disk here, so the system says what it would say
            monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
        with pytest.raises(DiskFull, match=r"no room for this file. Nothing was changed"):
            store.put(many)
        assert not [path for path in folder.rglob("*") if path.is_file()]

        monkeypatch.undo()
        grow(folder)
        digest, size = store.put(many)
        assert store.read(digest) == many and size == len(many)


def test_changed_bytes_are_noticed_when_read_and_not_covered_up_when_put(in_folder: ContentStore, folder: Path) -> None:
    store, file = in_folder, Folder(folder).path(DIGEST)
    store.put(BYTES)
    file.write_bytes(b"something else")

    with pytest.raises(ContentDamaged):
        store.read(DIGEST)
    with pytest.raises(ContentDamaged):
        store.put(BYTES)
    assert file.read_bytes() == b"something else"


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
        store.has(name)


def test_a_file_that_is_not_there_is_said_to_be_missing(store: ContentStore) -> None:
    assert not store.has(DIGEST)
    with pytest.raises(ContentDamaged):
        store.read(DIGEST)


def test_nobody_else_on_the_machine_reads_it(in_folder: ContentStore, folder: Path) -> None:
    in_folder.put(BYTES)

    file = Folder(folder).path(DIGEST)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
