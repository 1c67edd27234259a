"""A list of units and people: what each row says, with fixed columns that an administrator fills in."""

import difflib
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from governance.domain.errors import Problem, RuleBroken
from governance.domain.importing import Outcome
from governance.domain.table import TableRow, one_line, read_table
from governance.domain.text import fold
from governance.domain.vocabulary import Function, Role

Member = TypeVar("Member", bound=StrEnum)

COLUMNS: Mapping[str, str] = {
    "short name": "stands in the record and does not change, such as ada.lind; empty in a row that only opens a unit",
    "name": "as people read it",
    "title": "their job",
    "unit": "its short name",
    "unit name": "only for a unit that is to be opened",
    "e-mail": "what they sign in with; it does not go into the ledger",
    "roles": "separated by commas: project lead, reviewer, compliance officer, auditor, admin",
    "functions": "separated by commas: data science, it ops, business, compliance; “business in claims” for one unit only",
    "qualifications": "separated by commas, as the policy names them",
    "time zone": "empty: the organisation's",
    "until": "the last day of their roles, such as 2027-12-31; empty: no end",
}
NEEDED = ("short name", "name", "unit", "e-mail")
APART = re.compile(r"[,;|\n]")


@dataclass(frozen=True, slots=True)
class Held:
    """A function, in one unit or (empty) in all."""

    function: Function
    unit: str = ""


@dataclass(frozen=True, slots=True)
class PersonSays:
    """A row as it stands in the file; `faults` say why it cannot be read."""

    line: int
    person: str
    name: str = ""
    title: str = ""
    unit: str = ""
    unit_name: str = ""
    email: str = ""
    roles: tuple[Role, ...] = ()
    functions: tuple[Held, ...] = ()
    qualifications: tuple[str, ...] = ()
    time_zone: str = ""
    until: date | None = None
    faults: tuple[str, ...] = ()

    @property
    def is_unit(self) -> bool:
        """Whether the row only names a unit."""
        return not (self.person or self.name or self.email) and bool(self.unit and self.unit_name)


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One row of the account; what is granted is only what somebody does not hold yet."""

    says: PersonSays
    outcome: Outcome
    described: bool = False  # the entry of the person changes
    roles: tuple[Role, ...] = ()
    functions: tuple[Held, ...] = ()
    why: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        grants = [f"role {role.value.replace('_', ' ')}" for role in self.roles]
        grants += [f"signs for {held.function.spoken}{f' in {held.unit}' if held.unit else ''}" for held in self.functions]
        gets = f"Gets: {', '.join(grants)}." if grants else ""
        return " ".join([*self.why, *(["The entry is changed."] if self.described else []), *([gets] if gets else []), *self.notes])


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """Every row of a list, and what becomes of it."""

    rows: tuple[StaffRow, ...]
    new_units: Mapping[str, str]
    blank: int

    def counted(self, outcome: Outcome) -> int:
        return sum(row.outcome is outcome for row in self.rows)

    @property
    def digest(self) -> str:
        """What was previewed, so that exactly that is confirmed."""
        told = [(row.says.line, row.says.person, row.says.name, row.says.email, row.outcome, row.told) for row in self.rows]
        return hashlib.sha256(json.dumps([told, dict(self.new_units)]).encode()).hexdigest()


def read_staff(content: bytes) -> tuple[list[PersonSays], int]:
    """The rows of a list and how many were blank. Raises `RuleBroken` for what is no such list."""
    first = content.split(b"\n", 1)[0]
    table = read_table(content, "utf-8", ";" if first.count(b";") > first.count(b",") else ",")
    header = [fold(column) for column in table.header]
    _check_header(header)
    return [_row(row, header) for row in table.rows], table.blank


def _check_header(header: Sequence[str]) -> None:
    problems = [Problem("column", f"The column “{name}” is missing.") for name in NEEDED if name not in header]
    for name in header:
        if name not in COLUMNS:
            meant = next(iter(difflib.get_close_matches(name, COLUMNS, 1, 0.6)), None)
            problems.append(Problem("column", f"There is no column “{name}”{f' (did you mean “{meant}”?)' if meant else ''}."))
        elif header.count(name) > 1:
            problems.append(Problem("column", f"The column “{name}” stands more than once."))
    if problems:
        raise RuleBroken("The first line does not name the columns of such a list.", *dict.fromkeys(problems))


def _row(row: TableRow, header: Sequence[str]) -> PersonSays:
    if len(row.cells) != len(header):
        return PersonSays(row.line, "", faults=(f"It has {len(row.cells)} cells, and the header names {len(header)} columns.",))
    cells = dict(zip(header, row.cells, strict=True))
    faults: list[str] = []

    def cell(name: str) -> str:
        return one_line(cells.get(name, ""))

    return PersonSays(
        line=row.line,
        person=cell("short name"),
        name=cell("name"),
        title=cell("title"),
        unit=cell("unit"),
        unit_name=cell("unit name"),
        email=cell("e-mail").casefold(),
        roles=tuple(_listed(cells.get("roles", ""), lambda word: _member(Role, word), faults)),
        functions=tuple(_listed(cells.get("functions", ""), _held, faults)),
        qualifications=tuple(one_line(part) for part in APART.split(cells.get("qualifications", "")) if part.strip()),
        time_zone=cell("time zone"),
        until=_until(cell("until"), faults),
        faults=tuple(faults),
    )


Found = TypeVar("Found")


def _listed(cell: str, read: Callable[[str], Found], faults: list[str]) -> Iterable[Found]:
    """What the words of a cell name, each once; a word that names nothing is a fault."""
    found: dict[Found, None] = {}
    for word in (one_line(part) for part in APART.split(cell) if part.strip()):
        try:
            found[read(word)] = None
        except ValueError as unknown:
            faults.append(str(unknown))
    return found


def _member(kind: type[Member], word: str) -> Member:
    known = {member.value.replace("_", " "): member for member in kind}
    found = known.get(fold(word).replace("_", " "))
    if found is None:
        meant = next(iter(difflib.get_close_matches(fold(word), known, 1, 0.6)), None)
        what = "role" if kind is Role else "function"
        raise ValueError(f"There is no {what} “{word}”{f' (did you mean “{meant}”?)' if meant else ''}.")
    return found


def _held(word: str) -> Held:
    function, _, unit = word.partition(" in ")
    return Held(_member(Function, one_line(function)), one_line(unit))


def _until(text: str, faults: list[str]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.append(f"“{text}” is no day such as 2027-12-31.")
        return None
