"""How one policy differs from another, in the policy's own terms: what changed, from what to what, and whether more or less is asked."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from governance.domain.vocabulary import Tier


class Effect(StrEnum):
    """What a change of a rule does to whoever has to keep it. Where that cannot be told for sure, it is `unclear`."""

    STRICTER = "stricter"
    LOOSER = "looser"
    NEITHER = "neither"
    UNCLEAR = "unclear"


class Kind(StrEnum):
    """What can change in a policy. The word before the point says what the change belongs to."""

    POLICY_ID = "policy.id"
    POLICY_VERSION = "policy.version"
    POLICY_TITLE = "policy.title"

    GATE_ADDED = "gate.added"
    GATE_REMOVED = "gate.removed"
    GATE_NAME = "gate.name"
    GATE_QUESTION = "gate.question"
    GATE_KIND = "gate.kind"
    GATE_LEAVES = "gate.leaves"
    GATE_ENTERS = "gate.enters"
    GATE_INTERVAL = "gate.interval"
    GATE_GRACE = "gate.grace"
    GATE_ATTRIBUTION = "gate.attribution"

    SEAT_ADDED = "seat.added"
    SEAT_REMOVED = "seat.removed"
    SEAT_FUNCTION = "seat.function"
    SEAT_LABEL = "seat.label"
    SEAT_CONDITION = "seat.condition"
    SEAT_INDEPENDENCE = "seat.independence"
    SEAT_QUALIFICATION = "seat.qualification"
    SEAT_TURN = "seat.turn"
    SEAT_COVERAGE = "seat.coverage"
    SEAT_PLACE = "seat.place"
    LOOK_ADDED = "seat.look_added"
    LOOK_REMOVED = "seat.look_removed"
    LOOK_TEXT = "seat.look_text"
    LOOK_PLACE = "seat.look_place"

    ITEM_ADDED = "item.added"
    ITEM_REMOVED = "item.removed"
    ITEM_MOVED = "item.moved"
    ITEM_TITLE = "item.title"
    ITEM_QUESTION = "item.question"
    ITEM_WHY = "item.why"
    ITEM_OWNER = "item.owner"
    ITEM_SEVERITY = "item.severity"
    ITEM_EVIDENCE = "item.evidence"
    ITEM_REQUIREMENT = "item.requirement"
    ITEM_FRESHNESS = "item.freshness"
    ITEM_CONDITION = "item.condition"
    ITEM_SOURCE = "item.source"
    ITEM_CLAUSE_ADDED = "item.clause_added"
    ITEM_CLAUSE_REMOVED = "item.clause_removed"
    ITEM_PLACE = "item.place"

    THRESHOLD_ADDED = "threshold.added"
    THRESHOLD_REMOVED = "threshold.removed"
    THRESHOLD_METRIC = "threshold.metric"
    THRESHOLD_COMPARATOR = "threshold.comparator"
    THRESHOLD_VALUE = "threshold.value"
    THRESHOLD_REFERENCE = "threshold.reference"
    THRESHOLD_UNIT = "threshold.unit"
    THRESHOLD_WINDOW = "threshold.window"
    THRESHOLD_SAMPLE = "threshold.sample"
    THRESHOLD_BOUND = "threshold.bound"
    THRESHOLD_FACTOR = "threshold.factor"
    THRESHOLD_MARGIN = "threshold.margin"
    THRESHOLD_ALLOWANCE = "threshold.allowance"
    THRESHOLD_FOR_EACH = "threshold.for_each"
    THRESHOLD_CONDITION = "threshold.condition"
    THRESHOLD_BASIS = "threshold.basis"
    THRESHOLD_COMBINATION = "threshold.combination"

    QUESTION_ADDED = "question.added"
    QUESTION_REMOVED = "question.removed"
    QUESTION_TEXT = "question.text"
    QUESTION_PLACE = "question.place"
    OPTION_ADDED = "option.added"
    OPTION_REMOVED = "option.removed"
    OPTION_POINTS = "option.points"
    OPTION_TEXT = "option.text"
    OPTION_IMPLIES = "option.implies"
    STATEMENT_ADDED = "statement.added"
    STATEMENT_REMOVED = "statement.removed"
    STATEMENT_KIND = "statement.kind"
    STATEMENT_QUESTION = "statement.question"
    STATEMENT_TIER = "statement.tier"
    STATEMENT_CONDITION = "statement.condition"
    STATEMENT_ASKED = "statement.asked"
    STATEMENT_AFTER = "statement.after"
    STATEMENT_EXCEPTION = "statement.exception"
    STATEMENT_LIFTS = "statement.lifts"
    STATEMENT_IMPLIES = "statement.implies"
    STATEMENT_CLAUSES = "statement.clauses"
    STATEMENT_PLACE = "statement.place"
    BAND = "tiering.band"
    MAX_SCORE = "tiering.max_score"

    FACT_ADDED = "fact.added"
    FACT_REMOVED = "fact.removed"
    FACT_VALUES = "fact.values"
    FACT_SOURCES = "fact.sources"
    FACT_QUESTION = "fact.question"
    FACT_SAID = "fact.said"
    FACT_UNLESS = "fact.unless"

    METRIC_ADDED = "metric.added"
    METRIC_REMOVED = "metric.removed"
    METRIC_LABEL = "metric.label"
    METRIC_UNIT = "metric.unit"
    METRIC_GOOD = "metric.good"
    METRIC_NAME_ADDED = "metric.name_added"
    METRIC_NAME_REMOVED = "metric.name_removed"

    LIMIT_ADDED = "limit.added"
    LIMIT_REMOVED = "limit.removed"
    LIMIT_UNIT = "limit.unit"
    LIMIT_MEANING = "limit.meaning"

    SIGNOFF_VALIDITY = "clock.signoff"
    FRESHNESS_DEFAULT = "clock.freshness"
    FINDING_DUE = "clock.finding"
    EVIDENCE_TOLD = "clock.evidence_told"
    PILOT_DEFAULT = "clock.pilot_default"
    PILOT_LONGEST = "clock.pilot_longest"

    FRAMEWORK_ADDED = "framework.added"
    FRAMEWORK_REMOVED = "framework.removed"
    FRAMEWORK_TITLE = "framework.title"
    FRAMEWORK_VERSION = "framework.version"
    FRAMEWORK_STATUS = "framework.status"
    FRAMEWORK_SOURCE = "framework.source"
    FRAMEWORK_EFFECTIVE = "framework.effective"
    FRAMEWORK_SUPERSEDED = "framework.superseded"
    CLAUSE_ADDED = "framework.clause_added"
    CLAUSE_REMOVED = "framework.clause_removed"
    CLAUSE_TITLE = "framework.clause_title"

    SECTION = "section.changed"


Said: TypeAlias = str | int | Decimal | tuple[Decimal, Decimal] | tuple[str, ...] | None
"""What stood there: a word of the policy, a number, a range, a list; None where nothing did."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    `gate` is the gate's id; `part` that of the check, seat, question, statement, fact, metric, limit or framework, and `title` its name;
    `detail` says which of its pieces (metric, option, clause, or the key of a section). No tier: it is not said by tier, or of all.
    """

    kind: Kind
    effect: Effect
    before: Said = None
    after: Said = None
    gate: str | None = None
    part: str | None = None
    title: str = ""
    detail: str | None = None
    unit: str | None = None
    tiers: tuple[Tier, ...] = ()
