"""Separation of duties: who may take a seat. Every path to a sign-off asks here, nowhere else, and so does the verdict: whoever could
not take the seat any more has no say in it either."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from governance.domain import signoffs
from governance.domain.errors import Conflict, NotAllowed, RuleBroken
from governance.domain.loosening import BARRED_FOR, Loosening
from governance.domain.policy import Seat
from governance.domain.signoffs import Review
from governance.domain.vocabulary import Decision, Function, RequestState, Role, Section


@dataclass(frozen=True, slots=True)
class Holding:
    """A function somebody holds since a moment, for one unit or (None) for all."""

    function: Function
    unit: str | None
    since: datetime


ON_THE_TEAM = (
    "You are on the team of this initiative. Somebody who holds compliance and is not has to sign that it need not keep to a check."
)
"""An exception is wanted by the team, so one of those who sign it is from outside."""

SIGNING_ROLES = frozenset({Role.REVIEWER, Role.COMPLIANCE_OFFICER})


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody as the rules of signing see them at a moment."""

    id: str
    holdings: tuple[Holding, ...]
    qualifications: frozenset[str] = frozenset()
    roles: frozenset[Role] = frozenset()
    active: bool = True
    reset_at: datetime | None = None  # a password was set through an administrator's link, last


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the rules look at besides the review itself."""

    unit: str
    lead: str
    submitters: frozenset[str]  # of every revision
    first_submitted: datetime
    team: frozenset[str]
    sole_authors: Mapping[Section, frozenset[str]]  # who wrote all that a section rests on
    loosened: Mapping[str, Loosening] = field(default_factory=dict)  # by whom it bars


def holding_for(signer: Signer, function: Function, unit: str) -> Holding | None:
    """The holding under which somebody decides for a function in a unit, the oldest one."""
    fitting = [h for h in signer.holdings if h.function is function and h.unit in (None, unit)]
    return min(fitting, key=lambda holding: holding.since, default=None)


def could_take(seat: Seat, signer: Signer) -> bool:
    """Whether somebody has what a seat asks of a person, in some unit, whatever request it is."""
    holds = any(held.function is seat.function for held in signer.holdings)
    qualified = not seat.qualification or seat.qualification in signer.qualifications
    return signer.active and bool(signer.roles & SIGNING_ROLES) and holds and qualified


def not_entitled(signer: Signer, function: Function, unit: str, asked_at: datetime, asked: str) -> Iterator[str]:
    """Why somebody may not sign for a function in a unit what was put before it at a moment; `asked` says what happened then."""
    holding = holding_for(signer, function, unit)
    if not signer.active:
        yield "Your account is disabled. An administrator can enable it."
    if holding is None:
        yield f"You do not hold the function this seat needs ({function.spoken}) for this unit. An administrator can grant it."
    elif holding.since > asked_at:
        yield f"You were given this function after {asked}. Somebody who held it before has to sign it off."
    if not signer.roles & SIGNING_ROLES:
        yield "You do not have the role of a reviewer or compliance officer. An administrator can grant it."
    if signer.reset_at is not None and signer.reset_at > asked_at:
        yield (
            f"Your password was set through an administrator's link after {asked}. "
            "Somebody else who holds the function has to sign it off, or its lead withdraws it and opens a new one."
        )


def obstacles(review: Review, seat: Seat, signer: Signer, around: Circumstances) -> Iterator[str]:
    """Every reason why this person may not take this seat, each a sentence that says who can help."""
    label = seat.label
    yield from not_entitled(signer, seat.function, around.unit, around.first_submitted, "the request was submitted")
    if seat.qualification and seat.qualification not in signer.qualifications:
        yield f"The seat {label} asks for a qualification you do not have on record: {seat.qualification}."
    if signer.id in around.submitters:
        yield "You submitted this request. Somebody else who holds the function has to sign it off."
    elif signer.id == around.lead:
        yield "You lead this initiative. Somebody else who holds the function has to sign it off."
    if any(signer.id in around.sole_authors.get(section, ()) for section in seat.covers if section is not Section.COMMON):
        yield "You are the only author of the evidence this seat judges. Somebody else has to sign it off, or add evidence of their own."
    if any(given.by == signer.id and given.seat != seat.id for given in review.given):
        yield "You have signed another seat of this request. Nobody fills two seats of one request."
    if (loosening := around.loosened.get(signer.id)) is not None:
        yield in_the_way(loosening, signer.id, "request")
    if seat.independent and signer.id in around.team:
        yield f"The seat {label} is independent: members of the initiative's team may not take it."


def in_the_way(found: Loosening, signer: str, what: str) -> str:
    """Why whoever loosened rules does not sign what benefits from it: a request, a waiver."""
    deed = "proposed" if signer == found.proposed_by else "published"
    rules = "a rule" if found.changes == 1 else f"{found.changes:,} rules"
    return (
        f"You {deed} version {found.version} of the policy, which loosened {rules} of gate {found.gate}, and this {what} benefits. "
        f"You sign none of them for {BARRED_FOR.days} days, until {found.until:%Y-%m-%d %H:%M} UTC. "
        "Somebody else who holds the function has to sign it off."
    )


def check_may_sign(review: Review, seat: Seat, signer: Signer, around: Circumstances, now: datetime) -> None:
    """Raise unless this person may decide for this seat now."""
    if review.state is not RequestState.IN_REVIEW:
        raise RuleBroken("This request is not in review, so there is nothing to decide on.")
    for sentence in obstacles(review, seat, signer, around):
        raise NotAllowed(sentence)
    if seat.id in signoffs.standing(review, now):
        raise Conflict(f"The seat {seat.label} has already decided, and that decision counts.")
    if (lower := signoffs.waits_for_lower(review, seat, now)) and signoffs.can_still_pass(review):
        raise RuleBroken(f"The seat {seat.label} decides last. First: {', '.join(other.label for other in lower)}.")


def check_seen(review: Review, seat: Seat, seen: str, dossier: str) -> None:
    """Raise where the signer read another dossier than the one on the table, or the record moved on since it was submitted."""
    if seen != dossier:
        raise Conflict("The dossier changed while you were reading. Read it again before you decide.")
    moved = [section for section in seat.covers if review.frozen[section] != review.live[section]]
    if moved and signoffs.can_still_pass(review):
        raise Conflict(
            "The record changed after the dossier was submitted. The lead has to submit a new revision before you can decide on it."
        )


def check_reason(decision: Decision, reason: str) -> None:
    if decision is not Decision.APPROVE and not reason.strip():
        raise RuleBroken("Say why: the reason goes into the record and tells the lead what to do.")
