"""The cells of a spreadsheet of questions: which column is which, what a cell means, and every fault by line and column."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from governance.domain.errors import Problem
from governance.domain.table import Table, TableRow, one_line
from governance.domain.text import listed
from governance.domain.vocabulary import Function
from governance.policy.sheet_words import NEEDED, Column, column_of, plain

Found = TypeVar("Found")


@dataclass(slots=True)
class Sheet:
    """A table with its columns, gathering every fault by row and column."""

    table: Table
    places: Mapping[Column, int]
    faults: list[Problem] = field(default_factory=list)

    def cell(self, row: TableRow, column: Column) -> str:
        place = self.places.get(column)
        return one_line(row.cells[place]) if place is not None and place < len(row.cells) else ""

    def read(self, row: TableRow, column: Column, read: Callable[[str], Found], default: Found) -> Found:
        """What a cell means; the default where it is empty or means nothing, which is a fault."""
        cell = self.cell(row, column)
        if not cell:
            return default
        try:
            return read(cell)
        except ValueError as error:
            self.fault(row, column, str(error))
            return default

    def fault(self, row: TableRow, column: Column, sentence: str) -> None:
        where = f"line {row.line:,}, column “{self.table.header[self.places[column]]}”" if column in self.places else f"line {row.line:,}"
        self.faults.append(Problem("cell", f"{where}: {sentence}.", column))

    def filled(self, row: TableRow) -> list[Column]:
        """The columns in which the row says something."""
        return [column for column in self.places if self.cell(row, column)]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the sheet, and the seat it is about."""

    row: TableRow
    gate: str
    owner: Function


def columns(table: Table, ignored: Collection[str]) -> tuple[dict[Column, int], list[Problem]]:
    """Where each column is, and every head that has no meaning, or the meaning of another one."""
    places: dict[Column, int] = {}
    faults: list[Problem] = []
    left_out = {plain(name) for name in ignored}
    for number, head in enumerate(table.header):
        column = column_of(head)
        if plain(head) in left_out or not head:
            continue
        if column is None:
            known = listed([one.value for one in Column], "or")
            faults.append(
                Problem("column", f"line 1: the column “{head[:60]}” is not understood: call it {known}, or leave it out by --ignore.")
            )
        elif column in places:
            first = table.header[places[column]]
            faults.append(
                Problem(
                    "column", f"line 1: the columns “{first[:60]}” and “{head[:60]}” both mean {column.value}: leave one out by --ignore."
                )
            )
        else:
            places[column] = number
    missing = [one.value for one in NEEDED if one not in places]
    if missing and len(table.header) == 1:
        faults = [Problem("column", "line 1: the file has one column only. Name what stands between its columns by --delimiter.")]
    elif missing:
        faults.append(Problem("column", f"line 1: no column says the {listed(missing)}."))
    return places, faults
