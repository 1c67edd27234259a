"""Proposing that a check does not apply, deciding on it, taking it back."""

from governance.domain import exclusions as rules
from governance.domain import rights
from governance.domain.checks import KEPT_RECORDS, Checked
from governance.domain.errors import Conflict, NotAllowed, RuleBroken
from governance.domain.vocabulary import AnswerState, Applies, Confirmation, ExclusionState
from governance.events import streams
from governance.events.exclusions import ExclusionDecided, ExclusionProposed, ExclusionWithdrawn
from governance.ledger.log import Log
from governance.models.exclusions import Exclusion
from governance.reads import exclusions, exemption_rules, people
from governance.services import proof
from governance.services.waivers import subject


def check_helps(check: Checked) -> None:
    """Raise unless the check applies by the facts, is not met, and is answered by people."""
    item = check.item
    if item.source in KEPT_RECORDS:
        raise RuleBroken(f"{item.id} answers itself from a record of this app, so nobody says whether it applies.")
    if check.planned.applicability.applies is not Applies.YES:
        said = f"may not apply ({check.in_words}); answer the facts it depends on" if check.applies else "does not apply already"
        raise RuleBroken(f"{item.id} {said}.")
    if check.evaluated.state is AnswerState.MET:
        raise RuleBroken(f"{item.id} is met, so nobody has to say whether it applies.")


def propose(log: Log, key: str, item_id: str, reason: str) -> str:
    """Propose that a check does not apply to an initiative. It counts for nothing until compliance confirms it. Returns its id."""
    rights.check_may_work_on(
        people.doer(log.session, log.by, log.now), people.ties(log.session, key), "propose that a check does not apply"
    )
    of = subject(log.session, key, item_id, log.now)
    check_helps(of.check)
    rules.check_words(reason, "it does not apply")
    if any(row.item == item_id and row.state is ExclusionState.PROPOSED for row in _counting(log, key)):
        raise Conflict(f"That {item_id} does not apply is proposed already. Compliance decides on it first.")
    rests = exemption_rules.rests_now(log.session, key, item_id)
    assert rests is not None, "without a tier nothing can be said of a check"
    made = exclusions.next_id(log.session, key)
    event = ExclusionProposed(
        exclusion=made, initiative=key, gate=of.gate, item=item_id, facts=rests.facts, rule=rests.rule, reason=log.keep_words(reason)
    )
    log.record(event, streams.initiative(key))
    return made


def _counting(log: Log, key: str) -> list[Exclusion]:
    return [row for row in exclusions.live(log.session, [key]).get(key, []) if exemption_rules.shown(log.session, row) is row.state]


def decide(log: Log, exclusion_id: str, decision: Confirmation, meaning: str, reason: str = "") -> None:
    """Compliance confirms or declines, after proving who they are (`log.auth`)."""
    row = exclusions.exclusion(log.session, exclusion_id)
    doer, ties = people.doer(log.session, log.by, log.now), people.ties(log.session, row.initiative_key)
    rights.check_active(doer)
    rights.check_may_see(doer, ties)
    method = proof.needed(log, "deciding that a check does not apply")
    rules.check_may_decide(exemption_rules.shown(log.session, row), people.signer(doer), exclusions.bound(row, ties))
    if decision is Confirmation.DECLINE or reason.strip():
        rules.check_words(reason, "you decline" if decision is Confirmation.DECLINE else "you confirm it")
    event = ExclusionDecided(
        exclusion=exclusion_id,
        decision=decision,
        facts=row.facts,
        rule=row.rule,
        name=doer.name,
        meaning=meaning,
        method=method,
        reason=log.keep_words(reason) if reason.strip() else None,
    )
    log.record(event, streams.initiative(row.initiative_key))


def withdraw(log: Log, exclusion_id: str, reason: str) -> None:
    """Whoever proposed it, or the lead, takes it back, also after it was confirmed: then the check applies again."""
    row = exclusions.exclusion(log.session, exclusion_id)
    doer, ties = people.doer(log.session, log.by, log.now), people.ties(log.session, row.initiative_key)
    rights.check_active(doer)
    rights.check_may_see(doer, ties)
    if doer.id not in (row.proposed_by, ties.lead):
        raise NotAllowed("Only whoever proposed it, or the lead, can withdraw it.")
    if row.state not in (ExclusionState.PROPOSED, ExclusionState.CONFIRMED):
        raise Conflict("This proposal is over already.")
    rules.check_words(reason, "you withdraw it")
    log.record(ExclusionWithdrawn(exclusion=exclusion_id, reason=log.keep_words(reason)), streams.initiative(row.initiative_key))
