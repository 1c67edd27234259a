"""A policy as the domain sees it: gates, seats, items, thresholds, tiering. Data only; read from YAML by `governance/policy/`.

Conditions (`when`) stay text here: `governance/policy/conditions.py` evaluates them and hands the domain yes, no or undecided.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from governance.domain.evidence_scope import TOLD_BEFORE
from governance.domain.metrics import Metric, Metrics
from governance.domain.questionnaire import Tiering
from governance.domain.vocabulary import (
    Applies,
    Comparator,
    EvidenceKind,
    Function,
    GateKind,
    Section,
    Severity,
    Stage,
    Tier,
)


class Bound(StrEnum):
    """Which end of the 95 % interval is compared."""

    POINT = "point"
    WORSE = "worse"


class Combination(StrEnum):
    ALL_OF = "all_of"
    ANY_OF = "any_of"


Value: TypeAlias = Decimal | str | tuple[Decimal, Decimal]
"""A number, an attribution level (`A0` to `A5`), or the two ends of `between`."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """What the program compares a measured value with. Exactly one of `value`, `per_tier`, `compare_with` is given.

    `metric` and `compare_with` hold the key of a metric, whichever of its names the file uses.
    """

    metric: str
    comparator: Comparator
    unit: str
    window: str
    min_n: int
    value: Value | None = None
    per_tier: Mapping[Tier, Value] = field(default_factory=dict)
    compare_with: str | None = None
    bound: Bound = Bound.POINT
    factor: Decimal | None = None
    margin: Decimal | None = None
    allow: Decimal | None = None
    for_each: str | None = None
    when: str | None = None
    basis: str = "judgement"
    declared: Metric | None = None  # what is measured, where the policy declares it
    beside: Metric | None = None  # what it is compared with, likewise

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which a value of this metric arrives."""
        return self.declared.names if self.declared else (self.metric,)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """One or more thresholds and how they combine; no deeper nesting."""

    combination: Combination
    parts: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One requirement of a policy."""

    id: str
    title: str
    owner: Function
    severity: Severity
    question: str
    evidence: EvidenceKind
    requirement: str
    when: str
    why: str
    maps: tuple[str, ...] = ()
    source: str | None = None  # the app record that answers it (`answered_by: app`)
    thresholds: Thresholds | None = None
    max_age_days: int | None = None  # None: the default of its evidence kind
    guidance: str | None = None
    typical: str | None = None  # what people usually hand in
    checklist: str | None = None  # the id of the checklist it comes from; None: the gate's own


@dataclass(frozen=True, slots=True)
class Look:
    """One thing that whoever sits in a seat looks at before deciding, in the words that they tick."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Seat:
    """One required sign-off of a gate. A higher `order` decides after all lower ones have approved."""

    id: str
    function: Function
    label: str
    covers: frozenset[Section]
    when: str = "true"
    independent: bool = False
    qualification: str | None = None
    order: int = 1
    looks_at: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    id: str
    name: str
    kind: GateKind
    question: str
    seats: tuple[Seat, ...]
    items: tuple[Item, ...]
    leaves: frozenset[Stage]  # the stages it can be asked for in
    enters: Stage | None  # None for a recurring gate
    every_days: Mapping[Tier, int] = field(default_factory=dict)
    grace_days: int | None = None


@dataclass(frozen=True, slots=True)
class Checklist:
    """A small policy beside the policy. What it adds is merged into its gates already; its condition into those of its checks."""

    id: str
    version: str
    title: str
    when: str
    gates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Translation:
    """The questionnaire in another language, for reading: what is on record are the answers, and the words of the policy."""

    language: str  # a tag of BCP 47
    name: str  # what it calls itself
    texts: Mapping[str, str]  # by what they are called: `Q1`, `Q1.recommend`, `FL1`, `facts.eu_market`


