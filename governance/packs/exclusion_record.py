"""The part of a record that is about checks of which somebody proposed that they do not apply. Plain values, as in `record.py`."""

from dataclasses import dataclass

from governance.domain.vocabulary import Confirmation, ExclusionState, ProofMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionDecision:
    """What compliance signed."""

    decision: Confirmation
    name: str  # printed name at the time of signing
    meaning: str
    reason: str
    at: str
    method: ProofMethod
    leaf: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """That a check does not apply, as proposed, and what compliance said. `state` is that at the moment of the cut."""

    id: str
    item: str
    gate: str
    state: ExclusionState
    reason: str
    proposed_by: str
    proposed_at: str
    facts: str  # digest of the facts and the tier that it rests on
    rule: str  # digest of what the check asked
    decided: ExclusionDecision | None = None
    withdrawn_why: str = ""
