"""The one way in: what is recorded happens wholly or not at all, and nothing else can change the record."""

import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from governance.events.directory import PersonRegistered, UnitOpened, UnitRenamed
from governance.ledger import read, rebuild
from governance.ledger.canonical import NotCanonical, canonical
from governance.ledger.log import SYSTEM, Ledger
from governance.models.base import Base
from governance.models.directory import Person, Unit
from governance.models.ledger import Leaf, Words
from governance.storage.engines import Busy, Engines, GuardsMissing, StorageRefused
from tests.ledger.conftest import NOW, SIZE
from tests.tampering import ON_SQLITE


def test_a_recorded_event_is_a_leaf_and_a_row(story: Ledger, session: Session) -> None:
    assert session.get_one(Unit, "claims").name == "Claims and care"
    assert [leaf.kind for leaf in session.scalars(sa.select(Leaf).order_by(Leaf.index))][:2] == ["unit.opened", "person.registered"]
    assert read.head(session).size == SIZE


def test_the_header_says_who_when_how_and_where(story: Ledger, session: Session) -> None:
    header = read.entry(session, 3).header

    assert header["at"] == "2026-09-09T12:00:00Z"
    assert header["actor"] == {"id": "ada", "functions": [], "for": None}
    assert header["auth"] == {"method": "password", "at": "2026-09-09T12:00:00Z", "via": "web"}
    assert (header["stream"], header["seq"], header["index"]) == ("unit/claims", 1, 3)


def test_acts_of_one_transaction_are_tied_together(story: Ledger, session: Session) -> None:
    acts = [entry.header["act"] for entry in read.entries(session, newest_first=False)]

    assert len(set(acts[:3])) == len(set(acts[3:])) == 1 and acts[0] != acts[3]


def test_equal_bodies_have_different_hashes(story: Ledger, session: Session) -> None:
    assert len({read.entry(session, index).header["body_sha256"] for index in range(SIZE)}) == SIZE


def test_a_failing_transaction_leaves_nothing(story: Ledger, session: Session) -> None:
    with pytest.raises(KeyError), story.writing(SYSTEM, NOW) as log:
        log.record(UnitOpened(unit="energy", name="Energy"), "unit/energy")
        log.record(UnitRenamed(unit="nowhere", name="Nowhere"), "unit/nowhere")

    assert read.head(session).size == SIZE
    assert session.get(Unit, "energy") is None


def test_a_hook_that_fails_before_the_commit_undoes_everything(story: Ledger, session: Session) -> None:
    def fail(log: object) -> None:
        raise ValueError

    story.before_commit.append(fail)
    with pytest.raises(ValueError), story.writing(SYSTEM, NOW) as log:
        log.record(UnitOpened(unit="energy", name="Energy"), "unit/energy")

    assert read.head(session).size == SIZE


def test_sixteen_writers_leave_no_gap(story: Ledger, session: Session) -> None:
    def register(number: int) -> None:
        with story.writing(SYSTEM, NOW) as log:
            log.record(PersonRegistered(person=f"p{number}", name=f"Person {number}", title="x", unit="claims"), f"person/p{number}")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(register, range(64)))

    assert list(session.scalars(sa.select(Leaf.index).order_by(Leaf.index))) == list(range(SIZE + 64))
    assert not rebuild.check(session)


