"""The duty that tells those who use evidence of other initiatives that it expires."""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain.errors import AwaitsRecovery, Refused
from governance.ledger.log import SYSTEM, Ledger
from governance.reads import sharing
from governance.services import evidence

MOST_AT_ONCE = 50

log = logging.getLogger("governance.evidence")


def watch(ledger: Ledger, now: datetime) -> bool:
    """Each piece in a transaction of its own, so that a damaged one keeps nobody from the others. Whether there are more at once."""
    with Session(ledger.engines.reader) as session:
        due = sharing.due(session, now, MOST_AT_ONCE)
    done = sum(_tell(ledger, evidence_id, now) for evidence_id in due)
    return done == MOST_AT_ONCE


def _tell(ledger: Ledger, evidence_id: str, now: datetime) -> bool:
    try:
        with ledger.writing(SYSTEM, now) as open_log:
            evidence.tell_of_expiry(open_log, evidence_id)
    except AwaitsRecovery:
        return False  # nothing new goes into the record until its administrators have confirmed it
    except Refused as refused:
        log.error("that %s expires cannot be recorded: %s", evidence_id, refused.message)
        return False
    return True
