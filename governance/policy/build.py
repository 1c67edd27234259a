"""From checked models to domain values."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from governance.domain.evidence_scope import TOLD_BEFORE
from governance.domain.metrics import Metrics
from governance.domain.policy import (
    Checklist,
    Clause,
    Combination,
    Fact,
    Framework,
    Gate,
    Item,
    Limit,
    Look,
    Policy,
    Seat,
    Threshold,
    Thresholds,
    Translation,
    WaiverRules,
)
from governance.domain.questionnaire import Band, Deduction, FactValue, Option, Question, Statement, StatementKind, Tiering
from governance.domain.vocabulary import GateKind, Stage, Tier
from governance.policy.checklists import ALWAYS, both, name_at
from governance.policy.metrics import family_of, metrics_in
from governance.policy.models import (
    AllOf,
    AnyOf,
    ChecklistModel,
    FileModel,
    GateModel,
    ItemModel,
    SeatModel,
    ThresholdModel,
    ThresholdsModel,
)
from governance.policy.models_frameworks import DutyModel, FrameworkModel
from governance.policy.models_tiering import FactModel, QuestionModel, StatementModel, TieringModel, TranslationModel
from governance.policy.sections import ByTier, WaiversModel
from governance.policy.sections_running import MinimumModel, WaiverReminderModel

AS_THE_METRIC = "as the metric"


def build(models: Sequence[FileModel], digest: str) -> Policy:
    """The policy. The models are complete and free of faults."""
    whole: dict[str, Any] = {key: getattr(model, key) for model in models for key in model.model_fields_set}
    checklists = [model.checklist for model in models if model.checklist]
    metrics = metrics_in(models)
    gates = [_gate(model.gate, [one for one in checklists if model.gate.id in one.gates], metrics) for model in models if model.gate]
    return Policy(
        id=whole["policy"].id,
        version=whole["policy"].version,
        title=whole["policy"].title,
        digest=digest,
        gates={gate.id: gate for gate in sorted(gates, key=_place)},
        facts={name: _fact(name, fact) for name, fact in whole["facts"].items()},
        tiering=_tiering(whole["risk_tiering"]),
        limits={
            name: Limit(name, None if limit.unit == AS_THE_METRIC else limit.unit, limit.meaning)
            for name, limit in whole["limits"].names.items()
        },
        frameworks={framework.id: _framework(framework) for model in models for framework in model.frameworks or []},
        max_age_days=whole["freshness"].default_max_age_days,
        signoff_valid_days=_by_tier(whole["signoffs"].valid_days),
        finding_due_days=whole["findings"].default_due_days.model_dump(),
        attribution_minimum={gate: _levels(levels) for gate, levels in whole["attribution"].gate_minimum.items()},
        app_sources=whole["app_sources"],
        pilot_weeks=(whole["pilot"].default_weeks, whole["pilot"].max_weeks),
        language=whole["policy"].language,
        translations={one.language: Translation(one.language, one.name, one.texts) for one in _given(models)},
        checklists={one.id: _checklist(one) for one in checklists},
        waivers=_waivers(whole["waivers"], whole["reminders"].waiver) if "waivers" in whole and "reminders" in whole else None,
        metrics=metrics,
        evidence_told_before=tuple(whole["reminders"].evidence_expiry.days_before) if "reminders" in whole else TOLD_BEFORE,
    )


def _waivers(model: WaiversModel, told: WaiverReminderModel) -> WaiverRules:
    return WaiverRules(
        only_for=model.only_for,
        max_days=_by_tier(model.max_days),
        renewals=model.renewals.max,
        renewal_rule=model.renewals.rule,
        grace_days=model.on_expiry.grace_days,
        suspended_after_days=model.on_expiry.suspended_after_days,
        share_of_life=told.at_share_of_life,
        days_before=tuple(told.then_days_before),
    )


def _place(gate: Gate) -> tuple[int, str]:
    """Passages first, in the order of the stages they leave; then recurring gates and exits."""
    return (list(GateKind).index(gate.kind) * 10 + min(list(Stage).index(stage) for stage in gate.leaves), gate.id)


def _by_tier(model: ByTier) -> dict[Tier, int]:
    return {Tier.LOW: model.low, Tier.MEDIUM: model.medium, Tier.HIGH: model.high}


def _levels(model: MinimumModel) -> dict[Tier, str]:
    return {Tier.LOW: model.low, Tier.MEDIUM: model.medium, Tier.HIGH: model.high}


def _given(models: Sequence[FileModel]) -> list[TranslationModel]:
    return [model.translation for model in models if model.translation]


def _checklist(model: ChecklistModel) -> Checklist:
    return Checklist(model.id, model.version, model.title, model.when, tuple(model.gates))


def _gate(model: GateModel, checklists: Sequence[ChecklistModel], metrics: Metrics) -> Gate:
    """The gate with what the checklists add to it."""
    return Gate(
        id=model.id,
        name=model.name,
        kind=model.kind,
        question=model.question,
        seats=(*map(_seat, model.seats), *(_seat(seat, one.when) for one in checklists for seat in one.seats)),
        items=(
            *(_item(item, metrics) for item in model.items),
            *(_used(item, model, one, metrics) for one in checklists for item in one.items),
        ),
        leaves=frozenset(model.leaves),
        enters=model.to,
        every_days=_by_tier(model.every_days) if model.every_days else {},
        grace_days=model.grace_days,
    )


def _seat(model: SeatModel, where: str = ALWAYS) -> Seat:
    return Seat(
        id=model.id,
        function=model.function,
        label=model.label,
        covers=frozenset(model.covers),
        when=both(where, model.when),
        independent=model.independent,
        qualification=model.qualification,
        order=model.order,
        looks_at=tuple(Look(look.id, look.text) for look in model.looks_at),
    )


def _used(model: ItemModel, gate: GateModel, checklist: ChecklistModel, metrics: Metrics) -> Item:
    """A check of a checklist, at one of the gates that use it."""
    when = both(checklist.when, model.when)
    return replace(_item(model, metrics), id=name_at(gate.id, model.id), when=when, checklist=checklist.id)


def _item(model: ItemModel, metrics: Metrics) -> Item:
    return Item(
        id=model.id,
        title=model.title,
        owner=model.owner,
        severity=model.severity,
        question=model.question,
        evidence=model.evidence.kind,
        requirement=model.evidence.requirement,
        when=model.when,
        why=model.why,
        maps=tuple(model.maps),
        source=model.source,
        thresholds=_thresholds(model.threshold, metrics) if model.threshold else None,
        max_age_days=model.max_age_days,
        guidance=model.guidance,
        typical=model.evidence.typical,
    )


def threshold_parts(model: ThresholdsModel) -> tuple[Combination, list[ThresholdModel]]:
    """How the thresholds of an item combine, and each of them."""
    match model:
        case AllOf():
            return Combination.ALL_OF, model.all_of
        case AnyOf():
            return Combination.ANY_OF, model.any_of
        case ThresholdModel():
            return Combination.ALL_OF, [model]


def _thresholds(model: ThresholdsModel, metrics: Metrics) -> Thresholds:
    combination, parts = threshold_parts(model)
    return Thresholds(combination, tuple(_threshold(part, metrics) for part in parts))


def _threshold(model: ThresholdModel, metrics: Metrics) -> Threshold:
    declared, (family, name) = metrics.get(model.metric), family_of(model.compare_with)
    beside = metrics.get(name) if family else None
    return Threshold(
        metric=declared.key if declared else model.metric,
        comparator=model.comparator,
        unit=declared.unit if declared and declared.unit and model.unit == AS_THE_METRIC else model.unit,
        window=model.window,
        min_n=model.min_n,
        value=None if isinstance(model.value, dict) else model.value,
        per_tier=model.value if isinstance(model.value, dict) else {},
        compare_with=f"{family}{beside.key}" if beside else model.compare_with,
        bound=model.bound,
        factor=model.factor,
        margin=model.margin,
        allow=model.allow,
        for_each=model.for_each,
        when=model.when,
        basis=model.basis,
        declared=declared,
        beside=beside,
    )


def _tiering(model: TieringModel) -> Tiering:
    return Tiering(
        questions=tuple(map(question, model.questions)),
        statements=(
            *(_statement(statement, StatementKind.HARD_STOP) for statement in model.hard_stops),
            *(_statement(statement, StatementKind.FLOOR) for statement in model.floors),
            *(_statement(statement, StatementKind.EXCEPTION) for statement in model.exceptions),
        ),
        bands=tuple(Band(Tier(band.tier), band.from_, band.to) for band in model.bands),
        max_score=model.max_score,
        measure=model.measure,
        of_asked=model.of_asked,
        places=model.places,
        rounding=model.rounding,
        deduction=Deduction(model.deduction.most, model.deduction.from_share) if model.deduction else None,
    )


def question(model: QuestionModel) -> Question:
    return Question(
        id=model.id,
        text=model.text,
        options=tuple(Option(option.key, option.points, option.text, _facts(option.implies)) for option in model.options),
        several=model.several,
        most=model.most,
        weight=model.weight,
        ask_when=model.ask_when,
        ask_when_answer={other: tuple(answers) for other, answers in model.ask_when_answer.items()},
        mitigates=model.mitigates,
    )


def _statement(model: StatementModel, kind: StatementKind) -> Statement:
    return Statement(
        id=model.id,
        kind=kind,
        question=model.question or model.label or model.id,
        then=model.then,
        when=model.when,
        ask_when=model.ask_when,
        ask_when_answer={other: tuple(answers) for other, answers in model.ask_when_answer.items()},
        exception=model.exception,
        lifts=model.lifts,
        implies={str(answer): _facts(facts) for answer, facts in model.implies.items()},
        maps=tuple(model.maps),
    )


def _facts(implied: Mapping[str, FactValue]) -> dict[str, FactValue]:
    return {name.removeprefix("facts."): value for name, value in implied.items()}


def _fact(name: str, model: FactModel) -> Fact:
    return Fact(name, tuple(model.values), tuple(model.from_), model.ask, model.said, model.unless)


def _framework(model: FrameworkModel) -> Framework:
    return Framework(
        id=model.id,
        title=model.name,
        version=model.version,
        status=model.status,
        source="; ".join(model.source),
        effective_from=model.effective_from,
        superseded_by=model.superseded_by,
        clauses=tuple(_clause(name, said) for name, said in model.items.items()),
        effective_to=model.effective_to,
        date_status=model.date_status,
        scope=model.scope_note,
        licence=model.licence_note,
    )


def _clause(name: str, said: str | DutyModel) -> Clause:
    return Clause(name, said) if isinstance(said, str) else Clause(name, said.what, said.who, said.applies, said.note)
