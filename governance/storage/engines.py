"""Two engines on one SQLite file: one that only reads, one that writes, one writer at a time."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, MetaData, event, inspect

from governance.storage import guards

VERSION = 1
"""Of the tables; a database with a higher one was written by a newer program."""

BUSY_MS = 15_000
REQUIRED = {"journal_mode": "wal", "foreign_keys": 1, "recursive_triggers": 1}
SYNCHRONOUS = {"OFF": 0, "FULL": 2}


class StorageRefused(Exception):
    """The database is not what the program expects; the message says what to do."""


@dataclass(frozen=True)
class Engines:
    """The doors to one database. `lock` stands in front of the writer, one per process."""

    url: str
    reader: Engine
    writer: Engine
    lock: Lock
    recording: guards.Recording  # the switch that lets governed tables change; only the ledger turns it

    @classmethod
    def open(cls, path: Path, tables: MetaData, *, synchronous: str = "FULL") -> "Engines":
        """Open the file, creating the tables and their guards in a new one. `synchronous="OFF"` is for tests only.

        Raises `StorageRefused` for a database newer than the program, or one whose guards are missing.
        """
        url = f"sqlite:///{path}"
        recording = guards.Recording()
        writer = _engine(url, synchronous, "BEGIN IMMEDIATE")
        reader = _engine(url, synchronous, "BEGIN")
        event.listen(writer, "connect", lambda connection, _: recording.attach(connection))
        event.listen(reader, "connect", lambda connection, _: connection.execute("PRAGMA query_only=ON"))
        engines = cls(url, reader, writer, Lock(), recording)
        engines._prepare(tables)
        return engines

    def _prepare(self, tables: MetaData) -> None:
        with self.writer.begin() as connection:
            if not inspect(connection).has_table("stamp"):
                self._create(connection, tables)
            version = connection.scalar(sa.text("SELECT version FROM stamp")) or 0
            if version != VERSION:
                newer = "newer than this program: use the version that wrote it" if version > VERSION else "older: run `governance upgrade`"
                raise StorageRefused(f"The database has tables of version {version}, {newer}.")
            guards.check(connection, tables)

    def _create(self, connection: Connection, tables: MetaData) -> None:
        tables.create_all(connection)
        guards.create(connection, tables)
        connection.execute(sa.text("INSERT INTO stamp (id, version) VALUES (1, :version)"), {"version": VERSION})

    def close(self) -> None:
        self.reader.dispose()
        self.writer.dispose()


def _engine(url: str, synchronous: str, begin: str) -> Engine:
    engine = sa.create_engine(url, connect_args={"isolation_level": None, "timeout": BUSY_MS / 1000}, pool_size=20, max_overflow=20)
    event.listen(engine, "connect", lambda connection, _: _configure(connection, synchronous))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _configure(connection: sqlite3.Connection, synchronous: str) -> None:
    """Set what durability and integrity rest on, and make sure that it took."""
    for name, value in REQUIRED.items():
        connection.execute(f"PRAGMA {name}={value}")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    for name, value in {**REQUIRED, "synchronous": SYNCHRONOUS[synchronous]}.items():
        found: Any = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if found != value:
            raise StorageRefused(f"SQLite refused {name}={value} (it is {found}). Put the instance folder on a local disk.")
