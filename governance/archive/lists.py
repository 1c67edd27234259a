"""Every governed table as a list that people read: values as text, names beside ids, long words beside their digests."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from sqlalchemy import Column, Table, select
from sqlalchemy.orm import Session

from governance.ledger.log import instant
from governance.models.answers import Evidence
from governance.models.base import governed_classes, table_of
from governance.models.directory import Person, Unit
from governance.models.findings import Finding
from governance.models.gates import Comment
from governance.models.ledger import Words
from governance.reads import directory

NAMES: Mapping[str, str] = {
    "answer": "answers",
    "comment": "comments",
    "current_policy": "policies-in-force",
    "evidence": "evidence",
    "exclusion": "exclusions",
    "finding": "findings",
    "gate_request": "requests",
    "initiative": "initiatives",
    "limit_value": "limits",
    "named_viewer": "readers",
    "organisation": "settings",
    "origin": "origins",
    "pack": "evidence-packs",
    "person": "people",
    "person_function": "functions",
    "person_role": "roles",
    "policy_loosening": "loosened-gates",
    "policy_proposal": "policy-proposals",
    "published_policy": "policies",
    "request_seat": "seats",
    "revision": "revisions",
    "sign_off": "sign-offs",
    "source_row": "imported-rows",
    "stage_entry": "stages",
    "team_seat": "teams",
    "tiering": "tiering",
    "unit": "units",
    "waiver": "waivers",
}
"""The name of each list; a table that is not here gives its own."""

OF_WORDS = "digest of the words"
SPOKEN = {(table_of(Comment).name, "words"), (table_of(Finding).name, "words"), (table_of(Evidence).name, "digest")}
"""Columns with the digest of a text kept apart, beside those whose comment says so."""

OR_SYSTEM = "a person, or system"
"""How comments begin of columns that name a person or the program."""

FOR_SEARCHING = "folded"
"""A column that repeats another."""

Cells = list[object]


@dataclass(frozen=True)
class Listing:
    name: str
    header: list[str]
    rows: Iterator[Cells]


def listings(session: Session) -> Iterator[Listing]:
    """Every list, by name."""
    reader = _Reader(session)
    tables = [table_of(kind) for kind in governed_classes()]
    for table in sorted(tables, key=name_of):
        yield reader.listing(table)


def name_of(table: Table) -> str:
    return NAMES.get(table.name, table.name.replace("_", "-"))


class _Reader:
    """Looks names and words up."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def listing(self, table: Table) -> Listing:
        shown = [self._shown(column) for column in table.columns if column.name != FOR_SEARCHING]
        header = [name for names, _ in shown for name in names]
        rows: Iterator[Cells] = ([cell for _, said in shown for cell in said(row)] for row in self._rows(table))
        if table is table_of(Person):
            return Listing(name_of(table), [*header, "email", "roles", "functions"], self._with_rights(rows))
        return Listing(name_of(table), header, rows)

    def _rows(self, table: Table) -> Iterator[Mapping[str, object]]:
        query = select(table).order_by(*table.primary_key).execution_options(yield_per=1_000)
        return (dict(row) for row in self._session.execute(query).mappings())

    def _shown(self, column: "Column[object]") -> tuple[list[str], Callable[[Mapping[str, object]], Iterable[object]]]:
        """The cells that a column becomes: its value, and what a person or a digest in it stands for."""
        name, plain = column.name, lambda row: [_text(row[column.name])]
        targets = {key.column for key in column.foreign_keys}
        if table_of(Person).columns["id"] in targets or (column.comment or "").startswith(OR_SYSTEM):
            return [name, f"{name.removesuffix('_id')}_name"], lambda row: [row[name], self._people.get(str(row[name]), "")]
        if table_of(Unit).columns["id"] in targets:
            return [name, f"{name.removesuffix('_id')}_name"], lambda row: [row[name], self._units.get(str(row[name]), "")]
        if column.comment == OF_WORDS or (column.table.name, name) in SPOKEN:
            return [name, f"{name}_text"], lambda row: [row[name], self._words(row[name])]
        return [name], plain

    def _with_rights(self, rows: Iterator[Cells]) -> Iterator[Cells]:
        held = {listed.person.id: listed for listed in directory.every(self._session, directory.Wanted())}
        for row in rows:
            listed = held[str(row[0])]
            functions = (f"{one.function.value} in {one.unit_id or 'all units'}" for one in listed.functions)
            yield [*row, listed.email, "; ".join(one.role.value for one in listed.roles), "; ".join(functions)]

    def _words(self, digest: object) -> str:
        found = self._session.get(Words, digest) if digest else None
        return found.text or "" if found else ""

    @cached_property
    def _people(self) -> Mapping[str, str]:
        return {row.id: row.name for row in self._session.execute(select(Person.id, Person.name))}

    @cached_property
    def _units(self) -> Mapping[str, str]:
        return {row.id: row.name for row in self._session.execute(select(Unit.id, Unit.name))}


def _text(value: object) -> object:
    """As a spreadsheet shows it; what has parts stays JSON."""
    match value:
        case bool():
            return "yes" if value else "no"
        case StrEnum():
            return value.value
        case datetime():
            return instant(value)
        case date():
            return value.isoformat()
        case list() if all(isinstance(one, str) for one in value):
            return "; ".join(value)
        case list() | dict():
            return json.dumps(value, ensure_ascii=False, sort_keys=True)
        case _:
            return value
