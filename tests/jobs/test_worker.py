"""The worker: every job is done once, by whoever holds its lease, and nobody waits for one that was given up."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from governance.jobs import worker
from governance.ledger import heads
from governance.ledger.keys import KeyFile
from governance.ledger.log import SYSTEM
from governance.ledger.verify import verify
from governance.models.idempotency import SentForm
from governance.models.jobs import Job
from governance.models.ledger import Checkpoint
from governance.models.packs import Pack
from governance.services import packs
from governance.storage.content import ContentStore
from tests.services.conftest import House, house

__all__ = ["house"]

TODAY = datetime.now(UTC).date()


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


def test_a_job_is_done_and_its_report_kept_listed_and_on_record(house: House, content: ContentStore, asked: str) -> None:
    assert worker.work(house.ledger, content)

    done = job(house, asked)
    assert done.done_at and not done.failed and done.step == done.steps
    with house.read() as session:
        pack = session.get_one(Pack, done.result)
    assert pack.by == "ruth" and content.read(pack.digest).startswith(b"%PDF")
    assert not worker.work(house.ledger, content)


def test_what_is_leased_is_left_alone_until_the_lease_ends(house: House, asked: str) -> None:
    now = datetime.now(UTC)

    assert worker.claim(house.ledger, now)
    assert worker.claim(house.ledger, now + worker.LEASE) is None
    again = worker.claim(house.ledger, now + worker.LEASE + timedelta(seconds=1))

    assert again and again.tries == 2


def test_after_three_tries_it_has_failed_and_says_so(house: House, asked: str) -> None:
    now = datetime.now(UTC)
    for _ in range(worker.MOST_TRIES):
        assert worker.claim(house.ledger, now)
        now += worker.LEASE * 2

    assert worker.claim(house.ledger, now) is None
    assert job(house, asked).failed == worker.GIVEN_UP


def test_a_worker_that_lost_its_lease_issues_nothing(house: House, content: ContentStore, asked: str) -> None:
    slow = worker.claim(house.ledger, datetime.now(UTC) - worker.LEASE * 2)
    assert slow

    made, key = worker.make(house.ledger, content, slow)
    with house.ledger.writing(worker.SYSTEM, datetime.now(UTC)) as log:
        log.session.execute(update(Job).values(leased_until=None))
    assert worker.work(house.ledger, content)

    with pytest.raises(worker.LeaseLost):
        worker._finish(house.ledger, slow, made, key)
    assert issued(house) == 1


def test_a_right_that_ended_meanwhile_is_asked_again(house: House, content: ContentStore, asked: str) -> None:
    from governance.domain.vocabulary import Role
    from governance.services import directory

    house.act("omar", lambda log: directory.withdraw_role(log, "ruth", Role.AUDITOR))

    assert worker.work(house.ledger, content)
    assert "trail" in str(job(house, asked).failed)
    assert issued(house) == 0


def test_what_nobody_expected_frees_the_job_for_the_next_try(house: House, content: ContentStore, asked: str, tmp_path: Path) -> None:
    (blocked := tmp_path / "content").write_text("a file where the folder has to be")

    with pytest.raises(FileExistsError):
        worker.work(house.ledger, content)
    blocked.unlink()

    assert job(house, asked).leased_until is None
    assert worker.work(house.ledger, content) and issued(house) == 1


@pytest.fixture
def key(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "checkpoint-key")


def heads_of(house: House) -> int:
    with house.read() as session:
        return session.scalar(select(func.count()).select_from(Checkpoint)) or 0


def test_a_head_is_signed_when_there_is_something_new(house: House, key: KeyFile) -> None:
    for _ in range(2):
        worker.sign(house.ledger, key)

    assert heads_of(house) == 1


def test_a_refusal_to_sign_is_logged_each_time_and_stands_in_the_ledger_page_until_it_is_over(
    house: House, key: KeyFile, caplog: pytest.LogCaptureFixture
) -> None:
    key.path.write_text("no key")
    key.path.chmod(0o600)
    for _ in range(2):
        worker.sign(house.ledger, key)

    said = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(said) == 2 and all("no head of the ledger is signed" in record.getMessage() for record in said)
    with house.read() as session:
        refusal = heads.refusal(session)
    assert refusal is not None and "no private key" in refusal.why

    key.path.unlink()
    worker.sign(house.ledger, key)

    assert heads_of(house) == 1
    with house.read() as session:
        assert heads.refusal(session) is None


def test_a_refusal_to_sign_keeps_nobody_from_their_report(
    house: House, asked: str, keeper: "subprocess.Popen[bytes]", key: KeyFile
) -> None:
    key.path.mkdir(mode=0o700)

    eventually(lambda: job(house, asked).done_at is not None)

    assert issued(house) == 1 and heads_of(house) == 0


def test_a_started_worker_signs_by_itself(house: House, keeper: "subprocess.Popen[bytes]", key: KeyFile) -> None:
    eventually(lambda: heads_of(house) == 1)

    with house.read() as session:
        assert not verify(session).problems
    assert key.read()


@pytest.fixture
def keeper(tmp_path: Path, house: House) -> Iterator["subprocess.Popen[bytes]"]:
    url = house.ledger.engines.url
    environment = {**os.environ, "GOVERNANCE_INSTANCE": str(tmp_path)}
    if url.get_backend_name() == "postgresql":
        environment["GOVERNANCE_DATABASE_URL"] = url.render_as_string(hide_password=False)
    started = subprocess.Popen([sys.executable, "-m", "governance.jobs.keeper"], env=environment, stderr=subprocess.PIPE)
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


def test_a_killed_worker_is_followed_by_another_that_does_the_job_once(house: House, asked: str, keeper: "subprocess.Popen[bytes]") -> None:
    eventually(lambda: job(house, asked).tries == 1)
    os.kill(workers_of(keeper)[0], signal.SIGKILL)
    with house.ledger.writing(worker.SYSTEM, datetime.now(UTC)) as log:
        log.session.execute(update(Job).where(Job.done_at.is_(None)).values(leased_until=None))  # as if ten minutes had gone by

    eventually(lambda: job(house, asked).done_at is not None)

    assert issued(house) == 1


def test_the_worker_ends_with_its_keeper(keeper: "subprocess.Popen[bytes]") -> None:
    eventually(lambda: workers_of(keeper))
    (pid,) = workers_of(keeper)

    keeper.terminate()
    keeper.wait(60)

    eventually(lambda: not Path(f"/proc/{pid}").exists())


def test_forms_that_were_sent_are_let_go_after_a_week(house: House) -> None:
    now = datetime.now(UTC)
    with house.ledger.writing(SYSTEM, now) as log:
        for key, days in (("new", 6), ("old", 8)):
            log.session.add(SentForm(key=key, person_id="lena", fingerprint="", at=now - timedelta(days=days), answer=None))

    worker.sweep(house.ledger)

    with house.read() as session:
        assert session.scalars(select(SentForm.key)).all() == ["new"]
