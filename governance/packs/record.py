"""What an evidence report prints, as plain values. The same record gives the same bytes.

Everything here follows from the ledger up to its cut leaf (and from the fonts and the software that print it), never from who asks
or when: so a second rendering from the same leaf is the same file. Moments are UTC as `2026-11-24T07:00:00Z`, days as `2026-11-24`,
decimals are text, digests are 64 hexadecimal signs. People's words stand here exactly as written.
"""

import hashlib
import json
from dataclasses import asdict, dataclass

from governance.domain.scoring import Points
from governance.domain.vocabulary import (
    FindingSeverity,
    Function,
    Regularity,
    Stage,
    Standing,
    Tier,
)
from governance.packs.evidence_record import Evidence, Reused, Superseded
from governance.packs.exclusion_record import Exclusion, ExclusionDecision
from governance.packs.gate_record import (
    Check,
    Comment,
    GateRequest,
    Looked,
    Policy,
    PolicyFile,
    PolicyText,
    Revision,
    Seat,
    SectionDigest,
    SignOff,
    Value,
)
from governance.packs.waiver_record import Waiver, WaiverSignature

__all__ = [
    "BroughtIn",
    "Check",
    "Comment",
    "Cut",
    "Evidence",
    "Exclusion",
    "ExclusionDecision",
    "Finding",
    "GateRequest",
    "Initiative",
    "InitiativeRecord",
    "Labelled",
    "Looked",
    "Organisation",
    "Paper",
    "Policy",
    "PolicyFile",
    "PolicyText",
    "Reused",
    "Revision",
    "Seat",
    "SectionDigest",
    "SignOff",
    "StageEntry",
    "Superseded",
    "TeamMember",
    "TierAnswer",
    "Tiering",
    "TrailEntry",
    "TrailRecord",
    "Value",
    "Waiver",
    "WaiverSignature",
    "digest",
    "to_json",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Whose report it is. `note` stands in grey beside the name, `zone` is the IANA name of its local time."""

    name: str
    note: str = ""
    classification: str = "Confidential"
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How much of the ledger the report covers, and what printed it."""

    report: str  # the report's id: follows from what is covered and the leaf, such as AI-0042-R4729
    leaf: int  # index of the last leaf covered
    at: str  # that leaf's moment: "as of" in the report
    root: str  # Merkle root (RFC 9162) over the leaves 0 to `leaf`
    software: str  # name and version
    fonts: tuple[str, ...]  # as `packs.fonts.installed()` says

    @property
    def size(self) -> int:
        """How many leaves the root stands for."""
        return self.leaf + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Initiative:
    key: str
    name: str
    summary: str
    unit: str
    lead: str  # printed name
    stage: Stage
    stage_since: str
    standing: Standing
    standing_since: str
    model_version: str
    registered_at: str
    registered_by: str
    standing_why: str = ""
    pilot_ends: str | None = None  # a day


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMember:
    """Who answers for a function on the initiative's side."""

    function: Function
    accountable: str
    deputy: str | None = None
    hours_a_week: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A statement under a label: a fact, a limit, a legal note."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TierAnswer:
    id: str
    question: str
    answer: str
    points: Points


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiering:
    """The risk tier and how it came about; `tier` is None while questions are open."""

    tier: Tier | None
    score: int
    highest: int  # the most points there can be
    decided_by: str  # "points", or the rule that overrode them, in words
    by: str
    at: str
    answers: tuple[TierAnswer, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEntry:
    stage: Stage
    at: str
    leaf: int
    request: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An approval from before this system. It is no sign-off."""

    evidence: str  # id
    title: str
    approved_on: str
    approved_by: str  # a printed name, as the paper has it
    function: Function | None = None  # None: not known


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtIn:
    """Approved before this system, not signed here: the stage as found, on whose word, and whether it is regular here since."""

    stage: Stage
    since: str
    said_by: str
    said_as: str
    reason: str
    recorded_by: str
    recorded_at: str
    regularity: Regularity  # on the day of the cut
    regularise_by: str | None
    regularised_at: str | None = None
    regularised_by: str | None = None
    regularised_request: str | None = None
    regularised_why: str = ""
    regularised_on: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    id: str
    severity: FindingSeverity
    words: str
    owner: str
    due: str
    raised_by: str
    raised_at: str
    item: str | None = None
    request: str | None = None
    function: Function | None = None
    answered_by: str | None = None  # evidence id
    answered_at: str | None = None
    closed_by: str | None = None
    closed_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """One event: its place in the ledger and in its stream, who, and what happened in one sentence."""

    index: int
    stream: str
    seq: int
    at: str
    kind: str
    sentence: str
    actor: str
    hash: str  # of the leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeRecord:
    """Everything the report of an initiative prints, in the order of the ledger wherever there is an order."""

    organisation: Organisation
    cut: Cut
    initiative: Initiative
    policy: Policy  # the one in force for the initiative at the cut
    team: tuple[TeamMember, ...]
    facts: tuple[Labelled, ...]
    stages: tuple[StageEntry, ...]
    requests: tuple[GateRequest, ...]
    evidence: tuple[Evidence, ...]
    findings: tuple[Finding, ...]
    trail: tuple[TrailEntry, ...]
    tiering: Tiering | None = None
    limits: tuple[Labelled, ...] = ()
    legal: tuple[Labelled, ...] = ()
    brought_in: BroughtIn | None = None
    waivers: tuple[Waiver, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    rules: tuple[PolicyText, ...] = ()  # the texts of every policy that a request was submitted under or moved to
    kind: str = "initiative"
    v: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailRecord:
    """The organisation's trail of a period: people, roles, units, policies, settings. Both days are included, in UTC."""

    organisation: Organisation
    cut: Cut
    since: str
    until: str
    covers: tuple[str, ...]  # which streams, in words
    trail: tuple[TrailEntry, ...]
    kind: str = "trail"
    v: int = 1


def to_json(record: InitiativeRecord | TrailRecord) -> bytes:
    """The machine-readable record, canonical (RFC 8785: sorted ASCII keys, no spaces, only text, integers, booleans and null)."""
    return json.dumps(asdict(record), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(record: InitiativeRecord | TrailRecord) -> str:
    """SHA-256 of the machine-readable record: it is printed on the cover and names the file."""
    return hashlib.sha256(to_json(record)).hexdigest()
