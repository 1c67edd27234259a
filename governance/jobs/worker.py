"""The worker: looks after its duties, one after another, until it is told to stop. Any number of them work on one record."""

import logging
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event

from sqlalchemy.orm import Session

from governance import logs, settings
from governance.jobs import evidence, impacts, imports, mail, outbox, reports, waivers
from governance.jobs.mail import Post
from governance.ledger.keys import KeyFile, NotSigned
from governance.ledger.log import SYSTEM, Ledger
from governance.services import checkpoints, idempotency, summaries
from governance.services.opening import key_of, ledger_of, open_engines
from governance.settings import Settings
from governance.storage.content import ContentStore, ContentUnreachable, content_of
from governance.storage.engines import Busy, DiskFull
from governance.storage.slate import Slate, slate_of

IDLE_SECONDS = 0.5
MINUTE, HOUR = 60, 3_600

log = logging.getLogger("governance.worker")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the duties work with. `is_over` is asked wherever one can stop in the middle."""

    ledger: Ledger
    content: ContentStore
    slate: Slate
    key: KeyFile
    post: Post
    is_over: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to look after. `do` says whether there is more at once; where not, it is asked again after so many seconds."""

    name: str
    every: float
    do: Callable[[Desk], bool]


DUTIES = (
    Duty("summaries", MINUTE, lambda desk: refresh(desk.ledger) == summaries.MOST_AT_ONCE),
    Duty("signed heads", checkpoints.EVERY.total_seconds(), lambda desk: sign(desk.ledger, desk.key)),
    Duty("waivers", MINUTE, lambda desk: waivers.watch(desk.ledger, datetime.now(UTC))),
    Duty("shared evidence", MINUTE, lambda desk: evidence.watch(desk.ledger, datetime.now(UTC))),
    Duty("notices", IDLE_SECONDS, lambda desk: outbox.follow(desk.ledger, mail.follower(desk.post), datetime.now(UTC))),
    Duty("mail", IDLE_SECONDS, lambda desk: mail.deliver(desk.ledger, desk.post, desk.is_over)),
    Duty("reports", IDLE_SECONDS, lambda desk: reports.work(desk.ledger, desk.content)),
    Duty("imports", IDLE_SECONDS, lambda desk: imports.work(desk.ledger, desk.content, desk.slate)),
    Duty("impacts", IDLE_SECONDS, lambda desk: impacts.work(desk.ledger, desk.slate)),
    Duty("old impacts", HOUR, lambda desk: impacts.throw_away(desk.ledger)),
    Duty("old imports", HOUR, lambda desk: imports.throw_away(desk.ledger)),
    Duty("old forms", HOUR, lambda desk: sweep(desk.ledger)),
    Duty("old deliveries", HOUR, lambda desk: outbox.clear(desk.ledger, datetime.now(UTC))),
)
"""Everything a worker looks after; a new duty is a line here."""


def main() -> None:
    """What the keeper starts: work until told to stop, or until the keeper is gone. What nobody expected ends it; another one follows."""
    parent = os.getppid()
    run(settings.read(), lambda: os.getppid() != parent)


def run(found: Settings, is_over: Callable[[], bool] = lambda: False) -> None:
    """Work until told to stop (SIGTERM, Ctrl+C). What is being done is finished first."""
    logs.set_up(found.log_format)
    engines, stop = open_engines(found.instance, found.database), Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    desk = Desk(
        ledger=ledger_of(engines),
        content=content_of(found.instance, found.bucket),
        slate=slate_of(found.instance),
        key=key_of(found),
        post=Post.of(found),
        is_over=lambda: stop.is_set() or is_over(),
    )
    look_after(DUTIES, desk, stop.wait)
    engines.close()


def look_after(duties: Sequence[Duty], desk: Desk, wait: Callable[[float], object]) -> None:
    """Each duty when it is due; wait when none is."""
    due = dict.fromkeys(duties, 0.0)
    while not desk.is_over():
        for duty in [duty for duty in duties if due[duty] <= time.monotonic()]:
            more = not desk.is_over() and _do(duty, desk)
            due[duty] = time.monotonic() + (0 if more else duty.every)
        wait(min(IDLE_SECONDS, max(0.0, min(due.values()) - time.monotonic())))


def _do(duty: Duty, desk: Desk) -> bool:
    """Where others write all the time, the store does not answer, or there is no room, it is done later."""
    try:
        return duty.do(desk)
    except (Busy, ContentUnreachable) as refused:
        log.warning("%s: %s", duty.name, refused)
        return False
    except DiskFull as full:
        log.critical("%s: %s", duty.name, full)
        return False


def refresh(ledger: Ledger) -> int:
    """Work the rows out anew that time alone has changed. Returns how many there were."""
    now = datetime.now(UTC)
    with Session(ledger.engines.reader) as session:
        if not summaries.are_due(session, now):
            return 0
    with ledger.writing(SYSTEM, now) as open_log:
        return summaries.refresh_due(open_log.session, now)


def sweep(ledger: Ledger) -> bool:
    """Let go of the forms that nobody sends again."""
    now = datetime.now(UTC)
    with Session(ledger.engines.reader) as session:
        if not idempotency.are_old(session, now):
            return False
    with ledger.writing(SYSTEM, now) as open_log:
        idempotency.sweep(open_log.session, now)
    return False


def sign(ledger: Ledger, key: KeyFile) -> bool:
    """Sign a head over what is new. A refusal is logged each time, and stands on the page of the ledger until it is over."""
    now = datetime.now(UTC)
    with Session(ledger.engines.reader) as session:
        if not checkpoints.is_due(session, now):
            return False
    try:
        checkpoints.sign_or_say_why(ledger, key, now)
    except NotSigned as refused:
        log.error("no head of the ledger is signed: %s", refused)
    return False


if __name__ == "__main__":
    main()
