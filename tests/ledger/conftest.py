"""A small ledger over real tables: units and people, nothing that needs a policy."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import URL
from sqlalchemy.orm import Session

import governance.events  # registers every kind of event
import governance.models  # maps every table
from governance.events.directory import PersonChanged, PersonDisabled, PersonRegistered, UnitOpened, UnitRenamed
from governance.events.policies import PolicyPublished
from governance.ledger.keys import KeyFile
from governance.ledger.log import SYSTEM, Actor, Auth, Ledger
from governance.models.base import Base
from governance.services import checkpoints
from governance.storage.engines import Engines

NOW = datetime(2026, 9, 9, 12, tzinfo=UTC)
SIZE = 9
"""How many entries the story has."""

__all__ = ["NOW", "SIZE", "governance"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def engines(file: Path, database: URL | None) -> Iterator[Engines]:
    opened = Engines.open(database or file, Base.metadata, synchronous="OFF")
    yield opened
    opened.close()


@pytest.fixture
def ledger(engines: Engines) -> Ledger:
    return Ledger(engines)


@pytest.fixture
def story(ledger: Ledger) -> Ledger:
    """Nine entries in four streams, two transactions, two texts kept apart."""
    with ledger.writing(SYSTEM, NOW) as log:
        log.record(UnitOpened(unit="claims", name="Claims"), "unit/claims")
        log.record(PersonRegistered(person="ada", name="Ada Lind", title="Reviewer", unit="claims"), "person/ada")
        log.record(PersonRegistered(person="bo", name="Bo Ek", title="Lead", unit="claims"), "person/bo")
    with ledger.writing(Actor("ada"), NOW, Auth("password", NOW, "web")) as log:
        log.record(UnitRenamed(unit="claims", name="Claims and care"), "unit/claims")
        for title in ("Head", "Director", "Chair"):
            event = PersonChanged(person="bo", name="Bo Ek", title=title, unit="claims", qualifications=["model validation"])
            log.record(event, "person/bo")
        log.record(PersonDisabled(person="bo", reason=log.keep_words("a reason that stays apart")), "person/bo")
        files = {"policy.yaml": log.keep_text("a text of record")}
        log.record(PolicyPublished(policy="gates", version="1", title="Gates", digest="ab" * 32, files=files), "policy/gates")
    return ledger


@pytest.fixture
def signed(story: Ledger, tmp_path: Path) -> Ledger:
    """The same, its key named, and two heads signed: one over ten entries, one over eleven."""
    key = KeyFile(tmp_path / "checkpoint-key")
    checkpoints.sign(story, key, NOW)
    with story.writing(Actor("ada"), NOW) as log:
        log.record(UnitRenamed(unit="claims", name="Claims"), "unit/claims")
    checkpoints.sign(story, key, NOW)
    return story


@pytest.fixture
def session(engines: Engines) -> Iterator[Session]:
    with Session(engines.reader) as opened:
        yield opened
