"""The sections of a policy beside gates, facts and tiering: what is promised about signatures, clocks, rollouts and records.

A typo in them is refused like any other, also where this version does not act on them yet.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from governance.domain.vocabulary import AnswerState, EvidenceKind, Section, Severity, Standing
from governance.policy.values import DURATION, Closed, Days, Level, Name, Percent, Strict

Duration = Annotated[str, Field(pattern=DURATION, examples=["48h"])]
"""Minutes, hours or days, such as `48h`."""

Incident = Literal["1", "2", "3", "4"]


class ByTier(Strict):
    """A number of days for each tier that can pass a gate."""

    low: Days
    medium: Days
    high: Days


class LimitModel(Strict):
    unit: str
    meaning: str


class LimitsModel(Strict):
    names: dict[Name, LimitModel]
    locked_by: str = ""


class PlanModel(Strict):
    fields: list[str]
    shown: str


class SubmitModel(Closed):
    refused_while: list[AnswerState]
    not_met: str


class VerdictModel(Strict):
    passed: str
    after_a_reject: str
    request_changes: str
    after_rejection: str


class ConditionsModel(Closed):
    only_on: list[Severity]
    max_days: Days
    needs: list[str]
    overdue: str


class ChangesModel(Strict):
    model_version: str
    tier_increase: str
    tier_decrease: str
    fact_change: str


class ValidDays(ByTier):
    meaning: str = ""


class ProhibitedModel(Closed):
    gates: str
    standing: Standing
    reopen: str


class SignOffsModel(Closed):
    valid_days: ValidDays
    dossier_sections: dict[Section, str] = {}
    seat_keys: list[str] = []
    seat_rules: list[str] = []
    separation_of_duties: list[str] = []
    submit: SubmitModel | None = None
    verdict: VerdictModel | None = None
    conditions: ConditionsModel | None = None
    changes: ChangesModel | None = None
    prohibited: ProhibitedModel | None = None
    informed_by: list[str] = []
    basis: str = ""


class RenewalsModel(Strict):
    max: Annotated[int, Field(ge=0)]
    rule: str


class OnExpiryModel(Strict):
    before_passing: str
    in_production: str
    grace_days: Days
    after_grace: str
    suspended_after_days: Days
    ends_by: str


class WaiversModel(Closed):
    only_for: Severity
    needs: list[str]
    signed_by: str
    max_days: ByTier
    renewals: RenewalsModel
    on_expiry: OnExpiryModel
    basis: str = ""


class DueDays(Strict):
    high: Days
    medium: Days
    low: Days


class FindingsModel(Strict):
    default_due_days: DueDays
    raised_by: str = ""
    needs: list[str] = []
    closed_by: str = ""


class ClocksModel(Strict):
    serious: Days
    death: Days
    widespread_or_critical_infrastructure: Days
    basis: str = ""


class IncidentsModel(Closed):
    needs: list[str]
    effect_on_standing: dict[Incident, Standing]
    external_clocks_days: ClocksModel
    afterwards: str
    severities: dict[Incident, str] = {}


class LevelModel(Strict):
    level: Level
    name: str
    sms: int | str
    needs: list[str] = []
    examples: list[str] = []
    note: str | None = None


class MinimumModel(Strict):
    low: Level
    medium: Level
    high: Level
    reads: str = ""


class AttributionModel(Strict):
    gate_minimum: dict[str, MinimumModel]
    levels: list[LevelModel] = []
    computed: str = ""
    recognition: dict[Level, str] = {}
    countersigned_by: str = ""
    guardrail_rule: str = ""
    basis: str = ""


class KpisModel(Strict):
    categories: list[str]
    roles: dict[str, str]


class ProfileModel(Strict):
    limited_steps_pct: list[Percent]
    full_steps_pct: list[Percent]
    bake: dict[str, Duration]
    interval: Duration
    failure_limit: Annotated[int, Field(ge=0)]
    advance: str


class VerdictsModel(Strict):
    successful: str
    failed: str
    inconclusive: str


class RolloutsModel(Strict):
    low: ProfileModel
    medium: ProfileModel
    high: ProfileModel
    counting: str
    verdicts: VerdictsModel
    bake_rule: str
    approval_of_limited_expires_days: ByTier


class FreshnessModel(Closed):
    default_max_age_days: dict[EvidenceKind, Days]
    counted_from: str = ""


class BeforeModel(Strict):
    days_before: list[Days]


class WaiverReminderModel(Strict):
    at_share_of_life: Decimal
    then_days_before: list[Days]


class RemindersModel(Strict):
    waiver: WaiverReminderModel
    condition: BeforeModel
    finding: BeforeModel
    recertification: BeforeModel
    pilot_end: BeforeModel
    evidence_expiry: BeforeModel
    signoff_expiry: BeforeModel


class SilentSeatModel(Strict):
    to_deputy_after_days: Days
    to_function_head_after_days: Days
    to_compliance_after_days: Days


class OverdueModel(Strict):
    condition: str
    finding: str
    recertification: str
    pilot_end: str


class EscalationModel(Strict):
    seat_without_decision: SilentSeatModel
    overdue: OverdueModel
    counted_in: str


class PilotModel(Strict):
    default_weeks: Annotated[int, Field(ge=1)]
    max_weeks: Annotated[int, Field(ge=1)]
    at_end: list[str] = []
    stop: str = ""
    past_end: str = ""

    @model_validator(mode="after")
    def ends_in_time(self) -> "PilotModel":
        if self.default_weeks > self.max_weeks:
            raise ValueError(f"{self.default_weeks} weeks are more than the longest pilot of {self.max_weeks}")
        return self


class BroughtInModel(Strict):
    regularise_within_days: ByTier
    rule: str


class EvidenceYears(Strict):
    default: Days
    eu_high_risk_provider: Days


class RetentionModel(Strict):
    ledger: str
    evidence_years: EvidenceYears
    dossiers_and_packs_years: Days
    measurements_years: Days
    personal_words: str
    legal_hold: str
    basis: str = ""
