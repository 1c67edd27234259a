"""What the page of a gate request shows: the seats as cards, what changed, what is missing, the conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import separation, signoffs
from governance.domain.dossier import Answer
from governance.domain.errors import RuleBroken
from governance.domain.policy import Seat
from governance.domain.rights import Doer
from governance.domain.signoffs import Fall, Reason
from governance.domain.text import listed
from governance.domain.vocabulary import Decision, Function, RequestState, Section, Undecided
from governance.events import streams
from governance.ledger import read
from governance.models.gates import GateRequest, Revision, SignOff
from governance.models.ledger import Leaf
from governance.reads import dossier_changes, ledger_pages, people, reviews, words
from governance.reads.dossier_changes import Change
from governance.reads.frozen import frozen_material
from governance.reads.ledger_pages import Line
from governance.reads.material import material
from governance.reads.reviews import OnTheTable
from governance.words import word

SeatState: TypeAlias = Decision | Undecided

_WORST: tuple[SeatState, ...] = (*(one for one in reversed(Decision) if one is not Decision.APPROVE), *Undecided, Decision.APPROVE)
"""Which state speaks for a function with several seats."""


@dataclass(frozen=True, slots=True)
class SeatView:
    """A seat on its card. `notes` say why it fell, why the reader cannot take it, or whom it waits for."""

    seat: Seat
    state: SeatState
    given: SignOff | None = None  # the decision that counts, or the one that fell
    reason: str | None = None
    until: datetime | None = None
    notes: tuple[str, ...] = ()
    fell: tuple[Change, ...] = ()
    can: tuple[str, ...] = ()  # printed names of those who could decide now


@dataclass(frozen=True, slots=True)
class Card:
    """A function with its seats."""

    function: Function
    state: SeatState
    seats: tuple[SeatView, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from an earlier dossier, which `since` names."""

    since: str
    rows: tuple[Change, ...]


def cards(session: Session, table: OnTheTable, doer: Doer, now: datetime) -> tuple[Card, ...]:
    """One card per function that has a seat, each with the seats of the plan as this reader sees them."""
    seen = _Reader(session, table, doer, now)
    found = []
    for function in Function:
        views = tuple(seen.view(seat) for seat in table.review.seats if seat.function is function)
        if views:
            found.append(Card(function, min((view.state for view in views), key=_WORST.index), views))
    return tuple(found)


class _Reader:
    """One reader in front of one request."""

    def __init__(self, session: Session, table: OnTheTable, doer: Doer, now: datetime) -> None:
        self.session, self.table, self.doer, self.now = session, table, doer, now
        self.review = table.review
        self.rows = {row.leaf: row for row in reviews.sign_offs(session, table.request.id)}
        self.said = words.texts(session, [row.reason for row in self.rows.values()])
        self.standing = signoffs.standing(table.review, now)
        self.fallen = {given.seat: (given, why) for given, why in signoffs.falls(table.review, now)}
        self.open = table.review.state is RequestState.IN_REVIEW
        asked = {seat.function for seat in table.review.seats} if self.open else set[Function]()
        self.holders = people.by_function(session, asked, table.around.unit) if asked else {}
        self.signers = people.signers(session, [person for held in self.holders.values() for person in held], now)

    def view(self, seat: Seat) -> SeatView:
        if seat.id in self.standing:
            given = self.standing[seat.id]
            row = self.rows[given.leaf]
            until = signoffs.holds_until(self.review, given) if self.open and given.decision is Decision.APPROVE else None
            return SeatView(seat, row.decision, row, self._reason(row), until)
        if not self.open:
            return self._at_rest(seat)
        given_and_why = self.fallen.get(seat.id)
        state, notes, can = self._open_seat(seat)
        if given_and_why is None:
            return SeatView(seat, state, notes=notes, can=can)
        row = self.rows[given_and_why[0].leaf]
        why, changed = self._why(row, given_and_why[1])
        return SeatView(
            seat,
            Undecided.YOURS if state is Undecided.YOURS else Undecided.FALLEN,
            row,
            self._reason(row),
            None,
            (why, *notes),
            changed,
            can,
        )

    def _at_rest(self, seat: Seat) -> SeatView:
        """A seat of a request that is not in review: what it said last, if anything."""
        if seat.id not in self.fallen:
            return SeatView(seat, Undecided.CLOSED)
        given, why = self.fallen[seat.id]
        row = self.rows[given.leaf]
        sentence, changed = self._why(row, why)
        return SeatView(seat, Undecided.FALLEN, row, self._reason(row), None, (sentence,), changed)

    def _open_seat(self, seat: Seat) -> tuple[SeatState, tuple[str, ...], tuple[str, ...]]:
        """Whether the reader may take the seat, and if not, who can."""
        can = self._candidates(seat)
        lower = signoffs.waits_for_lower(self.review, seat, self.now)
        if lower and signoffs.can_still_pass(self.review):
            return Undecided.LATER, (f"Decides after {listed([other.label for other in lower])}.",), can
        signer = people.signer(self.doer)
        barred = list(separation.obstacles(self.review, seat, signer, self.table.around))
        if not barred:
            return Undecided.YOURS, (), can
        holds = separation.holding_for(signer, seat.function, self.table.around.unit) is not None
        return (Undecided.BARRED, tuple(barred), can) if holds else (Undecided.WAITING, (), can)

    def _candidates(self, seat: Seat) -> tuple[str, ...]:
        holders, around = self.holders.get(seat.function, []), self.table.around
        return tuple(who.name for who in holders if not any(separation.obstacles(self.review, seat, self.signers[who.id], around)))

    def _why(self, row: SignOff, why: Fall) -> tuple[str, tuple[Change, ...]]:
        match why.reason:
            case Reason.CHANGED:
                parts = listed([_part(section) for section in why.sections])
                return f"No longer counts: {parts} changed after it was signed.", self._moved(row, why.sections)
            case Reason.ANSWERED:
                return f"Its request for changes was answered by revision {self.review.revision}.", ()
            case Reason.RIGHT_LOST:
                return f"No longer counts: {row.name} could not take this seat any more; what they hold or do here has changed.", ()
            case Reason.NOT_THEN:
                return "Did not count when the request was settled.", ()
            case Reason.EXPIRED:
                return f"No longer counts: it was valid for {self.review.valid_days} days.", ()

    def _moved(self, row: SignOff, sections: Sequence[Section]) -> tuple[Change, ...]:
        before = dossier_changes.content_of(self.session, {section: row.covers[section.value] for section in sections})
        settled = self.review.settled is not None
        after = dossier_changes.frozen_content(self.session, self.table.revision) if settled else _live(self.session, self.table)
        now = {section: after.get(section, {}) for section in sections}
        return dossier_changes.compare(self.session, before, now, self.table.policy.metrics)

    def _reason(self, row: SignOff) -> str | None:
        return self.said.get(row.reason) if row.reason else None


