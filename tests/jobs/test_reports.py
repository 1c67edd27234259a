"""Evidence reports: every job is done once, by whoever holds its lease, and nobody waits for one that was given up."""

import errno
import os
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from sqlalchemy import update

from governance.domain.vocabulary import Role
from governance.jobs import leases, reports
from governance.ledger.log import SYSTEM
from governance.models.jobs import Job
from governance.models.packs import Pack
from governance.services import directory
from governance.storage.content import ContentStore, ContentUnreachable
from governance.storage.engines import Busy, DiskFull
from tests.jobs.conftest import eventually, issued, job, workers_of
from tests.services.conftest import House


def test_a_job_is_done_and_its_report_kept_listed_and_on_record(house: House, content: ContentStore, asked: str) -> None:
    assert reports.work(house.ledger, content)

    done = job(house, asked)
    assert done.done_at and not done.failed and done.step == done.steps
    with house.read() as session:
        pack = session.get_one(Pack, done.result)
    assert pack.by == "ruth" and content.read(pack.digest).startswith(b"%PDF")
    assert not reports.work(house.ledger, content)


def test_what_is_leased_is_left_alone_until_the_lease_ends(house: House, asked: str) -> None:
    now = datetime.now(UTC)

    assert reports.claim(house.ledger, now)
    assert reports.claim(house.ledger, now + leases.LEASE) is None
    again = reports.claim(house.ledger, now + leases.LEASE + timedelta(seconds=1))

    assert again and again.tries == 2


def test_after_three_tries_it_has_failed_and_says_so(house: House, asked: str) -> None:
    now = datetime.now(UTC)
    for _ in range(leases.MOST_TRIES):
        assert reports.claim(house.ledger, now)
        now += leases.LEASE * 2

    assert reports.claim(house.ledger, now) is None
    assert job(house, asked).failed == leases.GIVEN_UP


def test_a_worker_that_lost_its_lease_issues_nothing(house: House, content: ContentStore, asked: str) -> None:
    slow = reports.claim(house.ledger, datetime.now(UTC) - leases.LEASE * 2)
    assert slow

    made, key = reports.make(house.ledger, content, slow)
    with house.ledger.writing(SYSTEM, datetime.now(UTC)) as log:
        log.session.execute(update(Job).values(leased_until=None))
    assert reports.work(house.ledger, content)

    with pytest.raises(leases.LeaseLost):
        reports._finish(house.ledger, slow, made, key)
    assert issued(house) == 1


def test_a_right_that_ended_meanwhile_is_asked_again(house: House, content: ContentStore, asked: str) -> None:
    house.act("omar", lambda log: directory.withdraw_role(log, "ruth", Role.AUDITOR))

    assert reports.work(house.ledger, content)
    assert "trail" in str(job(house, asked).failed)
    assert issued(house) == 0


def test_what_nobody_expected_frees_the_job_for_the_next_try(house: House, content: ContentStore, asked: str, tmp_path: Path) -> None:
    (blocked := tmp_path / "content").write_text("a file where the folder has to be")

    with pytest.raises(FileExistsError):
        reports.work(house.ledger, content)
    blocked.unlink()

    assert job(house, asked).leased_until is None
    assert reports.work(house.ledger, content) and issued(house) == 1


def test_a_disk_that_is_full_is_no_try_and_the_job_waits_a_minute(
    house: House, content: ContentStore, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_room)
        with pytest.raises(DiskFull):
            reports.work(house.ledger, content)

    waiting = job(house, asked)
    assert (waiting.tries, waiting.failed, waiting.doing) == (0, None, "waits for room on the disk")
    assert not reports.work(house.ledger, content) and reports.claim(house.ledger, datetime.now(UTC) + timedelta(minutes=2)) is not None


class Away:
    """A store of files that does not answer."""

    def put(self, content: bytes | BinaryIO) -> tuple[str, int]:
        raise ContentUnreachable


@pytest.mark.parametrize("why", ["the store is away", "others write"])
def test_what_is_not_to_be_had_now_is_no_try_either(
    house: House, content: ContentStore, asked: str, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    def held(*_: object) -> None:
        raise Busy

    with monkeypatch.context() as away:
        away.setattr(content, "put", Away().put if why == "the store is away" else held)
        for _ in range(leases.MOST_TRIES + 1):
            with pytest.raises(leases.NOT_NOW):
                reports.work(house.ledger, content)
            waiting = job(house, asked)
            assert (waiting.tries, waiting.failed, waiting.doing.startswith("waits")) == (0, None, True)
            assert not reports.work(house.ledger, content), "it rests"
            with house.ledger.writing(SYSTEM, datetime.now(UTC)) as log:
                log.session.execute(update(Job).values(leased_until=None))  # as if a minute had gone by

    assert reports.work(house.ledger, content) and issued(house) == 1


def test_a_killed_worker_is_followed_by_another_that_does_the_job_once(house: House, asked: str, keeper: "subprocess.Popen[bytes]") -> None:
    eventually(lambda: job(house, asked).tries == 1)
    os.kill(workers_of(keeper)[0], signal.SIGKILL)
    with house.ledger.writing(SYSTEM, datetime.now(UTC)) as log:
        log.session.execute(update(Job).where(Job.done_at.is_(None)).values(leased_until=None))  # as if ten minutes had gone by

    eventually(lambda: job(house, asked).done_at is not None)

    assert issued(house) == 1
