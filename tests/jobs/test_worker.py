"""The worker: its duties one after another, signed heads among them, until it is told to stop."""

import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from governance.jobs import worker
from governance.jobs.mail import Post
from governance.jobs.worker import Desk, Duty
from governance.ledger import heads
from governance.ledger.keys import KeyFile
from governance.ledger.log import SYSTEM
from governance.ledger.read import NO_MOMENT
from governance.ledger.verify import verify
from governance.models.idempotency import SentForm
from governance.models.ledger import Checkpoint
from governance.models.summary import Summary
from governance.storage.content import ContentStore, ContentUnreachable
from governance.storage.engines import Busy, DiskFull
from governance.storage.mail_address import mail_server
from governance.storage.slate import slate_of
from tests.jobs.conftest import environment_of, eventually, issued, job, workers_of
from tests.services.conftest import House
from tests.tampering import alter


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


def test_the_worker_ends_with_its_keeper(keeper: "subprocess.Popen[bytes]") -> None:
    eventually(lambda: workers_of(keeper))
    (pid,) = workers_of(keeper)

    keeper.terminate()
    keeper.wait(60)

    eventually(lambda: not Path(f"/proc/{pid}").exists())


def desk_for(rounds: int) -> Desk:
    """A desk whose day is over after so many questions whether it is."""
    asked = iter(range(rounds))
    return Desk(ledger=None, content=None, slate=None, key=None, post=None, is_over=lambda: next(asked, None) is None)  # type: ignore[arg-type]


def test_a_duty_is_done_when_it_is_due_and_at_once_again_while_there_is_more() -> None:
    done: list[str] = []
    left = iter([True, True, False])
    often = Duty("often", 1_000, lambda _: done.append("often") or next(left))  # type: ignore[func-returns-value]
    once = Duty("once", 1_000, lambda _: bool(done.append("once")))  # type: ignore[func-returns-value]

    worker.look_after((often, once), desk_for(12), lambda _: None)

    assert done == ["often", "once", "often", "often"]


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (Busy(), "first: Somebody else is writing"),
        (DiskFull(), "first: The disk is full"),
        (ContentUnreachable(), "first: The store of files does not answer"),
    ],
)
def test_a_duty_that_has_to_wait_keeps_nobody_from_the_next(why: Exception, said: str, caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def waits(_: Desk) -> bool:
        raise why

    worker.look_after((Duty("first", 0, waits), Duty("second", 0, lambda _: bool(done.append("second")))), desk_for(3), lambda _: None)  # type: ignore[func-returns-value]

    assert done == ["second"]
    assert said in caplog.text


def test_a_worker_of_its_own_works_without_a_server_and_stops_when_it_is_told(house: House, asked: str, tmp_path: Path) -> None:
    words = [sys.executable, "-c", "from governance.cli.main import main; main()", "worker"]
    with subprocess.Popen(words, env=environment_of(house, tmp_path), stderr=subprocess.PIPE) as process:
        eventually(lambda: job(house, asked).done_at is not None)
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=60)[1]

    assert process.returncode == 0 and not re.search(rb"Traceback|\[(warning|error)", said), said
    assert issued(house) == 1


def test_an_entry_whose_moment_cannot_be_read_ends_no_duty_and_no_write_that_has_nothing_to_do_with_it(
    house: House, key: KeyFile, tmp_path: Path
) -> None:
    for _ in range(2):
        house.register()
    alter(house.ledger.engines, "UPDATE leaf SET at = 'yesterday' WHERE stream = 'initiative/AI-0001'")
    with house.ledger.writing(SYSTEM, house.now) as log:
        log.session.execute(update(Summary).values(changes_at=house.now))
    post = Post(mail_server("smtp://127.0.0.1:1"), None, "https://governance.example.org")
    desk = Desk(house.ledger, ContentStore(tmp_path / "content"), slate_of(tmp_path), key, post, is_over=lambda: False)

    for duty in worker.DUTIES:
        assert not duty.do(desk), duty.name
    house.open(key="AI-0002")

    with house.read() as session:
        found = {row.initiative_key: row for row in session.scalars(select(Summary))}
    assert found["AI-0001"].last_at == NO_MOMENT and found["AI-0002"].last_at == house.now
    assert found["AI-0002"].request_id == "AI-0002.G1-1"


def test_forms_that_were_sent_are_let_go_after_a_week(house: House) -> None:
    now = datetime.now(UTC)
    with house.ledger.writing(SYSTEM, now) as log:
        for key, days in (("new", 6), ("old", 8)):
            log.session.add(SentForm(key=key, person_id="lena", fingerprint="", at=now - timedelta(days=days), answer=None))

    worker.sweep(house.ledger)

    with house.read() as session:
        assert session.scalars(select(SentForm.key)).all() == ["new"]
