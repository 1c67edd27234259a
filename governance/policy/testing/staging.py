"""From a case to what the rules work with: answers, evidence and limits, as the record would hold them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from governance.domain import checklist
from governance.domain.checks import KEPT_RECORDS, Checked, evaluated, references_of
from governance.domain.comparison import References
from governance.domain.dossier import ML_TEST_SCORE, Answer, Evidence, Material, OpenPoint, StatedLimit, StatedValue, TeamMember
from governance.domain.policy import Plan, PlannedItem, Policy
from governance.domain.questionnaire import FactValue
from governance.domain.tiering import Answers, Assessment
from governance.domain.vocabulary import AnswerState, FindingSeverity, Function, Tier
from governance.policy.assess import assess_initiative
from governance.policy.plan import decide_plan
from governance.policy.testing import sound
from governance.policy.testing.models import AnswerModel, GivenModel, PieceModel, ValueModel
from governance.policy.testing.reading import Case

SOUND = AnswerModel.model_validate({})


@dataclass(frozen=True, slots=True)
class Found:
    """What the rules made of a case. Without a tier there is no plan, and without a plan there are no checks."""

    assessment: Assessment | None
    tier: Tier | None
    facts: Mapping[str, FactValue]
    plan: Plan | None = None
    checks: tuple[Checked, ...] = ()


def work_out(policy: Policy, case: Case) -> Found:
    """Tier, plan and checks of a case, by the functions that pages and services use."""
    assessment, given = _assessment(policy, case.given), case.given
    facts: Mapping[str, FactValue] = (
        assessment.facts if assessment else {name: value for name, value in given.facts.items() if value is not None}
    )
    is_open = assessment is not None and bool(assessment.missing or assessment.contradictions)
    tier = None if is_open else assessment.tier if assessment else given.tier
    if given.gate is None or tier is None:
        return Found(assessment, tier, facts)
    plan = decide_plan(policy, given.gate, facts, tier)
    material = _material(case, plan, facts, tier)
    references = references_of(policy, material)
    answers = {planned.item.id: answer for planned in plan.items if (answer := _answer(planned, case, references)) is not None}
    checks = evaluated(policy, replace(material, answers=answers), case.now)
    return Found(assessment, tier, facts, plan, tuple(_as_told(policy, check, case, answers, references) for check in checks))


def _assessment(policy: Policy, given: GivenModel) -> Assessment | None:
    if not (given.questions or given.statements or given.asked):
        return None
    questions = {name: option for name, option in given.questions.items() if option is not None}
    statements = {name: str(answer) for name, answer in given.statements.items() if answer is not None}
    asked = {name: value for name, value in given.asked.items() if value is not None}
    return assess_initiative(policy, Answers(questions, statements, asked))


def _as_told(policy: Policy, check: Checked, case: Case, answers: Mapping[str, Answer], references: References) -> Checked:
    """A check that a record answers, as if the record said what the case tells; a form, also as it tells of all others."""
    answer = answers.get(check.item.id)
    is_told = check.item.id in case.given.answers or check.item.source == ML_TEST_SCORE
    if check.item.source not in KEPT_RECORDS or not is_told or answer is None:
        return check
    return Checked(check.planned, answer, checklist.evaluate(check.planned, answer, references, case.now, policy.max_age_days))


def _material(case: Case, plan: Plan, facts: Mapping[str, FactValue], tier: Tier) -> Material:
    given = case.given
    team = list(Function) if given.team is None else given.team
    due = [case.now.date() + timedelta(days=days) for days in given.points_due_in_days or []]
    approved = [_stated(metric, value, "", "share", case.now) for metric, value in given.approved.items() if value is not None]
    return Material(
        initiative=case.id,
        name=case.title,
        summary="",
        unit="",
        lead="lead",
        model_version="1",
        score=0,
        tier=tier,
        tier_by="",
        facts=facts,
        plan=plan,
        answers={},
        team=tuple(TeamMember(function, "somebody", None, 8) for function in team),
        open_points=tuple(OpenPoint(f"F-{number}", FindingSeverity.MEDIUM, "lead", day) for number, day in enumerate(due, 1)),
        limits=tuple(StatedLimit(name, value.value, value.unit or "share", value.good) for name, value in given.limits.items() if value),
        approved={value.metric: value for value in approved},
    )


def _answer(planned: PlannedItem, case: Case, references: References) -> Answer | None:
    """What was answered: as the case tells it, or as it tells of all others, with sound evidence where it says nothing about it."""
    told = case.given.answers.get(planned.item.id) or SOUND.model_copy(update={"claim": case.given.others or SOUND.claim})
    if told.claim == "unanswered":
        return None
    then = case.now - timedelta(days=told.age)
    usual = [sound.evidence(planned.item.evidence, then)]
    return Answer(
        item=planned.item.id,
        claim=AnswerState(told.claim),
        by="lead",
        at=case.now,
        values=_values(planned, told.values_by_metric, references, then),
        evidence=tuple(usual if told.evidence is None else [_piece(piece, case.now) for piece in told.evidence]),
        carried=told.carried,
    )


def _values(
    planned: PlannedItem, told: Mapping[str, Sequence[ValueModel]], references: References, now: datetime
) -> tuple[StatedValue, ...]:
    """The values that the case tells, and sound ones for every other metric of the item."""
    parts = planned.thresholds.parts if planned.thresholds else ()
    units = {name: part.unit for part in parts for name in part.names} | {
        name: part.unit for part in reversed(parts) for name in sound.beside(part)
    }
    windows = {name: part.window for part in parts for name in part.names}
    stated = [
        _stated(metric, value, windows.get(metric, ""), units.get(metric, ""), now) for metric, rows in told.items() for value in rows
    ]
    return (*stated, *sound.values(planned, told, references, now))


def _stated(metric: str, told: ValueModel, window: str, unit: str, now: datetime) -> StatedValue:
    return StatedValue(
        metric=metric,
        value=told.value,
        unit=told.unit or unit,
        window=window,
        n=told.n,
        measured_at=now - timedelta(days=told.age),
        source="the case",
        good=told.good,
        low=told.low,
        high=told.high,
        kpi=told.kpi,
    )


def _piece(told: PieceModel, now: datetime) -> Evidence:
    expires = None if told.expires is None else now.date() + timedelta(days=told.expires)
    return replace(sound.evidence(told.kind, now), effective=now.date() - timedelta(days=told.age), expires=expires)
