"""The part of a record that is about evidence: each piece, what took its place, and where it comes from."""

from dataclasses import dataclass

from governance.domain.evidence_scope import ReuseEnd
from governance.domain.vocabulary import EvidenceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseded:
    """A newer piece took the place of one."""

    by: str  # id
    at: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reused:
    """Where a piece comes from another initiative: what is the same in both, why it fits, and what ended that."""

    source: str  # id
    author: str  # of the source
    why: str
    dataset: str | None = None
    model_version: str | None = None
    purpose: str | None = None
    ended: ReuseEnd | None = None
    ended_at: str | None = None
    successor: str | None = None  # of the source, id


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    id: str
    title: str
    kind: EvidenceKind
    digest: str
    effective: str
    added_by: str
    added_at: str
    file_name: str | None = None
    size: int | None = None  # bytes
    address: str | None = None
    expires: str | None = None
    superseded: Superseded | None = None
    reused: Reused | None = None
