"""The sections of a policy beside gates, facts and tiering: what is promised about signatures, clocks, rollouts and records.

A typo in them is refused like any other, also where this version does not act on them yet.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from governance.domain.vocabulary import AnswerState, Good, Section, Severity, Standing
from governance.policy.values import DURATION, Closed, Days, Name, OtherName, Strict

Duration = Annotated[str, Field(pattern=DURATION, examples=["48h"])]
"""Minutes, hours or days, such as `48h`."""

Incident = Literal["1", "2", "3", "4"]


class ByTier(Strict):
    """A number of days for each tier that can pass a gate."""

    low: Days
    """Days at the tier low."""
    medium: Days
    """Days at the tier medium."""
    high: Days
    """Days at the tier high."""


class MetricModel(Closed):
    label: Annotated[str, Field(min_length=1, max_length=80)]
    """What people call it, on every page and in every report."""
    unit: str | None = None
    """In what its values are stated; a threshold on it says the same, or `as the metric`."""
    good: Good | None = None
    """Which way it gets better: `up` or `down`. Nobody is asked then, and no threshold sets a limit the other way."""
    also_called: list[OtherName] = []
    """Other names under which it arrives. A value under one of them counts, and a threshold may use each."""


class LimitModel(Strict):
    unit: str
    """In what it is stated; `as the metric` where it has the unit of what is compared."""
    meaning: str
    """What it says."""


class LimitsModel(Strict):
    names: dict[Name, LimitModel]
    """Each limit by the name that thresholds use after `limits.`"""
    locked_by: str = ""
    """What makes a limit final, in words."""


class PlanModel(Strict):
    fields: list[str]
    """What a plan states."""
    shown: str
    """Where it is shown, in words."""


class SubmitModel(Closed):
    refused_while: list[AnswerState]
    """States of an applicable item in which a request cannot be submitted."""
    not_met: str
    """What an unmet item means for a submission, in words."""


class VerdictModel(Strict):
    passed: str
    """When a gate is passed, in words."""
    after_a_reject: str
    """What a reject means for the others, in words."""
    request_changes: str
    """What asking for changes does, in words."""
    after_rejection: str
    """What a new request has to bring, in words."""


class ConditionsModel(Closed):
    only_on: list[Severity]
    """Severities of items on which a condition may be set."""
    max_days: Days
    """The most days a condition may be open."""
    needs: list[str]
    """What a condition states."""
    overdue: str
    """What an overdue condition does, in words."""


class ChangesModel(Strict):
    model_version: str
    """What a new model version does to sign-offs, in words."""
    tier_increase: str
    """What a higher tier does, in words."""
    tier_decrease: str
    """What a lower tier does, in words."""
    fact_change: str
    """What a changed fact does, in words."""


class ValidDays(ByTier):
    meaning: str = ""
    """What the days mean, in words."""


class ProhibitedModel(Closed):
    gates: str
    """Which gates a prohibited initiative may pass, in words."""
    standing: Standing
    """Its standing."""
    reopen: str
    """What it takes to look at it again, in words."""


class SignOffsModel(Closed):
    valid_days: ValidDays
    """How many days a sign-off counts, by tier."""
    dossier_sections: dict[Section, str] = {}
    """What each section of a dossier holds, in words."""
    seat_keys: list[str] = []
    """The keys a seat may have, for authors."""
    seat_rules: list[str] = []
    """The rules of seats, in words."""
    separation_of_duties: list[str] = []
    """Who may not sign what, in words."""
    submit: SubmitModel | None = None
    """When a request may be submitted."""
    verdict: VerdictModel | None = None
    """How the decisions of the seats become a verdict, in words."""
    conditions: ConditionsModel | None = None
    """What an approval may still demand."""
    changes: ChangesModel | None = None
    """What changes do to sign-offs that were given."""
    prohibited: ProhibitedModel | None = None
    """What holds for an initiative that is prohibited."""
    informed_by: list[str] = []
    """The framework clauses behind the rules."""
    basis: str = ""
    """How firm the rules are."""


class RenewalsModel(Strict):
    max: Annotated[int, Field(ge=0)]
    """How often a waiver may be renewed."""
    rule: str
    """What a renewal needs, in words."""


class OnExpiryModel(Strict):
    before_passing: str
    """What an expired waiver does before the gate is passed, in words."""
    in_production: str
    """What it does in production, in words."""
    grace_days: Days
    """How many days after its last day the check may stay unmet before the initiative is put on hold."""
    after_grace: str
    """What happens then, in words."""
    suspended_after_days: Days
    """How many days after its last day the initiative is suspended; never before it is put on hold."""
    ends_by: str
    """What ends it, in words."""


class WaiversModel(Closed):
    only_for: Severity
    """The severity of items that may be waived."""
    needs: list[str]
    """What a waiver states."""
    signed_by: str
    """Who signs it, in words."""
    max_days: ByTier
    """How many days it may last, by tier."""
    renewals: RenewalsModel
    """Whether it may be renewed."""
    on_expiry: OnExpiryModel
    """What its end does."""
    basis: str = ""
    """How firm the numbers are."""


class DueDays(Strict):
    high: Days
    """Days for a finding of severity high."""
    medium: Days
    """Days for a finding of severity medium."""
    low: Days
    """Days for a finding of severity low."""


class FindingsModel(Strict):
    default_due_days: DueDays
    """How many days there are to close a finding, by severity."""
    raised_by: str = ""
    """Who records one, and when, in words."""
    needs: list[str] = []
    """What a finding states."""
    closed_by: str = ""
    """What closes it, in words."""


class ClocksModel(Strict):
    serious: Days
    """Days to report a serious incident."""
    death: Days
    """Days to report a death."""
    widespread_or_critical_infrastructure: Days
    """Days to report what is widespread or concerns critical infrastructure."""
    basis: str = ""
    """The rule that sets the clocks."""


class IncidentsModel(Closed):
    needs: list[str]
    """What an incident states."""
    effect_on_standing: dict[Incident, Standing]
    """The standing that an incident of each severity leads to; 1 is the worst."""
    external_clocks_days: ClocksModel
    """How soon authorities have to hear of it."""
    afterwards: str
    """What follows an incident, in words."""
    severities: dict[Incident, str] = {}
    """What each severity means, in words."""


class PilotModel(Strict):
    default_weeks: Annotated[int, Field(ge=1)]
    """How many weeks a pilot lasts where nobody says otherwise."""
    max_weeks: Annotated[int, Field(ge=1)]
    """The most weeks it may last."""
    at_end: list[str] = []
    """What may follow its end."""
    stop: str = ""
    """What stopping a pilot takes, in words."""
    past_end: str = ""
    """What a pilot past its end leads to, in words."""

    @model_validator(mode="after")
    def ends_in_time(self) -> "PilotModel":
        if self.default_weeks > self.max_weeks:
            raise ValueError(f"{self.default_weeks} weeks are more than the longest pilot of {self.max_weeks}")
        return self


class BroughtInModel(Strict):
    regularise_within_days: ByTier
    """Within how many days a gate has to be passed here, by tier."""
    rule: str
    """What holds until then, in words."""
