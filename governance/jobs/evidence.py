"""The duty that tells those who use evidence of other initiatives that it expires."""

from datetime import datetime

from governance.jobs import watching
from governance.ledger.log import Ledger
from governance.reads import sharing
from governance.services import evidence


def watch(ledger: Ledger, now: datetime) -> bool:
    """Whether there are more at once."""
    return watching.watch(ledger, now, sharing.due, evidence.tell_of_expiry)
