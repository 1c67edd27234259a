"""What may stand in a policy file, and its gates and checks. Unknown keys are refused; what stands below a key says what it means."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from governance.domain.policy import Bound
from governance.domain.vocabulary import Comparator, EvidenceKind, Function, GateKind, Section, Severity, Stage
from governance.policy import sections, sections_running
from governance.policy.models_frameworks import FrameworkModel
from governance.policy.models_tiering import FactModel, TieringModel, TranslationModel
from governance.policy.values import LANGUAGE, MARK, AmountByTier, Closed, Days, Id, Name, Number, Sentence, StageOrMore, Strict


class Head(Strict):
    id: Id
    """The policy's name in the record. One policy rules an instance, and keeps its id from version to version."""
    version: Annotated[str, Field(min_length=1, max_length=40)]
    """What people call this edition of it; the digest of the files is what identifies it."""
    title: Annotated[str, Field(min_length=1, max_length=200)]
    """Its name for people."""
    language: Annotated[str, Field(pattern=LANGUAGE, examples=["en"])] = "en"
    """The language of its texts, as a tag of BCP 47. What it says in this one is on record."""
    time_zone: str | None = None
    """Where days are counted, as a name of the IANA time zone database. The organisation's own where it says nothing."""


class ThresholdModel(Closed):
    metric: Id
    """What is measured. The same name in an earlier item is the same metric, and so is each name that `metrics` gives it."""
    comparator: Comparator
    """How the value is held against the limit; `reaches` and `beats` follow the metric's own good direction."""
    unit: str
    """In what the value is stated."""
    window: str
    """Over which time, or on which data, it is measured."""
    min_n: Annotated[int, Field(ge=1, strict=True)]
    """The smallest sample that decides anything; a smaller one is inconclusive and blocks."""
    basis: str = "judgement"
    """How firm the number is: `source` (a rule or paper says so), `convention` (common practice) or `judgement` (ours)."""
    value: AmountByTier = None
    """The limit: a number, a level from A0 to A5, two numbers for `between`, or one of these for each tier."""
    compare_with: str | None = None
    """Instead of `value`: what the limit is taken from, such as `limits.NAME`, `measured.METRIC`, `approved.METRIC` or `kpi.target`."""
    bound: Bound = Bound.POINT
    """Which number of an interval is compared: the `point`, or the `worse` end."""
    factor: Number = None
    """The number in `compare_with` is multiplied by this first."""
    margin: Number = None
    """By how much the value may be worse than the number in `compare_with`, in its unit."""
    allow: Number = None
    """By which share of the number in `compare_with` the value may be worse, such as 0.1 for a tenth of it."""
    for_each: Literal["guardrail"] | None = None
    """Ask for one value for each guardrail of the initiative."""
    when: str | None = None
    """A condition; where it is a no, this threshold does not count."""


class AllOf(Closed):
    all_of: Annotated[list[ThresholdModel], Field(min_length=1)]
    """Thresholds that all have to be kept."""


class AnyOf(Closed):
    any_of: Annotated[list[ThresholdModel], Field(min_length=1)]
    """Thresholds of which one has to be kept."""


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
    """What is asked for: `document`, `metric`, `attestation`, `link` or `automated_report`."""
    requirement: str
    """What exactly has to be shown, in words."""
    typical: str | None = None
    """What people usually hand in for it."""


class ItemModel(Closed):
    id: Id
    """The item's name in the record, unique in the policy and kept for ever."""
    title: str
    """A few words that stand in lists."""
    owner: Function
    """The function that answers for it and judges it."""
    severity: Severity
    """What an unmet item does: `blocking` stops the gate, `waivable` may be excepted for a time, `advisory` is only shown."""
    question: str
    """What is asked, as a question."""
    evidence: EvidenceModel
    """What shows the answer."""
    when: str
    """A condition over `facts.NAME` and `tier` that says where the item applies; “true” is always. Undecided blocks."""
    why: str
    """What goes wrong without it."""
    guidance: str | None = None
    """How somebody who does it for the first time goes about it."""
    maps: list[str] = []
    """The framework clauses it serves, each as `FRAMEWORK:CLAUSE`."""
    answered_by: Literal["app"] | None = None
    """`app` where the program knows the answer from its own records, so that nobody types it."""
    source: str | None = None
    """Which record of the program answers it; declared in `app_sources`."""
    threshold: ThresholdsModel | None = None
    """The limit that measured values are held against: one threshold, or `all_of` or `any_of` several."""
    max_age_days: Days | None = None
    """How old the evidence may be, in days; the age for its kind in `freshness` where it says nothing."""


class LookModel(Closed):
    id: Id
    """Its name in the record, unique in its seat."""
    text: Sentence
    """What the signer says by ticking it, as one sentence. The sign-off keeps these words."""


