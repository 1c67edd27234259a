"""Whose turn it is to sign a waiver."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain import waivers as rules
from governance.domain.vocabulary import WaiverSeat, WaiverState
from governance.models.initiatives import Initiative
from governance.models.waivers import Waiver
from governance.reads import people, waivers
from governance.reads.turn import Turn


def waiver_turns(session: Session, initiative: Initiative, rows: Iterable[Waiver], now: datetime) -> Iterator[Turn]:
    """The open seats of every waiver that is asked for, while its last day is not past."""
    for row in rows:
        if row.state is WaiverState.ASKED and row.expires >= now.date():
            yield from to_sign(session, initiative, row, now)


def to_sign(session: Session, initiative: Initiative, row: Waiver, now: datetime) -> Iterator[Turn]:
    bound = waivers.bound(session, row, people.ties(session, initiative.key), now)
    functions = {seat: rules.function_of(seat, row.function) for seat in WaiverSeat if seat not in bound.signed}
    holders = people.holders(session, set(functions.values()), bound.unit, now) if functions else {}
    for seat, function in functions.items():
        excluded = {who.id for who in holders[function] if any(rules.obstacles(seat, who, bound))}
        yield Turn(
            "waive",
            f"Sign the waiver of {row.item} for {function.spoken}",
            f"You hold {function.spoken}",
            row.asked_at,
            function=function,
            excluded=frozenset(excluded),
            subject=f"{row.id}/{seat.value}",
            due=row.expires,
        )


def next_end(rows: Sequence[Waiver], now: datetime) -> datetime | None:
    """When time alone will end a waiver, or what waits for its signatures."""
    ends = [rules.ends_at(row.expires) for row in rows if row.state in (WaiverState.ASKED, WaiverState.IN_FORCE)]
    return min((at for at in ends if at > now), default=None)
