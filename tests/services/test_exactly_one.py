"""Exactly one advancement, never none: however many sign at once, through however many processes."""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from governance.domain.errors import Refused
from governance.domain.vocabulary import Decision, Function, RequestState
from governance.ledger import rebuild
from governance.ledger.log import Actor, Auth, Ledger
from governance.models.ledger import Leaf
from governance.services import signoffs
from governance.services.opening import ledger_of
from governance.services.signoffs import Judgement
from governance.storage import engines, postgresql, sqlite
from governance.storage.engines import Busy, Engines
from tests.prepared import Prepared
from tests.services.conftest import REVIEWERS, House, judged, submitted

SIGNERS = 64
PROCESSES = 4
"""Engines with locks of their own, as so many processes have; the threads of one share its lock."""

PATIENCE_MS = 3_600_000
"""Nobody gives up waiting for a turn: that would say how busy the machine is."""

REQUEST = "AI-0001.G1-1"
KINDS = ("gate.signed_off", "gate.settled", "initiative.advanced")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (engines, sqlite, postgresql):
        monkeypatch.setattr(module, "BUSY_MS", PATIENCE_MS)


def sign(ledger: Ledger, function: Function, judgements: Mapping[Function, Judgement], now: datetime, start: Barrier) -> str:
    start.wait()
    try:
        with ledger.writing(Actor(REVIEWERS[function]), now, Auth("password", now, "web")) as log:
            signoffs.sign_off(log, REQUEST, function.value, judgements[function])
    except Refused:
        return "refused"
    except (Busy, DBAPIError) as failed:
        return type(failed).__name__
    return "signed"


def signed_at_once(house: House, ledgers: list[Ledger]) -> Counter[str]:
    """Every function signs sixteen times at the same moment. What became of it."""
    start = Barrier(SIGNERS)
    with house.read() as session:
        judgements = {function: judged(session, REQUEST, function.value, Decision.APPROVE, "because") for function in Function}
    with ThreadPoolExecutor(SIGNERS) as pool:
        turns = [(ledgers[turn % PROCESSES], list(Function)[turn // PROCESSES % len(Function)]) for turn in range(SIGNERS)]
        return Counter(pool.map(lambda turn: sign(*turn, judgements, house.now, start), turns))


def check_one_advancement(house: House, ledgers: list[Ledger]) -> None:
    assert signed_at_once(house, ledgers) == {"signed": len(Function), "refused": SIGNERS - len(Function)}

    with house.read() as session:
        kinds = dict(session.execute(select(Leaf.kind, func.count()).where(Leaf.kind.in_(KINDS)).group_by(Leaf.kind)).all())
        assert kinds == {"gate.signed_off": len(Function), "gate.settled": 1, "initiative.advanced": 1}
        assert house.state() is RequestState.PASSED and house.stage() == "review"
        assert not rebuild.check(session)


@contextmanager
def house_of_many(prepared: Prepared, engine: str, folder: Path) -> Iterator[tuple[House, list[Ledger]]]:
    with prepared.engines(engine, folder, submitted) as (first, now), ExitStack() as stack:
        more = [Engines.unchecked(first.url, synchronous="OFF") for _ in range(PROCESSES)]
        for opened in more:
            stack.callback(opened.close)
        yield House(ledger_of(first), now), [ledger_of(opened) for opened in more]


@pytest.mark.parametrize("trial", range(50))
def test_many_who_sign_at_once_advance_it_once(prepared: Prepared, engine: str, tmp_path: Path, trial: int) -> None:
    with house_of_many(prepared, engine, tmp_path) as (house, ledgers):
        check_one_advancement(house, ledgers)


@pytest.mark.campaign
def test_many_who_sign_at_once_advance_it_once_a_thousand_times(prepared: Prepared, engine: str, tmp_path: Path) -> None:
    for trial in range(1000):
        folder = tmp_path / str(trial)
        folder.mkdir()
        with house_of_many(prepared, engine, folder) as (house, ledgers):
            check_one_advancement(house, ledgers)


class NoLock:
    """Lets everybody in."""

    def acquire(self, **_: float) -> bool:
        return True

    def release(self) -> None:
        pass


def test_without_the_lock_this_test_fails(prepared: Prepared, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "TAKE_LOCK", "BEGIN")
    monkeypatch.setattr(postgresql, "TAKE_LOCK", "SELECT 1")
    with house_of_many(prepared, engine, tmp_path) as (house, ledgers):
        open_to_all = [ledger_of(dataclasses.replace(ledger.engines, lock=NoLock())) for ledger in ledgers]

        with pytest.raises(AssertionError, match="signed"):
            check_one_advancement(house, open_to_all)
