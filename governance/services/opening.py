"""Opening a ledger whose summary rows follow every transaction."""

from governance.events import streams
from governance.ledger.log import Ledger, Log
from governance.services import summaries
from governance.storage.engines import Engines

PREFIX = streams.initiative("")


def ledger_of(engines: Engines) -> Ledger:
    """The ledger over these engines. Before each commit the summaries of the touched initiatives are worked out anew."""
    ledger = Ledger(engines)
    ledger.before_commit.append(_refresh_summaries)
    return ledger


def _refresh_summaries(log: Log, touched: set[str]) -> None:
    keys = [stream.removeprefix(PREFIX) for stream in sorted(touched) if stream.startswith(PREFIX)]
    summaries.refresh(log.session, keys, log.now)
