"""The fields of the counts of days and weeks that are rules of the whole policy, and of when people are reminded."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel

from governance.domain.vocabulary import EvidenceKind
from governance.policy import sections, sections_running
from governance.policy.fielddocs import fields_of
from governance.policy.guided import BY_TIER, Control, Field
from governance.policy.models import GateModel
from governance.policy.places import gates, value_at

DAYS: tuple[tuple[str, str, tuple[str, ...], type[BaseModel] | None], ...] = (
    ("signoffs/valid_days", "A sign-off counts for", BY_TIER, sections.ByTier),
    ("waivers/max_days", "A waiver lasts at most", BY_TIER, sections.ByTier),
    ("waivers/on_expiry", "After a waiver expired in production", ("grace_days", "suspended_after_days"), sections.OnExpiryModel),
    ("freshness/default_max_age_days", "Evidence stays fresh for", tuple(kind.value for kind in EvidenceKind), None),
    ("findings/default_due_days", "A finding is due after", ("high", "medium", "low"), sections.DueDays),
    ("rollout_profiles/approval_of_limited_expires_days", "The approval of limited production lasts", BY_TIER, sections.ByTier),
    ("pilot", "A pilot lasts", ("default_weeks", "max_weeks"), sections.PilotModel),
)
OF_GATES = "gate/{gate}/every_days", "Gate {gate} comes back after", BY_TIER, sections.ByTier
REMINDERS: tuple[tuple[str, str, str, type[BaseModel]], ...] = (
    ("reminders/waiver", "Reminders before a waiver ends", "then_days_before", sections_running.WaiverReminderModel),
    ("reminders/evidence_expiry", "Reminders before evidence of another initiative expires", "days_before", sections_running.BeforeModel),
)
"""Of those that are acted on, the lists of days."""

DAY_PLACES = (*(f"{place}/({'|'.join(names)})" for place, _, names, _ in DAYS), *(f"{place}/{name}" for place, _, name, _ in REMINDERS))
"""As parts of a pattern; those of gates are told apart by the gate."""


def day_fields(texts: Mapping[str, str]) -> list[Field]:
    """Every count of days or weeks that is a rule of the whole policy, or of a gate that comes back."""
    found: list[Field] = []
    for place, group, names, model in DAYS:
        found += _days(texts, place, group, names, model)
    place, group, names, model = OF_GATES
    for gate in gates(texts):
        found += _days(texts, place.format(gate=gate), group.format(gate=gate), names, model)
        found += _days(texts, f"gate/{gate}", group.format(gate=gate), ("grace_days",), GateModel)
    for place, group, name, model in REMINDERS:
        found += _reminder(texts, place, group, name, model)
    return found


def _days(texts: Mapping[str, str], place: str, group: str, names: Sequence[str], model: type[BaseModel] | None) -> Iterator[Field]:
    raw = value_at(texts, place)
    said = fields_of(model) if model else {}
    for name in names:
        if isinstance(raw, dict) and name in raw:
            unit = "" if name.endswith(("_days", "_weeks")) else " risk" if model is sections.ByTier else ""
            label = f"{name[:1].upper()}{name[1:].replace('_', ' ')}{unit}"
            called = f"{place}/{name}".replace("/", "-")
            yield Field(
                called, f"{place}/{name}", label, said.get(name, "Days for this kind of evidence."), Control.WHOLE, raw[name], group=group
            )


def _reminder(texts: Mapping[str, str], place: str, group: str, name: str, model: type[BaseModel]) -> Iterator[Field]:
    at = f"{place}/{name}"
    days = value_at(texts, at)
    if isinstance(days, list):
        said = fields_of(model)[name]
        yield Field(at.replace("/", "-"), at, "Days before", said, Control.DAYS, days, may_be_empty=True, group=group)
