"""What the tests of the worker share: a job that was asked for, and real processes that do it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from governance.jobs import mail, outbox
from governance.jobs.outbox import Follower
from governance.ledger.keys import KeyFile
from governance.models.jobs import Job
from governance.models.packs import Pack
from governance.services import packs
from governance.services.opening import ledger_of
from governance.storage.content import ContentStore
from governance.storage.engines import Engines
from tests.prepared import Prepared
from tests.services.conftest import House, founded, house

__all__ = ["house"]


def registered(engines: Engines) -> House:
    """An initiative, and followers that have read everything so far."""
    house = founded(engines)
    house.register()
    for name in ("sample", mail.FOLLOWER):
        outbox.follow(house.ledger, Follower(name, (), lambda *_: (), lambda *_: ""), house.now)
    return house


@pytest.fixture
def followed(prepared: Prepared, engine: str, tmp_path: Path) -> Iterator[House]:
    with prepared.engines(engine, tmp_path, registered) as (engines, now):
        yield House(ledger_of(engines), now)


@pytest.fixture
def content(tmp_path: Path) -> ContentStore:
    return ContentStore(tmp_path / "content")


@pytest.fixture
def asked(house: House) -> str:
    """The auditor asked for the organisation's trail of a day on which nothing happened: a short report."""
    return str(house.act("ruth", lambda log: packs.ask_for_trail(log, date(2020, 1, 1), date(2020, 1, 1))))


def job(house: House, job_id: str) -> Job:
    with house.read() as session:
        return session.get_one(Job, job_id)


def issued(house: House) -> int:
    with house.read() as session:
        return session.scalar(select(func.count()).select_from(Pack)) or 0


@pytest.fixture
def key(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "checkpoint-key")


def environment_of(house: House, folder: Path) -> dict[str, str]:
    """What tells a process of its own where the record is."""
    url = house.ledger.engines.url
    found = {**os.environ, "GOVERNANCE_INSTANCE": str(folder)}
    if url.get_backend_name() == "postgresql":
        found["GOVERNANCE_DATABASE_URL"] = url.render_as_string(hide_password=False)
    return found


@pytest.fixture
def keeper(tmp_path: Path, house: House) -> Iterator["subprocess.Popen[bytes]"]:
    words = [sys.executable, "-m", "governance.jobs.keeper"]
    started = subprocess.Popen(words, env=environment_of(house, tmp_path), stderr=subprocess.PIPE)
    yield started
    started.terminate()
    started.communicate(timeout=60)


def workers_of(keeper: "subprocess.Popen[bytes]") -> list[int]:
    return [int(word) for word in Path(f"/proc/{keeper.pid}/task/{keeper.pid}/children").read_text().split()]


def eventually(true: object, seconds: float = 60) -> None:
    """Wait for something to become true; how long it takes is not what is tested."""
    assert callable(true)
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not become true"
        time.sleep(0.05)
