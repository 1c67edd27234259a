"""What each kind of change to a policy is called. How its values are said stands in `policy_changes.py`."""

from collections.abc import Mapping
from enum import StrEnum

from governance.domain.policy import Bound, Combination
from governance.domain.policy_changes import Kind
from governance.domain.questionnaire import StatementKind
from governance.domain.vocabulary import Section, Stage

LABELS: Mapping[Kind, str] = {
    Kind.POLICY_ID: "Name of the policy in files and addresses",
    Kind.POLICY_VERSION: "Version",
    Kind.POLICY_TITLE: "Title",
    Kind.GATE_ADDED: "Gate added",
    Kind.GATE_REMOVED: "Gate removed",
    Kind.GATE_NAME: "Name of the gate",
    Kind.GATE_QUESTION: "Question of the gate",
    Kind.GATE_KIND: "Kind of gate",
    Kind.GATE_LEAVES: "Asked for in",
    Kind.GATE_ENTERS: "Leads to",
    Kind.GATE_INTERVAL: "Comes back every",
    Kind.GATE_GRACE: "Days of grace when overdue",
    Kind.GATE_ATTRIBUTION: "Attribution level asked for at least",
    Kind.SEAT_ADDED: "Seat added",
    Kind.SEAT_REMOVED: "Seat removed",
    Kind.SEAT_FUNCTION: "Function",
    Kind.SEAT_LABEL: "Name of the seat",
    Kind.SEAT_CONDITION: "Asked",
    Kind.SEAT_INDEPENDENCE: "Who may sit there",
    Kind.SEAT_QUALIFICATION: "Qualification",
    Kind.SEAT_TURN: "Turn",
    Kind.SEAT_COVERAGE: "Sections it covers",
    Kind.SEAT_PLACE: "Order of the seats",
    Kind.ITEM_ADDED: "Check added",
    Kind.ITEM_REMOVED: "Check removed",
    Kind.ITEM_MOVED: "Moved to another gate",
    Kind.ITEM_TITLE: "Title",
    Kind.ITEM_QUESTION: "Question",
    Kind.ITEM_WHY: "Why it is asked",
    Kind.ITEM_OWNER: "Owner",
    Kind.ITEM_SEVERITY: "Severity",
    Kind.ITEM_EVIDENCE: "Kind of evidence",
    Kind.ITEM_REQUIREMENT: "Evidence expected",
    Kind.ITEM_FRESHNESS: "Evidence at most this old",
    Kind.ITEM_CONDITION: "Applies",
    Kind.ITEM_SOURCE: "Record that answers it",
    Kind.ITEM_CLAUSE_ADDED: "Clause served, added",
    Kind.ITEM_CLAUSE_REMOVED: "Clause served, removed",
    Kind.ITEM_PLACE: "Order of the checks",
    Kind.THRESHOLD_ADDED: "Limit added",
    Kind.THRESHOLD_REMOVED: "Limit removed",
    Kind.THRESHOLD_METRIC: "What is measured",
    Kind.THRESHOLD_COMPARATOR: "How it is compared",
    Kind.THRESHOLD_VALUE: "Limit",
    Kind.THRESHOLD_REFERENCE: "Compared with",
    Kind.THRESHOLD_UNIT: "Unit",
    Kind.THRESHOLD_WINDOW: "Measured over",
    Kind.THRESHOLD_SAMPLE: "Sample, at least",
    Kind.THRESHOLD_BOUND: "What of the measurement is compared",
    Kind.THRESHOLD_FACTOR: "Times what it is compared with",
    Kind.THRESHOLD_MARGIN: "Margin",
    Kind.THRESHOLD_ALLOWANCE: "Allowance",
    Kind.THRESHOLD_FOR_EACH: "Compared for each",
    Kind.THRESHOLD_CONDITION: "Counts",
    Kind.THRESHOLD_BASIS: "Basis of the limit",
    Kind.THRESHOLD_COMBINATION: "Of several limits",
    Kind.QUESTION_ADDED: "Question added",
    Kind.QUESTION_REMOVED: "Question removed",
    Kind.QUESTION_TEXT: "Question",
    Kind.QUESTION_PLACE: "Order",
    Kind.OPTION_ADDED: "Answer added",
    Kind.OPTION_REMOVED: "Answer removed",
    Kind.OPTION_POINTS: "Points",
    Kind.OPTION_TEXT: "Text of the answer",
    Kind.OPTION_IMPLIES: "Facts that follow",
    Kind.STATEMENT_ADDED: "Statement added",
    Kind.STATEMENT_REMOVED: "Statement removed",
    Kind.STATEMENT_KIND: "Kind of statement",
    Kind.STATEMENT_QUESTION: "Question",
    Kind.STATEMENT_TIER: "Leads to the tier",
    Kind.STATEMENT_CONDITION: "Holds",
    Kind.STATEMENT_ASKED: "Asked",
    Kind.STATEMENT_AFTER: "Asked after",
    Kind.STATEMENT_EXCEPTION: "Exception to it",
    Kind.STATEMENT_LIFTS: "Lifts",
    Kind.STATEMENT_IMPLIES: "Facts that follow",
    Kind.STATEMENT_CLAUSES: "Clauses served",
    Kind.STATEMENT_PLACE: "Order",
    Kind.BAND: "Points of the tier",
    Kind.MAX_SCORE: "Highest score",
    Kind.FACT_ADDED: "Fact added",
    Kind.FACT_REMOVED: "Fact removed",
    Kind.FACT_VALUES: "Values",
    Kind.FACT_SOURCES: "Follows from",
    Kind.FACT_QUESTION: "Question",
    Kind.FACT_SAID: "Said where it holds",
    Kind.FACT_UNLESS: "Said where it does not hold",
    Kind.LIMIT_ADDED: "Limit to be stated, added",
    Kind.LIMIT_REMOVED: "Limit to be stated, removed",
    Kind.LIMIT_UNIT: "Unit",
    Kind.LIMIT_MEANING: "Meaning",
    Kind.SIGNOFF_VALIDITY: "A sign-off holds for",
    Kind.FRESHNESS_DEFAULT: "Evidence at most this old",
    Kind.FINDING_DUE: "A finding is due within",
    Kind.PILOT_DEFAULT: "Usual length of a pilot",
    Kind.PILOT_LONGEST: "Longest pilot",
    Kind.FRAMEWORK_ADDED: "Framework added",
    Kind.FRAMEWORK_REMOVED: "Framework removed",
    Kind.FRAMEWORK_TITLE: "Title",
    Kind.FRAMEWORK_VERSION: "Version",
    Kind.FRAMEWORK_STATUS: "Status",
    Kind.FRAMEWORK_SOURCE: "Source",
    Kind.FRAMEWORK_EFFECTIVE: "In effect from",
    Kind.FRAMEWORK_SUPERSEDED: "Superseded by",
    Kind.CLAUSE_ADDED: "Clause added",
    Kind.CLAUSE_REMOVED: "Clause removed",
    Kind.CLAUSE_TITLE: "Title of the clause",
    Kind.SECTION: "What it says",
}

