"""Waivers of an initiative as the rules see them: how each is bound to people, and whose signatures count."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from governance.domain import exemptions, waivers
from governance.domain.errors import NotThere
from governance.domain.rights import NOTHING_HERE, Ties
from governance.domain.separation import Signer
from governance.domain.vocabulary import Standing, WaiverSeat, WaiverState
from governance.domain.waivers import Bound, Earlier
from governance.ledger.memo import remembered
from governance.models.answers import Answer, Evidence
from governance.models.directory import Person
from governance.models.initiatives import Initiative
from governance.models.sharing import ReusedEvidence
from governance.models.waivers import SignatureRow, Waiver
from governance.reads import loosenings, people

LIVE = (WaiverState.ASKED, WaiverState.IN_FORCE, WaiverState.OVERDUE)
"""Somebody has to do something about it, or time will."""


def waiver(session: Session, waiver_id: str) -> Waiver:
    """Raises `NotThere`."""
    row = session.get(Waiver, waiver_id)
    if row is None:
        raise NotThere(NOTHING_HERE)
    return row


def next_id(session: Session, key: str) -> str:
    taken = session.scalar(select(func.count()).select_from(Waiver).where(Waiver.initiative_key == key)) or 0
    return f"{key}.W-{taken + 1}"


@remembered(Waiver)
def granted(session: Session, key: str) -> tuple[exemptions.Waiver, ...]:
    """The waivers that the record has as in force; whether each was given for what its check asks now is not asked here."""
    return as_granted(session.scalars(in_force([key])))


def in_force(keys: Collection[str]) -> Select[Waiver]:
    """Those of some initiatives, the one that holds longest last."""
    named = Waiver.initiative_key.in_(keys), Waiver.state == WaiverState.IN_FORCE
    return select(Waiver).where(*named).order_by(Waiver.expires, Waiver.granted_at)


def as_granted(rows: Iterable[Waiver]) -> tuple[exemptions.Waiver, ...]:
    return tuple(_granted(row) for row in rows)


def _granted(row: Waiver) -> exemptions.Waiver:
    assert row.granted_at is not None
    return exemptions.Waiver(
        id=row.id,
        item=row.item,
        scope=row.scope,
        reason=row.reason,
        control=row.control,
        owner=row.owner_id,
        granted_at=row.granted_at,
        expires=row.expires,
        signed=tuple((given["seat"], given["by"]) for given in row.signatures),
        rule=row.rule,
    )


def of_item(session: Session, key: str, item: str) -> Sequence[Waiver]:
    """Every waiver of a check of an initiative, in the order they were asked for."""
    return session.scalars(
        select(Waiver).where(Waiver.initiative_key == key, Waiver.item == item).order_by(Waiver.asked_at, Waiver.id)
    ).all()


def earlier(rows: Sequence[Waiver]) -> list[Earlier]:
    """Those that were granted."""
    return [Earlier(row.id, row.granted_at) for row in rows if row.granted_at is not None]


def bound(session: Session, row: Waiver, ties: Ties, now: datetime) -> Bound:
    """How a waiver is bound to people. A signature whose signer could not sign any more does not count."""
    authors = _sole_authors(session, row)
    loosened = loosenings.bearing_on_waiver(session, row, now)
    alone = Bound(row.function, ties.unit, ties.lead, row.asked_by, row.asked_at, row.owner_id, ties.team, authors, {}, loosened)
    signers = _signers(session, row, now)
    # each is asked as if nobody else had signed, so that two people who are still entitled do not bar one another
    counting = {seat: given for seat, given in latest(row).items() if not any(waivers.obstacles(seat, signers[given["by"]], alone))}
    return replace(alone, signed={seat: given["by"] for seat, given in counting.items()})


def latest(row: Waiver) -> dict[WaiverSeat, SignatureRow]:
    """The last signature of each seat."""
    return {WaiverSeat(given["seat"]): given for given in row.signatures}


def _signers(session: Session, row: Waiver, now: datetime) -> Mapping[str, Signer]:
    """A password that was set anew only afterwards did not sign, so it does not matter here."""
    ids = {given["by"] for given in row.signatures}
    found = session.scalars(select(Person).where(Person.id.in_(ids))).all() if ids else ()
    return {one: replace(signer, reset_at=None) for one, signer in people.signers(session, found, now).items()}


def _sole_authors(session: Session, row: Waiver) -> frozenset[str]:
    """Who wrote all of the evidence behind the check, and of that of a renewal; who answered, where there is none.

    A piece of another initiative was written by whoever added it there, and by whoever brought it here.
    """
    answer = session.get(Answer, (row.initiative_key, row.item))
    pieces = {*(answer.evidence if answer else ()), *row.evidence}
    query = select(Evidence.by, ReusedEvidence.author_id).outerjoin(ReusedEvidence, ReusedEvidence.evidence_id == Evidence.id)
    found = session.execute(query.where(Evidence.id.in_(pieces))).all() if pieces else ()
    written = [frozenset({by, author} if author else {by}) for by, author in found]
    if not written:
        return frozenset({answer.by}) if answer else frozenset()
    return frozenset.intersection(*written)


def touched(session: Session, keys: Sequence[str], persons: Sequence[str]) -> list[Waiver]:
    """The waivers that an act on these initiatives or people may complete, shorten or end: few are ever asked for or overdue at once."""
    waiting = Waiver.state.in_([WaiverState.ASKED, WaiverState.OVERDUE])
    theirs = and_(Waiver.state == WaiverState.IN_FORCE, Waiver.initiative_key.in_(keys))
    query = select(Waiver).where(or_(waiting, theirs)).order_by(Waiver.id)
    initiatives, signers = set(keys), set(persons)
    return [
        row
        for row in session.scalars(query)
        if row.initiative_key in initiatives or (row.state is not WaiverState.IN_FORCE and _signed_by(row, signers))
    ]


def _signed_by(row: Waiver, some: Set[str]) -> bool:
    return any(given["by"] in some for given in row.signatures)


def due(session: Session, now: datetime, most: int) -> list[str]:
    """The waivers to which time has done something, the longest due first."""
    query = select(Waiver.id).where(Waiver.look_at <= now).order_by(Waiver.look_at, Waiver.id).limit(most)
    return list(session.scalars(query))


def next_due(session: Session) -> datetime | None:
    """When time next does something to any waiver."""
    return session.scalar(select(func.min(Waiver.look_at)))


def effect(session: Session, key: str) -> tuple[Standing, str] | None:
    """The gravest standing that overdue waivers of an initiative ask for, and why; None where none does."""
    rows = session.scalars(select(Waiver).where(Waiver.initiative_key == key, Waiver.effect.is_not(None)).order_by(Waiver.id)).all()
    found = [(row.effect, waivers.why_held(row.id, row.expires)) for row in rows if row.effect is not None]
    return max(found, key=lambda one: waivers.GRAVITY[one[0]], default=None)


def holding(session: Session, initiative: Initiative) -> Waiver | None:
    """The overdue waiver that made the standing what it is, where one did."""
    rows = session.scalars(select(Waiver).where(Waiver.initiative_key == initiative.key, Waiver.effect.is_not(None))).all()
    return next((row for row in rows if waivers.why_held(row.id, row.expires) == initiative.standing_why), None)


def live(session: Session, keys: Sequence[str]) -> dict[str, list[Waiver]]:
    """Those that wait for somebody or for time, by initiative."""
    found: dict[str, list[Waiver]] = {}
    query = select(Waiver).where(Waiver.initiative_key.in_(keys), Waiver.state.in_(LIVE))
    for row in session.scalars(query.order_by(Waiver.id)):
        found.setdefault(row.initiative_key, []).append(row)
    return found
