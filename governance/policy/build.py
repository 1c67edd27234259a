"""From checked models to domain values."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from governance.domain.policy import (
    Band,
    Clause,
    Combination,
    Fact,
    FactValue,
    Framework,
    Gate,
    Item,
    Limit,
    Option,
    Policy,
    Question,
    Seat,
    Statement,
    StatementKind,
    Threshold,
    Thresholds,
    Tiering,
    Value,
)
from governance.domain.vocabulary import GateKind, Stage, Tier
from governance.policy.models import FileModel, FrameworkModel, GateModel, ItemModel, StatementModel, ThresholdModel, TieringModel
from governance.policy.shape import threshold_parts

AS_THE_METRIC = "as the metric"


def build(models: Sequence[FileModel], digest: str) -> Policy:
    """The policy. The models are complete and free of faults."""
    whole: dict[str, Any] = {key: getattr(model, key) for model in models for key in model.model_fields_set}
    gates = [_gate(model.gate) for model in models if model.gate]
    return Policy(
        id=whole["policy"].id,
        version=whole["policy"].version,
        title=whole["policy"].title,
        digest=digest,
        gates={gate.id: gate for gate in sorted(gates, key=_place)},
        facts={name: Fact(name, tuple(fact.values), tuple(fact.from_), fact.ask) for name, fact in whole["facts"].items()},
        tiering=_tiering(whole["risk_tiering"]),
        limits={
            name: Limit(name, None if limit.unit == AS_THE_METRIC else limit.unit, limit.meaning)
            for name, limit in whole["limits"].names.items()
        },
        frameworks={framework.id: _framework(framework) for framework in whole["frameworks"]},
        max_age_days=whole["freshness"].default_max_age_days,
        signoff_valid_days={
            tier: int(whole["signoffs"].valid_days[tier.value]) for tier in Tier if tier.value in whole["signoffs"].valid_days
        },
        finding_due_days=whole["findings"].default_due_days,
        attribution_minimum={gate: dict(_levels(levels)) for gate, levels in whole["attribution"].gate_minimum.items()},
        app_sources=whole["app_sources"],
        pilot_weeks=(whole["pilot"].default_weeks, whole["pilot"].max_weeks),
    )


def _place(gate: Gate) -> tuple[int, str]:
    """Passages first, in the order of the stages they leave; then recurring gates and exits."""
    return (list(GateKind).index(gate.kind) * 10 + min(list(Stage).index(stage) for stage in gate.leaves), gate.id)


def _levels(levels: Mapping[str, str]) -> Iterator[tuple[Tier, str]]:
    yield from ((tier, levels[tier.value]) for tier in Tier if tier.value in levels)


def _gate(model: GateModel) -> Gate:
    left = [model.stage] if model.kind is GateKind.RECURRING else model.from_ if isinstance(model.from_, list) else [model.from_]
    return Gate(
        id=model.id,
        name=model.name,
        kind=model.kind,
        question=model.question,
        seats=tuple(
            Seat(
                id=seat.id,
                function=seat.function,
                label=seat.label,
                covers=frozenset(seat.covers),
                when=seat.when,
                independent=seat.independent,
                qualification=seat.qualification,
                order=seat.order,
            )
            for seat in model.seats
        ),
        items=tuple(_item(item) for item in model.items),
        leaves=frozenset(stage for stage in left if stage is not None),
        enters=model.to,
        every_days={Tier(tier): days for tier, days in (model.every_days or {}).items()},
        grace_days=model.grace_days,
    )


def _item(model: ItemModel) -> Item:
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
        thresholds=_thresholds(model.threshold) if model.threshold else None,
        max_age_days=model.max_age_days,
    )


def _thresholds(raw: dict[str, Any]) -> Thresholds:
    combination, parts = threshold_parts(raw)
    return Thresholds(Combination(combination), tuple(_threshold(ThresholdModel.model_validate(part)) for part in parts))


def _threshold(model: ThresholdModel) -> Threshold:
    per_tier = {Tier(tier): _value(value) for tier, value in model.value.items()} if isinstance(model.value, dict) else {}
    return Threshold(
        metric=model.metric,
        comparator=model.comparator,
        unit=model.unit,
        window=model.window,
        min_n=model.min_n,
        value=None if per_tier or model.value is None else _value(model.value),
        per_tier=per_tier,
        compare_with=model.compare_with,
        bound=model.bound,
        factor=_decimal(model.factor),
        margin=_decimal(model.margin),
        allow=_decimal(model.allow),
        for_each=model.for_each,
        when=model.when,
        basis=model.basis,
    )


def _value(value: Any) -> Value:
    if isinstance(value, list):
        return Decimal(value[0]), Decimal(value[1])
    return value if isinstance(value, str) else Decimal(value)


def _decimal(value: Decimal | int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _tiering(model: TieringModel) -> Tiering:
    return Tiering(
        questions=tuple(
            Question(q.id, q.text, tuple(Option(o.key, o.points, o.text, _facts(o.implies)) for o in q.options)) for q in model.questions
        ),
        statements=(
            *(_statement(statement, StatementKind.HARD_STOP) for statement in model.hard_stops),
            *(_statement(statement, StatementKind.FLOOR) for statement in model.floors),
            *(_statement(statement, StatementKind.EXCEPTION) for statement in model.exceptions),
        ),
        bands=tuple(Band(Tier(band.tier), band.from_, band.to) for band in model.bands),
        max_score=model.max_score,
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
        implies={answer: _facts(facts) for answer, facts in model.implies.items()},
        maps=tuple(model.maps),
    )


def _facts(implied: Mapping[str, FactValue]) -> dict[str, FactValue]:
    return {name.removeprefix("facts."): value for name, value in implied.items()}


def _framework(model: FrameworkModel) -> Framework:
    source = model.source if isinstance(model.source, str) else "; ".join(model.source)
    clauses = tuple(Clause(name, text if isinstance(text, str) else text.what) for name, text in model.items.items())
    return Framework(model.id, model.name, model.version, model.status, source, model.effective_from, model.superseded_by, clauses)