@dataclass(frozen=True, slots=True)
class Fact:
    """A declared fact. `sources` are the questions whose answers imply it; `ask` is the question shown where none does.

    `said` and `unless` are how people read that it holds or does not; of a fact with several values, `said` is its subject.
    """

    name: str
    values: tuple[str, ...]  # empty: a yes/no fact
    sources: tuple[str, ...] = ()
    ask: str | None = None
    said: str | None = None
    unless: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A number an initiative states once: its name, unit (`None`: the metric's own) and meaning."""

    name: str
    unit: str | None
    meaning: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a framework that items may name as `FRAMEWORK:clause`. The texts are our own words, as the catalogue has them."""

    id: str
    title: str
    who: str | None = None  # whom it binds
    applies: str | None = None  # from when, as precise as the source says
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Framework:
    """A versioned catalogue. An item names it by id; which version that is, the texts of the same policy say."""

    id: str
    title: str
    version: str
    status: str
    source: str
    effective_from: str | None
    superseded_by: str | None
    clauses: tuple[Clause, ...]
    effective_to: str | None = None
    date_status: str | None = None  # how sure its dates are
    scope: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class WaiverRules:
    """Which checks may be waived, for how long, and what the end of a waiver does. Days are counted from its last day."""

    only_for: Severity
    max_days: Mapping[Tier, int]
    renewals: int  # how often one may follow on another
    renewal_rule: str  # what a renewal needs, in words
    grace_days: int  # from its last day until the initiative is put on hold
    suspended_after_days: int  # from its last day until the initiative is suspended
    share_of_life: Decimal  # after which it is told first that it ends
    days_before: tuple[int, ...]  # its end, when that is told again


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy. `digest` identifies the published text (hex SHA-256 of its manifest)."""

    id: str
    version: str
    title: str
    digest: str
    gates: Mapping[str, Gate]
    facts: Mapping[str, Fact]
    tiering: Tiering
    limits: Mapping[str, Limit]
    frameworks: Mapping[str, Framework]
    max_age_days: Mapping[EvidenceKind, int]
    signoff_valid_days: Mapping[Tier, int]
    finding_due_days: Mapping[str, int]
    attribution_minimum: Mapping[str, Mapping[Tier, str]]  # by gate id
    app_sources: Mapping[str, str]
    pilot_weeks: tuple[int, int]  # default, longest
    checklists: Mapping[str, Checklist] = field(default_factory=dict)
    language: str = "en"
    translations: Mapping[str, Translation] = field(default_factory=dict)  # of the questionnaire, by language
    waivers: WaiverRules | None = None  # None: nothing can be waived
    metrics: Metrics = field(default_factory=dict)
    evidence_told_before: tuple[int, ...] = TOLD_BEFORE  # days before evidence of another initiative expires, the most first

    def item(self, item_id: str) -> Item:
        """The item of that id; raises `KeyError` where there is none."""
        found = self.find(item_id)
        if found is None:
            raise KeyError(item_id)
        return found

    def find(self, item_id: str) -> Item | None:
        return next((item for gate in self.gates.values() for item in gate.items if item.id == item_id), None)


@dataclass(frozen=True, slots=True)
class Applicability:
    """Whether a condition holds, and in words why it could not be decided."""

    applies: Applies
    why: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """An item as decided for one initiative at one gate. `thresholds` holds only those that count (their own `when` decided),
    with `per_tier` resolved into `value`; an undecidable threshold condition makes the item undecided."""

    item: Item
    applicability: Applicability
    thresholds: Thresholds | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a request at this gate has to answer, and who has to sign. Frozen with the dossier."""

    policy: str  # digest
    gate: str
    tier: Tier
    items: tuple[PlannedItem, ...]  # in policy order; `applies` no included, with why not
    seats: tuple[Seat, ...]  # only those that must decide
    undecided_seats: tuple[tuple[str, str], ...] = ()  # seat id, why: blocks
    question: str = ""  # of the gate
    kind: GateKind = GateKind.PASSAGE
    enters: Stage | None = None
    usual_age: Mapping[EvidenceKind, int] = field(default_factory=dict)  # in days, where an item names none of its own
    least_attribution: str | None = None
