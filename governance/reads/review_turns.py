"""Whose turn it is while a request is in review."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain import checks, signoffs
from governance.domain.separation import obstacles
from governance.domain.vocabulary import Function
from governance.models.initiatives import Initiative
from governance.reads import people
from governance.reads.reviews import OnTheTable
from governance.reads.turn import Turn, lead_turn


def review_turns(session: Session, initiative: Initiative, table: OnTheTable, now: datetime) -> Iterator[Turn]:
    review, request = table.review, table.request
    if review.frozen != review.live:
        what = f"Submit {request.gate} again: the record changed after the dossier was frozen"
        yield lead_turn(initiative, "renew", what, "You lead it; nobody can decide on the old dossier", table.revision.at, request.id)
        return
    if table.revision.moved_from is not None and (unanswered := checks.keep_open(table.checks)):
        asked = "1 check" if len(unanswered) == 1 else f"{len(unanswered)} checks"
        what = f"Answer {asked} that the new rules of {request.gate} ask, then submit again"
        yield lead_turn(initiative, "renew", what, "You lead it, and it was moved to other rules", table.revision.at, request.id)
    if not signoffs.can_still_pass(review):
        what = f"Close {request.gate}, or wait for the remaining seats"
        why = "You are a compliance officer, and a seat rejected it"
        yield Turn(
            "close", what, why, review.given[-1].at, function=Function.COMPLIANCE, excluded=table.around.submitters, request=request.id
        )
    elif not signoffs.outstanding(review, now):
        yield lead_turn(
            initiative,
            "withdraw",
            f"{request.gate} cannot pass as it stands",
            f"You lead it; every seat has decided, but {signoffs.keeps_shut(review)}",
            table.revision.at,
            request.id,
        )
    yield from to_sign(session, table, now)


def to_sign(session: Session, table: OnTheTable, now: datetime) -> Iterator[Turn]:
    """The seats that can decide next. Of a settled request: those that could have, when it was settled."""
    seats = [seat for seat in signoffs.outstanding(table.review, now) if not signoffs.waits_for_lower(table.review, seat, now)]
    holders = people.holders(session, {seat.function for seat in seats}, table.around.unit, now) if seats else {}
    for seat in seats:
        excluded = {who.id for who in holders[seat.function] if any(obstacles(table.review, seat, who, table.around))}
        why = f"You hold {seat.function.spoken}"
        yield Turn(
            "sign",
            f"Sign off {table.request.gate} as {seat.label}",
            why,
            _seat_since(table, seat.id),
            function=seat.function,
            excluded=frozenset(excluded),
            qualification=seat.qualification,
            request=table.request.id,
            subject=seat.id,
        )


def _seat_since(table: OnTheTable, seat: str) -> datetime:
    """Since the submission, or since the lower seats were complete."""
    order = next(other.order for other in table.review.seats if other.id == seat)
    lower = [given.at for given in table.review.given if any(s.id == given.seat and s.order < order for s in table.review.seats)]
    return max([table.revision.at, *lower])


def asked_since(table: OnTheTable) -> datetime:
    return table.review.given[-1].at if table.review.given else table.revision.at
