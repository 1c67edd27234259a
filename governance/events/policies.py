"""What can happen to a policy."""

import msgspec

from governance.domain.vocabulary import ProposalState
from governance.ledger.book import Book, Event, event
from governance.models.policies import CurrentPolicy, PolicyLoosening, PolicyProposal, PublishedPolicy


@event("policy.proposed")
class PolicyProposed(Event, frozen=True, kw_only=True):
    """A compliance officer wants these texts in force. They were checked completely."""

    proposal: str
    policy: str
    version: str
    title: str
    digest: str
    files: dict[str, str]
    rests_on: str | None  # digest of what was in force
    reason: str  # digest of the words

    def apply(self, book: Book) -> None:
        book.add(
            PolicyProposal(
                id=self.proposal,
                policy=self.policy,
                version=self.version,
                title=self.title,
                digest=self.digest,
                files=self.files,
                rests_on=self.rests_on,
                reason=self.reason,
                by=book.by,
                at=book.at,
                state=ProposalState.OPEN,
                decided_by=None,
                decided_at=None,
                why=None,
            )
        )

    def words_kept(self) -> list[str | None]:
        return [self.reason, *self.files.values()]


@event("policy.proposal_closed")
class ProposalClosed(Event, frozen=True, kw_only=True):
    """A proposal ended without being published: declined by another officer, or withdrawn by its own."""

    proposal: str
    version: str
    outcome: ProposalState
    why: str  # digest of the words

    def apply(self, book: Book) -> None:
        _end(book, self.proposal, self.outcome).why = self.why

    def words_kept(self) -> list[str | None]:
        return [self.why]


class Loosened(msgspec.Struct, frozen=True, kw_only=True):
    """A gate at which a publication asks for less, and by how many changes; part of it, never an event of its own."""

    gate: str
    changes: int


@event("policy.published")
class PolicyPublished(Event, frozen=True, kw_only=True):
    """These texts are the rules from now on. Requests already submitted keep theirs.

    The program publishes the shipped policy on an empty instance, without a proposal. `reason` is that of the proposal.
    """

    policy: str
    version: str
    title: str
    digest: str
    files: dict[str, str]
    proposal: str | None = None
    proposed_by: str | None = None
    reason: str | None = None  # digest of the words
    loosened: list[Loosened] = []
    overtakes: list[str] = []  # open proposals that rest on what was in force before

    def apply(self, book: Book) -> None:
        if book.find(PublishedPolicy, self.digest) is None:
            book.add(self._row(book))
        book.put(CurrentPolicy(id=self.policy, digest=self.digest))
        if self.proposal is not None:
            _end(book, self.proposal, ProposalState.PUBLISHED)
        for overtaken in self.overtakes:
            _end(book, overtaken, ProposalState.OVERTAKEN)
        for gate in self.loosened:
            book.add(self._loosening(book, gate))

    def words_kept(self) -> list[str | None]:
        return [self.reason, *self.files.values()]

    def _row(self, book: Book) -> PublishedPolicy:
        return PublishedPolicy(
            digest=self.digest, id=self.policy, version=self.version, title=self.title, files=self.files, by=book.by, at=book.at
        )

    def _loosening(self, book: Book, gate: Loosened) -> PolicyLoosening:
        return PolicyLoosening(
            leaf=book.index,
            gate=gate.gate,
            changes=gate.changes,
            version=self.version,
            digest=self.digest,
            proposed_by=self.proposed_by or book.by,
            published_by=book.by,
            at=book.at,
        )


def _end(book: Book, proposal: str, state: ProposalState) -> PolicyProposal:
    row = book.get(PolicyProposal, proposal)
    row.state, row.decided_at, row.decided_by = state, book.at, book.by
    return row
