"""The checks of a gate with what their answers amount to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from governance.domain import checklist, exclusions, ml_test_score, waivers
from governance.domain.checklist import Evaluated
from governance.domain.comparison import Reference
from governance.domain.dossier import ML_TEST_SCORE, Answer, Material, StatedValue
from governance.domain.dossier_rules import LEAST_ATTRIBUTION
from governance.domain.exemptions import Waiver
from governance.domain.policy import Item, Plan, PlannedItem, Policy
from governance.domain.vocabulary import AnswerState, Applies, Function

KEPT_RECORDS = frozenset({"tier", "team", "open_points", ML_TEST_SCORE})
"""The app records that exist: items that name one of them answer themselves and cannot be typed."""

SCORE = "ml_test_score"
"""The metric under which a policy asks for the score of the form."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One item of a plan, its answer, and what the program makes of it."""

    planned: PlannedItem
    answer: Answer | None
    evaluated: Evaluated
    waiver: Waiver | None = None  # that makes it waived
    by_evidence: AnswerState | None = None  # what it would be without that

    @property
    def item(self) -> Item:
        return self.planned.item

    @property
    def applies(self) -> bool:
        return self.planned.applicability.applies is not Applies.NO

    @property
    def blocks(self) -> bool:
        return checklist.blocks(self.planned, self.evaluated)

    @property
    def passes(self) -> bool:
        return checklist.passes(self.planned, self.evaluated)

    @property
    def in_words(self) -> str:
        """What is missing, as a refusal says it."""
        return self.evaluated.why or self.evaluated.state.value.replace("_", " ")


def evaluated(policy: Policy, material: Material, now: datetime) -> tuple[Checked, ...]:
    """Every item of the plan, in policy order."""
    references = references_of(policy, material)
    return tuple(_checked(policy, planned, material, references, now) for planned in planned_items(material))


def planned_items(material: Material) -> tuple[PlannedItem, ...]:
    """The items of the plan, those that compliance confirmed not to apply among those that do not."""
    return tuple(exclusions.applied(planned, material.exclusions.get(planned.item.id)) for planned in material.plan.items)


def of_function(checks: tuple[Checked, ...], function: Function) -> list[Checked]:
    return [check for check in checks if check.item.owner is function]


def keep_open(checks: tuple[Checked, ...]) -> list[Checked]:
    """What has to be answered before a request can be submitted. `not_met` may be submitted knowingly."""
    return [check for check in checks if check.blocks]


def keep_shut(checks: tuple[Checked, ...]) -> list[Checked]:
    """What keeps a gate from passing, whatever the seats say."""
    return [check for check in checks if not check.passes]


def undecided_seats(plan: Plan) -> list[str]:
    """The seats of which nobody can say whether they are asked for, in words: they block both."""
    return [f"whether the seat {seat} is asked for cannot be decided: {why}" for seat, why in plan.undecided_seats]


def references_of(policy: Policy, material: Material) -> Mapping[str, Reference]:
    """What thresholds may compare with, by the name they use. Records of later versions are simply not there."""
    found = {f"limits.{limit.name}": Reference(limit.value, limit.unit, limit.good) for limit in material.limits}
    for name, value in material.approved.items():
        known = policy.metrics.get(name)
        found[f"approved.{known.key if known else name}"] = Reference(value.value, value.unit, value.good)
    minimum = policy.attribution_minimum.get(material.plan.gate, {}).get(material.tier)
    return found | ({LEAST_ATTRIBUTION: Reference(minimum)} if minimum else {})


def _checked(policy: Policy, planned: PlannedItem, material: Material, references: Mapping[str, Reference], now: datetime) -> Checked:
    answer = material.answers.get(planned.item.id)
    if planned.item.source in KEPT_RECORDS:
        answer = _from_form(planned, material) if planned.item.source == ML_TEST_SCORE else _from_record(planned, material, now)
    found = checklist.evaluate(planned, answer, references, now, policy.max_age_days)
    found = checklist.outlived(found, answer, material.model_version)
    if (other := _of_another_model(planned, material)) is not None and planned.applicability.applies is Applies.YES:
        found = Evaluated(AnswerState.INCONCLUSIVE, other)
    waiver = _waiver(policy, planned, material, now)
    under = checklist.waived(planned, found, waiver) if waiver else found
    return Checked(planned, answer, under, waiver if under is not found else None, found.state)


def _waiver(policy: Policy, planned: PlannedItem, material: Material, now: datetime) -> Waiver | None:
    """The waiver of an item that is in force at a moment, where the policy lets its severity be waived."""
    found, rules = material.waivers.get(planned.item.id), policy.waivers
    allowed = rules is not None and planned.item.severity is rules.only_for
    return found if found and allowed and waivers.is_in_force(found.granted_at, found.expires, now) else None


def _from_record(planned: PlannedItem, material: Material, now: datetime) -> Answer:
    """The answer that a record of the app gives by itself."""
    measured = {
        "open_tier_disputes": 0,
        "functions_without_accountable_person": len(Function) - len(material.team),
        "overdue_points": sum(1 for point in material.open_points if point.due < now.date()),
    }
    parts = planned.thresholds.parts if planned.thresholds else ()
    values = tuple(
        StatedValue(name, str(measured[name]), part.unit, part.window, 1, now, f"app record: {planned.item.source}")
        for part in parts
        for name in part.names
        if name in measured
    )
    return Answer(planned.item.id, AnswerState.MET, "system", now, values=values)


def _of_another_model(planned: PlannedItem, material: Material) -> str | None:
    """Why the form says nothing about the model that is judged, where it was filled in for another one."""
    form = material.ml_test_score
    if planned.item.source != ML_TEST_SCORE or form is None or form.model_version == material.model_version:
        return None
    return f"the ML Test Score form was filled in for model {form.model_version}, and model {material.model_version} is judged"


def _from_form(planned: PlannedItem, material: Material) -> Answer | None:
    """The answer that the ML Test Score form gives: its score, measured over the tests that were answered.

    Without a form only what was carried over before there was one stands.
    """
    form = material.ml_test_score
    if form is None:
        given = material.answers.get(planned.item.id)
        return given if given is not None and given.carried else None
    points, source = str(ml_test_score.score(form.tests)), f"ML Test Score form for model {form.model_version}"
    values = tuple(
        StatedValue(SCORE, points, part.unit, part.window, len(form.tests), form.at, source)
        for part in (planned.thresholds.parts if planned.thresholds else ())
        if SCORE in part.names
    )
    return Answer(planned.item.id, AnswerState.MET, form.by, form.at, values=values)