AREAS: Mapping[str, str] = {
    "policy": "The policy itself",
    "question": "Risk tiering",
    "option": "Risk tiering",
    "statement": "Risk tiering",
    "tiering": "Risk tiering",
    "fact": "Facts that conditions use",
    "limit": "Limits that initiatives state",
    "clock": "Days and weeks",
    "framework": "Frameworks",
    "section": "Everything else the policy says",
}
"""Where a change stands that belongs to no gate, by the first word of its kind."""

SECTIONS: Mapping[str, str] = {
    "signoffs": "Sign-offs",
    "kpis": "KPIs",
    "app_sources": "Records that answer checks",
    "brought_in": "Initiatives approved before this system",
    "risk_tiering": "Risk tiering",
}
"""Sections of a policy whose key is not how people call them."""

WORDS: Mapping[StrEnum, str] = {
    Bound.POINT: "the value itself",
    Bound.WORSE: "the worse end of its 95 % interval",
    Combination.ALL_OF: "all have to be kept",
    Combination.ANY_OF: "any one is enough",
    StatementKind.HARD_STOP: "hard stop",
    StatementKind.FLOOR: "floor",
    StatementKind.EXCEPTION: "exception",
}

LISTED: Mapping[Kind, type[StrEnum]] = {Kind.GATE_LEAVES: Stage, Kind.SEAT_COVERAGE: Section}
"""Changes that list members of a closed set."""

CONDITIONS = frozenset({Kind.SEAT_CONDITION, Kind.ITEM_CONDITION, Kind.THRESHOLD_CONDITION, Kind.STATEMENT_CONDITION, Kind.STATEMENT_ASKED})
NAMES = frozenset({Kind.THRESHOLD_METRIC, Kind.THRESHOLD_REFERENCE, Kind.THRESHOLD_FOR_EACH, Kind.ITEM_SOURCE})
"""Changes from one name of the policy to another."""

NOTHING: Mapping[Kind, str] = {
    Kind.ITEM_FRESHNESS: "as for its kind of evidence",
    Kind.ITEM_SOURCE: "none: people answer it",
    Kind.THRESHOLD_CONDITION: "always",
    Kind.STATEMENT_CONDITION: "when it is answered so",
    Kind.STATEMENT_ASKED: "always",
    Kind.THRESHOLD_FACTOR: "once",
    Kind.THRESHOLD_VALUE: "no number of the policy",
    Kind.SEAT_QUALIFICATION: "none besides the function",
    Kind.GATE_ENTERS: "no other stage",
}
"""How it is said that nothing stands there; “nothing” elsewhere. What was added or removed says nothing on its other side."""
