"""The closed sets of the domain. Their words for people live in `governance/words.py`."""

from collections.abc import Mapping
from enum import StrEnum


class Stage(StrEnum):
    PILOT = "pilot"
    REVIEW = "review"
    LIMITED_PRODUCTION = "limited_production"
    FULL_PRODUCTION = "full_production"
    RETIRED = "retired"


class Standing(StrEnum):
    """Beside the stage, never instead of it."""

    GOOD = "good"
    ON_HOLD = "on_hold"
    SUSPENDED = "suspended"


class Regularity(StrEnum):
    """Where an initiative stands that was approved before this system."""

    DUE = "due"
    OVERDUE = "overdue"
    REGULARISED = "regularised"
    KEPT = "kept"


class Function(StrEnum):
    """Who must agree."""

    DATA_SCIENCE = "data_science"
    IT_OPS = "it_ops"
    BUSINESS = "business"
    COMPLIANCE = "compliance"

    @property
    def spoken(self) -> str:
        """Inside a sentence, where a rule names it."""
        return "IT operations" if self is Function.IT_OPS else self.value.replace("_", " ")


class Section(StrEnum):
    """A part of a dossier: the common one, and one per function."""

    COMMON = "common"
    DATA_SCIENCE = "data_science"
    IT_OPS = "it_ops"
    BUSINESS = "business"
    COMPLIANCE = "compliance"


SECTION_OF: Mapping[Function, Section] = {function: Section(function.value) for function in Function}


class Tier(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    PROHIBITED = "prohibited"


class GateKind(StrEnum):
    PASSAGE = "passage"
    RECURRING = "recurring"
    EXIT = "exit"


class RequestState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    PASSED = "passed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


OPEN_STATES = frozenset({RequestState.DRAFT, RequestState.IN_REVIEW, RequestState.CHANGES_REQUESTED})


class Decision(StrEnum):
    """What a seat can say about a dossier, the gravest last."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"


class Undecided(StrEnum):
    """Where a seat stands that has no decision which counts, as one reader sees it. The first of several speaks for a function."""

    YOURS = "yours"
    FALLEN = "fallen"
    BARRED = "barred"
    WAITING = "waiting"
    LATER = "later"
    CLOSED = "closed"


class Severity(StrEnum):
    """Of a checklist item."""

    BLOCKING = "blocking"
    WAIVABLE = "waivable"
    ADVISORY = "advisory"


class AnswerState(StrEnum):
    """`inconclusive` and `stale` are computed, never given."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"
    INCONCLUSIVE = "inconclusive"
    STALE = "stale"


CLAIMS = frozenset({AnswerState.IN_PROGRESS, AnswerState.MET, AnswerState.NOT_MET})
"""What a person may say of an item; everything else the program works out."""


class WaiverState(StrEnum):
    """Of a waiver as the record has it. Whether one in force still is at a moment, the clock says (`domain.waivers`)."""

    ASKED = "asked"
    IN_FORCE = "in_force"
    OVERDUE = "overdue"
    EXPIRED = "expired"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class WaiverSeat(StrEnum):
    """Whose two signatures a waiver takes: the function that owns the check, and compliance."""

    OWNER = "owner"
    COMPLIANCE = "compliance"


class WaiverDecision(StrEnum):
    GRANT = "grant"
    DECLINE = "decline"


class ExclusionState(StrEnum):
    """Of a proposal that a check does not apply. `lapsed` is worked out: the facts it rests on changed."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Confirmation(StrEnum):
    CONFIRM = "confirm"
    DECLINE = "decline"


class EvidenceKind(StrEnum):
    DOCUMENT = "document"
    METRIC = "metric"
    ATTESTATION = "attestation"
    LINK = "link"
    AUTOMATED_REPORT = "automated_report"


class FindingSeverity(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Role(StrEnum):
    PROJECT_LEAD = "project_lead"
    REVIEWER = "reviewer"
    COMPLIANCE_OFFICER = "compliance_officer"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Visibility(StrEnum):
    """Who may see an initiative."""

    ORGANISATION = "organisation"
    UNIT = "unit"
    NAMED = "named"


class ProofMethod(StrEnum):
    """How a signer proved who they are."""

    PASSWORD = "password"  # noqa: S105 - a method, not a secret


class PasswordWay(StrEnum):
    """How a password came to be. Only by the profile page did its owner prove the one before."""

    LINK = "link"
    PROFILE = "profile"
    FOUNDING = "founding"
    DEMO = "demo"


class Applies(StrEnum):
    """What a condition says; undecided is never a pass."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"


class Comparator(StrEnum):
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    EQ = "eq"
    BETWEEN = "between"
    REACHES = "reaches"
    BEATS = "beats"


RELATIVE = frozenset({Comparator.REACHES, Comparator.BEATS})
"""Comparators that leave to the metric which way is better."""


class Good(StrEnum):
    """The direction in which a metric gets better."""

    UP = "up"
    DOWN = "down"


class ProposalState(StrEnum):
    """What became of a proposed policy."""

    OPEN = "open"
    PUBLISHED = "published"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"
