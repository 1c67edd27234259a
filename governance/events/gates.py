"""What can happen to a gate request."""

from typing import Any, ClassVar

import msgspec

from governance.domain.vocabulary import Decision, Function, ProofMethod, RequestState
from governance.ledger.book import Book, Event, event, upcaster
from governance.models.gates import Comment, GateRequest, RequestSeat, Revision, SignOff


class SeatAsked(msgspec.Struct, frozen=True, kw_only=True):
    """A seat as the frozen plan asks for it; part of a submission, never an event of its own."""

    seat: str
    function: Function
    label: str
    covers: list[str]
    independent: bool
    order: int
    qualification: str | None = None


@event("gate.opened")
class GateOpened(Event, frozen=True, kw_only=True):
    """Somebody started a request: a draft."""

    request: str
    initiative: str
    gate: str
    number: int
    policy: str

    def apply(self, book: Book) -> None:
        book.add(
            GateRequest(
                id=self.request,
                initiative_key=self.initiative,
                gate=self.gate,
                number=self.number,
                state=RequestState.DRAFT,
                revision=0,
                policy=self.policy,
                opened_by=book.by,
                opened_at=book.at,
                first_submitted_at=None,
                settled_at=None,
                settled_by=None,
                settled_why=None,
                counted=[],
            )
        )


@event("gate.submitted")
class GateSubmitted(Event, frozen=True, kw_only=True):
    """A dossier was frozen as a revision and put before its seats."""

    request: str
    revision: int
    dossier: str
    sections: dict[str, str]
    policy: str
    model_version: str
    seats: list[SeatAsked]
    gone: list[str]  # seats of the revision before that are asked no more
    note: str | None = None

    def apply(self, book: Book) -> None:
        request = book.get(GateRequest, self.request)
        request.state, request.revision, request.policy = RequestState.IN_REVIEW, self.revision, self.policy
        request.first_submitted_at = request.first_submitted_at or book.at
        book.add(
            Revision(
                request_id=self.request,
                number=self.revision,
                digest=self.dossier,
                sections=self.sections,
                policy=self.policy,
                model_version=self.model_version,
                note=self.note,
                by=book.by,
                at=book.at,
                moved_from=None,
            )
        )
        _ask(book, self.request, self.seats, self.gone)

    def words_kept(self) -> list[str | None]:
        return [self.note, *self.sections.values()]


@event("gate.migrated")
class GateMigrated(Event, frozen=True, kw_only=True):
    """A running request was moved to other rules: its dossier as submitted, under them, is its next revision. Nobody submitted it anew."""

    request: str
    revision: int
    before: str  # digest of the policy it ran under
    policy: str  # digest of the policy it runs under from now on
    dossier: str
    sections: dict[str, str]
    seats: list[SeatAsked]
    gone: list[str]  # seats that are asked no more
    why: str  # digest of the words

    def apply(self, book: Book) -> None:
        request = book.get(GateRequest, self.request)
        submitted = book.get(Revision, (self.request, request.revision))
        request.revision, request.policy = self.revision, self.policy
        book.add(
            Revision(
                request_id=self.request,
                number=self.revision,
                digest=self.dossier,
                sections=self.sections,
                policy=self.policy,
                model_version=submitted.model_version,
                note=self.why,
                by=book.by,
                at=book.at,
                moved_from=self.before,
            )
        )
        _ask(book, self.request, self.seats, self.gone)

    def words_kept(self) -> list[str | None]:
        return [self.why, *self.sections.values()]


def _ask(book: Book, request: str, seats: list[SeatAsked], gone: list[str]) -> None:
    """Seats that were asked before keep their row; those that are asked no more lose it."""
    for seat in gone:
        book.remove(book.get(RequestSeat, (request, seat)))
    for position, asked in enumerate(seats):
        book.put(_seat(request, position, asked))


def _seat(request: str, position: int, asked: SeatAsked) -> RequestSeat:
    return RequestSeat(
        request_id=request,
        seat=asked.seat,
        position=position,
        function=asked.function,
        label=asked.label,
        covers=asked.covers,
        independent=asked.independent,
        qualification=asked.qualification,
        order=asked.order,
    )


class LookedAt(msgspec.Struct, frozen=True, kw_only=True):
    """A box that was ticked, in the words it had; part of a sign-off, never an event of its own."""

    id: str
    text: str


@event("gate.signed_off")
class SignedOff(Event, frozen=True, kw_only=True):
    """A seat decided on a dossier. It counts while the sections it covers are unchanged (21 CFR 11.50: name, time, meaning).

    Version 2 says what the signer looked at. A program that does not know it must not read such a signature without.
    """

    kv: ClassVar[int] = 2

    request: str
    revision: int
    seat: str
    function: Function
    decision: Decision
    dossier: str
    covers: dict[str, str]
    name: str
    meaning: str
    method: ProofMethod
    looked_at: list[LookedAt]
    reason: str | None = None  # digest of the words

    def apply(self, book: Book) -> None:
        book.add(
            SignOff(
                leaf=book.index,
                request_id=self.request,
                seat=self.seat,
                function=self.function,
                revision=self.revision,
                decision=self.decision,
                dossier=self.dossier,
                covers=self.covers,
                by=book.by,
                name=self.name,
                meaning=self.meaning,
                reason=self.reason,
                method=self.method,
                looked_at=[{"id": look.id, "text": look.text} for look in self.looked_at],
                at=book.at,
            )
        )

    def words_kept(self) -> list[str | None]:
        return [self.reason]


@upcaster("gate.signed_off", 1)
def _nothing_to_look_at(body: dict[str, Any]) -> dict[str, Any]:
    """Seats had no list of their own."""
    return {**body, "looked_at": []}


@event("gate.changes_requested")
class ChangesRequested(Event, frozen=True, kw_only=True):
    """At least one seat asked for changes: the lead is next."""

    request: str

    def apply(self, book: Book) -> None:
        book.get(GateRequest, self.request).state = RequestState.CHANGES_REQUESTED


@event("gate.settled")
class GateSettled(Event, frozen=True, kw_only=True):
    """The request ended: passed, rejected or withdrawn. `counted` are the leaves of the sign-offs that counted then."""

    request: str
    outcome: RequestState
    counted: list[int]
    why: str | None = None  # digest of the words

    def apply(self, book: Book) -> None:
        request = book.get(GateRequest, self.request)
        request.state, request.settled_at, request.settled_by, request.settled_why = self.outcome, book.at, book.by, self.why
        request.counted = self.counted

    def words_kept(self) -> list[str | None]:
        return [self.why]


@event("gate.commented")
class Commented(Event, frozen=True, kw_only=True):
    request: str
    words: str

    def apply(self, book: Book) -> None:
        book.add(Comment(leaf=book.index, request_id=self.request, words=self.words, by=book.by, at=book.at))

    def words_kept(self) -> list[str | None]:
        return [self.words]
