"""What an answer amounts to: the program compares the values; nobody types “pass”."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from governance.domain import text
from governance.domain.comparison import Comparison, Outcome, References, compare_all
from governance.domain.dossier import Answer
from governance.domain.exemptions import Waiver
from governance.domain.limits import metric_in_words
from governance.domain.policy import Combination, PlannedItem, Thresholds
from governance.domain.vocabulary import AnswerState, Applies, EvidenceKind, Severity

UNDECIDED = frozenset({AnswerState.NOT_STARTED, AnswerState.IN_PROGRESS, AnswerState.INCONCLUSIVE, AnswerState.STALE})
PASSING = frozenset({AnswerState.MET, AnswerState.NOT_APPLICABLE, AnswerState.WAIVED})


@dataclass(frozen=True, slots=True)
class Evaluated:
    state: AnswerState
    why: str | None = None
    comparisons: tuple[Comparison, ...] = ()


def evaluate(
    planned: PlannedItem, answer: Answer | None, references: References, now: datetime, usual_age: Mapping[EvidenceKind, int]
) -> Evaluated:
    """The state of an item. Anything that cannot be decided is inconclusive, never met."""
    match planned.applicability.applies:
        case Applies.NO:
            return Evaluated(AnswerState.NOT_APPLICABLE, planned.applicability.why)
        case Applies.UNDECIDED:
            return Evaluated(AnswerState.INCONCLUSIVE, planned.applicability.why)
    if answer is None:
        return Evaluated(AnswerState.NOT_STARTED, "nobody has answered it")
    if answer.carried or answer.claim is not AnswerState.MET:
        return Evaluated(answer.claim, "loaded as given" if answer.carried else None)
    return _judged(planned, answer, references, now, usual_age)


def _judged(
    planned: PlannedItem, answer: Answer, references: References, now: datetime, usual_age: Mapping[EvidenceKind, int]
) -> Evaluated:
    if not answer.evidence and (planned.item.source is None or planned.thresholds is None):
        return Evaluated(AnswerState.INCONCLUSIVE, f"no evidence yet: {_asked(planned)} is asked for")
    if planned.item.source is None and all(piece.kind is not planned.item.evidence for piece in answer.evidence):
        return Evaluated(AnswerState.INCONCLUSIVE, f"the evidence is of another kind: {_asked(planned)} is asked for")
    comparisons = compare_all(planned.thresholds, answer, references) if planned.thresholds else ()
    state, why = _combined(planned.thresholds, comparisons)
    if state is AnswerState.MET and (old := _too_old(planned, answer, now, usual_age)):
        return Evaluated(AnswerState.STALE, old, comparisons)
    return Evaluated(state, why, comparisons)


def _asked(planned: PlannedItem) -> str:
    return text.one(planned.item.evidence.value.replace("_", " "))


def _combined(thresholds: Thresholds | None, comparisons: tuple[Comparison, ...]) -> tuple[AnswerState, str | None]:
    """All of: a failure beats what is inconclusive. Any of: one success is enough."""
    if thresholds is None:
        return AnswerState.MET, None
    outcomes = {comparison.outcome for comparison in comparisons}
    if thresholds.combination is Combination.ANY_OF and Outcome.SUCCESSFUL in outcomes:
        return AnswerState.MET, None
    if thresholds.combination is Combination.ANY_OF and Outcome.INCONCLUSIVE in outcomes:
        return AnswerState.INCONCLUSIVE, _first(comparisons, Outcome.INCONCLUSIVE)
    if Outcome.FAILED in outcomes:
        return AnswerState.NOT_MET, _first(comparisons, Outcome.FAILED)
    if Outcome.INCONCLUSIVE in outcomes or not comparisons:
        return AnswerState.INCONCLUSIVE, _first(comparisons, Outcome.INCONCLUSIVE)
    return AnswerState.MET, None


def _first(comparisons: tuple[Comparison, ...], outcome: Outcome) -> str:
    found = [f"{metric_in_words(c.threshold)}: {c.why}" for c in comparisons if c.outcome is outcome]
    return found[0] if found else "nothing was compared"


def _too_old(planned: PlannedItem, answer: Answer, now: datetime, usual_age: Mapping[EvidenceKind, int]) -> str | None:
    """Counted from the measurement, else from the evidence's date in force, never from the upload."""
    for piece in answer.evidence:
        if piece.expires is not None and piece.expires < now.date():
            return f"“{piece.title}” expired on {piece.expires.isoformat()}"
    limit = planned.item.max_age_days or usual_age.get(planned.item.evidence)
    if limit is None:
        return None
    age = (now.date() - min(_dates(planned, answer))).days
    return f"{age} days old, at most {limit} are allowed" if age > limit else None


def _dates(planned: PlannedItem, answer: Answer) -> list[date]:
    """Of what was measured; else of the newest evidence of the kind that is asked for: another kind keeps nothing fresh.

    Never empty for what is met: that rests on a value or on evidence.
    """
    wanted = {name for threshold in planned.thresholds.parts for name in threshold.names} if planned.thresholds else set()
    measured = [value.measured_at.date() for value in answer.values if value.metric in wanted]
    asked = [piece.effective for piece in answer.evidence if piece.kind is planned.item.evidence]
    in_force = asked or [piece.effective for piece in answer.evidence]
    return measured or sorted(in_force)[-1:]


def outlived(evaluated: Evaluated, answer: Answer | None, model_version: str) -> Evaluated:
    """The same where a piece it rests on counts no more: what was met is stale. What was loaded as given is not looked at again."""
    if answer is None or answer.carried or evaluated.state is not AnswerState.MET:
        return evaluated
    why = next((why for piece in answer.evidence if (why := piece.lapsed(model_version))), None)
    return Evaluated(AnswerState.STALE, f"{why}: answer again", evaluated.comparisons) if why else evaluated


def waived(planned: PlannedItem, evaluated: Evaluated, waiver: Waiver) -> Evaluated:
    """The same under a waiver in force: whatever is short of met is waived. Whether it applies at all has to be decided first."""
    if planned.applicability.applies is not Applies.YES or evaluated.state is AnswerState.MET:
        return evaluated
    without = evaluated.why or evaluated.state.value.replace("_", " ")
    why = f"waived until {waiver.expires.isoformat()} ({waiver.id}); without that: {without}"
    return Evaluated(AnswerState.WAIVED, why, evaluated.comparisons)


def blocks(planned: PlannedItem, evaluated: Evaluated) -> bool:
    """Whether a request cannot be submitted because of this item. Advisory items never block."""
    return planned.item.severity is not Severity.ADVISORY and evaluated.state in UNDECIDED


def passes(planned: PlannedItem, evaluated: Evaluated) -> bool:
    """Whether a gate can pass with this item as it is."""
    return planned.item.severity is Severity.ADVISORY or evaluated.state in PASSING
