"""What a case leaves unsaid: answers with sound evidence, and values that the rules themselves find good enough."""

from collections.abc import Container, Iterator
from datetime import datetime
from decimal import Decimal

from governance.domain.comparison import KEPT_REFERENCES, Outcome, Reference, References, compare
from governance.domain.dossier import Answer, Evidence, StatedValue
from governance.domain.limits import AS_THE_METRIC
from governance.domain.numbers import LEVELS, decimal
from governance.domain.policy import PlannedItem, Threshold
from governance.domain.vocabulary import AnswerState, EvidenceKind, Good

BESIDE = Decimal("0.8")
"""What was measured beside a value, where a case does not say: a share like any other."""

STEPS = (Decimal(1), Decimal(2), Decimal("1.1"), Decimal("0.9"), Decimal("0.5"), Decimal(0))


def evidence(kind: EvidenceKind, now: datetime) -> Evidence:
    """A piece of evidence in force since the moment of the case."""
    return Evidence("E-1", kind, "evidence of the case", "0" * 64, now.date(), "lead", now)


def values(planned: PlannedItem, told: Container[str], references: References, now: datetime) -> list[StatedValue]:
    """Values that meet every threshold of an item, as far as any can, but for those that the case tells."""
    parts = planned.thresholds.parts if planned.thresholds else ()
    found = (value for part in parts for value in _meeting(planned, part, told, references, now))
    return list({value.metric: value for value in found}.values())


def beside(part: Threshold) -> tuple[str, ...]:
    """The names under which what a threshold compares with is stated beside its value."""
    return part.beside.names if part.beside else ((part.compare_with or "").removeprefix("measured."),)


def _meeting(planned: PlannedItem, part: Threshold, told: Container[str], references: References, now: datetime) -> Iterator[StatedValue]:
    reference = _beside(part, references, now)
    stated = [reference] if reference else []
    yield from stated if not any(name in told for name in beside(part)) else ()
    for text in _candidates(part, references) if not any(name in told for name in part.names) else ():
        value = _stated(part, part.metric, text, _unit(part, references), now)
        answer = Answer(planned.item.id, AnswerState.MET, "lead", now, values=(value, *stated))
        if compare(part, value, answer, references).outcome is Outcome.SUCCESSFUL:
            yield value
            return


def _beside(part: Threshold, references: References, now: datetime) -> StatedValue | None:
    """What a value is compared with, where no record has it."""
    name = part.compare_with
    if name is None or name in references or name.startswith(KEPT_REFERENCES):
        return None
    return _stated(part, beside(part)[0], str(BESIDE), _unit(part, references), now)


def _candidates(part: Threshold, references: References) -> Iterator[str]:
    limit = part.value
    if isinstance(limit, tuple):
        limit = limit[0]
    if limit is None:
        limit = decimal(references.get(part.compare_with or "", Reference(str(BESIDE))).value) or Decimal(0)
    if isinstance(limit, Decimal):
        yield from (f"{limit * step:f}" for step in STEPS)
        yield from (f"{limit + 1:f}", f"{limit - 1:f}")
    yield from reversed(LEVELS)


def _unit(part: Threshold, references: References) -> str:
    kept = references.get(part.compare_with or "")
    return part.unit if part.unit not in AS_THE_METRIC else (kept.unit if kept else None) or "share"


def _stated(part: Threshold, metric: str, text: str, unit: str, now: datetime) -> StatedValue:
    declared = part.declared.good if part.declared else None
    good = Good.UP.value if part.unit in AS_THE_METRIC and declared is None else None
    return StatedValue(metric, text, unit, part.window, part.min_n, now, "the case", good, text, text)
