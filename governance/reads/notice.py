"""What somebody is told."""

from dataclasses import dataclass
from datetime import date

from governance.domain.notices import NoticeKind
from governance.domain.vocabulary import ProposalState, RequestState


@dataclass(frozen=True, slots=True)
class Notice:
    """What a text needs, and no more of the record than this: the name of the initiative, and the gate; of a policy, its version."""

    kind: NoticeKind
    to: str
    key: str | None
    gate: str | None = None
    request: str | None = None
    outcome: RequestState | None = None
    finding: str | None = None
    due: date | None = None
    waiver: str | None = None
    item: str | None = None
    evidence: str | None = None
    why: str | None = None  # what happened to a piece of evidence, as a part of a sentence
    proposal: str | None = None
    version: str | None = None
    became: ProposalState | None = None
