"""Triggers that refuse what no code of ours may do: change a governed table outside the ledger, or touch a leaf again."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import local

import sqlalchemy as sa
from sqlalchemy import Connection, MetaData, Table

OUTSIDE = "a governed table changes only through an event"
AGAIN = "the ledger is append-only"
NEXT = "a leaf takes the next index"
APPEND_ONLY = ("leaf", "node", "words", "checkpoint")


class GuardsMissing(Exception):
    """Somebody changed the triggers: the program does not serve a record it cannot protect."""


class Recording:
    """Whether the ledger is recording in this thread. Only our writer connections can answer, so every other one is refused."""

    def __init__(self) -> None:
        self._here = local()

    def attach(self, connection: sqlite3.Connection) -> None:
        connection.create_function("recording", 0, lambda: int(getattr(self._here, "on", False)))

    @contextmanager
    def on(self) -> Iterator[None]:
        self._here.on = True
        try:
            yield
        finally:
            self._here.on = False


def create(connection: Connection, tables: MetaData) -> None:
    """Put every guard in place."""
    for statement in _statements(tables).values():
        connection.exec_driver_sql(statement)


def check(connection: Connection, tables: MetaData) -> None:
    """Raise `GuardsMissing` unless the triggers are exactly ours, each with the text it should have."""
    found: dict[str, str] = dict(connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all())
    expected = _statements(tables)
    wrong = {name for name in found.keys() | expected.keys() if _plain(found.get(name)) != _plain(expected.get(name))}
    if wrong:
        named = ", ".join(sorted(wrong))
        raise GuardsMissing(f"Guards of the database are missing, changed or strange: {named}. Restore a backup, or ask who changed it.")


def _statements(tables: MetaData) -> dict[str, str]:
    """The text of every trigger, by name."""
    statements: dict[str, str] = {}
    for table in tables.sorted_tables:
        if table.info.get("governed"):
            for act in ("INSERT", "UPDATE", "DELETE"):
                statements |= _trigger(f"governed_{table.name}_{act.lower()}", act, table.name, "recording() = 0", OUTSIDE)
    for name in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            statements |= _trigger(f"append_only_{name}_{act.lower()}", act, name, "1", AGAIN)
        statements |= _trigger(f"append_only_{name}_insert", "INSERT", name, f"recording() = 0 OR {_taken(tables.tables[name])}", AGAIN)
    following = 'NEW."index" IS NOT (SELECT coalesce(max("index"), -1) + 1 FROM leaf)'
    return statements | _trigger("next_leaf", "INSERT", "leaf", following, NEXT)


def _trigger(name: str, act: str, table: str, when: str, message: str) -> dict[str, str]:
    return {name: f"CREATE TRIGGER {name} BEFORE {act} ON \"{table}\" WHEN {when} BEGIN SELECT RAISE(ABORT, '{message}'); END"}


def _taken(table: Table) -> str:
    """Whether a new row would meet an old one: INSERT OR REPLACE removes that without asking the trigger for DELETE."""
    unique = [constraint for constraint in table.constraints if isinstance(constraint, sa.UniqueConstraint)]
    keys = sorted([column.name for column in constraint.columns] for constraint in (table.primary_key, *unique))
    same = (" AND ".join(f'"{name}" = NEW."{name}"' for name in key) for key in keys)
    return " OR ".join(f'EXISTS (SELECT 1 FROM "{table.name}" WHERE {condition})' for condition in same)  # noqa: S608 - names of our tables


def _plain(text: str | None) -> str | None:
    return text and re.sub(r"\s+", " ", text).strip()
