"""What time has done to things of one kind, recorded for each by itself."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain.errors import AwaitsRecovery, Refused
from governance.ledger.log import SYSTEM, Ledger, Log

MOST_AT_ONCE = 50

log = logging.getLogger("governance.watching")


def watch(ledger: Ledger, now: datetime, due: Callable[[Session, datetime, int], Sequence[str]], look: Callable[[Log, str], None]) -> bool:
    """Each in a transaction of its own, so that a damaged one keeps nobody from the others. Whether there are more at once."""
    with Session(ledger.engines.reader) as session:
        names = due(session, now, MOST_AT_ONCE)
    done = sum(_look(ledger, name, now, look) for name in names)
    return done == MOST_AT_ONCE


def _look(ledger: Ledger, name: str, now: datetime, look: Callable[[Log, str], None]) -> bool:
    try:
        with ledger.writing(SYSTEM, now) as open_log:
            look(open_log, name)
    except AwaitsRecovery:
        return False  # nothing new goes into the record until its administrators have confirmed it
    except Refused as refused:
        log.error("what time did to %s cannot be recorded: %s", name, refused.message)
        return False
    return True
