"""Waivers: dated exceptions from waivable checks. What may be asked for, who signs, when one is in force, and what its end does.

A waiver is in force from its second signature to the end of its last day (UTC). Its end needs nobody: a check is waived by the clock
alone, and what the worker records later is what follows from it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from governance.domain import separation
from governance.domain.checklist import PASSING
from governance.domain.errors import Conflict, NotAllowed, Problem, RuleBroken
from governance.domain.lifecycle import ORDER
from governance.domain.loosening import Loosening
from governance.domain.policy import Gate, Item, WaiverRules
from governance.domain.separation import Signer
from governance.domain.vocabulary import AnswerState, Function, Stage, Standing, Tier, WaiverSeat, WaiverState

LONGEST, SHORTEST = 4_000, 3
IN_PRODUCTION = frozenset({Stage.LIMITED_PRODUCTION, Stage.FULL_PRODUCTION})
GRAVITY: Mapping[Standing, int] = {standing: place for place, standing in enumerate(Standing)}


@dataclass(frozen=True, slots=True)
class Asked:
    """A waiver as somebody asks for it."""

    scope: str
    reason: str
    control: str  # what is done instead while it holds
    owner: str  # who answers for it
    expires: date  # its last day
    evidence: tuple[str, ...] = ()  # of a renewal: ids of what shows that the control worked


@dataclass(frozen=True, slots=True)
class Earlier:
    """A waiver of the same check that was granted before."""

    id: str
    granted_at: datetime


@dataclass(frozen=True, slots=True)
class Bound:
    """How a waiver is bound to people and to a moment."""

    function: Function  # that owns the check
    unit: str
    lead: str
    asked_by: str
    asked_at: datetime
    owner: str
    team: frozenset[str]
    sole_authors: frozenset[str]  # who wrote all of the evidence behind the check and the waiver
    signed: Mapping[WaiverSeat, str]  # by whom, of the signatures that count
    loosened: Mapping[str, Loosening] = field(default_factory=dict)  # by whom it bars


@dataclass(frozen=True, slots=True)
class Confirming:
    """Who has a part in what is said of the check of an overdue waiver."""

    team: frozenset[str]  # the lead among them
    parties: frozenset[str]  # who asked for the waiver, who owns it
    said_so: frozenset[str]  # who answered the check, and the questions that decide whether it applies


def function_of(seat: WaiverSeat, owner: Function) -> Function:
    return Function.COMPLIANCE if seat is WaiverSeat.COMPLIANCE else owner


def check_may_be_waived(rules: WaiverRules | None, item: Item) -> WaiverRules:
    """Raise unless the policy lets this check be waived at all. Returns its rules."""
    if rules is None:
        raise RuleBroken("The policy has no waivers, so no check can be waived.")
    if item.severity is not rules.only_for:
        raise RuleBroken(f"{item.id} is {item.severity.value}, and only what is {rules.only_for.value} can be waived.")
    return rules


def check_may_be_renewed(rules: WaiverRules, before: Sequence[Earlier]) -> None:
    """Raise where the check was waived as often as the policy allows. Whoever asks anew for the same check asks for a renewal."""
    if len(before) > rules.renewals:
        raise RuleBroken(
            f"{before[-1].id} was the last waiver of this check that may follow on another. The policy says: {rules.renewal_rule}."
        )


def faults(rules: WaiverRules, asked: Asked, tier: Tier, today: date, *, owner_fits: bool) -> Iterator[Problem]:
    """What does not hold up in what is asked for."""
    for about, text, named in (
        ("scope", asked.scope, "what it covers"),
        ("reason", asked.reason, "why the check cannot be met now"),
        ("control", asked.control, "what is done instead"),
    ):
        if not SHORTEST <= len(text.strip()) <= LONGEST:
            yield Problem("length", f"Say {named}, in {SHORTEST} to {LONGEST:,} signs.", about)
    if not owner_fits:
        yield Problem("unknown", "Choose somebody with an active account who may see this initiative.", "owner")
    latest = today + timedelta(days=rules.max_days[tier])
    if not today < asked.expires <= latest:
        sentence = (
            f"Enter a day after today, at the latest {latest.isoformat()}: {rules.max_days[tier]} days are the most at {tier.value} risk."
        )
        yield Problem("date", sentence, "expires")


def check_evidence(named: Sequence[str], added: Mapping[str, datetime], before: Sequence[Earlier]) -> None:
    """Raise unless a renewal rests on evidence that came after the waiver before it; a first waiver needs none."""
    if not set(named) <= added.keys():
        raise RuleBroken("The evidence does not hold up.", Problem("unknown", "Choose evidence of this initiative.", "evidence"))
    if before and not any(added[piece] > before[-1].granted_at for piece in named):
        sentence = f"Choose evidence of the compensating control that was added since {before[-1].id} was granted."
        raise RuleBroken("A renewal needs new evidence of the compensating control.", Problem("evidence", sentence, "evidence"))


def obstacles(seat: WaiverSeat, signer: Signer, bound: Bound) -> Iterator[str]:
    """Every reason why this person may not take this seat of a waiver, each a sentence."""
    yield from separation.not_entitled(signer, function_of(seat, bound.function), bound.unit, bound.asked_at, "the waiver was asked for")
    if signer.id == bound.asked_by:
        yield "You asked for this waiver. Somebody else who holds the function has to sign it."
    elif signer.id in (bound.lead, bound.owner):
        yield f"You {'lead this initiative' if signer.id == bound.lead else 'own this waiver'}. Somebody else has to sign it."
    elif seat is WaiverSeat.COMPLIANCE and signer.id in bound.team:
        yield separation.ON_THE_TEAM
    if signer.id in bound.sole_authors:
        yield "You are the only author of the evidence behind this check. Somebody else who holds the function has to sign it."
    if (loosening := bound.loosened.get(signer.id)) is not None:
        yield separation.in_the_way(loosening, signer.id, "waiver")
    if any(by == signer.id for other, by in bound.signed.items() if other is not seat):
        yield "You have signed this waiver for its other seat. It takes two different people."


def check_may_sign(state: WaiverState, seat: WaiverSeat, signer: Signer, bound: Bound, expires: date, today: date) -> None:
    """Raise unless this person may decide for this seat now."""
    if state is not WaiverState.ASKED:
        raise Conflict("This waiver is decided already.")
    if expires < today:
        raise RuleBroken("Its last day is past, so there is nothing left to grant. Whoever asked for it can withdraw it and ask anew.")
    for sentence in obstacles(seat, signer, bound):
        raise NotAllowed(sentence)
    if seat in bound.signed:
        raise Conflict("This seat has signed already, and the signature counts.")


def check_decline(reason: str) -> None:
    if not SHORTEST <= len(reason.strip()) <= LONGEST:
        sentence = f"Say why you decline, in {SHORTEST} to {LONGEST:,} signs: it tells the lead what to do."
        raise RuleBroken("Say why you decline.", Problem("required", sentence, "reason"))


def is_complete(signed: Mapping[WaiverSeat, str]) -> bool:
    return all(seat in signed for seat in WaiverSeat) and len(set(signed.values())) == len(WaiverSeat)


def is_in_force(granted_at: datetime | None, expires: date, now: datetime) -> bool:
    """From the second signature to the end of the last day."""
    return granted_at is not None and granted_at <= now < ends_at(expires)


def last_day(rules: WaiverRules, tier: Tier, granted_on: date, asked: date) -> date:
    """The day that was asked for, or the last one that the rules allow at a tier, whichever comes first. Where they name no days, none."""
    return min(asked, granted_on + timedelta(days=rules.max_days.get(tier, -1)))


def ends_at(expires: date) -> datetime:
    """The moment after the last day."""
    return _midnight(expires + timedelta(days=1))


def shown(state: WaiverState, expires: date, now: datetime) -> WaiverState:
    """The state as people are told it: time alone makes it end, whoever has recorded that yet."""
    return WaiverState.EXPIRED if state is WaiverState.IN_FORCE and now >= ends_at(expires) else state


def reminders(rules: WaiverRules, granted_on: date, expires: date) -> list[date]:
    """The days on which it is told that a waiver ends, in order: at its share of life, then so many days before."""
    life = (expires - granted_on).days
    days = {granted_on + timedelta(days=int(rules.share_of_life * life)), *(expires - timedelta(days=days) for days in rules.days_before)}
    return sorted(day for day in days if granted_on < day <= expires)


def looks_at(rules: WaiverRules, granted_on: date, expires: date, after: date) -> datetime:
    """When time next does something to a waiver in force of which everything up to a day is done."""
    later = [day for day in reminders(rules, granted_on, expires) if day > after]
    return _midnight(later[0]) if later else ends_at(expires)


def takes_effect(rules: WaiverRules, expires: date) -> list[tuple[datetime, Standing]]:
    """When an overdue waiver changes the standing, and to what."""
    hold = expires + timedelta(days=rules.grace_days)
    suspend = expires + timedelta(days=max(rules.grace_days, rules.suspended_after_days))
    return [(ends_at(hold), Standing.ON_HOLD), (ends_at(suspend), Standing.SUSPENDED)]


def grace_ends(rules: WaiverRules, expires: date) -> date:
    return expires + timedelta(days=rules.grace_days)


def is_relied_on(gate: Gate, stage: Stage) -> bool:
    """Whether what was waived stands behind the stage: the gate of the check was passed, or comes back while it runs."""
    if stage is Stage.RETIRED:
        return False
    return stage in IN_PRODUCTION if gate.enters is None else ORDER.index(stage) >= ORDER.index(gate.enters)


def bars_from_confirming(who: str, of: Confirming) -> str | None:
    """Why somebody may not accept that the check of an overdue waiver is met; None where they may. Their function is asked elsewhere."""
    if who in of.team:
        return "You work on this initiative. Somebody who does not confirms that the check of the expired waiver is met."
    if who in of.parties:
        return "You asked for the expired waiver, or own it. Somebody else confirms that its check is met."
    if who in of.said_so:
        return "You gave the answers by which the check of the expired waiver is met. Somebody else confirms them."
    return None


def check_is_met(item: str, state: AnswerState) -> None:
    """Raise where there is nothing to confirm: what kept an overdue waiver's finding open would have no other end."""
    if state not in PASSING:
        raise RuleBroken(
            f"{item} is {state.value.replace('_', ' ')}, so the finding of its expired waiver stays open. "
            "It is accepted once the check is met; a renewal ends what the waiver's end led to without that."
        )


def why_held(waiver: str, expires: date) -> str:
    """Why the standing changed, as the record says it; also how a change is found again that a waiver made."""
    return f"the waiver {waiver} expired on {expires.isoformat()}, and nobody has confirmed that its check is met"


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), UTC)
