"""PostgreSQL: writers take one advisory lock, readers see one snapshot, and triggers ask a setting of the transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import psycopg
import sqlalchemy as sa
from psycopg.pq import TransactionStatus
from sqlalchemy import URL, Connection, Engine, MetaData, event
from sqlalchemy.exc import DBAPIError

from governance.storage.backend import BUSY_MS, Raw
from governance.storage.faults import StorageRefused
from governance.storage.guards import AGAIN, APPEND_ONLY, NEXT, OUTSIDE, governed

OLDEST = 14
"""Of PostgreSQL, what its makers still look after."""

BATCH = 2_000
CONNECT_SECONDS = 10
WRITE_LOCK = 7_301_001
"""The number of the advisory lock: any would do, all processes use this one. Taken as the first statement, so that the second already
sees what the writer before has committed; a snapshot of the whole transaction would not."""
TAKE_LOCK = f"SELECT pg_advisory_xact_lock({WRITE_LOCK})"

BUSY = frozenset({"55P03", "40001", "40P01"})  # lock not available, serialisation failure, deadlock
DISK_FULL = "53100"
OUT_OF_REACH = ("08", "28", "3D", "53", "57", "58")  # connection, sign-in, no such database, full, shut down, system
FAULTS = (*OUT_OF_REACH, "XX")  # damage

REFUSALS = {
    "governance_outside": (OUTSIDE, "TG_OP = 'TRUNCATE' OR coalesce(current_setting('governance.recording', true), '') <> 'on'"),
    "governance_again": (AGAIN, "true"),
    "governance_next": (NEXT, 'NEW."index" IS DISTINCT FROM (SELECT coalesce(max("index"), -1) + 1 FROM leaf)'),
}
"""What each trigger function says, and when."""

MAKE_ONE = "createdb --template=template0 --encoding=UTF8 --locale=C.UTF-8 NAME"
IN_ORDER = ["-", "0", "B", "_", "a", "ä"]  # by code point, as SQLite and Python sort


def reader(url: URL, *, durable: bool) -> Engine:
    return _engine(url, durable).execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def writer(url: URL, *, durable: bool) -> Engine:
    engine = _engine(url, durable)
    event.listen(engine, "begin", lambda connection, take_lock=TAKE_LOCK: connection.exec_driver_sql(take_lock))
    return engine


def check(connection: Connection, *, durable: bool) -> None:
    found = int(connection.scalar(sa.text("SELECT current_setting('server_version_num')")) or 0) // 10_000
    if found < OLDEST:
        raise StorageRefused(f"This is PostgreSQL {found}; version {OLDEST} or newer is needed.")
    signs = connection.scalars(sa.text("SELECT sign FROM unnest(cast(:signs AS text[])) AS sign ORDER BY sign"), {"signs": IN_ORDER[::-1]})
    if connection.scalar(sa.text("SHOW server_encoding")) != "UTF8" or list(signs) != IN_ORDER:
        raise StorageRefused(f"The database has to keep UTF-8 and sort by code point. Make one with: {MAKE_ONE}")
    off = [name for name in ("fsync", "full_page_writes", "synchronous_commit") if connection.scalar(sa.text(f"SHOW {name}")) == "off"]
    if durable and off:
        raise StorageRefused(f"The server has {' and '.join(off)} switched off: a power cut would lose what was signed. Switch it on.")


@contextmanager
def recording(connection: Connection) -> Iterator[None]:
    """Local to the transaction; where that has failed, the switch went with it."""
    driver = _driver(connection)
    _switch(connection, "on")
    try:
        yield
    finally:
        if driver.info.transaction_status == TransactionStatus.INTRANS:
            _switch(connection, "off")


def guards(tables: MetaData) -> dict[str, str]:
    """Statement triggers: a row trigger does not see TRUNCATE."""
    statements = dict(_function(name, _body(*refusal)) for name, refusal in REFUSALS.items())
    for name in governed(tables):
        statements |= _trigger(f"governed_{name}", "INSERT OR DELETE OR UPDATE OR TRUNCATE", name, "STATEMENT", "governance_outside")
    for name in APPEND_ONLY:
        statements |= _trigger(f"append_only_{name}", "DELETE OR UPDATE OR TRUNCATE", name, "STATEMENT", "governance_again")
        statements |= _trigger(f"recorded_{name}", "INSERT", name, "STATEMENT", "governance_outside")
    return statements | _trigger("next_leaf", "INSERT", "leaf", "ROW", "governance_next")


def guards_found(connection: Connection) -> dict[str, str]:
    """A trigger that is switched off counts as changed."""
    functions = sa.text(
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND prorettype = 'trigger'::regtype"
    )
    bodies = connection.execute(functions)
    found = {f"{name}()": f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$" for name, body in bodies}
    triggers = sa.text(
        "SELECT tgname, pg_get_triggerdef(t.oid, true), tgenabled::text FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid "
        "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
    )
    rows = connection.execute(triggers)
    return found | {name: text if enabled == "O" else f"{text} -- switched off" for name, text, enabled in rows}


def drop_guards(connection: Connection) -> None:
    triggers = sa.text(
        "SELECT tgname, relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid "
        "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
    )
    for name, table in connection.execute(triggers).all():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}" ON "{table}"')
    for name in guards_found(connection):
        connection.exec_driver_sql(f"DROP FUNCTION {name}")


def rows(connection: Connection, query: str) -> Iterator[Raw]:
    driver = _driver(connection)
    with driver.cursor("rows") as cursor:  # a name makes the server keep the rows until they are asked for
        cursor.itersize = BATCH
        yield from cursor.execute(query.encode())


def is_busy(error: DBAPIError) -> bool:
    return _state(error) in BUSY


def is_full(error: DBAPIError) -> bool:
    """Known where a table cannot grow; a server that has no room for its log stops, and is gone."""
    return _state(error) == DISK_FULL


def is_of_the_disk(error: DBAPIError) -> bool:
    """Never known here: the server whose disk fails breaks the connection."""
    del error
    return False


def is_out_of_reach(error: DBAPIError) -> bool:
    return _is_lost(error) or _state(error).startswith(OUT_OF_REACH)


def fault(error: BaseException) -> str | None:
    cause = getattr(error, "orig", error)
    return str(cause).strip() if _is_lost(error) or _state(error).startswith(FAULTS) else None


def _is_lost(error: BaseException) -> bool:
    """The server gave no code, because it gave no answer."""
    return isinstance(getattr(error, "orig", error), psycopg.OperationalError) and not _state(error)


def _engine(url: URL, durable: bool) -> Engine:
    commit = "on" if durable else "off"
    return sa.create_engine(
        url,
        connect_args={
            "options": f"-c lock_timeout={BUSY_MS} -c synchronous_commit={commit} -c TimeZone=UTC",
            "client_encoding": "utf8",
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "governance",
        },
        pool_size=5,
        max_overflow=15,
        pool_pre_ping=True,
        hide_parameters=True,  # an error is logged, and what somebody typed is not
    )


def _switch(connection: Connection, to: str) -> None:
    connection.exec_driver_sql(f"SELECT set_config('governance.recording', '{to}', true)")


def _driver(connection: Connection) -> "psycopg.Connection[tuple[object, ...]]":
    return cast("psycopg.Connection[tuple[object, ...]]", connection.connection.dbapi_connection)


def _function(name: str, body: str) -> tuple[str, str]:
    """A trigger function by its name, and the statement that makes it."""
    return f"{name}()", f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"


def _body(says: str, when: str) -> str:
    """Row triggers go on with the row, statement triggers ignore what comes back."""
    return f"BEGIN IF {when} THEN RAISE EXCEPTION '{says}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END"


def _trigger(name: str, acts: str, table: str, each: str, function: str) -> dict[str, str]:
    """As `pg_get_triggerdef` writes it."""
    return {name: f"CREATE TRIGGER {name} BEFORE {acts} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()"}


def _state(error: BaseException) -> str:
    return getattr(getattr(error, "orig", error), "sqlstate", None) or ""
