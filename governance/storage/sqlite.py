"""SQLite: one file, one writer at a time through `BEGIN IMMEDIATE`, durable with WAL and `synchronous=FULL`."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import URL, Connection, Engine, MetaData, Table, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from governance.storage.backend import BUSY_MS, Raw
from governance.storage.faults import StorageRefused
from governance.storage.guards import AGAIN, APPEND_ONLY, NEXT, OUTSIDE, governed

SETTINGS: dict[str, str | int] = {"journal_mode": "wal", "foreign_keys": 1, "recursive_triggers": 1}
SYNCHRONOUS = {False: 0, True: 2}  # OFF and FULL: what lies between loses the last commits when the power goes
TAKE_LOCK = "BEGIN IMMEDIATE"
BATCH = 2_000
PRIMARY = 0xFF  # the low byte of an extended error code is the kind of error

BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
OUT_OF_REACH = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY})
FAULTS_OF_FILES = OUT_OF_REACH | {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def reader(url: URL, *, durable: bool) -> Engine:
    return _engine(url, {**SETTINGS, "synchronous": SYNCHRONOUS[durable], "query_only": 1}, "BEGIN")


def writer(url: URL, *, durable: bool) -> Engine:
    engine = _engine(url, {**SETTINGS, "synchronous": SYNCHRONOUS[durable]}, TAKE_LOCK)
    event.listen(engine, "connect", _answer_recording)
    return engine


def check(connection: Connection, *, durable: bool) -> None:
    """Nothing to add: every connection makes sure of its settings when it is opened."""
    del connection, durable


@contextmanager
def recording(connection: Connection) -> Iterator[None]:
    switch = connection.info
    switch["recording"] = True
    try:
        yield
    finally:
        switch["recording"] = False


def guards(tables: MetaData) -> dict[str, str]:
    statements: dict[str, str] = {}
    for name in governed(tables):
        for act in ("INSERT", "UPDATE", "DELETE"):
            statements |= _trigger(f"governed_{name}_{act.lower()}", act, name, "recording() = 0", OUTSIDE)
    for name in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            statements |= _trigger(f"append_only_{name}_{act.lower()}", act, name, "1", AGAIN)
        statements |= _trigger(f"append_only_{name}_insert", "INSERT", name, f"recording() = 0 OR {_taken(tables.tables[name])}", AGAIN)
    following = 'NEW."index" IS NOT (SELECT coalesce(max("index"), -1) + 1 FROM leaf)'
    return statements | _trigger("next_leaf", "INSERT", "leaf", following, NEXT)


def guards_found(connection: Connection) -> dict[str, str]:
    found: dict[str, str] = dict(connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all())
    return found


def drop_guards(connection: Connection) -> None:
    for name in guards_found(connection):
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def rows(connection: Connection, query: str) -> Iterator[Raw]:
    """Text that is no UTF-8 comes with lone surrogates."""
    file = connection.connection.dbapi_connection
    assert file is not None
    file.text_factory = lambda text: text.decode(errors="surrogateescape")
    try:
        cursor = file.cursor()
        cursor.execute(query)
        while batch := cursor.fetchmany(BATCH):
            yield from batch
        cursor.close()
    finally:
        file.text_factory = str


def is_busy(error: DBAPIError) -> bool:
    return _code(error) in BUSY


def is_full(error: DBAPIError) -> bool:
    return _code(error) == sqlite3.SQLITE_FULL


def is_of_the_disk(error: DBAPIError) -> bool:
    return _code(error) == sqlite3.SQLITE_IOERR


def is_out_of_reach(error: DBAPIError) -> bool:
    return _code(error) in OUT_OF_REACH


def fault(error: BaseException) -> str | None:
    return str(getattr(error, "orig", error)) if _code(error) in FAULTS_OF_FILES else None


def _engine(url: URL, settings: dict[str, str | int], begin: str) -> Engine:
    engine = sa.create_engine(
        url,
        connect_args={"isolation_level": None, "timeout": BUSY_MS / 1000},
        pool_size=20,
        max_overflow=20,
        hide_parameters=True,  # an error is logged, and what somebody typed is not
    )
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


def _answer_recording(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    """Only our writer's connections can answer the guards, each for itself, so every other one is refused."""
    switch = entry.info
    connection.create_function("recording", 0, lambda: int(switch.get("recording", False)))


def _trigger(name: str, act: str, table: str, when: str, message: str) -> dict[str, str]:
    return {name: f"CREATE TRIGGER {name} BEFORE {act} ON \"{table}\" WHEN {when} BEGIN SELECT RAISE(ABORT, '{message}'); END"}


def _taken(table: Table) -> str:
    """Whether a new row would meet an old one: INSERT OR REPLACE removes that without asking the trigger for DELETE."""
    unique = [constraint for constraint in table.constraints if isinstance(constraint, sa.UniqueConstraint)]
    keys = sorted([column.name for column in constraint.columns] for constraint in (table.primary_key, *unique))
    same = (" AND ".join(f'"{name}" = NEW."{name}"' for name in key) for key in keys)
    return " OR ".join(f'EXISTS (SELECT 1 FROM "{table.name}" WHERE {condition})' for condition in same)  # noqa: S608 - names of our tables


def _code(error: BaseException) -> int:
    return getattr(getattr(error, "orig", error), "sqlite_errorcode", 0) & PRIMARY
