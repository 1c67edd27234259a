"""The metrics that a policy declares: what they are called, and under which names their values count."""

from collections.abc import Iterator, Mapping

from governance.domain import strictness
from governance.domain.metrics import Metric
from governance.domain.policy import Policy, Threshold
from governance.domain.policy_changes import Change, Effect, Kind
from governance.domain.vocabulary import RELATIVE
from governance.policy.differences.fields import Place, unequal


def changes(before: Policy, after: Policy) -> Iterator[Change]:
    """What a declaration does where thresholds use it. A name less or more is unclear: values count that did not, and where two names
    say different things nothing is decided that was. A unit shows at the thresholds that leave it to the metric.
    """
    thresholds = [*_thresholds(before), *_thresholds(after)]
    used = {metric.key for one in thresholds for metric in (one.declared, one.beside) if metric}
    led = {one.declared.key for one in thresholds if one.declared and one.comparator in RELATIVE}
    for key, old, new in unequal(_by_key(before), _by_key(after)):
        found = new or old
        assert found is not None
        place = Place(part=key, title=found.label)
        names = Effect.UNCLEAR if key in used else Effect.NEITHER
        direction = Effect.UNCLEAR if key in led else Effect.NEITHER
        if old is None or new is None:
            effect = strictness.together([names if found.also_called else Effect.NEITHER, direction if found.good else Effect.NEITHER])
            kind = Kind.METRIC_REMOVED if new is None else Kind.METRIC_ADDED
            yield place.change(kind, effect, *((_said(found), None) if new is None else (None, _said(found))))
        else:
            yield from _changed(place, old, new, names, direction)


def _changed(place: Place, old: Metric, new: Metric, names: Effect, direction: Effect) -> Iterator[Change]:
    if old.label != new.label:
        yield place.change(Kind.METRIC_LABEL, Effect.NEITHER, old.label, new.label)
    if old.unit != new.unit:
        yield place.change(Kind.METRIC_UNIT, Effect.NEITHER, old.unit, new.unit)
    if old.good is not new.good:
        yield place.change(Kind.METRIC_GOOD, direction, old.good, new.good)
    yield from (place.change(Kind.METRIC_NAME_REMOVED, names, before=name) for name in old.also_called if name not in new.also_called)
    yield from (place.change(Kind.METRIC_NAME_ADDED, names, after=name) for name in new.also_called if name not in old.also_called)


def _said(metric: Metric) -> tuple[str, ...]:
    """What it is called, and then its other names."""
    return metric.label, *metric.also_called


def _by_key(policy: Policy) -> Mapping[str, Metric]:
    return {metric.key: metric for metric in policy.metrics.values()}


def _thresholds(policy: Policy) -> Iterator[Threshold]:
    items = (item for gate in policy.gates.values() for item in gate.items)
    return (part for item in items if item.thresholds for part in item.thresholds.parts)
