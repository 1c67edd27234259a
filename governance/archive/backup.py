"""Writing a backup: one ZIP file, the same whichever engine and store it came from, consistent while others write.

Everything of the database is read in one transaction, which sees one moment. Files are read after they were named in it, and no file
is ever taken away. What damage is found on the way stops the backup, unless it is to be kept as it is.
"""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import msgspec
from sqlalchemy.orm import Session

from governance import __version__
from governance.archive.parts import CONTENT, FORMAT, LEAVES, LONGEST_LINE, MANIFEST, WORDS, Manifest, Part, Value, kept, neutral, part_of
from governance.domain.errors import Refused
from governance.ledger.log import instant
from governance.ledger.rebuild import Damaged
from governance.ledger.verify import Report, check_file, verify
from governance.models.base import Base, table_of
from governance.models.ledger import Leaf, Words
from governance.storage import raw
from governance.storage.content import ContentDamaged, ContentStore
from governance.storage.engines import VERSION, Engines

Tell = Callable[[str, int, int], None]
"""Told what happens, how much of it is done, and of how much."""

Line = Mapping[str, Value]

CHUNK = 1024 * 1024
OFTEN = 1_000
FIXED = (1980, 1, 1, 0, 0, 0)
"""The time of every entry: the manifest says when it was made."""


class TooLong(Refused):
    """A row is longer than a restore reads, so no archive is written that could not be restored."""

    code = "too_long"

    def __init__(self, name: str, number: int, length: int) -> None:
        super().__init__(
            f"Line {number:,} of {name} would have {length:,} bytes, and a restore reads {LONGEST_LINE:,} at most, so nothing was written. "
            "Take that row out of the database, or tell whoever maintains the program."
        )