DOORS: dict[str, Any] = {
    "an attribute of a mapped row": lambda session: (setattr(session.get(Unit, "claims"), "name", "x"), session.flush()),
    "an update of mapped rows": lambda session: session.execute(sa.update(Unit).values(name="x")),
    "an update of the table": lambda session: session.execute(sa.update(Unit.__table__).values(name="x")),
    "a bulk update": lambda session: session.bulk_update_mappings(Unit, [{"id": "claims", "name": "x"}]),
    "an insert": lambda session: session.execute(sa.insert(Unit), [{"id": "x", "name": "x"}]),
    "text": lambda session: session.execute(sa.text("UPDATE unit SET name = 'x'")),
    "the bare connection": lambda session: session.connection().exec_driver_sql("DELETE FROM person"),
    "another leaf at the end": lambda session: session.execute(sa.text("INSERT INTO leaf SELECT 99, stream, 99, kind, at, actor, header, body, hash FROM leaf LIMIT 1")),
    "a changed leaf": lambda session: session.execute(sa.text("UPDATE leaf SET kind = 'x'")),
    "a replaced leaf": lambda session: session.execute(sa.text('INSERT OR REPLACE INTO leaf SELECT "index", stream, 99, kind, at, actor, header, body, hash FROM leaf LIMIT 1')),
    "a removed leaf": lambda session: session.execute(sa.text("DELETE FROM leaf")),
    "a removed node": lambda session: session.execute(sa.text("DELETE FROM node")),
    "changed words": lambda session: session.execute(sa.text("UPDATE words SET text = 'x'")),
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_no_other_door_changes_the_record(story: Ledger, engines: Engines, door: str) -> None:
    with Session(engines.writer) as session, pytest.raises(DatabaseError):
        DOORS[door](session)


@pytest.mark.parametrize("act", ["attribute", "new row", "removed row"])
def test_an_event_does_not_carry_what_was_changed_beside_it(story: Ledger, session: Session, act: str) -> None:
    acts: dict[str, Callable[[Session], object]] = {
        "attribute": lambda writing: setattr(writing.get_one(Unit, "claims"), "name", "Emperors"),
        "new row": lambda writing: writing.add(Unit(id="ghost", name="Ghost")),
        "removed row": lambda writing: writing.delete(writing.get_one(Person, "ada")),
    }

    with pytest.raises(DatabaseError, match="only through an event"), story.writing(SYSTEM, NOW) as log:
        acts[act](log.session)
        log.record(UnitOpened(unit="energy", name="Energy"), "unit/energy")

    assert read.head(session).size == SIZE
    assert not rebuild.check(session)


@ON_SQLITE
@pytest.mark.parametrize("table", ["leaf", "node", "words"])
def test_a_foreign_connection_replaces_nothing_in_the_ledger(story: Ledger, file: Path, table: str) -> None:
    """Without `recursive_triggers`, and with a function of the name that our guards ask."""
    with sqlite3.connect(file) as foreign:
        foreign.create_function("recording", 0, lambda: 1)
        found = foreign.execute(f'SELECT * FROM "{table}"').fetchone()
        marks = ", ".join("?" * len(found))
        with pytest.raises(sqlite3.IntegrityError, match=r"append-only|next index"):
            foreign.execute(f'INSERT OR REPLACE INTO "{table}" VALUES ({marks})', found)


@ON_SQLITE
def test_a_new_leaf_does_not_push_out_the_one_with_its_number_in_the_stream(story: Ledger, file: Path) -> None:
    with sqlite3.connect(file) as foreign:
        foreign.create_function("recording", 0, lambda: 1)
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            foreign.execute(
                f"INSERT OR REPLACE INTO leaf SELECT {SIZE}, stream, seq, kind, at, actor, header, body, hash FROM leaf LIMIT 1"
            )


@ON_SQLITE
@pytest.mark.parametrize("table", [table.name for table in Base.metadata.sorted_tables if table.info.get("governed")])
def test_a_foreign_connection_is_refused_on_every_governed_table(story: Ledger, file: Path, table: str) -> None:
    with sqlite3.connect(file) as foreign, pytest.raises(sqlite3.OperationalError, match="recording"):
        foreign.execute(f'INSERT INTO "{table}" DEFAULT VALUES')


def test_pages_cannot_write(story: Ledger, engines: Engines) -> None:
    with Session(engines.reader) as session, pytest.raises(DatabaseError, match=r"readonly|read-only"):
        session.execute(sa.delete(Words))


def test_an_error_is_logged_without_what_somebody_typed(story: Ledger, engines: Engines) -> None:
    typed = {"digest": "ab" * 32, "salt": b"", "text": "a secret of the works council"}

    with pytest.raises(DatabaseError) as refused, engines.writer.begin() as connection:
        connection.execute(sa.insert(Words).values(typed))

    assert "INSERT INTO words" in str(refused.value) and typed["text"] not in str(refused.value)


@ON_SQLITE
def test_a_missing_guard_stops_the_start(story: Ledger, engines: Engines, file: Path) -> None:
    engines.close()
    with sqlite3.connect(file) as foreign:
        foreign.execute("DROP TRIGGER append_only_leaf_update")

    with pytest.raises(GuardsMissing, match="append_only_leaf_update"):
        Engines.open(file, Base.metadata)


@ON_SQLITE
def test_a_newer_database_stops_the_start(engines: Engines, file: Path) -> None:
    engines.close()
    with sqlite3.connect(file) as foreign:
        foreign.execute("UPDATE stamp SET version = 99")

    with pytest.raises(StorageRefused, match="newer"):
        Engines.open(file, Base.metadata)


@pytest.mark.parametrize("value", [1.5, {"a": [1.0]}, 2**53, -(2**53), {1: "a"}, b"bytes", {"a": {1, 2}}, "\ud800", ["x" * 70_000]])
def test_what_the_ledger_does_not_take(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": [True, None, "ü\n"]}, '{"a":[true,null,"ü\\n"],"b":1}'),
        (2**53 - 1, "9007199254740991"),
        ({}, "{}"),
    ],
)
def test_the_canonical_form_is_that_of_rfc_8785(value: Any, expected: str) -> None:
    assert canonical(value).decode() == expected


def test_keys_are_sorted_by_their_utf_16_units() -> None:
    """The example of RFC 8785, section 3.2.3."""
    keys = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]

    assert list(json.loads(canonical(dict.fromkeys(reversed(keys), 0)))) == keys


@ON_SQLITE
def test_a_locked_database_is_an_error_and_not_a_success(story: Ledger, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    story.engines.writer.dispose()
    monkeypatch.setattr("governance.storage.sqlite.BUSY_MS", 50)
    opened = None
    try:
        with pytest.raises(Busy, match="Another process"):
            opened = Engines.open(file, Base.metadata)
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert opened is None
