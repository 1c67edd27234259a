"""The rules that a dossier is judged by, as its sections hold them: what a check asks, and who signs."""

from governance.domain.plain import Plain
from governance.domain.policy import Item, Plan, PlannedItem, Seat, Threshold
from governance.domain.vocabulary import RELATIVE, Section

LEAST_ATTRIBUTION = "attribution.gate_minimum"
"""What a threshold compares with where the policy asks for an attribution level at a gate."""


def rule(plan: Plan, planned: PlannedItem) -> dict[str, Plain]:
    """What a check asks of this initiative: whatever its answer is judged by. Its title and the reasons for it are no part of that."""
    return {**applicability(planned), **_asks(plan, planned)}


def asked_of(plan: Plan, planned: PlannedItem) -> dict[str, Plain]:
    """What a waiver or an exclusion is given for: the same, whether the check applies left out, and who owns it."""
    return {"item": planned.item.id, "owner": planned.item.owner.value, **_asks(plan, planned)}


def _asks(plan: Plan, planned: PlannedItem) -> dict[str, Plain]:
    item, thresholds = planned.item, planned.thresholds
    parts = thresholds.parts if thresholds else ()
    return {
        "asks": item.question,
        "requires": item.requirement,
        "severity": item.severity.value,
        "evidence": item.evidence.value,
        "source": item.source,
        "max_age_days": _age(plan, item),
        "combination": thresholds.combination.value if thresholds else None,
        "limits": [_limit(plan, part) for part in parts],
    }


def _age(plan: Plan, item: Item) -> int | None:
    return item.max_age_days or plan.usual_age.get(item.evidence)


def _limit(plan: Plan, part: Threshold) -> dict[str, Plain]:
    """A threshold that counts; its values for other tiers, and where it comes from, judge nothing here."""
    told: dict[str, Plain] = {name: getattr(part, name) for name in ("metric", "unit", "window", "min_n", "compare_with", "for_each")}
    decimals: dict[str, Plain] = {name: _decimal(getattr(part, name)) for name in ("factor", "margin", "allow")}
    value = part.value
    stated: Plain = [str(end) for end in value] if isinstance(value, tuple) else _decimal(value)
    least = plan.least_attribution if part.compare_with == LEAST_ATTRIBUTION else None
    limit = {**told, **decimals, "comparator": part.comparator.value, "bound": part.bound.value, "value": stated, "least": least}
    return limit | _declared(part)


def _declared(part: Threshold) -> dict[str, Plain]:
    """What the policy's declarations add to what a value is judged by; nothing where they add none, so that older digests stay.

    Which way is better counts only where the comparator leaves it to the metric. Labels explain, and judge nothing.
    """
    found: dict[str, Plain] = {}
    for name, metric in (("also_called", part.declared), ("compared_also_called", part.beside)):
        if metric and metric.also_called:
            found[name] = [*sorted(metric.also_called)]
    if part.comparator in RELATIVE and part.declared and part.declared.good:
        found["good"] = part.declared.good.value
    return found


def _decimal(value: object) -> str | None:
    return None if value is None else str(value)


def who_signs(seat: Seat) -> dict[str, Plain]:
    """What a seat looks at stands there only where it looks at something, so that dossiers from before keep their digests.

    In the order of the names: in which order a page shows it asks nothing else.
    """
    looks: Plain = [{"id": look.id, "text": look.text} for look in sorted(seat.looks_at, key=lambda look: look.id)]
    return {
        "label": seat.label,
        "covers": [section.value for section in Section if section in seat.covers],
        "independent": seat.independent,
        "qualification": seat.qualification,
        "order": seat.order,
        **({"looks_at": looks} if looks else {}),
    }


def applicability(planned: PlannedItem) -> dict[str, Plain]:
    return {"item": planned.item.id, "applies": planned.applicability.applies.value, "why": planned.applicability.why}
