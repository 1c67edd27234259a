"""The sections of a policy about what runs and what is kept: attribution, rollouts, freshness, reminders, escalation, retention."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from governance.domain.vocabulary import EvidenceKind
from governance.policy.sections import ByTier
from governance.policy.values import DURATION, Closed, Days, Level, Percent, Strict

Duration = Annotated[str, Field(pattern=DURATION, examples=["48h"])]
"""Minutes, hours or days, such as `48h`."""


class LevelModel(Strict):
    level: Level
    """The level, from A0 (a bare claim) to A5 (randomised)."""
    name: str
    """What people call it."""
    sms: int | str
    """The step of the Maryland scale it corresponds to."""
    needs: list[str] = []
    """What a claim has to have to reach it."""
    examples: list[str] = []
    """Methods of this level."""
    note: str | None = None
    """A remark."""


class MinimumModel(Strict):
    low: Level
    """The level at the tier low."""
    medium: Level
    """The level at the tier medium."""
    high: Level
    """The level at the tier high."""
    reads: str = ""
    """How people read the minimum."""


class AttributionModel(Strict):
    gate_minimum: dict[str, MinimumModel]
    """The least level of attribution at a gate, by tier."""
    levels: list[LevelModel] = []
    """The ladder of methods."""
    computed: str = ""
    """How the level of a claim is worked out, in words."""
    recognition: dict[Level, str] = {}
    """What is counted as value at each level."""
    countersigned_by: str = ""
    """Who signs a claim beside its owner, in words."""
    guardrail_rule: str = ""
    """When a guardrail holds, in words."""
    basis: str = ""
    """How firm the levels are."""


class KpisModel(Strict):
    categories: list[str]
    """What a key figure may be about."""
    roles: dict[str, str]
    """What a key figure may be for, each with its meaning."""


class ProfileModel(Strict):
    limited_steps_pct: list[Percent]
    """The shares of cases in limited production, in percent, step by step."""
    full_steps_pct: list[Percent]
    """The shares in full production."""
    bake: dict[str, Duration]
    """How long each share is watched before the next, by share: minutes (m), hours (h) or days (d)."""
    interval: Duration
    """How often the guardrails are checked."""
    failure_limit: Annotated[int, Field(ge=0)]
    """How many failed checks of one step are borne."""
    advance: str
    """Who goes on to the next step, in words."""


class VerdictsModel(Strict):
    successful: str
    """What a successful step leads to."""
    failed: str
    """What a failed step leads to."""
    inconclusive: str
    """What an inconclusive step leads to."""


class RolloutsModel(Strict):
    low: ProfileModel
    """The rollout at the tier low."""
    medium: ProfileModel
    """The rollout at the tier medium."""
    high: ProfileModel
    """The rollout at the tier high."""
    counting: str
    """How failed checks are counted, in words."""
    verdicts: VerdictsModel
    """What each verdict on a step leads to."""
    bake_rule: str
    """How long a step is watched at least, in words."""
    approval_of_limited_expires_days: ByTier
    """After how many days limited production needs a new approval, by tier."""


class FreshnessModel(Closed):
    default_max_age_days: dict[EvidenceKind, Days]
    """How many days old evidence of each kind may be. Every kind has to be named."""
    counted_from: str = ""
    """From what the age is counted, in words."""


class BeforeModel(Strict):
    days_before: list[Days]
    """How many days before the day people are told, from the first time to the last."""


class WaiverReminderModel(Strict):
    at_share_of_life: Decimal
    """The share of a waiver's life after which its owner is told first."""
    then_days_before: list[Days]
    """How many days before its end they are told again, from the first time to the last."""


class RemindersModel(Strict):
    waiver: WaiverReminderModel
    """Before a waiver ends."""
    condition: BeforeModel
    """Before a condition is due."""
    finding: BeforeModel
    """Before a finding is due."""
    recertification: BeforeModel
    """Before a recertification is due."""
    pilot_end: BeforeModel
    """Before a pilot ends."""
    evidence_expiry: BeforeModel
    """Before evidence of another initiative expires. Who uses it is told on these days, and once more when it has."""
    signoff_expiry: BeforeModel
    """Before a sign-off expires."""


class SilentSeatModel(Strict):
    to_deputy_after_days: Days
    """After how many days without a decision the deputy is asked."""
    to_function_head_after_days: Days
    """After how many days the head of the function hears of it."""
    to_compliance_after_days: Days
    """After how many days compliance hears of it."""


class OverdueModel(Strict):
    condition: str
    """Who hears of an overdue condition, in words."""
    finding: str
    """Who hears of an overdue finding, in words."""
    recertification: str
    """Who hears of an overdue recertification, in words."""
    pilot_end: str
    """Who hears of a pilot past its end, in words."""


class EscalationModel(Strict):
    seat_without_decision: SilentSeatModel
    """Who hears of a seat that does not decide."""
    overdue: OverdueModel
    """Who hears of what is overdue."""
    counted_in: str
    """Which days are counted, in words."""


class EvidenceYears(Strict):
    default: Days
    """Years that evidence is kept."""
    eu_high_risk_provider: Days
    """Years for a provider of high-risk systems in the EU."""


class RetentionModel(Strict):
    ledger: str
    """How long the record is kept, in words."""
    evidence_years: EvidenceYears
    """How many years evidence is kept."""
    dossiers_and_packs_years: Days
    """How many years dossiers and packs are kept."""
    measurements_years: Days
    """How many years measurements are kept."""
    personal_words: str
    """What happens to words about people, in words."""
    legal_hold: str
    """What a legal hold does, in words."""
    basis: str = ""
    """Where the years come from."""
