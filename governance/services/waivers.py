"""Asking for a waiver, deciding on it, taking it back. What follows from a signature is settled before the commit (`waiver_settling`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain import bindings, checks, dossier, rights
from governance.domain import waivers as rules
from governance.domain.checks import Checked
from governance.domain.errors import Conflict, NotAllowed, Problem, RuleBroken
from governance.domain.evidence_scope import other_needed
from governance.domain.policy import Policy
from governance.domain.rights import Ties
from governance.domain.vocabulary import Applies, Tier, WaiverDecision, WaiverSeat, WaiverState
from governance.domain.waivers import Asked, Earlier
from governance.events import streams
from governance.events.waivers import WaiverAsked, WaiverSigned, WaiverWithdrawn
from governance.ledger.log import Log
from governance.models.waivers import Waiver
from governance.reads import exemption_rules, findings, people, sharing
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
    rule: str  # digest of what it asks


def subject(session: Session, key: str, item_id: str, now: datetime) -> Subject:
    """Raises `RuleBroken` where the check is not one that a waiver could help."""
    policy = exemption_rules.judging(session, key, item_id)
    if policy is None:
        raise RuleBroken(f"The policy has no check {item_id}.")
    gate = exemption_rules.gate_of(policy, item_id)
    found = reading.material(session, key, gate, policy)
    check = next(check for check in checks.evaluated(policy, found, now) if check.item.id == item_id)
    rule = bindings.rule_of(found.plan, item_id)
    assert rule is not None, "the plan of a gate has every check of the gate"
    return Subject(policy, gate, found.tier, check, rule)


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
        rule=of.rule,
        scope=words[0],
        reason=words[1],
        control=words[2],
        owner=asked.owner,
        expires=asked.expires.isoformat(),
        terms=_terms(waiver_id, key, of, words, asked),
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
    _check_pieces(log, ties.initiative, asked.evidence, before)


def _check_pieces(log: Log, key: str, named: Sequence[str], before: Sequence[Earlier]) -> None:
    """What a renewal rests on counts itself, and its content is new: brought here from another initiative is not enough."""
    known, lapsed = reading.evidence(log.session, key), reading.lapsed(log.session, key)
    if problems := other_needed(lapsed.get(piece) for piece in dict.fromkeys(named)):
        raise RuleBroken("The evidence does not hold up.", *problems)
    rules.check_evidence(named, {piece.id: sharing.added(log.session, piece) for piece in known.values()}, before)


def _terms(waiver_id: str, key: str, of: Subject, words: list[str], asked: Asked) -> str:
    """What both seats sign: everything that was asked for, as one digest."""
    return dossier.digest(
        dossier.canonical(
            {
                "v": 2,
                "waiver": waiver_id,
                "initiative": key,
                "item": of.check.item.id,
                "rule": of.rule,
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
    if decision is WaiverDecision.GRANT and not exemption_rules.still_asked(log.session, row):
        raise RuleBroken(
            "What the check asks has changed since this waiver was asked for, or is open because the tier is. "
            "Answer the tiering questions first, or withdraw the waiver and ask anew."
        )
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
