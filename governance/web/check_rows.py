"""The checks of a request as rows of a table: state, value beside limit, evidence."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from governance.domain.comparison import Comparison, in_words, limit_in_words
from governance.domain.dossier import Answer, Evidence, StatedValue
from governance.domain.vocabulary import Function
from governance.reads import words
from governance.reads.checklist_pages import UNSAID, amount
from governance.reads.checks import Checked
from governance.web import current
from governance.web.bars import Bar, bar


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


def _row(check: Checked, names: Mapping[str, str], notes: Mapping[str, str], before: Answer | None) -> Row:
    answer = check.answer
    earlier = {value.metric: value.value for value in before.values} if before else {}
    return Row(
        check=check,
        measures=tuple(_measure(comparison, earlier.get(comparison.threshold.metric)) for comparison in check.evaluated.comparisons),
        note=notes.get(answer.note or "", "") if answer else "",
        author=names.get(answer.by, "") if answer else "",
        evidence=answer.evidence if answer else (),
    )


def _measure(comparison: Comparison, before: str | None) -> Measure:
    measured, threshold = comparison.measured, comparison.threshold
    was = before if before is not None and measured is not None and before != measured.value else None
    value, unit = amount(measured.value, measured.unit) if measured else ("", "")
    return Measure(
        metric=threshold.metric.replace("_", " "),
        value=value,
        unit=unit,
        detail=_detail(measured) if measured else "",
        limit=_limit(comparison),
        was=amount(was, measured.unit)[0] if was and measured else "",
        bar=bar(comparison, was),
    )


def _detail(measured: StatedValue) -> str:
    ends = [amount(end, measured.unit)[0] for end in (measured.low, measured.high) if end]
    parts = [f"n {measured.n:,}" if measured.n > 1 else "", f"95 %: {' to '.join(ends)}" if ends else ""]
    return ", ".join(part for part in parts if part)


def _limit(comparison: Comparison) -> str:
    """The limit in words, with the number behind a reference and the sample it needs."""
    threshold = comparison.threshold
    words_of_it, needs, n = limit_in_words(threshold).partition(", n at least ")
    unit = threshold.unit
    if isinstance(threshold.value, Decimal) and unit in ("share", *UNSAID):
        number, shown = ((threshold.value * 100).normalize(), "%") if unit == "share" else (threshold.value, "")
        words_of_it = in_words(threshold.comparator, number, shown)
    elif threshold.compare_with and comparison.reference and comparison.measured:
        words_of_it += f" ({' '.join(amount(comparison.reference, comparison.measured.unit)).strip()})"
    return words_of_it + needs + n
