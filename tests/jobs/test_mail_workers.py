"""Workers that send mail, as processes: killed in the middle, and two at once."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from governance.jobs.mail import Post
from governance.ledger.log import SYSTEM
from governance.models.outbox import Delivery
from tests.jobs.conftest import environment_of, eventually
from tests.jobs.mailing import SITE, engine, on_both, post, sink, three
from tests.jobs.test_outbox import deliveries, raise_findings, states, time_goes_by
from tests.mail_sink import Sink, Taken
from tests.services.conftest import House, house, in_review

__all__ = ["engine", "house", "in_review", "post", "sink", "three"]


@contextmanager
def working(house: House, folder: Path, sink: Sink) -> Iterator["subprocess.Popen[bytes]"]:
    """`governance worker` as a process of its own, and killed in the end if it has not ended by then."""
    mailing = {
        "GOVERNANCE_MAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        "GOVERNANCE_MAIL_FROM": "Governance <governance@example.org>",
        "GOVERNANCE_PUBLIC_ADDRESS": SITE,
    }
    words = [sys.executable, "-c", "from governance.cli.main import main; main()", "worker"]
    with subprocess.Popen(words, env={**environment_of(house, folder), **mailing}) as process:
        try:
            yield process
        finally:
            process.kill()


@on_both
def test_a_worker_killed_after_a_mail_was_taken_leads_to_one_repeat_with_the_same_message_id(
    three: House, sink: Sink, tmp_path: Path
) -> None:
    with working(three, tmp_path, sink) as process:
        blocked = three.ledger.writing(SYSTEM, three.now)

        def nobody_can_mark_it(taken: Taken) -> None:
            if len(sink.taken) == 2:
                blocked.__enter__()

        sink.before_answer = nobody_can_mark_it
        eventually(lambda: len(sink.taken) == 2)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        sink.before_answer = lambda _: None
        blocked.__exit__(None, None, None)
    assert states(three) == ["delivered", "waiting", "waiting"]
    assert deliveries(three)[1].leased_until is not None

    time_goes_by(three)
    with working(three, tmp_path, sink):
        eventually(lambda: states(three) == ["delivered"] * 3)

    first, second, third = (row.message_id for row in deliveries(three))
    assert sink.ids == [first, second, second, third]


MANY = 200


@on_both
def test_two_workers_at_once_send_each_of_many_notices_exactly_once(followed: House, post: Post, sink: Sink, tmp_path: Path) -> None:
    raise_findings(followed, MANY)

    with working(followed, tmp_path, sink) as one, working(followed, tmp_path, sink) as other:
        eventually(lambda: states(followed) == ["delivered"] * MANY)
        for process in (one, other):
            process.terminate()
            assert process.wait(60) == 0

    assert Counter(sink.ids) == Counter(row.message_id for row in deliveries(followed)) and len(set(sink.ids)) == MANY
    assert sum(line.upper().startswith("EHLO") for line in sink.heard) >= 2, "both had a part in it"
    with followed.read() as session:
        assert set(session.scalars(select(Delivery.tries))) == {1}
