"""Two engines on one SQLite file: one that only reads, one that writes, one writer at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, MetaData, event, inspect
from sqlalchemy.exc import DBAPIError

from governance.storage import guards

VERSION = 3
"""Of the tables; a database with a higher one was written by a newer program."""

BUSY_MS = 15_000
SETTINGS: dict[str, str | int] = {"journal_mode": "wal", "foreign_keys": 1, "recursive_triggers": 1}
SYNCHRONOUS = {"OFF": 0, "FULL": 2}
ELSEWHERE = "Choose another instance folder, or restore a backup."
PRIMARY = 0xFF  # the low byte of an extended SQLite error code is the kind of error


DATABASE_ERRORS = (DBAPIError, sqlite3.Error)
"""The second where rows are read past SQLAlchemy."""

FAULTS_OF_FILES = frozenset(
    {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)


class StorageRefused(Exception):
    """The database is not what the program expects; the message says what to do."""


class Busy(Exception):
    """Somebody else held the write lock for too long. Nothing happened; trying again later is safe."""


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

        Raises `StorageRefused` for a file that is no database of this program or of a newer one, `GuardsMissing` where its triggers
        were changed.
        """
        url = f"sqlite:///{path}"
        recording = guards.Recording()
        writer = _engine(url, {**SETTINGS, "synchronous": SYNCHRONOUS[synchronous]}, "BEGIN IMMEDIATE")
        reader = _engine(url, {**SETTINGS, "synchronous": SYNCHRONOUS[synchronous], "query_only": 1}, "BEGIN")
        event.listen(writer, "connect", lambda connection, _: recording.attach(connection))
        engines = cls(url, reader, writer, Lock(), recording)
        try:
            engines._prepare(tables)
        except DBAPIError as error:
            engines.close()
            if is_busy(error):
                raise Busy("Another process is writing. Nothing was changed; try again in a moment.") from None
            raise StorageRefused(f"{path} is not a database of this program ({error.orig}). {ELSEWHERE}") from None
        except BaseException:
            engines.close()
            raise
        return engines

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the writer's place in this process. Raises `Busy` where it does not become free: also for a turn within a turn."""
        if not self.lock.acquire(timeout=BUSY_MS / 1000):
            raise Busy("Somebody else is writing. Nothing was changed; try again in a moment.")
        try:
            yield
        finally:
            self.lock.release()

    def _prepare(self, tables: MetaData) -> None:
        with self.writer.begin() as connection:
            found = inspect(connection).get_table_names()
            if not found:
                self._create(connection, tables)
            elif "stamp" not in found:
                raise StorageRefused(f"The database belongs to another program: it has tables, and no stamp of this one. {ELSEWHERE}")
            version = connection.scalar(sa.text("SELECT version FROM stamp")) or 0
            if not isinstance(version, int):
                raise StorageRefused(f"The database has a stamp that this program did not write. {ELSEWHERE}")
            if version != VERSION:
                age = "newer" if version > VERSION else "older"
                raise StorageRefused(
                    f"The database has tables of version {version}, {age} than this program: use the version that wrote it."
                )
            guards.check(connection, tables)

    def _create(self, connection: Connection, tables: MetaData) -> None:
        tables.create_all(connection)
        guards.create(connection, tables)
        connection.execute(sa.text("INSERT INTO stamp (id, version) VALUES (1, :version)"), {"version": VERSION})

    def close(self) -> None:
        self.reader.dispose()
        self.writer.dispose()


def is_busy(error: DBAPIError) -> bool:
    """Whether another process kept the write lock."""
    return _code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def is_of_the_disk(error: DBAPIError) -> bool:
    """Whether the disk failed, so that nobody knows what of a commit is stored."""
    return _code(error) == sqlite3.SQLITE_IOERR


def fault_of_the_file(error: DBAPIError | sqlite3.Error) -> str | None:
    """What SQLite says where the file is damaged, full or out of reach; None where the program did something wrong."""
    return str(getattr(error, "orig", error)) if _code(error) in FAULTS_OF_FILES else None


def _code(error: DBAPIError | sqlite3.Error) -> int:
    return getattr(getattr(error, "orig", error), "sqlite_errorcode", 0) & PRIMARY


def _engine(url: str, settings: dict[str, str | int], begin: str) -> Engine:
    engine = sa.create_engine(url, connect_args={"isolation_level": None, "timeout": BUSY_MS / 1000}, pool_size=20, max_overflow=20)
    event.listen(engine, "connect", lambda connection, _: _configure(connection, settings))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _configure(connection: sqlite3.Connection, settings: dict[str, str | int]) -> None:
    """Set what durability and integrity rest on, and make sure that it took."""
    for name, value in settings.items():
        connection.execute(f"PRAGMA {name}={value}")
    for name, value in settings.items():
        found: Any = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if found != value:
            raise StorageRefused(f"SQLite refused {name}={value} (it is {found}). Put the instance folder on a local disk.")
