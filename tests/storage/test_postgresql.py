"""What only PostgreSQL has: a server with settings of its own, statement triggers, connections that break."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import URL
from sqlalchemy.exc import DatabaseError

from governance.events.directory import UnitOpened
from governance.ledger import read
from governance.ledger.log import SYSTEM, Ledger
from governance.models.base import Base
from governance.storage import postgresql as storage
from governance.storage.engines import Busy, Engines, GuardsMissing, OutcomeUnknown, StorageRefused
from tests import databases
from tests.databases import Server

NOW = datetime(2026, 9, 9, 12, tzinfo=UTC)
GOVERNED = [table.name for table in Base.metadata.sorted_tables if table.info.get("governed")]


@pytest.fixture
def url(postgresql: Server) -> Iterator[URL]:
    with postgresql.database() as url:
        yield url


@pytest.fixture
def engines(url: URL) -> Iterator[Engines]:
    opened = Engines.open(url, Base.metadata)
    yield opened
    opened.close()


@contextmanager
def foreign(url: URL) -> "Iterator[psycopg.Connection[tuple[object, ...]]]":
    """Somebody with the rights of the program, past the program."""
    with psycopg.connect(host=str(url.query["host"]), user=url.username, dbname=url.database, autocommit=True) as connection:
        yield connection


def open_unit(engines: Engines, name: str = "claims") -> None:
    with Ledger(engines).writing(SYSTEM, NOW) as log:
        log.record(UnitOpened(unit=name, name=name), f"unit/{name}")


@pytest.mark.parametrize("act", ["INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("table", [*GOVERNED, "leaf", "node", "words"])
def test_a_foreign_connection_is_refused_whatever_it_tries(engines: Engines, url: URL, table: str, act: str) -> None:
    with foreign(url) as connection, pytest.raises(psycopg.IntegrityError, match=r"only through an event|append-only"):
        connection.execute(act.format(table).encode())


@pytest.mark.parametrize("act", ["DELETE FROM {}", "UPDATE {} SET hash = hash", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["leaf", "node"])
def test_recording_or_not_the_ledger_is_not_touched_again(engines: Engines, table: str, act: str) -> None:
    open_unit(engines)

    with Ledger(engines).writing(SYSTEM, NOW) as log, engines.recording(log.session), pytest.raises(DatabaseError, match="append-only"):
        log.session.execute(sa.text(act.format(table)))


def test_a_leaf_takes_the_next_index(engines: Engines) -> None:
    open_unit(engines)
    again = 'INSERT INTO leaf SELECT "index" + 2, stream, seq + 9, kind, at, actor, header, body, hash FROM leaf'

    with Ledger(engines).writing(SYSTEM, NOW) as log, engines.recording(log.session), pytest.raises(DatabaseError, match="next index"):
        log.session.execute(sa.text(again))


def test_the_switch_for_recording_ends_with_its_transaction(engines: Engines) -> None:
    with pytest.raises(KeyError), Ledger(engines).writing(SYSTEM, NOW) as log, engines.recording(log.session):
        raise KeyError

    with engines.writer.connect() as connection, pytest.raises(DatabaseError, match="only through an event"):
        connection.execute(sa.text("DELETE FROM unit"))


def test_pages_cannot_write_even_while_they_say_that_they_record(engines: Engines) -> None:
    with engines.reader.connect() as connection, pytest.raises(DatabaseError, match="read-only"):
        connection.execute(sa.text("SELECT set_config('governance.recording', 'on', true)"))
        connection.execute(sa.text("DELETE FROM unit"))


def test_what_is_read_in_one_transaction_is_of_one_moment(engines: Engines) -> None:
    with engines.reader.connect() as reader:
        before = reader.scalar(sa.text("SELECT count(*) FROM unit"))
        open_unit(engines)
        assert reader.scalar(sa.text("SELECT count(*) FROM unit")) == before == 0


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("DROP TRIGGER next_leaf ON leaf", "next_leaf"),
        ("DROP TRIGGER governed_unit ON unit", "governed_unit"),
        ("ALTER TABLE unit DISABLE TRIGGER governed_unit", "governed_unit"),
        ("ALTER TABLE leaf DISABLE TRIGGER USER", "append_only_leaf"),
        ("ALTER TABLE unit ENABLE REPLICA TRIGGER governed_unit", "governed_unit"),
        (
            "CREATE OR REPLACE FUNCTION governance_outside() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$",
            "governance_outside",
        ),
        (
            "CREATE FUNCTION helpful() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$; "
            "CREATE TRIGGER helpful BEFORE INSERT ON leaf FOR EACH ROW EXECUTE FUNCTION helpful()",
            "helpful",
        ),
    ],
)
def test_guards_that_are_not_exactly_ours_stop_the_start(engines: Engines, url: URL, statement: str, named: str) -> None:
    engines.close()
    with foreign(url) as connection:
        connection.execute(statement.encode())

    with pytest.raises(GuardsMissing, match=named):
        Engines.open(url, Base.metadata)


@pytest.mark.parametrize("options", ["ENCODING 'SQL_ASCII' LOCALE 'C'", "LOCALE_PROVIDER icu ICU_LOCALE 'und' LOCALE 'C.UTF-8'"])
def test_a_database_that_sorts_or_spells_in_another_way_is_refused_with_the_command_that_helps(postgresql: Server, options: str) -> None:
    with postgresql.made_with(options) as url, pytest.raises(StorageRefused, match=r"createdb --template=template0 --encoding=UTF8"):
        Engines.open(url, Base.metadata)


def test_a_server_that_forgets_what_was_committed_is_refused() -> None:
    with (
        databases.server("-c fsync=off") as careless,
        careless.database() as url,
        pytest.raises(StorageRefused, match="fsync switched off"),
    ):
        Engines.open(url, Base.metadata)


def test_our_connections_wait_for_the_disk_whatever_the_database_says(engines: Engines, url: URL) -> None:
    with foreign(url) as connection:
        connection.execute(f"ALTER DATABASE {url.database} SET synchronous_commit = off".encode())
    engines.writer.dispose()

    with engines.writer.connect() as connection:
        assert connection.scalar(sa.text("SHOW synchronous_commit")) == "on"


def test_the_database_of_another_program_is_refused(postgresql: Server) -> None:
    with postgresql.made_with("") as url:
        with foreign(url) as connection:
            connection.execute("CREATE TABLE something (id int)")
        with pytest.raises(StorageRefused, match="belongs to another program"):
            Engines.open(url, Base.metadata)


def test_a_server_out_of_reach_is_said_without_its_password(tmp_path: Path) -> None:
    nowhere = URL.create("postgresql+psycopg", "ada", "quiet", database="governance", query={"host": str(tmp_path)})

    with pytest.raises(StorageRefused, match="No such file") as refused:
        Engines.open(nowhere, Base.metadata)

    assert "quiet" not in str(refused.value)


def test_who_cannot_have_a_turn_is_told_so(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "BUSY_MS", 50)
    engines = Engines.open(url, Base.metadata)
    with foreign(url) as other:
        other.execute(f"SELECT pg_advisory_lock({storage.WRITE_LOCK})".encode())

        with pytest.raises(Busy, match="try again"), Ledger(engines).writing(SYSTEM, NOW):
            pass
        with pytest.raises(Busy, match="try again"):
            Engines.open(url, Base.metadata)
    engines.close()


def test_a_connection_that_breaks_at_the_commit_leaves_it_open_what_happened_and_the_next_one_looks(engines: Engines, url: URL) -> None:
    ledger = Ledger(engines)
    ledger.before_commit.append(lambda log: break_off(log.session.scalar(sa.text("SELECT pg_backend_pid()")), url))

    with pytest.raises(OutcomeUnknown, match="look before you repeat it"), ledger.writing(SYSTEM, NOW) as log:
        log.record(UnitOpened(unit="claims", name="Claims"), "unit/claims")

    open_unit(engines, "energy")
    with sa.orm.Session(engines.reader) as session:
        assert [entry.stream for entry in read.entries(session)] == ["unit/energy"]


def test_a_server_that_was_started_again_is_used_without_starting_the_program_again(engines: Engines, url: URL) -> None:
    open_unit(engines)
    with foreign(url) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'governance'")

    open_unit(engines, "energy")


def break_off(backend: int | None, url: URL) -> None:
    with foreign(url) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))
