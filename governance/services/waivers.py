"""Asking for a waiver, deciding on it, taking it back. What follows from a signature is settled before the commit (`waiver_settling`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain import checks, dossier, rights
from governance.domain import waivers as rules
from governance.domain.checks import Checked
from governance.domain.errors import Conflict, NotAllowed, Problem, RuleBroken
from governance.domain.policy import Policy
from governance.domain.rights import Ties
from governance.domain.vocabulary import Applies, Tier, WaiverDecision, WaiverSeat, WaiverState
from governance.domain.waivers import Asked
from governance.events import streams
from governance.events.waivers import WaiverAsked, WaiverSigned, WaiverWithdrawn
from governance.ledger.log import Log
from governance.models.waivers import Waiver
from governance.reads import findings, people, policies, reviews
from governance.reads import material as reading
from governance.reads import waivers as found_waivers
from governance.services import proof


@dataclass(frozen=True, slots=True)
class Subject:
    """The check that a waiver is asked for, as it stands, and the rules it is asked under."""

    policy: Policy
    gate: str
    tier: Tier
    check: Checked


def subject(session: Session, key: str, item_id: str, now: datetime) -> Subject:
    """Raises `RuleBroken` where the check is not one that a waiver could help."""
    request = reviews.open_request(session, key)
    policy = next((one for one in (policies.of_request(session, request), policies.current(session)) if one.find(item_id)), None)
    gate = next((gate.id for gate in policy.gates.values() if any(item.id == item_id for item in gate.items)), None) if policy else None
    if policy is None or gate is None:
        raise RuleBroken(f"The policy has no check {item_id}.")
    found = reading.material(session, key, gate, policy)
    check = next(check for check in checks.evaluated(policy, found, now) if check.item.id == item_id)
    return Subject(policy, gate, found.tier, check)


def check_helps(of: Subject) -> None:
    """Raise unless the check applies, is short of met, and may be waived."""
    item = of.check.item
    rules.check_may_be_waived(of.policy.waivers, item)
    if of.check.planned.applicability.applies is not Applies.YES:
        said = f"may not apply ({of.check.in_words})" if of.check.applies else "does not apply"
        raise RuleBroken(f"{item.id} {said}, so it cannot be waived.")
    if of.check.passes and of.check.waiver is None:
        raise RuleBroken(f"{item.id} is met, so there is nothing to waive.")


def ask(log: Log, key: str, item_id: str, asked: Asked) -> str:
    """Ask for a waiver of a check that is not met. Where the check was waived before, this asks for a renewal. Returns its id."""
    doer, ties = people.doer(log.session, log.by, log.now), people.ties(log.session, key)
    rights.check_may_work_on(doer, ties, "ask for a waiver")
    of = subject(log.session, key, item_id, log.now)
    check_helps(of)
    rows = found_waivers.of_item(log.session, key, item_id)
    _check_asked(log, of, ties, asked, rows)
    before = found_waivers.earlier(rows)
    words = [log.keep_words(text) for text in (asked.scope, asked.reason, asked.control)]
    waiver_id = found_waivers.next_id(log.session, key)
    event = WaiverAsked(
        waiver=waiver_id,
        initiative=key,
        gate=of.gate,
        item=item_id,
        function=of.check.item.owner,
        policy=of.policy.digest,
        scope=words[0],
        reason=words[1],
        control=words[2],
        owner=asked.owner,
        expires=asked.expires.isoformat(),
        terms=_terms(waiver_id, key, item_id, words, asked),
        evidence=list(dict.fromkeys(asked.evidence)),
        renews=before[-1].id if before else None,
    )
    log.record(event, streams.initiative(key))
    return waiver_id


def _check_asked(log: Log, of: Subject, ties: Ties, asked: Asked, rows: Sequence[Waiver]) -> None:
    if (other := next((row for row in rows if row.state is WaiverState.ASKED and row.expires >= log.now.date()), None)) is not None:
        raise Conflict(f"{other.id} is asked for already. It has to be decided or withdrawn first.")
    before = found_waivers.earlier(rows)
    assert of.policy.waivers is not None
    rules.check_may_be_renewed(of.policy.waivers, before)
    owner_fits = findings.may_own(log.session, asked.owner, ties, log.now)
    if problems := list(rules.faults(of.policy.waivers, asked, of.tier, log.now.date(), owner_fits=owner_fits)):
        raise RuleBroken("Some entries do not hold up.", *problems)
    added = {piece.id: piece.added_at for piece in reading.evidence(log.session, ties.initiative).values()}
    rules.check_evidence(asked.evidence, added, before)


def _terms(waiver_id: str, key: str, item: str, words: list[str], asked: Asked) -> str:
    """What both seats sign: everything that was asked for, as one digest."""
    return dossier.digest(
        dossier.canonical(
            {
                "v": 1,
                "waiver": waiver_id,
                "initiative": key,
                "item": item,
                "scope": words[0],
                "reason": words[1],
                "control": words[2],
                "owner": asked.owner,
                "expires": asked.expires.isoformat(),
                "evidence": list(dict.fromkeys(asked.evidence)),
            }
        )
    )


def sign(log: Log, waiver_id: str, seat: WaiverSeat, decision: WaiverDecision, meaning: str, reason: str = "") -> None:
    """Decide for one of the two seats. The signer's identity was proved before this transaction (`log.auth`)."""
    row = found_waivers.waiver(log.session, waiver_id)
    doer, ties = people.doer(log.session, log.by, log.now), people.ties(log.session, row.initiative_key)
    rights.check_active(doer)
    rights.check_may_see(doer, ties)
    method = proof.needed(log, "signing a waiver")
    bound = found_waivers.bound(log.session, row, ties, log.now)
    rules.check_may_sign(row.state, seat, people.signer(doer), bound, row.expires, log.now.date())
    if decision is WaiverDecision.DECLINE:
        rules.check_decline(reason)
    elif len(reason) > rules.LONGEST:
        raise RuleBroken("That is too long.", Problem("length", f"Write at most {rules.LONGEST:,} signs.", "reason"))
    event = WaiverSigned(
        waiver=waiver_id,
        seat=seat,
        function=rules.function_of(seat, row.function),
        decision=decision,
        terms=row.terms,
        name=doer.name,
        meaning=meaning,
        method=method,
        reason=log.keep_words(reason) if reason.strip() else None,
    )
    log.record(event, streams.initiative(row.initiative_key))


def withdraw(log: Log, waiver_id: str, reason: str) -> None:
    """Whoever asked for it, or the lead, takes it back before it is decided."""
    row = found_waivers.waiver(log.session, waiver_id)
    doer, ties = people.doer(log.session, log.by, log.now), people.ties(log.session, row.initiative_key)
    rights.check_active(doer)
    rights.check_may_see(doer, ties)
    if doer.id not in (row.asked_by, ties.lead):
        raise NotAllowed("Only whoever asked for a waiver, or the lead, can withdraw it.")
    if row.state is not WaiverState.ASKED:
        raise Conflict("This waiver is decided already.")
    if not rules.SHORTEST <= len(reason.strip()) <= rules.LONGEST:
        sentence = f"Say why you withdraw it, in {rules.SHORTEST} to {rules.LONGEST:,} signs."
        raise RuleBroken("Say why you withdraw it.", Problem("required", sentence, "reason"))
    log.record(WaiverWithdrawn(waiver=waiver_id, reason=log.keep_words(reason)), streams.initiative(row.initiative_key))
