"""The part of a record that is about gates: requests, their dossiers, checks and sign-offs. Plain values, as in `record.py`."""

from dataclasses import dataclass

from governance.domain.vocabulary import AnswerState, Decision, Function, ProofMethod, RequestState, Section, Severity, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    id: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFile:
    """A file of a policy; its SHA-256 is that of the text."""

    name: str
    digest: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """The rules themselves, so that what judged can be read where nobody keeps the policy any more."""

    policy: Policy
    files: tuple[PolicyFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionDigest:
    section: Section
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A dossier as it was submitted, or as it was submitted before and then put under other rules."""

    number: int
    dossier: str  # digest
    sections: tuple[SectionDigest, ...]
    policy: str  # digest
    model_version: str
    by: str
    at: str
    note: str = ""
    moved_from: str | None = None  # digest of the policy before, where it was put under other rules and not submitted


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A stated value and what it was held against. `limit` is in words or signs, such as "≥ 0.99"; empty where there is none."""

    metric: str
    value: str
    unit: str = ""
    limit: str = ""
    n: int | None = None
    least_n: int | None = None
    low: str | None = None  # ends of the 95 % interval
    high: str | None = None
    window: str = ""
    measured_at: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A checklist item as it stood in the last dossier submitted (or stands, where none was)."""

    item: str
    title: str
    owner: Function
    severity: Severity
    state: AnswerState
    values: tuple[Value, ...] = ()
    note: str = ""  # what its owner wrote
    why: str = ""  # why the program says so: not applicable because …, inconclusive because …
    evidence: tuple[str, ...] = ()  # ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A sign-off the plan asks for. `empty_why` says why nobody signed, where nobody did."""

    id: str
    label: str
    function: Function
    independent: bool = False
    qualification: str | None = None
    empty_why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A box that the signer ticked, in the words it had."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """One decision. `fell` is empty while it counts, else it says why it does not."""

    seat: str
    function: Function
    name: str  # printed name at the time of signing
    decision: Decision
    meaning: str
    reason: str
    at: str
    method: ProofMethod
    revision: int
    dossier: str
    leaf: int
    seq: int
    proved_at: str | None = None
    title: str = ""  # what the signer is in the organisation
    reset_at: str | None = None  # when the password was last set through an administrator's link
    fell: str = ""
    looked_at: tuple[Looked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    by: str
    at: str
    leaf: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRequest:
    """One attempt to pass a gate. A rejected one is a full chapter of its own."""

    id: str
    gate: str  # G1
    name: str  # the gate's name in the policy
    question: str
    number: int  # the attempt, from 1
    state: RequestState
    policy: Policy
    opened_by: str
    opened_at: str
    revisions: tuple[Revision, ...]
    checks: tuple[Check, ...]
    seats: tuple[Seat, ...]
    sign_offs: tuple[SignOff, ...]
    leaves: Stage | None = None
    enters: Stage | None = None
    comments: tuple[Comment, ...] = ()
    settled_at: str | None = None
    settled_by: str | None = None
    settled_why: str = ""
    obstacles: tuple[str, ...] = ()  # what keeps an open request shut, in sentences
