"""What may stand in a policy file. Unknown keys are refused; sections of later versions are kept as they are."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from governance.domain.policy import Bound
from governance.domain.vocabulary import Comparator, EvidenceKind, Function, GateKind, Section, Severity, Stage, Tier

Number = Annotated[Decimal | int, Field()]
Id = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,59}$")]
FactValue = bool | str
PassableTier = Literal[Tier.LOW, Tier.MEDIUM, Tier.HIGH]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_enum_values=False)


class Closed(Strict):
    """Members of closed sets come as text, so those models are not strict about the type."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)


class Head(Strict):
    id: Id
    version: str
    title: str
    time_zone: str | None = None


class ThresholdModel(Closed):
    metric: str
    comparator: Comparator
    unit: str
    window: str
    min_n: Annotated[int, Field(ge=1, strict=True)]
    basis: str = "judgement"
    value: Number | str | list[Number] | dict[PassableTier, Number | str] | None = None
    compare_with: str | None = None
    bound: Bound = Bound.POINT
    factor: Number | None = None
    margin: Number | None = None
    allow: Number | None = None
    for_each: Literal["guardrail"] | None = None
    when: str | None = None


class ThresholdGroup(Closed):
    all_of: list[ThresholdModel] | None = None
    any_of: list[ThresholdModel] | None = None


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
    threshold: Annotated[dict[str, Any], Field()] | None = None
    max_age_days: Annotated[int, Field(ge=1, strict=True)] | None = None


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
    from_: Annotated[Stage | list[Stage] | None, Field(alias="from")] = None
    to: Stage | None = None
    stage: Stage | None = None
    every_days: dict[PassableTier, int] | None = None
    counted_from: str | None = None
    due_at_once_on: list[str] = []
    states: dict[str, str] = {}
    grace_days: int | None = None
    after_grace: str | None = None
    trigger: str | None = None


class FactModel(Closed):
    type: Literal["bool", "enum"]
    values: list[str] = []
    from_: Annotated[list[str], Field(alias="from")] = []
    ask: str | None = None
    note: str | None = None


class OptionModel(Strict):
    key: str
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
    ask_when_answer: dict[str, list[str]] = {}
    exception: str | None = None
    lifts: str | None = None
    implies: dict[str, dict[str, FactValue]] = {}


class BandModel(Closed):
    tier: PassableTier
    from_: Annotated[int, Field(alias="from", strict=True)]
    to: Annotated[int, Field(strict=True)]


class TieringModel(Closed):
    basis: str = ""
    informed_by: list[str] = []
    method: str = ""
    max_score: Annotated[int, Field(strict=True)]
    bands: list[BandModel]
    answers: dict[str, Any] = {}
    hard_stops: list[StatementModel]
    floors: list[StatementModel]
    exceptions: list[StatementModel] = []
    questions: list[QuestionModel]
    re_tier_on: list[str] = []


class LimitModel(Strict):
    unit: str
    meaning: str


class LimitsModel(Strict):
    names: dict[str, LimitModel]
    locked_by: str = ""


class SignOffsModel(Closed):
    valid_days: dict[str, int | str]
    model_config = ConfigDict(extra="allow", frozen=True)


class FindingsModel(Closed):
    default_due_days: dict[Literal["high", "medium", "low"], int]
    model_config = ConfigDict(extra="allow", frozen=True)


class AttributionModel(Closed):
    gate_minimum: dict[str, dict[str, str]]
    model_config = ConfigDict(extra="allow", frozen=True)


class FreshnessModel(Closed):
    default_max_age_days: dict[EvidenceKind, int]
    counted_from: str = ""


class PilotModel(Closed):
    default_weeks: int
    max_weeks: int
    model_config = ConfigDict(extra="allow", frozen=True)


class DutyModel(Strict):
    """A clause with whom it binds and from when."""

    who: str
    what: str
    applies: str
    note: str | None = None


class FrameworkModel(Strict):
    id: str
    name: str
    version: str
    status: str
    source: list[str] | str
    effective_from: str | None = None
    effective_to: str | None = None
    superseded_by: str | None = None
    licence_note: str | None = None
    scope_note: str | None = None
    date_status: str | None = None
    id_form: str | None = None
    risks: list[str] | dict[str, str] | None = None
    scoring: Any = None
    bands: Any = None
    items: dict[str, str | DutyModel]


class FileModel(Closed):
    """The keys a file may have. Every key stands in one file only, except `gate`, of which each file may have one."""

    policy: Head | None = None
    limits: LimitsModel | None = None
    signoffs: SignOffsModel | None = None
    findings: FindingsModel | None = None
    attribution: AttributionModel | None = None
    freshness: FreshnessModel | None = None
    pilot: PilotModel | None = None
    app_sources: dict[str, str] | None = None
    facts: dict[str, FactModel] | None = None
    risk_tiering: TieringModel | None = None
    frameworks: list[FrameworkModel] | None = None
    gate: GateModel | None = None
    plan: dict[str, Any] | None = None
    waivers: dict[str, Any] | None = None
    incidents: dict[str, Any] | None = None
    rollout_profiles: dict[str, Any] | None = None
    reminders: dict[str, Any] | None = None
    escalation: dict[str, Any] | None = None
    brought_in: dict[str, Any] | None = None
    retention: dict[str, Any] | None = None


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
