"""What may stand in a policy file: gates, checks, facts, tiering, frameworks. Unknown keys are refused."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from governance.domain.policy import Bound
from governance.domain.vocabulary import Comparator, EvidenceKind, Function, GateKind, Section, Severity, Stage, Tier
from governance.policy import sections
from governance.policy.values import (
    MARK,
    AmountByTier,
    Closed,
    Days,
    FactValue,
    Id,
    Name,
    Number,
    PassableTier,
    Plain,
    StageOrMore,
    Strict,
    StringOrMore,
)

Answer = Literal["yes", "no", "undecided"]


class Head(Strict):
    id: Id
    version: Annotated[str, Field(min_length=1, max_length=40)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    time_zone: str | None = None


class ThresholdModel(Closed):
    metric: Id
    comparator: Comparator
    unit: str
    window: str
    min_n: Annotated[int, Field(ge=1, strict=True)]
    basis: str = "judgement"
    value: AmountByTier = None
    compare_with: str | None = None
    bound: Bound = Bound.POINT
    factor: Number = None
    margin: Number = None
    allow: Number = None
    for_each: Literal["guardrail"] | None = None
    when: str | None = None


class AllOf(Closed):
    all_of: Annotated[list[ThresholdModel], Field(min_length=1)]


class AnyOf(Closed):
    any_of: Annotated[list[ThresholdModel], Field(min_length=1)]


def _shape_of(raw: Any) -> str:
    keys = raw if isinstance(raw, dict) else {}
    return next((f"{MARK}{key}" for key in ("all_of", "any_of") if key in keys), f"{MARK}one")


ThresholdsModel: TypeAlias = Annotated[
    Annotated[AllOf, Tag(f"{MARK}all_of")] | Annotated[AnyOf, Tag(f"{MARK}any_of")] | Annotated[ThresholdModel, Tag(f"{MARK}one")],
    Discriminator(_shape_of),
]
"""One threshold, or several with how they combine; no deeper nesting."""


class EvidenceModel(Closed):
    kind: EvidenceKind
    requirement: str


class ItemModel(Closed):
    id: Id
    title: str
    owner: Function
    severity: Severity
    question: str
    evidence: EvidenceModel
    when: str
    why: str
    maps: list[str] = []
    answered_by: Literal["app"] | None = None
    source: str | None = None
    threshold: ThresholdsModel | None = None
    max_age_days: Days | None = None


class SeatModel(Closed):
    id: Id
    function: Function
    label: str
    covers: list[Section]
    when: str = "true"
    independent: Annotated[bool, Field(strict=True)] = False
    qualification: str | None = None
    order: Annotated[int, Field(ge=1, le=9, strict=True)] = 1


class GateModel(Closed):
    id: Id
    name: str
    kind: GateKind
    question: str
    seats: list[SeatModel]
    items: list[ItemModel]
    from_: Annotated[list[Stage], StageOrMore, Field(alias="from")] = []
    to: Stage | None = None
    stage: Stage | None = None
    every_days: sections.ByTier | None = None
    counted_from: str | None = None
    due_at_once_on: list[str] = []
    states: dict[str, str] = {}
    grace_days: Days | None = None
    after_grace: str | None = None
    trigger: str | None = None

    @property
    def leaves(self) -> list[Stage]:
        """The stages it can be asked for in."""
        return [self.stage] if self.stage else self.from_


class FactModel(Closed):
    type: Literal["bool", "enum"]
    values: list[str] = []
    from_: Annotated[list[str], Field(alias="from")] = []
    ask: str | None = None
    said: str | None = None
    unless: str | None = None
    note: str | None = None


class OptionModel(Strict):
    key: Plain
    points: Annotated[int, Field(ge=0)]
    text: str
    implies: dict[str, FactValue] = {}


class QuestionModel(Strict):
    id: Id
    text: str
    options: Annotated[list[OptionModel], Field(min_length=2)]
    aia_analogue: str | None = None


class StatementModel(Closed):
    id: Id
    question: str | None = None
    label: str | None = None
    then: Tier | None = None
    maps: list[str] = []
    when: str | None = None
    ask_when: str | None = None
    ask_when_answer: dict[str, list[Answer]] = {}
    exception: str | None = None
    lifts: str | None = None
    implies: dict[Answer, dict[str, FactValue]] = {}


class BandModel(Closed):
    tier: PassableTier
    from_: Annotated[int, Field(alias="from", strict=True)]
    to: Annotated[int, Field(strict=True)]


class AnswersModel(Strict):
    values: list[Answer]
    undecided: str


class TieringModel(Closed):
    basis: str = ""
    informed_by: list[str] = []
    method: str = ""
    max_score: Annotated[int, Field(strict=True)]
    bands: Annotated[list[BandModel], Field(min_length=1)]
    answers: AnswersModel | None = None
    hard_stops: list[StatementModel]
    floors: list[StatementModel]
    exceptions: list[StatementModel] = []
    questions: Annotated[list[QuestionModel], Field(min_length=1)]
    re_tier_on: list[str] = []

    @property
    def statements(self) -> list[StatementModel]:
        return [*self.hard_stops, *self.floors, *self.exceptions]

    @property
    def ids(self) -> list[str]:
        """What facts may come from and statements may name; one that is given twice stands here twice."""
        return [*(question.id for question in self.questions), *(statement.id for statement in self.statements)]


class DutyModel(Strict):
    """A clause with whom it binds and from when."""

    who: str
    what: str
    applies: str
    note: str | None = None


ClauseModel: TypeAlias = Annotated[
    Annotated[str, Tag(f"{MARK}title")] | Annotated[DutyModel, Tag(f"{MARK}duty")],
    Discriminator(lambda raw: f"{MARK}duty" if isinstance(raw, dict) else f"{MARK}title"),
]


class FrameworkModel(Strict):
    id: Plain
    name: str
    version: str
    status: str
    source: Annotated[list[str], StringOrMore]
    effective_from: str | None = None
    effective_to: str | None = None
    superseded_by: str | None = None
    licence_note: str | None = None
    scope_note: str | None = None
    date_status: str | None = None
    id_form: str | None = None
    risks: list[str] = []
    scoring: Any = None  # a framework's own scale, shown as it stands
    bands: Any = None
    items: dict[Plain, ClauseModel]


class FileModel(Closed):
    """The keys a file may have. Every key stands in one file only, except `gate`, of which each file may have one."""

    policy: Head | None = None
    limits: sections.LimitsModel | None = None
    plan: sections.PlanModel | None = None
    signoffs: sections.SignOffsModel | None = None
    waivers: sections.WaiversModel | None = None
    findings: sections.FindingsModel | None = None
    incidents: sections.IncidentsModel | None = None
    attribution: sections.AttributionModel | None = None
    kpis: sections.KpisModel | None = None
    rollout_profiles: sections.RolloutsModel | None = None
    freshness: sections.FreshnessModel | None = None
    reminders: sections.RemindersModel | None = None
    escalation: sections.EscalationModel | None = None
    pilot: sections.PilotModel | None = None
    brought_in: sections.BroughtInModel | None = None
    retention: sections.RetentionModel | None = None
    app_sources: dict[Name, str] | None = None
    facts: dict[Name, FactModel] | None = None
    risk_tiering: TieringModel | None = None
    frameworks: list[FrameworkModel] | None = None
    gate: GateModel | None = None


REQUIRED = (
    "policy",
    "limits",
    "signoffs",
    "findings",
    "attribution",
    "freshness",
    "pilot",
    "app_sources",
    "facts",
    "risk_tiering",
    "frameworks",
)
