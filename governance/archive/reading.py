"""Reading a backup that may be anything: nothing in it is believed that was not checked, and nothing strange is passed over."""

import hashlib
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, TypeVar, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import msgspec

from governance.archive.parts import CONTENT, FORMAT, LEAVES, LONGEST_LINE, MANIFEST, WORDS, Manifest, Part, kept, part_of
from governance.domain.errors import Refused
from governance.ledger import tree
from governance.ledger.replay import EventReader, UnknownKind
from governance.models.base import Base
from governance.storage.engines import VERSION

LARGEST_MANIFEST = 256 * 1024 * 1024
MOST_PRESSED = 200
"""How many bytes one byte of a list may stand for: ours stand for about four."""
SMALL = 1024 * 1024
"""Below this a list may be pressed as far as it goes."""
ENCRYPTED = 0x1
DIGEST = re.compile("[0-9a-f]{64}")

Found = TypeVar("Found")


class NotABackup(Refused):
    """The archive is not what a backup of this program is; nothing was written."""

    code = "not_a_backup"


class LeafLine(msgspec.Struct, forbid_unknown_fields=True):
    header: str
    body: str
    hash: str


class WordLine(msgspec.Struct, forbid_unknown_fields=True):
    digest: str
    salt: str
    text: str | None


class Archive:
    """An open backup whose manifest fits what lies beside it. Each part is hashed again whenever it is read to its end."""

    def __init__(self, zipped: ZipFile) -> None:
        self._zip = zipped
        self._entries = _entries(zipped)
        self.manifest = self._manifest()
        self._parts = {part.name: part for part in self.manifest.parts}
        self._named: set[str] = set()
        """The files that entries name, once they were read."""
        self._check_versions()
        self._check_parts()

    @property
    def files(self) -> list[str]:
        """The digests of the files in it."""
        return [part.name.removeprefix(f"{CONTENT}/") for part in self.manifest.parts if part.name.startswith(f"{CONTENT}/")]

    def leaves(self) -> Iterator[LeafLine]:
        """In order, each with the hash of its header. Raises `NotABackup`."""
        for index, line in enumerate(self.lines(LEAVES)):
            leaf = _decoded(line, LeafLine, f"entry {index}")
            if tree.leaf_hash(_encoded(leaf.header, index)).hex() != leaf.hash:
                raise NotABackup(f"The hash of entry {index} in this backup is not that of its header.")
            _encoded(leaf.body, index)
            yield leaf

    def words(self) -> Iterator[tuple[str, bytes, str | None]]:
        """Digest, salt and text. Raises `NotABackup`."""
        for number, line in enumerate(self.lines(WORDS), 1):
            found = _decoded(line, WordLine, f"text {number}")
            try:
                salt = bytes.fromhex(found.salt)
            except ValueError:
                raise NotABackup(f"The salt of text {number} in this backup is no salt.") from None
            yield found.digest, salt, found.text

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a part, and after the last one the certainty that all of them were those of the manifest."""
        part, hashed, count = self._parts[name], hashlib.sha256(), 0
        with self.open(name) as stream:
            while line := stream.readline(LONGEST_LINE):
                if not line.endswith(b"\n"):
                    raise NotABackup(f"A line of {name} in this backup has no end.")
                hashed.update(line)
                count += 1
                yield line
        if hashed.hexdigest() != part.sha256 or count != part.count:
            raise NotABackup(f"The part {name} of this backup is not the one that its manifest names.")

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """The bytes of a part."""
        with _read_faults(name), self._zip.open(self._entries[name]) as stream:
            yield cast(BinaryIO, stream)

    def check(self) -> None:
        """Read everything once, so that nothing is written from an archive that is damaged at its end."""
        root = tree.root_of(self._hashes()).hex()
        if root != self.manifest.root or self._parts[LEAVES].count != self.manifest.size:
            raise NotABackup("The entries in this backup do not have the number and the root that its manifest names.")
        for digest, salt, text in self.words():
            _check_text(digest, salt, text)
        for table in kept(Base.metadata):
            for _ in self.lines(part_of(table)):
                pass
        for digest in self.files:
            if digest not in self._named:
                raise NotABackup(f"No entry in this backup names the file {digest}, which it holds.")
            self._check_file(digest)

    def _hashes(self) -> Iterator[bytes]:
        """Of every leaf, read as the event that it is: what it names is noted."""
        events = EventReader()
        for index, leaf in enumerate(self.leaves()):
            try:
                _, event = events.read(leaf.header.encode(), leaf.body.encode())
            except UnknownKind as unknown:
                raise NotABackup(f"{unknown} Nothing was written.") from None
            except (msgspec.MsgspecError, KeyError, ValueError):
                raise NotABackup(f"Entry {index} in this backup is not one that was recorded here.") from None
            self._named.update(filter(None, event.files_kept()))
            yield bytes.fromhex(leaf.hash)

    def _check_file(self, digest: str) -> None:
        hashed = hashlib.sha256()
        with self.open(f"{CONTENT}/{digest}") as stream:
            while chunk := stream.read(SMALL):
                hashed.update(chunk)
        if hashed.hexdigest() != digest:
            raise NotABackup(f"The file {digest} in this backup does not have the bytes of its name.")

    def _manifest(self) -> Manifest:
        entry = self._entries.get(MANIFEST)
        if entry is None:
            raise NotABackup("This archive has no manifest.json, so it is no backup of this program.")
        if entry.file_size > LARGEST_MANIFEST:
            raise NotABackup("The manifest.json of this archive is too large to be that of a backup.")
        with self.open(MANIFEST) as stream:
            text = stream.read()
        found = _decoded(text, _Format, "its manifest.json")
        if found.format > FORMAT:
            raise NotABackup(f"This backup has format {found.format}, and this program reads {FORMAT}: use the version that wrote it.")
        return _decoded(text, Manifest, "its manifest.json")

    def _check_versions(self) -> None:
        given = self.manifest
        if given.format != FORMAT or given.size < 0 or not DIGEST.fullmatch(given.root) or not _is_moment(given.made_at):
            raise NotABackup("The manifest.json of this archive is not one that this program writes.")
        if given.tables != VERSION:
            age = "newer" if given.tables > VERSION else "older"
            raise NotABackup(
                f"This backup has tables of version {given.tables}, {age} than this program: restore it with the version that wrote it."
            )

    def _check_parts(self) -> None:
        """The parts are those that a backup has, in their order, and what the archive holds is these, with the sizes they should have."""
        named = [part.name for part in self.manifest.parts]
        lists = [LEAVES, WORDS, *(part_of(table) for table in kept(Base.metadata))]
        if named[: len(lists)] != lists:
            missing = next((name for name in lists if name not in named), None)
            raise NotABackup(f"This backup has no part {missing}." if missing else "The parts of this backup are in a strange order.")
        files = named[len(lists) :]
        if files != sorted(set(files)) or not all(_is_file(part) for part in self.manifest.parts[len(lists) :]):
            raise NotABackup("The manifest.json of this archive lists files that no backup has.")
        if list(self._entries) != [*named, MANIFEST]:
            raise NotABackup(_difference(set(named), set(self._entries) - {MANIFEST}))
        for part in self.manifest.parts:
            _check_size(self._entries[part.name], part)


class _Format(msgspec.Struct):
    format: int


@contextmanager
def opened(file: Path) -> Iterator[Archive]:
    """Raises `NotABackup`, and `OSError` where the file cannot be read."""
    with file.open("rb") as stream:
        try:
            zipped = ZipFile(stream)
        except (BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
            raise NotABackup(f"{file.name[:100]!a} is not a ZIP archive, or not a whole one.") from None
        with zipped:
            yield Archive(zipped)


@contextmanager
def _read_faults(name: str) -> Iterator[None]:
    try:
        yield
    except (BadZipFile, zlib.error, EOFError):
        raise NotABackup(f"The part {name} of this backup is damaged: it cannot be unpacked.") from None


def _entries(zipped: ZipFile) -> dict[str, ZipInfo]:
    """By name, in order. Nothing that two programs could unpack in two ways."""
    entries = zipped.infolist()
    for entry in entries:
        if entry.flag_bits & ENCRYPTED or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or entry.orig_filename != entry.filename:
            raise NotABackup("This archive is packed in a way that no backup is.")
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise NotABackup("This archive holds two entries of one name.")
    if zipped.comment or (entries and min(entry.header_offset for entry in entries) != 0):
        raise NotABackup("This archive holds more than its entries.")
    return dict(zip(names, entries, strict=True))


def _check_size(entry: ZipInfo, part: Part) -> None:
    """Refused by what is declared, before anything is unpacked; and no more than what is declared is ever unpacked."""
    most = entry.compress_size if entry.filename.startswith(f"{CONTENT}/") else max(SMALL, entry.compress_size * MOST_PRESSED)
    if entry.file_size != part.bytes or entry.file_size > most:
        raise NotABackup(f"The part {entry.filename} of this backup does not have the size that it should have.")


def _is_file(part: Part) -> bool:
    return bool(DIGEST.fullmatch(part.sha256)) and part.name == f"{CONTENT}/{part.sha256}" and part.count == 1


def _difference(named: set[str], there: set[str]) -> str:
    if missing := sorted(named - there):
        return f"This backup has no part {missing[0]}."
    extra = sorted(there - named)
    return f"This archive holds {extra[0][:100]!a}, which its manifest does not name." if extra else "The entries have a strange order."


def _check_text(digest: str, salt: bytes, text: str | None) -> None:
    """A text that was taken out of the record has none to hash."""
    if text is None and DIGEST.fullmatch(digest):
        return
    try:
        fits = hashlib.sha256(salt + (text or "").encode()).hexdigest() == digest
    except UnicodeEncodeError:
        fits = False
    if not fits:
        raise NotABackup(f"The text {digest[:12]!a} in this backup does not fit its digest.")


def _encoded(text: str, index: int) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise NotABackup(f"Entry {index} in this backup holds a text that is none.") from None


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _decoded(line: bytes, kind: type[Found], what: str) -> Found:
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise NotABackup(f"This archive is no backup, or a damaged one: {what} cannot be read.") from None
