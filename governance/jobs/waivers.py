"""The duty that records what time has done to waivers."""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain.errors import AwaitsRecovery, Refused
from governance.ledger.log import SYSTEM, Ledger
from governance.reads import waivers
from governance.services import waiver_clock

MOST_AT_ONCE = 50

log = logging.getLogger("governance.waivers")


def watch(ledger: Ledger, now: datetime) -> bool:
    """Each waiver in a transaction of its own, so that a damaged one keeps nobody from the others. Whether there are more at once."""
    with Session(ledger.engines.reader) as session:
        due = waivers.due(session, now, MOST_AT_ONCE)
    done = sum(_look(ledger, waiver_id, now) for waiver_id in due)
    return done == MOST_AT_ONCE


def _look(ledger: Ledger, waiver_id: str, now: datetime) -> bool:
    try:
        with ledger.writing(SYSTEM, now) as open_log:
            waiver_clock.look(open_log, waiver_id)
    except AwaitsRecovery:
        return False  # nothing new goes into the record until its administrators have confirmed it
    except Refused as refused:
        log.error("what time did to %s cannot be recorded: %s", waiver_id, refused.message)
        return False
    return True
