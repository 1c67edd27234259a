"""The duty that records what time has done to waivers."""

from datetime import datetime

from governance.jobs import watching
from governance.ledger.log import Ledger
from governance.reads import waivers
from governance.services import waiver_clock


def watch(ledger: Ledger, now: datetime) -> bool:
    """Whether there are more at once."""
    return watching.watch(ledger, now, waivers.due, waiver_clock.look)
