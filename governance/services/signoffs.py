"""Signing a gate request off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from governance.domain import rights, separation, signoffs
from governance.domain.errors import NotThere, Problem, RuleBroken
from governance.domain.findings import NewFinding, problems_of
from governance.domain.policy import Seat
from governance.domain.rights import Doer
from governance.domain.vocabulary import Decision
from governance.events import streams
from governance.events.findings import FindingRaised
from governance.events.gates import LookedAt, SignedOff
from governance.ledger.log import Log
from governance.reads import findings, people, reviews
from governance.reads.reviews import OnTheTable
from governance.services import proof


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a signer decided, on which dossier they read (`seen`), and in which words. `meaning` is what the signature says,
    `looked_at` names the boxes of the seat that were ticked."""

    decision: Decision
    meaning: str
    seen: str
    reason: str = ""
    findings: Sequence[NewFinding] = ()
    looked_at: Sequence[str] = ()


def sign_off(log: Log, request_id: str, seat_id: str, judgement: Judgement) -> None:
    """Record one seat's decision. What follows from it is settled before the commit (`settling`).

    The signer's identity was proved before this transaction (`log.auth`); without proof nothing is signed.
    """
    table = reviews.on_the_table(log.session, request_id, log.now)
    doer = people.doer(log.session, log.by, log.now)
    seat = _check(log, table, doer, seat_id, judgement)
    log.record(_signed(log, table, doer, seat, judgement), streams.initiative(table.request.initiative_key))
    for finding in judgement.findings:
        log.record(_finding(log, table, seat, finding), streams.initiative(table.request.initiative_key))


def _check(log: Log, table: OnTheTable, doer: Doer, seat_id: str, judgement: Judgement) -> Seat:
    rights.check_active(doer)
    rights.check_may_see(doer, people.ties(log.session, table.request.initiative_key))
    proof.needed(log, "a sign-off")
    seat = next((seat for seat in table.review.seats if seat.id == seat_id), None)
    if seat is None:
        raise NotThere("This request has no such seat.")
    separation.check_may_sign(table.review, seat, people.signer(doer), table.around, log.now)
    separation.check_seen(table.review, seat, judgement.seen, table.revision.digest)
    separation.check_reason(judgement.decision, judgement.reason)
    _check_findings(log, table, judgement)
    return seat


def _check_findings(log: Log, table: OnTheTable, judgement: Judgement) -> None:
    if judgement.decision is Decision.REJECT and not judgement.findings:
        raise RuleBroken("A reject names at least one finding.", Problem("required", "Say what is wrong and who owns it.", "finding"))
    ties = people.ties(log.session, table.request.initiative_key)
    fits = {new.owner: findings.may_own(log.session, new.owner, ties, log.now) for new in judgement.findings}
    problems = [problem for new in judgement.findings for problem in problems_of(new, fits[new.owner])]
    if problems:
        raise RuleBroken("The finding does not hold up.", *problems)


def _signed(log: Log, table: OnTheTable, doer: Doer, seat: Seat, judgement: Judgement) -> SignedOff:
    frozen = table.review.frozen
    looks = signoffs.looked_at(seat, judgement.decision, judgement.looked_at)
    return SignedOff(
        request=table.request.id,
        revision=table.request.revision,
        seat=seat.id,
        function=seat.function,
        decision=judgement.decision,
        dossier=table.revision.digest,
        covers={section.value: frozen[section] for section in frozen if section in seat.covers},
        name=doer.name,
        meaning=judgement.meaning,
        method=proof.needed(log, "a sign-off"),
        looked_at=[LookedAt(id=look.id, text=look.text) for look in looks],
        reason=log.keep_words(judgement.reason) if judgement.reason.strip() else None,
    )


def _finding(log: Log, table: OnTheTable, seat: Seat, finding: NewFinding) -> FindingRaised:
    days = table.policy.finding_due_days[finding.severity.value]
    return FindingRaised(
        finding=findings.next_id(log.session, table.request.initiative_key),
        initiative=table.request.initiative_key,
        severity=finding.severity,
        words=log.keep_words(finding.words),
        owner=finding.owner,
        due=(finding.due or (log.now + timedelta(days=days)).date()).isoformat(),
        item=finding.item,
        request=table.request.id,
        function=seat.function,
    )
