"""The checks of a request as rows of a table: state, value beside limit, evidence."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from governance.domain.checks import Checked
from governance.domain.comparison import Comparison
from governance.domain.dossier import Answer, Evidence, StatedValue
from governance.domain.limits import limit_in_words, metric_in_words, parts
from governance.domain.vocabulary import AnswerState, Function
from governance.reads import words
from governance.web import current
from governance.web.bars import Bar, bar
from governance.words import word


@dataclass(frozen=True, slots=True)
class Measure:
    """One comparison: the value, its limit in words, where it lies."""

    metric: str
    value: str
    unit: str
    detail: str
    limit: str
    was: str
    bar: Bar | None


@dataclass(frozen=True, slots=True)
class Row:
    """A check with its comparisons and evidence."""

    check: Checked
    measures: tuple[Measure, ...]
    note: str
    author: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Group:
    function: Function
    yours: bool
    rows: tuple[Row, ...]


def groups(
    checked: Sequence[Checked], yours: Collection[Function], names: Mapping[str, str], before: Mapping[str, Answer]
) -> tuple[Group, ...]:
    """The applicable checks by function, the reader's own functions first. `before` are the answers of the dossier compared with."""
    notes = words.texts(current.session(), [check.answer.note for check in checked if check.answer])
    found = []
    for function in sorted(Function, key=lambda function: function not in yours):
        rows = tuple(
            _row(check, names, notes, before.get(check.item.id)) for check in checked if check.applies and check.item.owner is function
        )
        if rows:
            found.append(Group(function, function in yours, rows))
    return tuple(found)


def tally(checked: Sequence[Checked]) -> str:
    """“12 of 15 checks are met, 1 is waived, 2 are stale”: every state of what applies, each apart."""
    found = Counter(check.evaluated.state for check in checked if check.applies)
    total, met = found.total(), found[AnswerState.MET]
    said = f"All {total} checks are met" if met == total > 1 else f"{met} of {total} checks are met"
    others = [(state, found[state]) for state in AnswerState if state is not AnswerState.MET and found[state]]
    return ", ".join([said, *(f"{count} {'is' if count == 1 else 'are'} {word(state).past}" for state, count in others)])


def waived_words(checked: Sequence[Checked]) -> Mapping[str, str]:
    """What the waivers of these checks say, by digest; what the record lost says so."""
    named = [digest for check in checked if check.waiver for digest in (check.waiver.reason, check.waiver.control)]
    texts = words.texts(current.session(), named) if named else {}
    return {digest: texts.get(digest, words.GONE) for digest in named}


def _row(check: Checked, names: Mapping[str, str], notes: Mapping[str, str], before: Answer | None) -> Row:
    answer = check.answer
    return Row(
        check=check,
        measures=tuple(_measure(comparison, _earlier(comparison, before)) for comparison in check.evaluated.comparisons),
        note=notes.get(answer.note or "", "") if answer else "",
        author=names.get(answer.by, "") if answer else "",
        evidence=answer.evidence if answer else (),
    )


def _earlier(comparison: Comparison, before: Answer | None) -> str | None:
    """What the dossier compared with says of the metric, by whichever of its names."""
    found = [value.value for value in before.values if value.metric in comparison.threshold.names] if before else []
    return found[-1] if found else None


def _measure(comparison: Comparison, before: str | None) -> Measure:
    measured, threshold = comparison.measured, comparison.threshold
    was = before if before is not None and measured is not None and before != measured.value else None
    value, unit = parts(measured.value, measured.unit) if measured else ("", "")
    return Measure(
        metric=metric_in_words(threshold),
        value=value,
        unit=unit,
        detail=_detail(measured) if measured else "",
        limit=_limit(comparison),
        was=parts(was, measured.unit)[0] if was and measured else "",
        bar=bar(comparison, was),
    )


def _detail(measured: StatedValue) -> str:
    ends = [parts(end, measured.unit)[0] for end in (measured.low, measured.high) if end]
    found = [f"n {measured.n:,}" if measured.n > 1 else "", f"95 %: {' to '.join(ends)}" if ends else ""]
    return ", ".join(part for part in found if part)


def _limit(comparison: Comparison) -> str:
    """The limit in words, with the number behind a reference and the sample it needs."""
    measured, reference = comparison.measured, comparison.reference
    if measured is None or comparison.threshold.compare_with is None:
        return limit_in_words(comparison.threshold)
    return limit_in_words(comparison.threshold, measured.unit, reference)
