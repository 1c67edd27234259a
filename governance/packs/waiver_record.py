"""The part of a record that is about waivers. Plain values, as in `record.py`."""

from dataclasses import dataclass

from governance.domain.vocabulary import AnswerState, Function, ProofMethod, WaiverDecision, WaiverState


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverSignature:
    """One of the two that a waiver takes."""

    function: Function
    decision: WaiverDecision
    name: str  # printed name at the time of signing
    meaning: str
    reason: str
    at: str
    method: ProofMethod
    leaf: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A dated exception from a check, and what its end led to. `state` is that at the moment of the cut."""

    id: str
    item: str
    gate: str
    function: Function  # that owns the check
    state: WaiverState
    scope: str
    reason: str
    control: str
    owner: str
    expires: str
    asked_by: str
    asked_at: str
    terms: str  # digest of what is signed
    signatures: tuple[WaiverSignature, ...]
    renews: str | None = None
    evidence: tuple[str, ...] = ()
    granted_at: str | None = None
    withdrawn_why: str = ""
    finding: str | None = None
    ended_at: str | None = None
    ended_how: AnswerState | None = None