class SeatModel(Closed):
    id: Id
    """The seat's name, unique in its gate."""
    function: Function
    """The function that fills it."""
    label: str
    """What people call it."""
    covers: list[Section]
    """The sections of the dossier it judges; always `common` and its own."""
    when: str = "true"
    """A condition; where it is a no, the seat is not asked. The four functions each need a seat that is always asked."""
    independent: Annotated[bool, Field(strict=True)] = False
    """Whether who signs must be in neither the initiative's team nor its line of command."""
    qualification: str | None = None
    """What who signs must be qualified for."""
    order: Annotated[int, Field(ge=1, le=9, strict=True)] = 1
    """Seats with a higher number decide after all lower ones have approved."""
    looks_at: list[LookModel] = []
    """What whoever sits there looks at before deciding, as boxes: who approves ticks all of them."""


class GateModel(Closed):
    id: Id
    """The gate's name in the record."""
    name: str
    """What people call it."""
    kind: GateKind
    """`passage` leads from stage to stage, `recurring` comes back in a stage, `exit` leads out."""
    question: str
    """What the gate asks as a whole."""
    seats: list[SeatModel]
    """Who has to sign. All four functions sit on every gate at every tier."""
    items: list[ItemModel]
    """What has to be shown."""
    from_: Annotated[list[Stage], StageOrMore, Field(alias="from")] = []
    """The stage, or the stages, it leads from."""
    to: Stage | None = None
    """The stage it leads to."""
    stage: Stage | None = None
    """Of a recurring gate: the stage it comes back in."""
    every_days: sections.ByTier | None = None
    """Of a recurring gate: after how many days it is due again, by tier."""
    counted_from: str | None = None
    """From what the days are counted."""
    due_at_once_on: list[str] = []
    """What makes it due at once, whatever the days."""
    states: dict[str, str] = {}
    """What its states mean, in words."""
    grace_days: Days | None = None
    """How many days after it is due the standing changes."""
    after_grace: str | None = None
    """What happens then, in words."""
    trigger: str | None = None
    """What makes somebody ask for it."""

    @property
    def leaves(self) -> list[Stage]:
        """The stages it can be asked for in."""
        return [self.stage] if self.stage else self.from_


class ChecklistModel(Closed):
    id: Id
    """The checklist's name in the record. Its checks are called by the gate and their own name, such as `G2-exit-plan`."""
    version: Annotated[str, Field(min_length=1, max_length=40)]
    """What people call this edition of it."""
    title: Annotated[str, Field(min_length=1, max_length=200)]
    """Its name for people."""
    when: str = "true"
    """A condition; where it is a no, nothing of it is asked. Undecided blocks."""
    gates: Annotated[list[Id], Field(min_length=1)]
    """The gates it adds to. It changes and removes nothing that stands there."""
    items: Annotated[list[ItemModel], Field(min_length=1)]
    """What has to be shown at each of these gates, beside the gate's own checks."""
    seats: list[SeatModel] = []
    """Who has to sign at each of these gates, beside the gate's own seats."""


TITLE = "A file of a policy of Governance"


class FileModel(Closed):
    """The keys a file may have. Each stands in one file, but any may have a `gate`, `checklist`, `metrics`, `frameworks`, `translation`."""

    policy: Head | None = None
    """What the policy is called."""
    limits: sections.LimitsModel | None = None
    """The limits that each initiative states for itself, and locks."""
    metrics: dict[Id, sections.MetricModel] | None = None
    """What can be measured, by the name that thresholds use: what people call it, and its other names. Each metric is declared once."""
    plan: sections.PlanModel | None = None
    """What a plan holds."""
    signoffs: sections.SignOffsModel | None = None
    """How long sign-offs count, and the rules around them."""
    waivers: sections.WaiversModel | None = None
    """Exceptions from waivable items: for how long, by whom, and what their end does."""
    findings: sections.FindingsModel | None = None
    """Problems that somebody recorded: what they need, and until when they are closed."""
    incidents: sections.IncidentsModel | None = None
    """What an incident does to the standing, and the clocks of authorities."""
    attribution: sections_running.AttributionModel | None = None
    """How well an effect has to be shown to come from the initiative."""
    kpis: sections_running.KpisModel | None = None
    """The kinds of key figures."""
    rollout_profiles: sections_running.RolloutsModel | None = None
    """The steps of a rollout for each tier."""
    freshness: sections_running.FreshnessModel | None = None
    """How old evidence may be."""
    reminders: sections_running.RemindersModel | None = None
    """How many days before something is due people are told."""
    escalation: sections_running.EscalationModel | None = None
    """Who hears of it when nobody acts."""
    pilot: sections.PilotModel | None = None
    """How long a pilot may last."""
    brought_in: sections.BroughtInModel | None = None
    """What was approved before this system."""
    retention: sections_running.RetentionModel | None = None
    """How long what is kept."""
    app_sources: dict[Name, str] | None = None
    """The records of the program that can answer an item, each with what it holds."""
    facts: dict[Name, FactModel] | None = None
    """The facts that conditions may use."""
    risk_tiering: TieringModel | None = None
    """The questionnaire that gives an initiative its tier."""
    frameworks: list[FrameworkModel] | None = None
    """The catalogues that items map to."""
    gate: GateModel | None = None
    """One gate with its seats and its items."""
    translation: TranslationModel | None = None
    """The questionnaire in another language."""
    checklist: ChecklistModel | None = None
    """Checks that several gates use, where a condition holds: a small policy beside this one."""


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
