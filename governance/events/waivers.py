"""What can happen to a waiver. Days and moments that the clock decided stand in the entry, beside the time it was recorded at."""

from datetime import date, datetime
from typing import ClassVar

from governance.domain.plain import instant
from governance.domain.vocabulary import Function, ProofMethod, Standing, Tier, WaiverDecision, WaiverSeat, WaiverState
from governance.ledger.book import Book, Event, event, upcaster
from governance.models.waivers import SignatureRow, Waiver


@event("waiver.asked")
class WaiverAsked(Event, frozen=True, kw_only=True):
    """Version 2 names the rule of the check that it is asked for."""

    kv: ClassVar[int] = 2

    waiver: str
    initiative: str
    gate: str
    item: str
    function: Function
    policy: str
    rule: str  # digest of what the check asks
    scope: str  # digests of the words, as the next two
    reason: str
    control: str
    owner: str
    expires: str
    terms: str
    evidence: list[str]
    renews: str | None = None

    def apply(self, book: Book) -> None:
        book.add(
            Waiver(
                id=self.waiver,
                initiative_key=self.initiative,
                gate=self.gate,
                item=self.item,
                function=self.function,
                policy=self.policy,
                rule=self.rule,
                scope=self.scope,
                reason=self.reason,
                control=self.control,
                owner_id=self.owner,
                expires=date.fromisoformat(self.expires),
                asked_until=date.fromisoformat(self.expires),
                renews=self.renews,
                evidence=self.evidence,
                terms=self.terms,
                state=WaiverState.ASKED,
                asked_by=book.by,
                asked_at=book.at,
                signatures=[],
                granted_at=None,
                look_at=None,
                reminded=[],
                withdrawn_why=None,
                expired_at=None,
                finding_id=None,
                effect=None,
                ended_at=None,
                ended_how=None,
            )
        )

    def words_kept(self) -> list[str | None]:
        return [self.scope, self.reason, self.control]


upcaster(WaiverAsked.kind, 1)(lambda body: {**body, "rule": ""})


@event("waiver.signed")
class WaiverSigned(Event, frozen=True, kw_only=True):
    """A seat decided on a waiver. One that is declined by either is over."""

    waiver: str
    seat: WaiverSeat
    function: Function
    decision: WaiverDecision
    terms: str
    name: str
    meaning: str
    method: ProofMethod
    reason: str | None = None  # digest of the words

    def apply(self, book: Book) -> None:
        row = book.get(Waiver, self.waiver)
        given = SignatureRow(
            leaf=book.index,
            seat=self.seat.value,
            function=self.function.value,
            decision=self.decision.value,
            by=book.by,
            name=self.name,
            meaning=self.meaning,
            reason=self.reason,
            method=self.method.value,
            terms=self.terms,
            at=instant(book.at),
        )
        row.signatures = [*row.signatures, given]
        if self.decision is WaiverDecision.DECLINE:
            row.state = WaiverState.DECLINED

    def words_kept(self) -> list[str | None]:
        return [self.reason]


@event("waiver.withdrawn")
class WaiverWithdrawn(Event, frozen=True, kw_only=True):
    waiver: str
    reason: str  # digest of the words

    def apply(self, book: Book) -> None:
        row = book.get(Waiver, self.waiver)
        row.state, row.withdrawn_why = WaiverState.WITHDRAWN, self.reason

    def words_kept(self) -> list[str | None]:
        return [self.reason]


@event("waiver.granted")
class WaiverGranted(Event, frozen=True, kw_only=True):
    """Both signatures count: it is in force from now on. `then` is when time next does something."""

    waiver: str
    then: str

    def apply(self, book: Book) -> None:
        row = book.get(Waiver, self.waiver)
        row.state, row.granted_at, row.look_at = WaiverState.IN_FORCE, book.at, datetime.fromisoformat(self.then)


@event("waiver.end_moved")
class WaiverEndMoved(Event, frozen=True, kw_only=True):
    """The tier changed, and with it how long it may hold. `then` is when time next does something."""

    waiver: str
    expires: str
    tier: Tier
    then: str

    def apply(self, book: Book) -> None:
        row = book.get(Waiver, self.waiver)
        row.expires, row.look_at = date.fromisoformat(self.expires), datetime.fromisoformat(self.then)


@event("waiver.reminded")
class WaiverReminded(Event, frozen=True, kw_only=True):
    """Its end came near on this day, and those it concerns are told."""

    waiver: str
    on: str
    expires: str
    then: str

    def apply(self, book: Book) -> None:
        row = book.get(Waiver, self.waiver)
        row.reminded, row.look_at = [*row.reminded, self.on], datetime.fromisoformat(self.then)


@event("waiver.expired")
class WaiverExpired(Event, frozen=True, kw_only=True):
    """Its last day is over. With a finding it left a check unmet in production, and `then` is when that changes the standing."""

    waiver: str
    on: str
    finding: str | None = None
    then: str | None = None

    def apply(self, book: Book) -> None:
        row = book.get(Waiver, self.waiver)
        row.state = WaiverState.OVERDUE if self.finding else WaiverState.EXPIRED
        row.expired_at, row.finding_id = book.at, self.finding
        row.look_at = datetime.fromisoformat(self.then) if self.then else None


@event("waiver.took_effect")
class WaiverTookEffect(Event, frozen=True, kw_only=True):
    """Its check stayed unmet for so long that the standing follows, at the moment the policy says."""

    waiver: str
    effect: Standing
    due: str
    then: str | None = None

    def apply(self, book: Book) -> None:
        row = book.get(Waiver, self.waiver)
        row.effect, row.look_at = self.effect, datetime.fromisoformat(self.then) if self.then else None


@event("waiver.ended")
class WaiverEnded(Event, frozen=True, kw_only=True):
    """What its end led to is over: its check is met, waived anew, or does not apply any more."""

    waiver: str
    how: str

    def apply(self, book: Book) -> None:
        row = book.get(Waiver, self.waiver)
        row.state, row.effect, row.look_at = WaiverState.EXPIRED, None, None
        row.ended_at, row.ended_how = book.at, self.how
