"""Seats, the sign-offs that count, and the verdict they add up to."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from governance.domain.dossier import Digests
from governance.domain.errors import Problem, RuleBroken
from governance.domain.policy import Look, Seat
from governance.domain.vocabulary import Decision, RequestState, Section


class Reason(StrEnum):
    """Why a sign-off stopped counting."""

    CHANGED = "changed"
    ANSWERED = "answered"
    EXPIRED = "expired"
    RIGHT_LOST = "right_lost"
    NOT_THEN = "not_then"


@dataclass(frozen=True, slots=True)
class SignOff:
    """A seat's decision on a revision of a dossier, naming the digests of the sections it covers."""

    leaf: int
    seat: str
    by: str
    decision: Decision
    at: datetime
    revision: int
    covers: Digests
    entitled: bool = True  # whether the signer might still take the seat


@dataclass(frozen=True, slots=True)
class Fall:
    """Why a sign-off no longer counts, and which sections changed under it."""

    reason: Reason
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """When a request ended, and which sign-offs (by leaf) counted then: what happens later does not touch it."""

    at: datetime
    counted: frozenset[int]


@dataclass(frozen=True, slots=True)
class Review:
    """Everything a verdict depends on."""

    state: RequestState
    revision: int  # the last that the lead submitted
    seats: tuple[Seat, ...]
    frozen: Digests  # the sections as submitted
    live: Digests  # the sections as the record stands now
    given: tuple[SignOff, ...]  # in the order they were given
    valid_days: int
    obstacles: tuple[str, ...] = ()  # what keeps the gate shut whatever the seats say
    settled: Settled | None = None


def fall(review: Review, sign_off: SignOff, now: datetime) -> Fall | None:
    """Why a sign-off does not count, or did not when the request was settled; None where it does or did."""
    if review.settled is None:
        return _cause(review, sign_off, now)
    if sign_off.leaf in review.settled.counted:
        return None
    return _cause(review, sign_off, review.settled.at) or Fall(Reason.NOT_THEN)


def _cause(review: Review, sign_off: SignOff, now: datetime) -> Fall | None:
    """What makes a sign-off of an open request fall.

    A reject is never withdrawn by what comes after it. Once there is one the request can no longer pass and the round only collects
    what is wrong: every decision on the dossier as submitted stands, whatever moves in the record.
    """
    if sign_off.decision is Decision.REJECT:
        return None
    moved = tuple(section for section, seen in sign_off.covers.items() if seen != review.frozen[section] or _moved(review, section))
    if moved:
        return Fall(Reason.CHANGED, moved)
    if sign_off.decision is Decision.REQUEST_CHANGES and sign_off.revision < review.revision:
        return Fall(Reason.ANSWERED)
    if not can_still_pass(review):
        return None
    if not sign_off.entitled:
        return Fall(Reason.RIGHT_LOST)
    if now > holds_until(review, sign_off):
        return Fall(Reason.EXPIRED)
    return None


def _moved(review: Review, section: Section) -> bool:
    return can_still_pass(review) and review.frozen[section] != review.live[section]


def holds_until(review: Review, sign_off: SignOff) -> datetime:
    return sign_off.at + timedelta(days=review.valid_days)


def standing(review: Review, now: datetime) -> Mapping[str, SignOff]:
    """The sign-off that counts for each seat that has one."""
    return {given.seat: given for given in review.given if fall(review, given, now) is None}


def outstanding(review: Review, now: datetime) -> list[Seat]:
    """The seats that still have to decide, in the order they may."""
    decided = standing(review, now)
    return sorted((seat for seat in review.seats if seat.id not in decided), key=lambda seat: seat.order)


def waits_for_lower(review: Review, seat: Seat, now: datetime) -> list[Seat]:
    """The seats of a lower order that have not approved: until then this one may not decide."""
    decided = standing(review, now)
    return [lower for lower in review.seats if lower.order < seat.order and not _approved(decided, lower)]


def can_still_pass(review: Review) -> bool:
    return not any(given.decision is Decision.REJECT for given in review.given)


def verdict(review: Review, now: datetime) -> RequestState:
    """The state a request in review moves to, which is the one it has while nothing is settled."""
    if review.state is not RequestState.IN_REVIEW:
        return review.state
    decided = standing(review, now)
    if not can_still_pass(review):
        return RequestState.REJECTED if all(seat.id in decided for seat in review.seats) else review.state
    if any(given.decision is Decision.REQUEST_CHANGES for given in decided.values()):
        return RequestState.CHANGES_REQUESTED
    complete = bool(review.seats) and all(_approved(decided, seat) for seat in review.seats)
    unchanged = all(review.frozen[section] == review.live[section] for section in Section)
    return RequestState.PASSED if complete and unchanged and not review.obstacles else review.state


def keeps_shut(review: Review) -> str:
    """What is in the way where every seat has decided and the gate stays shut, in words."""
    return "a check or the standing keeps it shut" if review.obstacles else "not every seat approved"


def falls(review: Review, now: datetime) -> Iterator[tuple[SignOff, Fall]]:
    """Every sign-off that no longer counts and was not replaced since, with the reason."""
    last = {given.seat: given for given in review.given}
    for given in last.values():
        why = fall(review, given, now)
        if why is not None:
            yield given, why


def left_open(seat: Seat, decision: Decision, ticked: Collection[str]) -> Sequence[Look]:
    """What a seat looks at and this signer did not tick, where the decision needs it: an approval needs all, any other decision none."""
    return [look for look in seat.looks_at if look.id not in ticked] if decision is Decision.APPROVE else []


def ask_to_look(left: Sequence[Look]) -> str:
    count = "one of them is" if len(left) == 1 else f"{len(left)} of them are"
    return f"To approve, tick every box once it is true: {count} open."


def looked_at(seat: Seat, decision: Decision, ticked: Collection[str]) -> tuple[Look, ...]:
    """What was ticked, in the order and the words of the seat. Raises where it does not do for the decision."""
    if set(ticked) - {look.id for look in seat.looks_at}:
        raise RuleBroken("This seat does not look at everything that was ticked. Open the page again and decide there.")
    if left := left_open(seat, decision, ticked):
        raise RuleBroken("Something is left to look at.", Problem("required", ask_to_look(left), "looked_at"))
    return tuple(look for look in seat.looks_at if look.id in ticked)


def _approved(decided: Mapping[str, SignOff], seat: Seat) -> bool:
    return seat.id in decided and decided[seat.id].decision is Decision.APPROVE
