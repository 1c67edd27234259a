"""From the tables of every version that was ever kept to those of today: nothing lost, the same ledger, rows that it explains."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from governance.events.directory import UnitOpened
from governance.ledger import read, rebuild
from governance.ledger.log import SYSTEM
from governance.models.accounts import Account
from governance.models.gates import GateRequest
from governance.models.jobs import Job
from governance.models.summary import Summary
from governance.services import upgrading
from governance.services.opening import DATABASE, ledger_of, open_engines, open_older
from governance.services.upgrading import upgrade
from governance.storage import upgrades
from governance.storage.engines import VERSION, Engines, GuardsMissing, OlderTables, StorageRefused
from tests.services.conftest import House
from tests.tampering import ON_POSTGRESQL

RELEASES = sorted((Path(__file__).parent.parent / "releases").glob("tables-*.sqlite3.gz"))
"""An instance as the last program with tables of a version left it: one gate passed, the next one asked for, a report on order."""

ROOTS = {"tables-2.sqlite3.gz": "bcc45017bd182d590179962616af605abd18325b54b10c268d95f5d7548c2110"}
RELEASED = 2
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def bring_up(engines: Engines) -> tuple[int | None, list[str], list[tuple[int, int]]]:
    said: list[str] = []
    told: list[tuple[int, int]] = []
    return upgrade(engines, NOW, said.append, lambda done, size: told.append((done, size))), said, told


@pytest.fixture
def older(tmp_path: Path) -> Engines:
    unpack(RELEASES[0], tmp_path)
    return open_older(tmp_path)


def unpack(release: Path, folder: Path) -> None:
    file = folder / DATABASE
    file.touch(mode=0o600)
    file.write_bytes(gzip.decompress(release.read_bytes()))


def test_there_is_a_release_to_start_from_for_every_step() -> None:
    assert (
        {int(release.name.split("-")[1].split(".")[0]) for release in RELEASES}
        == set(upgrades.STEPS)
        == set(range(upgrades.OLDEST, VERSION))
    )


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.name)
def test_an_instance_of_every_version_becomes_one_of_today(release: Path, tmp_path: Path) -> None:
    unpack(release, tmp_path)
    with pytest.raises(OlderTables, match="governance upgrade"):
        open_engines(tmp_path)

    opened = open_older(tmp_path)
    found, said, told = bring_up(opened)
    opened.close()

    engines = open_engines(tmp_path, synchronous="OFF")  # guards and version are those of today
    with Session(engines.reader) as session:
        assert read.head(session).root.hex() == ROOTS[release.name]
        assert rebuild.check(session) == []
        assert session.get_one(GateRequest, "AI-0001.G2-1").gate == "G2"
        assert session.get_one(Summary, "AI-0001").gate == "G2"
        assert session.scalars(sa.select(Account.password)).all().count("$argon2id$v=19$m=65536,t=3,p=4$fictional$hash") == 3
        assert session.scalars(sa.select(Job.asked_by)).all() == ["ruth"]
        assert told[-1] == (read.size(session), read.size(session))
    with ledger_of(engines).writing(SYSTEM, NOW) as log:
        log.record(UnitOpened(unit="solar", name="Solar"), "unit/solar")
    engines.close()
    assert found is not None and said[0].startswith(f"From version {found} to {VERSION}")


def test_the_tables_are_those_that_a_new_instance_has(older: Engines, tmp_path: Path) -> None:
    bring_up(older)
    (tmp_path / "new").mkdir()
    new = open_engines(tmp_path / "new", synchronous="OFF")

    assert columns(older) == columns(new)
    older.close()
    new.close()


def columns(engines: Engines) -> dict[str, set[tuple[str, str]]]:
    with engines.reader.connect() as connection:
        look = sa.inspect(connection)
        return {table: {(column["name"], str(column["type"])) for column in look.get_columns(table)} for table in look.get_table_names()}


@pytest.mark.parametrize("stops_at", ["_to_3", "store", "verify"])
def test_whatever_stops_it_leaves_the_older_tables_as_they_were(older: Engines, stops_at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = columns(older)
    if stops_at == "_to_3":
        monkeypatch.setattr(upgrades, "STEPS", {2: stop})
    else:
        monkeypatch.setattr(rebuild if stops_at == "store" else upgrading, stops_at, stop)

    with pytest.raises(OSError, match="No space"):
        bring_up(older)

    assert columns(older) == before
    with older.writer.connect() as connection:
        assert older.stamped(connection) == 2 and older.backend.guards_found(connection)
    older.close()


def test_a_ledger_that_was_altered_is_not_taken_over(older: Engines) -> None:
    with older.writer.begin() as connection:
        guards = older.backend.guards_found(connection)
        older.backend.drop_guards(connection)
        connection.exec_driver_sql('UPDATE leaf SET hash = zeroblob(32) WHERE "index" = 7')
        for statement in guards.values():
            connection.exec_driver_sql(statement)

    with pytest.raises(rebuild.Damaged, match="entry 7"):
        bring_up(older)
    older.close()


def test_a_database_whose_guards_are_gone_is_not_taken_over(older: Engines) -> None:
    with older.writer.begin() as connection:
        older.backend.drop_guards(connection)

    with pytest.raises(GuardsMissing, match="Restore a backup"):
        bring_up(older)
    older.close()


@pytest.mark.parametrize("version", [1, VERSION + 1])
def test_what_nobody_can_take_over_is_refused(older: Engines, version: int) -> None:
    with older.writer.begin() as connection:
        connection.execute(sa.text("UPDATE stamp SET version = :version"), {"version": version})

    with pytest.raises(StorageRefused, match=f"version {version}"):
        bring_up(older)
    older.close()


def test_the_tables_of_today_are_left_alone(house: House) -> None:
    assert bring_up(house.ledger.engines)[0] is None


@ON_POSTGRESQL
def test_on_postgresql_too(in_review: House, older: Engines, tmp_path: Path) -> None:
    engines = in_review.ledger.engines
    with in_review.read() as session:
        root = read.head(session).root
    make_older(engines, set(columns(older)))
    older.close()

    assert bring_up(engines)[0] == RELEASED

    again = open_engines(tmp_path, engines.url, synchronous="OFF")
    with Session(again.reader) as session:
        assert read.head(session).root == root and rebuild.check(session) == []
        assert session.get_one(Summary, "AI-0001").gate == "G1"
    again.close()


def make_older(engines: Engines, tables: set[str]) -> None:
    """As the program of then would have left it, had it known this engine: without the tables and columns that came later."""
    with engines.writer.begin() as connection:
        for name in columns(engines).keys() - tables:
            connection.exec_driver_sql(f"DROP TABLE {name} CASCADE")
        connection.exec_driver_sql("ALTER TABLE stamp DROP COLUMN IF EXISTS restored")
        connection.exec_driver_sql("ALTER TABLE account DROP COLUMN IF EXISTS wants_mail")
        connection.execute(sa.text("UPDATE stamp SET version = :version"), {"version": RELEASED})
