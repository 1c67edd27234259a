"""Triggers that refuse what no code of ours may do: change a governed table outside the ledger, or touch a leaf again."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import local

import sqlalchemy as sa
from sqlalchemy import Connection, MetaData

OUTSIDE = "a governed table changes only through an event"
AGAIN = "the ledger is append-only"
NEXT = "a leaf takes the next index"
APPEND_ONLY = ("leaf", "node", "words")


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
    for statement in _statements(tables).values():
        connection.exec_driver_sql(statement)


def check(connection: Connection, tables: MetaData) -> None:
    """Raise unless every trigger is there with the text it should have."""
    found: dict[str, str] = dict(connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all())
    wrong = [name for name, text in _statements(tables).items() if _plain(found.get(name, "")) != _plain(text)]
    if wrong:
        raise GuardsMissing(f"Guards of the database are missing or changed: {', '.join(sorted(wrong))}. Restore a backup, or ask who changed it.")


class GuardsMissing(Exception):
    """Somebody removed a trigger: the program does not serve a record it cannot protect."""


def _statements(tables: MetaData) -> dict[str, str]:
    statements = {}
    for table in (table for table in tables.sorted_tables if table.info.get("governed")):
        for act in ("INSERT", "UPDATE", "DELETE"):
            name = f"governed_{table.name}_{act.lower()}"
            statements[name] = (
                f'CREATE TRIGGER {name} BEFORE {act} ON "{table.name}" WHEN recording() = 0 BEGIN SELECT RAISE(ABORT, \'{OUTSIDE}\'); END'
            )
    for table_name in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            name = f"append_only_{table_name}_{act.lower()}"
            statements[name] = f"CREATE TRIGGER {name} BEFORE {act} ON {table_name} BEGIN SELECT RAISE(ABORT, '{AGAIN}'); END"
    statements["next_leaf"] = (
        'CREATE TRIGGER next_leaf BEFORE INSERT ON leaf WHEN NEW."index" IS NOT (SELECT coalesce(max("index"), -1) + 1 FROM leaf) '
        f"BEGIN SELECT RAISE(ABORT, '{NEXT}'); END"
    )
    return statements


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
