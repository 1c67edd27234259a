"""What can happen to a proposal that a check does not apply."""

from typing import ClassVar

from governance.domain.vocabulary import Confirmation, ExclusionState, ProofMethod
from governance.ledger.book import Book, Event, event, upcaster
from governance.models.exclusions import Exclusion


@event("exclusion.proposed")
class ExclusionProposed(Event, frozen=True, kw_only=True):
    """Version 2 names the rule of the check."""

    kv: ClassVar[int] = 2

    exclusion: str
    initiative: str
    gate: str
    item: str
    facts: str  # digest
    rule: str  # digest of what the check asks
    reason: str  # digest of the words

    def apply(self, book: Book) -> None:
        book.add(
            Exclusion(
                id=self.exclusion,
                initiative_key=self.initiative,
                gate=self.gate,
                item=self.item,
                facts=self.facts,
                rule=self.rule,
                reason=self.reason,
                state=ExclusionState.PROPOSED,
                proposed_by=book.by,
                proposed_at=book.at,
                decided_by=None,
                decided_at=None,
                decided_leaf=None,
                decision=None,
                decided_why=None,
                withdrawn_why=None,
                name=None,
                meaning=None,
                method=None,
            )
        )

    def words_kept(self) -> list[str | None]:
        return [self.reason]


upcaster(ExclusionProposed.kind, 1)(lambda body: {**body, "rule": ""})


@event("exclusion.decided")
class ExclusionDecided(Event, frozen=True, kw_only=True):
    """Compliance confirmed it, or declined. Version 2 names the rule of the check that they looked at."""

    kv: ClassVar[int] = 2

    exclusion: str
    decision: Confirmation
    facts: str  # digest of what it rests on, as signed
    rule: str  # digest of what the check asks, as signed
    name: str
    meaning: str
    method: ProofMethod
    reason: str | None = None  # digest of the words

    def apply(self, book: Book) -> None:
        row = book.get(Exclusion, self.exclusion)
        row.state = ExclusionState.CONFIRMED if self.decision is Confirmation.CONFIRM else ExclusionState.DECLINED
        row.decided_by, row.decided_at, row.decided_why = book.by, book.at, self.reason
        row.decided_leaf, row.decision = book.index, self.decision
        row.name, row.meaning, row.method = self.name, self.meaning, self.method

    def words_kept(self) -> list[str | None]:
        return [self.reason]


upcaster(ExclusionDecided.kind, 1)(lambda body: {**body, "rule": ""})


@event("exclusion.withdrawn")
class ExclusionWithdrawn(Event, frozen=True, kw_only=True):
    """Whoever proposed it, or the lead, took it back; one that was confirmed counts no more."""

    exclusion: str
    reason: str  # digest of the words

    def apply(self, book: Book) -> None:
        row = book.get(Exclusion, self.exclusion)
        row.state, row.withdrawn_why = ExclusionState.WITHDRAWN, self.reason

    def words_kept(self) -> list[str | None]:
        return [self.reason]
