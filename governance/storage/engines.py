"""Two engines on one database: one that only reads, one that writes, one writer at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import psycopg
import sqlalchemy as sa
from sqlalchemy import URL, Connection, Engine, MetaData, inspect, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from governance.storage import guards, postgresql, sqlite
from governance.storage.backend import BUSY_MS, Backend
from governance.storage.faults import Busy, DiskFull, GuardsMissing, OlderTables, OtherVersion, OutcomeUnknown, StorageRefused, has_no_room

VERSION = 3
"""Of the tables; a database with a higher one was written by a newer program."""

ELSEWHERE = "Choose another instance folder or database, or restore a backup."

BACKENDS: dict[str, Backend] = {"sqlite": sqlite, "postgresql": postgresql}

DATABASE_ERRORS = (DBAPIError, sqlite3.Error, psycopg.Error)
"""The last two where rows are read past SQLAlchemy."""

__all__ = [
    "BUSY_MS",
    "DATABASE_ERRORS",
    "VERSION",
    "Busy",
    "DiskFull",
    "Engines",
    "GuardsMissing",
    "OlderTables",
    "OtherVersion",
    "OutcomeUnknown",
    "StorageRefused",
]


@dataclass(frozen=True)
class Engines:
    """The doors to one database. `lock` stands in front of the writer, one per process."""

    url: URL
    backend: Backend
    reader: Engine
    writer: Engine
    lock: Lock

    @classmethod
    def open(cls, place: Path | URL, tables: MetaData, *, synchronous: str = "FULL") -> "Engines":
        """Open a SQLite file or the database at an address, creating the tables and their guards in an empty one.

        `synchronous="OFF"` is for tests only. Raises `StorageRefused` for what is no database of this program, out of reach, or of another
        version, `GuardsMissing` where its triggers were changed.
        """
        engines, durable = cls.unchecked(place, synchronous=synchronous), synchronous == "FULL"
        backend = engines.backend
        try:
            engines._prepare(tables, durable)
        except DBAPIError as error:
            engines.close()
            if backend.is_busy(error):
                raise Busy("Another process is writing. Nothing was changed; try again in a moment.") from None
            raise StorageRefused(f"{engines.name} {_what_is_wrong(backend, error)}") from None
        except BaseException:
            engines.close()
            raise
        return engines

    @classmethod
    def unchecked(cls, place: Path | URL, *, synchronous: str = "FULL") -> "Engines":
        """The doors to a database whose tables may be older: for bringing them to this version."""
        url = place if isinstance(place, URL) else make_url(f"sqlite:///{place}")
        backend, durable = backend_of(url.get_backend_name()), synchronous == "FULL"
        return cls(url, backend, backend.reader(url, durable=durable), backend.writer(url, durable=durable), Lock())

    @property
    def name(self) -> str:
        """The file, or the address without its password."""
        return self.url.database or "" if self.url.get_backend_name() == "sqlite" else self.url.render_as_string(hide_password=True)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the writer's place in this process. Raises `Busy` where it does not become free: also for a turn within a turn."""
        if not self.lock.acquire(timeout=BUSY_MS / 1000):
            raise Busy
        try:
            yield
        finally:
            self.lock.release()

    @contextmanager
    def recording(self, session: Session) -> Iterator[None]:
        """While this lasts, the session can change governed tables. Only the ledger does this."""
        with self.backend.recording(session.connection()):
            yield

    def stamped(self, connection: Connection) -> int:
        """The version of the tables that are there. Raises `StorageRefused` where they are of another program."""
        if "stamp" not in inspect(connection).get_table_names():
            raise StorageRefused(f"The database belongs to another program: it has tables, and no stamp of this one. {ELSEWHERE}")
        is_ours = "version" in {column["name"] for column in inspect(connection).get_columns("stamp")}
        version = connection.scalar(sa.text("SELECT version FROM stamp")) or 0 if is_ours else None
        if not isinstance(version, int):
            raise StorageRefused(f"The database has a stamp that this program did not write. {ELSEWHERE}")
        return version

    def guard(self, connection: Connection, tables: MetaData) -> None:
        """Put every guard in place."""
        for statement in self.backend.guards(tables).values():
            connection.exec_driver_sql(statement)

    def _prepare(self, tables: MetaData, durable: bool) -> None:
        with self.writer.begin() as connection:
            self.backend.check(connection, durable=durable)
            if not inspect(connection).get_table_names():
                self._create(connection, tables)
            version = self.stamped(connection)
            if version > VERSION:
                raise StorageRefused(
                    f"The database has tables of version {version}, newer than this program: use the version that wrote it."
                )
            if version < VERSION:
                raise OlderTables(
                    f"The database has tables of version {version}, older than this program. Take a copy, then: governance upgrade"
                )
            guards.check(self.backend.guards_found(connection), self.backend.guards(tables))

    def _create(self, connection: Connection, tables: MetaData) -> None:
        tables.create_all(connection)
        self.guard(connection, tables)
        connection.execute(sa.text("INSERT INTO stamp (id, version) VALUES (1, :version)"), {"version": VERSION})

    def close(self) -> None:
        self.reader.dispose()
        self.writer.dispose()


def backend_of(name: str) -> Backend:
    """The engine with this name."""
    return BACKENDS[name]


def fault_of_the_database(error: BaseException) -> str | None:
    """What an engine says where its files are damaged, full or out of reach; None where the program did something wrong."""
    return next(filter(None, (backend.fault(error) for backend in BACKENDS.values())), None)


def is_for_want_of_room(error: BaseException) -> bool:
    """Whether a disk is full, of the database, or of the files, or of what is on its way."""
    return has_no_room(error) or (isinstance(error, DBAPIError) and any(backend.is_full(error) for backend in BACKENDS.values()))


def _what_is_wrong(backend: Backend, error: DBAPIError) -> str:
    """A full disk must not send anybody to look for a backup."""
    if backend.is_out_of_reach(error):
        return f"cannot be opened ({_said(error)}). Check that it can be reached and written, and that its disk works and has room."
    return f"is not a database of this program ({_said(error)}). {ELSEWHERE}"


def _said(error: DBAPIError) -> str:
    return " ".join(str(error.orig).split())
