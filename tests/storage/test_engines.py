"""The doors to the database: what they are set to, and how they refuse."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

import governance.models
from governance.ledger.log import SYSTEM, Ledger, LedgerFailed
from governance.models.base import Base
from governance.storage import engines as storage
from governance.storage.engines import Busy, Engines, GuardsMissing
from tests.ledger.conftest import NOW

assert governance.models


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def engines(file: Path) -> Iterator[Engines]:
    opened = Engines.open(file, Base.metadata)
    yield opened
    opened.close()


def setting(engine: Engine, name: str) -> object:
    with engine.connect() as connection:
        return connection.scalar(text(f"PRAGMA {name}"))


@pytest.mark.parametrize(("name", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("recursive_triggers", 1)])
def test_both_doors_are_durable_and_guarded(engines: Engines, name: str, value: object) -> None:
    assert setting(engines.writer, name) == setting(engines.reader, name) == value


def test_one_door_only_reads(engines: Engines) -> None:
    assert setting(engines.reader, "query_only") == 1
    assert setting(engines.writer, "query_only") == 0


def test_what_is_read_in_one_transaction_is_of_one_moment(engines: Engines) -> None:
    with engines.reader.connect() as reader:
        before = reader.scalar(text("SELECT count(*) FROM words"))
        with Ledger(engines).writing(SYSTEM, NOW) as log:
            log.keep_text("a text")
        assert reader.scalar(text("SELECT count(*) FROM words")) == before == 0


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER next_leaf",
        "DROP TRIGGER append_only_words_insert",
        "DROP TRIGGER governed_unit_update",
        "CREATE TRIGGER helpful AFTER INSERT ON leaf BEGIN DELETE FROM web_session; END",
    ],
)
def test_guards_that_are_not_exactly_ours_stop_the_start(engines: Engines, file: Path, statement: str) -> None:
    engines.close()
    with sqlite3.connect(file) as foreign:
        foreign.execute(statement)

    with pytest.raises(GuardsMissing, match=statement.split()[2]):
        Engines.open(file, Base.metadata)


def test_a_guard_with_another_text_stops_the_start(engines: Engines, file: Path) -> None:
    engines.close()
    with sqlite3.connect(file) as foreign:
        foreign.execute("DROP TRIGGER next_leaf")
        foreign.execute("CREATE TRIGGER next_leaf BEFORE INSERT ON leaf BEGIN SELECT 1; END")

    with pytest.raises(GuardsMissing, match="next_leaf"):
        Engines.open(file, Base.metadata)


def test_who_cannot_have_a_turn_is_told_so(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "BUSY_MS", 50)
    opened = Engines.open(file, Base.metadata, synchronous="OFF")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Busy, match="try again"), Ledger(opened).writing(SYSTEM, NOW):
        pass

    other.close()
    opened.close()


def test_a_turn_within_a_turn_is_refused_instead_of_waiting_for_ever(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "BUSY_MS", 50)

    with engines.turn(), pytest.raises(Busy), engines.turn():
        pass


def test_after_an_error_of_the_disk_nothing_is_written_any_more(engines: Engines) -> None:
    ledger, limit = Ledger(engines), ExitStack()
    ledger.before_commit.append(lambda log: limit.enter_context(_no_file_grows_beyond(4096)))
    with limit, pytest.raises(LedgerFailed, match="disk failed"), ledger.writing(SYSTEM, NOW) as log:
        log.keep_text("x" * 100_000)

    with pytest.raises(LedgerFailed), ledger.writing(SYSTEM, NOW):
        pass


@contextmanager
def _no_file_grows_beyond(size: int) -> Iterator[None]:
    """What a failing disk is to the program: writing ends in an error."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
