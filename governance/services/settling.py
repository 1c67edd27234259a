"""Settling: what follows when nothing keeps an open request from its verdict, recorded in the transaction that made it so.

A decision is the usual cause. Others are: a change that is taken back, a signer who may sign again, a check that is met once more.
Asked before every commit, and the only way a stage is ever entered.
"""

import logging

from governance.domain import lifecycle, signoffs
from governance.domain.errors import Refused
from governance.domain.vocabulary import RequestState
from governance.events import streams
from governance.events.gates import ChangesRequested, GateSettled
from governance.events.initiatives import Advanced
from governance.ledger.log import SYSTEM, Log
from governance.models.initiatives import Initiative
from governance.reads import reviews

log = logging.getLogger("governance.settling")


def settle_touched(open_log: Log) -> None:
    """Settle what this transaction made ready: requests of initiatives it touched, and those that rest on people it touched.

    A request whose record is damaged stays as it is, and keeps nobody from what has nothing to do with it.
    """
    touched = open_log.touched
    ready = {
        *reviews.in_review(open_log.session, streams.named(touched, streams.initiative)),
        *reviews.in_review_resting_on(open_log.session, streams.named(touched, streams.person)),
    }
    for request_id in sorted(ready):
        try:
            settle(open_log, request_id)
        except Refused as refused:
            log.error("%s cannot be settled: %s", request_id, refused.message)


def settle(open_log: Log, request_id: str) -> None:
    """Ask the verdict and record what follows from it, as acts of the program. Raises `Refused` where the record is damaged."""
    table = reviews.on_the_table(open_log.session, request_id, open_log.now)
    stream = streams.initiative(table.request.initiative_key)
    open_log.touched.add(stream)  # what waits for whom may have changed without a verdict, too
    outcome = signoffs.verdict(table.review, open_log.now)
    if outcome is RequestState.CHANGES_REQUESTED:
        open_log.record(ChangesRequested(request=request_id), stream, by=SYSTEM)
    elif outcome is not table.request.state:
        counted = reviews.counting(table, open_log.now)
        open_log.record(GateSettled(request=request_id, outcome=outcome, counted=counted), stream, by=SYSTEM)
        if outcome is RequestState.PASSED:
            initiative = open_log.session.get_one(Initiative, table.request.initiative_key)
            entered = lifecycle.entered(table.policy.gates[table.request.gate], initiative.stage)
            open_log.record(Advanced(initiative=initiative.key, request=request_id, entered=entered), stream, by=SYSTEM)