def backup(engines: Engines, content: ContentStore, target: Path, now: datetime, tell: Tell, *, damaged: bool = False) -> Manifest:
    """Write a backup to a new file that only its owner can read, whole or not at all. Returns its manifest.

    `damaged` keeps what is there and lists what is wrong. Raises `FileExistsError`, `TooLong` where a row could not be restored, and
    `Damaged` where something is wrong otherwise.
    """
    with draft_of(target) as draft, Session(engines.reader) as session, ZipFile(draft, "w", allowZip64=True) as archive:
        tell("reads and hashes the ledger", 0, 0)
        report = verify(session)
        problems = [str(problem) for problem in report.problems]
        if problems and not damaged:
            raise damaged_record(problems)
        writer = _Writer(archive, tell)
        writer.lists(session, report)
        problems += writer.files(content, report, damaged)
        manifest = Manifest(FORMAT, VERSION, __version__, instant(now), report.size, report.root.hex(), writer.parts, problems)
        with archive.open(_entry(MANIFEST), "w") as out:
            out.write(msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


@contextmanager
def draft_of(target: Path) -> Iterator[IO[bytes]]:
    """A file beside the target, for its owner only, that takes its name in the end; a failure leaves nothing. Raises `FileExistsError`."""
    _check_free(target)
    draft = target.with_name(f".{target.name[:100]}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        _name(draft, target)
    finally:
        draft.unlink(missing_ok=True)


def _name(draft: Path, target: Path) -> None:
    """A second name refuses what is there; a disk that knows no second names gets a look and a renaming."""
    try:
        target.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:
        _check_free(target)
        draft.rename(target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _check_free(target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise FileExistsError(17, "File exists", str(target))


class _Writer:
    """Puts one part after the other into the archive."""

    def __init__(self, archive: ZipFile, tell: Tell) -> None:
        self.parts: list[Part] = []
        self._archive = archive
        self._tell = tell

    def lists(self, session: Session, report: Report) -> None:
        self._list(LEAVES, leaf_lines(session), report.size)
        self._list(WORDS, word_lines(session), 0)
        for table in kept(Base.metadata):
            columns = list(table.columns)
            rows = (
                {column.name: neutral(value, column.type) for column, value in zip(columns, row, strict=True)}
                for row in raw.rows(session, table)
            )
            self._list(part_of(table), rows, 0)

    def files(self, content: ContentStore, report: Report, damaged: bool) -> list[str]:
        """Every file that an entry names. What is wrong with those that are left out."""
        problems = []
        for done, (digest, naming) in enumerate(sorted(report.files.items())):
            self._tell("files", done, len(report.files))
            if damaged and (problem := check_file(content, digest, naming)):
                problems.append(str(problem))
            else:
                self._file(content, digest, naming)
        return problems

    def _list(self, name: str, lines: Iterator[Line], of: int) -> None:
        count, counted, hashed = 0, 0, hashlib.sha256()
        with self._archive.open(_entry(name), "w", force_zip64=True) as out:
            for count, found in enumerate(lines, 1):
                line = _line(name, count, found)
                hashed.update(line)
                counted += out.write(line)
                if count % OFTEN == 0:
                    self._tell(name, count, of)
        self.parts.append(Part(name, count, counted, hashed.hexdigest()))

    def _file(self, content: ContentStore, digest: str, naming: str) -> None:
        name, counted, hashed = f"{CONTENT}/{digest}", 0, hashlib.sha256()
        try:
            with content.open(digest) as stream, self._archive.open(_entry(name, ZIP_STORED), "w", force_zip64=True) as out:
                while chunk := stream.read(CHUNK):
                    hashed.update(chunk)
                    counted += out.write(chunk)
        except (ContentDamaged, ValueError) as error:
            raise damaged_record([f"{error} It is named by {naming}"]) from None
        if hashed.hexdigest() != digest:
            raise damaged_record([f"the file {digest}, named by {naming}, no longer has the bytes it was stored with"])
        self.parts.append(Part(name, 1, counted, digest))


def leaf_lines(session: Session) -> Iterator[Line]:
    """Every leaf: header and body verbatim, and its hash."""
    names = table_of(Leaf).columns.keys()
    header, body, hashed = (names.index(name) for name in ("header", "body", "hash"))
    for row in raw.rows(session, table_of(Leaf)):
        yield {**_text("header", row[header]), **_text("body", row[body]), "hash": _bytes(row[hashed]).hex()}


def word_lines(session: Session) -> Iterator[Line]:
    """Every text kept apart: its digest, its salt in hexadecimal digits, and its words; null where they were taken out."""
    for digest, salt, text in raw.rows(session, table_of(Words)):
        yield {"digest": str(digest), "salt": _bytes(salt).hex(), "text": None if text is None else _shown(str(text))}


def _line(name: str, number: int, found: Line) -> bytes:
    try:
        line = msgspec.json.encode(found) + b"\n"
    except UnicodeEncodeError:
        raise damaged_record([f"line {number} of {name} would hold a text that is none"]) from None
    if len(line) > LONGEST_LINE:
        raise TooLong(name, number, len(line))
    return line


def _text(name: str, value: object) -> dict[str, str]:
    """Canonical JSON is UTF-8; what is not was damaged, and is kept as it is."""
    with suppress(UnicodeDecodeError):
        return {name: _bytes(value).decode()}
    return {f"{name}_hex": _bytes(value).hex()}


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode(errors="surrogateescape")


def _shown(text: str) -> str:
    """What is no text any more, in signs that every reader takes: only of a record that is damaged."""
    return text.encode(errors="surrogateescape").decode(errors="replace")


def _entry(name: str, compression: int = ZIP_DEFLATED) -> ZipInfo:
    entry = ZipInfo(name, FIXED)
    entry.compress_type, entry.external_attr, entry.create_system = compression, 0o100600 << 16, 3
    return entry


def damaged_record(problems: list[str]) -> Damaged:
    """One sentence about the first problem, and how many there are."""
    more = f" The first of {len(problems)} problems" if len(problems) > 1 else " The problem"
    first = " ".join(problems[0].split()).rstrip(".")[:200]
    return Damaged(f"The record is damaged, so nothing was written; --damaged keeps what is there.{more}: {first}.")
