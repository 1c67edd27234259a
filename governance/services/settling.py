"""Settling: what follows when nothing keeps an open request from its verdict, recorded in the transaction that made it so.

A decision is the usual cause. Others are: a change that is taken back, a signer who may sign again, a check that is met once more.
The only way a stage is ever entered.
"""

from governance.domain import lifecycle, signoffs
from governance.domain.vocabulary import RequestState
from governance.events import streams
from governance.events.gates import ChangesRequested, GateSettled
from governance.events.initiatives import Advanced
from governance.ledger.log import SYSTEM, Log
from governance.models.gates import GateRequest
from governance.models.initiatives import Initiative
from governance.reads import reviews
from governance.reads.reviews import OnTheTable

PERSON, INITIATIVE = streams.person(""), streams.initiative("")


def settle(log: Log, request_id: str) -> RequestState:
    """Ask the verdict and record what follows from it, as acts of the program. Returns the state the request has now."""
    table = reviews.on_the_table(log.session, request_id, log.now)
    outcome = signoffs.verdict(table.review, log.now)
    if outcome is table.request.state:
        return outcome
    stream = streams.initiative(table.request.initiative_key)
    if outcome is RequestState.CHANGES_REQUESTED:
        log.record(ChangesRequested(request=request_id), stream, by=SYSTEM)
        return outcome
    log.record(GateSettled(request=request_id, outcome=outcome, counted=counted(table, log)), stream, by=SYSTEM)
    if outcome is RequestState.PASSED:
        initiative = log.session.get_one(Initiative, table.request.initiative_key)
        entered = lifecycle.entered(table.policy.gates[table.request.gate], initiative.stage)
        log.record(Advanced(initiative=initiative.key, request=request_id, entered=entered), stream, by=SYSTEM)
    return outcome


def counted(table: OnTheTable, log: Log) -> list[int]:
    """The leaves of the sign-offs that count at this moment."""
    return sorted(given.leaf for given in signoffs.standing(table.review, log.now).values())


def settle_touched(log: Log) -> None:
    """Settle what this transaction has made ready: requests of initiatives it touched, and those that people it touched signed."""
    keys = [stream.removeprefix(INITIATIVE) for stream in log.touched if stream.startswith(INITIATIVE)]
    signers = [stream.removeprefix(PERSON) for stream in log.touched if stream.startswith(PERSON)]
    ready = {*reviews.in_review(log.session, keys), *reviews.signed_in_review(log.session, signers)}
    for request_id in sorted(ready):
        settle(log, request_id)
        log.touched.add(streams.initiative(log.session.get_one(GateRequest, request_id).initiative_key))
