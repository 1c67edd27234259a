"""A spreadsheet as text: its header and its rows, each with the line it starts on. What a cell means is not decided here."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from governance.domain.errors import RuleBroken
from governance.domain.text import tidy

MOST_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row; `line` counts from 1 and is where it starts in the file."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    header: tuple[str, ...]  # on one line each, spaces joined
    rows: tuple[TableRow, ...]  # those that are not blank
    blank: int  # rows without any text


def read_table(content: bytes, encoding: str, delimiter: str) -> Table:
    """Read delimited text. Raises `RuleBroken` with what keeps it from being read."""
    if not content.strip():
        raise RuleBroken("The file is empty.")
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise RuleBroken(f"The file is not {encoding}: byte {error.start + 1:,} does not fit. Name its encoding.") from None
    found = _rows(text, delimiter)
    header = tuple(one_line(cell) for cell in found[0].cells) if found else ()
    if not any(header):
        raise RuleBroken("The first line of the file has to name the columns.")
    rows = tuple(row for row in found[1:] if any(cell.strip() for cell in row.cells))
    return Table(header, rows, len(found) - 1 - len(rows))


def one_line(cell: str) -> str:
    """A cell for comparing: tidied, any run of spaces and line ends as one space."""
    tidied = tidy(cell)
    return tidied if tidied.isascii() and "  " not in tidied and tidied.isprintable() else " ".join(tidied.split())


def _rows(text: str, delimiter: str) -> list[TableRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[TableRow] = []
    start = 1
    try:
        for cells in reader:
            found.append(TableRow(start, tuple(cells)))
            start = reader.line_num + 1
            if len(found) > MOST_ROWS + 1:
                raise RuleBroken(f"The file has more than {MOST_ROWS:,} rows. Split it.")
    except csv.Error as error:
        raise RuleBroken(f"The file cannot be read at line {start:,}: {error}. Save it as CSV again.") from None
    return found


def place(header: Sequence[str], column: str) -> int | None:
    """Where a column is; None where the header names it never, or more than once."""
    return header.index(column) if header.count(column) == 1 else None
