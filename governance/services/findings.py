"""Raising a finding, answering it with evidence, accepting the answer."""

from datetime import timedelta

from governance.domain import rights, waivers
from governance.domain.errors import Conflict, NotAllowed, Problem, RuleBroken
from governance.domain.findings import NewFinding, problems_of
from governance.events import streams
from governance.events.findings import FindingAnswered, FindingClosed, FindingRaised
from governance.ledger.log import Log
from governance.models.answers import Evidence
from governance.models.findings import Finding
from governance.models.waivers import Waiver
from governance.reads import findings, people, policies, waiver_ends
from governance.reads.material import lapsed


def raise_finding(log: Log, key: str, new: NewFinding) -> str:
    """Record a problem, at any stage. Returns its id."""
    doer, ties = people.doer(log.session, log.by, log.now), people.ties(log.session, key)
    rights.check_may_raise_finding(doer, ties)
    if problems := problems_of(new, findings.may_own(log.session, new.owner, ties, log.now)):
        raise RuleBroken("The finding does not hold up.", *problems)
    policy = policies.current(log.session)
    due = new.due or (log.now + timedelta(days=policy.finding_due_days[new.severity.value])).date()
    finding_id = findings.next_id(log.session, key)
    held = [held.function for held in doer.holdings if held.unit in (None, ties.unit)]
    event = FindingRaised(
        finding=finding_id,
        initiative=key,
        severity=new.severity,
        words=log.keep_words(new.words),
        owner=new.owner,
        due=due.isoformat(),
        item=new.item,
        function=held[0] if held else None,
    )
    log.record(event, streams.initiative(key))
    return finding_id


def answer_finding(log: Log, finding_id: str, evidence_id: str) -> None:
    """Name the evidence that answers a finding. Who raised it then accepts, or waits for better."""
    row = findings.finding(log.session, finding_id)
    ties = people.ties(log.session, row.initiative_key)
    doer = people.doer(log.session, log.by, log.now)
    rights.check_may_see(doer, ties)
    if doer.id != row.owner_id:
        rights.check_may_work_on(doer, ties, "answer its findings")
    _check_open(row)
    piece = log.session.get(Evidence, evidence_id)
    if piece is None or piece.initiative_key != row.initiative_key:
        raise RuleBroken("Choose evidence of this initiative.", Problem("unknown", "Choose the evidence that answers it.", "evidence"))
    if (why := lapsed(log.session, row.initiative_key)[evidence_id]) is not None:
        raise RuleBroken(f"{why}. Choose other evidence.")
    log.record(FindingAnswered(finding=finding_id, evidence=evidence_id), streams.initiative(row.initiative_key))


def close_finding(log: Log, finding_id: str) -> None:
    """Accept the answer. Only who raised it, or another holder of the same function, may."""
    row = findings.finding(log.session, finding_id)
    ties = people.ties(log.session, row.initiative_key)
    rights.check_may_accept(people.doer(log.session, log.by, log.now), ties, findings.ties(row))
    _check_open(row)
    if row.answered_by is None:
        raise RuleBroken("Nobody has answered this finding yet: its owner names the evidence first.")
    if (why := lapsed(log.session, row.initiative_key)[row.answered_by]) is not None:
        raise RuleBroken(f"{why}. Its owner names other evidence first.")
    if (waiver := waiver_ends.left(log.session, finding_id)) is not None:
        _check_confirms(log, waiver)
    log.record(FindingClosed(finding=finding_id), streams.initiative(row.initiative_key))


def _check_confirms(log: Log, waiver: Waiver) -> None:
    """Accepting the finding of an expired waiver ends what that led to: it takes a check that is met, and somebody with no part in it."""
    if (sentence := waivers.bars_from_confirming(log.by, waiver_ends.confirming(log.session, waiver))) is not None:
        raise NotAllowed(sentence)
    waivers.check_is_met(waiver.item, waiver_ends.state_of(log.session, waiver, log.now))


def _check_open(row: Finding) -> None:
    if row.closed_at is not None:
        raise Conflict("This finding is closed. Raise a new one if the problem came back.")
