"""Rows of a backup on their way into tables that no event fills: nothing checks them afterwards, so they are checked here."""

import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import Table

from governance.archive.parts import part_of, reader_of
from governance.archive.reading import Archive, NotABackup
from governance.domain.importing import LARGEST_ACCOUNT
from governance.models.base import table_of
from governance.models.jobs import ImportJob, Job
from governance.reads import imports
from governance.storage.slate import JOB

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes of a spreadsheet or a mapping: more than any page takes."""
PIECE = 1024 * 1024

Found = Mapping[str, Any]


def rows_of(archive: Archive, table: Table) -> Iterator[dict[str, Any]]:
    """The rows of a table, each with exactly its columns, values of their types, and what this program keeps in them.

    Raises `NotABackup`.
    """
    readers = {column.name: (reader_of(column.type), column.nullable) for column in table.columns}
    check = CHECKS.get(table.name, _nothing)
    for number, line in enumerate(archive.lines(part_of(table)), 1):
        try:
            found = msgspec.json.decode(line, type=dict[str, Any])
            if found.keys() != readers.keys():
                raise ValueError("other columns")
            row = {name: None if value is None and readers[name][1] else readers[name][0](value) for name, value in found.items()}
            check(row)
        except (msgspec.MsgspecError, zlib.error, ValueError, TypeError, AttributeError, RecursionError):
            raise NotABackup(f"Row {number} of {table.name} in this backup does not fit its table.") from None
        yield row


def _nothing(row: Found) -> None:
    """Types and columns say everything."""


def _check_named(row: Found) -> None:
    """What a job is called becomes the name of a file."""
    if not JOB.fullmatch(row["id"]):
        raise ValueError("no name of a job")


def _check_import(row: Found) -> None:
    """What was handed over is what its digest says, and its account can be read; neither swells without end."""
    _check_named(row)
    for pressed, digest in ((row["sheet"], row["sheet_digest"]), (row["mapped"], row["mapped_digest"])):
        if pressed is not None and _unpressed(pressed, LARGEST_FILE).hexdigest() != digest:
            raise ValueError("another file")
    _unpressed(row["told"], LARGEST_ACCOUNT)
    imports.unpack(row["told"])


def _unpressed(pressed: bytes, most: int) -> "hashlib._Hash":
    """The SHA-256 of what was pressed, piece by piece. Raises `ValueError` where that is more than `most` bytes or has no end."""
    press, hashed, size, rest = zlib.decompressobj(), hashlib.sha256(), 0, pressed
    while not press.eof:
        piece = press.decompress(rest, PIECE)
        size, rest = size + len(piece), press.unconsumed_tail
        if size > most or not (piece or rest or press.eof):
            raise ValueError("without end")
        hashed.update(piece)
    if press.unused_data:
        raise ValueError("more than was pressed")
    return hashed


CHECKS: Mapping[str, Callable[[Found], None]] = {table_of(Job).name: _check_named, table_of(ImportJob).name: _check_import}