def _part(section: Section) -> str:
    return "the common part" if section is Section.COMMON else f"the {word(section).past} part"


def _live(session: Session, table: OnTheTable) -> dossier_changes.Content:
    request = table.request
    try:
        now = material(session, request.initiative_key, request.gate, table.policy)
        return dossier_changes.live_content(replace(now, form=table.material.form))
    except RuleBroken:
        return {}


def unsubmitted(session: Session, table: OnTheTable) -> Changes | None:
    """What changed in the record since the dossier was frozen, while the request is open; None where nothing did."""
    if table.request.state not in (RequestState.IN_REVIEW, RequestState.CHANGES_REQUESTED) or table.review.frozen == table.review.live:
        return None
    before = dossier_changes.frozen_content(session, table.revision)
    rows = dossier_changes.compare(session, before, _live(session, table), table.policy.metrics)
    return Changes(f"revision {table.revision.number} was submitted", rows)


def since_before(session: Session, table: OnTheTable) -> Changes | None:
    """What differs from the revision before, or from the last attempt at this gate; None for a first dossier."""
    earlier = _earlier(session, table.request)
    if earlier is None:
        return None
    revision, since = earlier
    before = dossier_changes.frozen_content(session, revision)
    after = dossier_changes.frozen_content(session, table.revision)
    return Changes(since, dossier_changes.compare(session, before, after, table.policy.metrics))


def _earlier(session: Session, request: GateRequest) -> tuple[Revision, str] | None:
    if request.revision > 1:
        return session.get_one(Revision, (request.id, request.revision - 1)), f"revision {request.revision - 1}"
    query = (
        select(GateRequest)
        .where(GateRequest.initiative_key == request.initiative_key, GateRequest.gate == request.gate)
        .where(GateRequest.number < request.number, GateRequest.revision > 0)
        .order_by(GateRequest.number.desc())
    )
    other = session.scalars(query).first()
    if other is None:
        return None
    return session.get_one(Revision, (other.id, other.revision)), f"request {other.number}, which was {word(other.state).past}"


def conversation(session: Session, request: GateRequest) -> list[Line]:
    """Everything that happened to a request and what people said about it, oldest first."""
    story = read.entries(session, Leaf.stream == streams.initiative(request.initiative_key), newest_first=False)
    return ledger_pages.in_words(session, [entry for entry in story if entry.body.get("request") == request.id])


def earlier_answers(session: Session, table: OnTheTable) -> Mapping[str, Answer]:
    """The answers of the dossier that `since_before` compares with, by item."""
    earlier = _earlier(session, table.request)
    if earlier is None:
        return {}
    revision, _ = earlier
    request = session.get_one(GateRequest, revision.request_id)
    return frozen_material(session, request, revision, revision.policy).answers
