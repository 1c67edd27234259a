"""Replay: old leaves stay readable, and the tables can be had again from the ledger at any time."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from governance.events.directory import UnitOpened
from governance.ledger import rebuild
from governance.ledger.book import KINDS, UPCASTERS, Book, Event, event, upcaster
from governance.ledger.log import SYSTEM, Ledger, Log
from governance.models.directory import Person, Unit
from tests.ledger.conftest import NOW, SIZE
from tests.tampering import alter


@pytest.fixture
def test_kind() -> Iterator[str]:
    """A kind of these tests only."""
    yield "test.unit_founded"
    KINDS.pop("test.unit_founded", None)
    for key in [key for key in UPCASTERS if key[0] == "test.unit_founded"]:
        del UPCASTERS[key]


def first_version(kind: str) -> type[Event]:
    @event(kind)
    class Founded(Event):
        unit: str

        def apply(self, book: Book) -> None:
            book.add(Unit(id=self.unit, name=self.unit))

    return Founded


def third_version(kind: str) -> None:
    del KINDS[kind]

    @event(kind)
    class Founded(Event):
        kv = 3
        key: str
        name: str

        def apply(self, book: Book) -> None:
            book.add(Unit(id=self.key, name=self.name))


def test_an_old_body_is_raised_step_by_step(ledger: Ledger, session: Session, test_kind: str) -> None:
    with ledger.writing(SYSTEM, NOW) as log:
        log.record(first_version(test_kind)(unit="claims"), "unit/claims")
    third_version(test_kind)

    @upcaster(test_kind, 1)
    def renamed(body: dict[str, Any]) -> dict[str, Any]:
        return {"key": body["unit"]}

    @upcaster(test_kind, 2)
    def named(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "name": body["key"].title()}

    shelf = rebuild.replay(rebuild.entries(session), rebuild.Shelf())

    assert shelf.get(Unit, "claims").name == "Claims"


def test_a_step_that_is_missing_is_said_before_anything_is_guessed(ledger: Ledger, session: Session, test_kind: str) -> None:
    with ledger.writing(SYSTEM, NOW) as log:
        log.record(first_version(test_kind)(unit="claims"), "unit/claims")
    third_version(test_kind)

    with pytest.raises(rebuild.UnknownKind, match="from version 1 to 2"):
        rebuild.check(session)


def test_a_version_of_a_newer_program_is_not_guessed_at(ledger: Ledger, session: Session, test_kind: str) -> None:
    old = first_version(test_kind)
    third_version(test_kind)
    with ledger.writing(SYSTEM, NOW) as log:
        log.record(KINDS[test_kind](key="claims", name="Claims"), "unit/claims")  # type: ignore[call-arg] # a class of this test
    KINDS[test_kind] = old

    with pytest.raises(rebuild.UnknownKind, match="version 3"):
        rebuild.check(session)


def test_a_kind_is_taken_once() -> None:
    with pytest.raises(ValueError, match=r"unit\.opened is taken by UnitOpened"):
        event("unit.opened")(UnitOpened)


def test_damaged_tables_are_had_again_from_the_ledger(story: Ledger, session: Session) -> None:
    alter(story.engines, "UPDATE person SET title = 'Emperor'", "DELETE FROM person_role", "INSERT INTO unit VALUES ('ghost', 'Ghost')")
    assert len(rebuild.check(session)) == 3
    session.rollback()

    assert rebuild.rebuild(story, NOW) == 5

    assert rebuild.check(session) == []
    assert session.get_one(Person, "bo").title == "Chair"


def test_rebuilding_works_out_what_follows_every_stream(story: Ledger) -> None:
    touched: set[str] = set()

    def remember(log: Log) -> None:
        touched.update(log.touched | log.stale)

    story.before_commit.append(remember)
    rebuild.rebuild(story, NOW)

    assert touched == {"unit/claims", "person/ada", "person/bo", "policy/gates"}


def test_a_rebuilt_instance_goes_on(story: Ledger, session: Session) -> None:
    rebuild.rebuild(story, NOW)
    with story.writing(SYSTEM, NOW) as log:
        index = log.record(UnitOpened(unit="energy", name="Energy"), "unit/energy")

    assert index == SIZE
    assert rebuild.check(session) == []


def test_a_shelf_takes_a_key_once_like_a_table() -> None:
    shelf = rebuild.Shelf()
    shelf.add(Unit(id="claims", name="Claims"))

    with pytest.raises(ValueError, match="there already"):
        shelf.add(Unit(id="claims", name="Claims again"))
    with pytest.raises(KeyError):
        shelf.get(Unit, "energy")
    shelf.remove(shelf.get(Unit, "claims"))
    assert shelf.find(Unit, "claims") is None
