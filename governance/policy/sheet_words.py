"""What the cells of a spreadsheet of questions mean. Spelling is taken leniently; a word without a meaning is a fault, never a guess."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from governance.domain.text import fold, listed
from governance.domain.vocabulary import Comparator, EvidenceKind, Function, Severity
from governance.policy.editing import Plain
from governance.policy.values import NAME, TIERS


class Column(StrEnum):
    """What a column can hold."""

    QUESTION = "question"
    GATE = "gate"
    OWNER = "owner"
    ID = "id"
    TITLE = "title"
    SEVERITY = "severity"
    EVIDENCE = "evidence"
    KIND = "evidence kind"
    TYPICAL = "typical evidence"
    WHY = "why"
    GUIDANCE = "guidance"
    THRESHOLD = "threshold"
    METRIC = "metric"
    UNIT = "unit"
    WINDOW = "window"
    SAMPLE = "sample"
    FRESH = "fresh for days"
    TIER = "tier"
    LOOKS = "looks at"


NEEDED = (Column.QUESTION, Column.GATE, Column.OWNER)

ALSO: Mapping[str, Column] = {
    "check question": Column.QUESTION,
    "control question": Column.QUESTION,
    "questions": Column.QUESTION,
    "stage gate": Column.GATE,
    "gate name": Column.GATE,
    "function": Column.OWNER,
    "owner function": Column.OWNER,
    "responsible": Column.OWNER,
    "item id": Column.ID,
    "check id": Column.ID,
    "name": Column.TITLE,
    "check": Column.TITLE,
    "short name": Column.TITLE,
    "priority": Column.SEVERITY,
    "evidence wanted": Column.EVIDENCE,
    "expected evidence": Column.EVIDENCE,
    "required evidence": Column.EVIDENCE,
    "requirement": Column.EVIDENCE,
    "evidence type": Column.KIND,
    "kind": Column.KIND,
    "kind of evidence": Column.KIND,
    "usual evidence": Column.TYPICAL,
    "example evidence": Column.TYPICAL,
    "reason": Column.WHY,
    "rationale": Column.WHY,
    "why it is asked": Column.WHY,
    "how to": Column.GUIDANCE,
    "help": Column.GUIDANCE,
    "instructions": Column.GUIDANCE,
    "limit": Column.THRESHOLD,
    "measure": Column.METRIC,
    "measured over": Column.WINDOW,
    "period": Column.WINDOW,
    "min n": Column.SAMPLE,
    "smallest sample": Column.SAMPLE,
    "sample size": Column.SAMPLE,
    "max age days": Column.FRESH,
    "max age": Column.FRESH,
    "freshness": Column.FRESH,
    "tiers": Column.TIER,
    "risk tier": Column.TIER,
    "risk": Column.TIER,
    "looks at before deciding": Column.LOOKS,
    "reviewer looks at": Column.LOOKS,
    "reviewer checklist": Column.LOOKS,
    "box to tick": Column.LOOKS,
}

GATES: Mapping[str, str] = {
    "g1": "G1",
    "pilot to review": "G1",
    "review": "G1",
    "g2": "G2",
    "review to limited production": "G2",
    "limited production": "G2",
    "g3": "G3",
    "limited to full production": "G3",
    "limited production to full production": "G3",
    "full production": "G3",
    "c1": "C1",
    "recertification": "C1",
    "c2": "C2",
    "retirement": "C2",
}
OWNERS: Mapping[str, Function] = {**{fold(one.spoken): one for one in Function}, "it": Function.IT_OPS, "it ops": Function.IT_OPS}
SEVERITIES: Mapping[str, Severity] = {
    **{one.value: one for one in Severity},
    "must": Severity.BLOCKING,
    "should": Severity.WAIVABLE,
    "may": Severity.ADVISORY,
}
KINDS: Mapping[str, EvidenceKind] = {one.value.replace("_", " "): one for one in EvidenceKind}
COMPARATORS: Mapping[str, Comparator] = {
    "<=": Comparator.LTE,
    "≤": Comparator.LTE,
    "at most": Comparator.LTE,
    "no more than": Comparator.LTE,
    ">=": Comparator.GTE,
    "≥": Comparator.GTE,
    "at least": Comparator.GTE,
    "no less than": Comparator.GTE,
    "<": Comparator.LT,
    "under": Comparator.LT,
    "less than": Comparator.LT,
    ">": Comparator.GT,
    "over": Comparator.GT,
    "more than": Comparator.GT,
    "=": Comparator.EQ,
    "exactly": Comparator.EQ,
}
WORDS_OF_LIMITS = "|".join(re.escape(word) for word in sorted(COMPARATORS, key=len, reverse=True))
LIMIT = re.compile(rf"({WORDS_OF_LIMITS})\s*([-+]?[0-9]{{1,15}}(?:\.[0-9]{{1,10}})?)\s*(%?)\s*([^\d%]*)")

Meaning = TypeVar("Meaning")


def column_of(header: str) -> Column | None:
    """The column that a head names, whatever its capitals, hyphens and underscores."""
    said = plain(header)
    return Column(said) if said in set(Column) else ALSO.get(said)


def plain(cell: str) -> str:
    return " ".join(fold(re.sub(r"[_\-/:*?]+", " ", cell)).split())


def meant(words: Mapping[str, Meaning], cell: str, noun: str) -> Meaning:
    """Raises `ValueError` with the words there are."""
    found = words.get(plain(cell))
    if found is None:
        raise ValueError(f"“{cell[:60]}” is no {noun}: write {listed(list(dict.fromkeys(words)), 'or')}")
    return found


def tiers_of(cell: str) -> tuple[str, ...]:
    """The tiers that a cell names: `all`, or some of them with commas between."""
    names = [tier.value for tier in TIERS]
    said = [part for part in re.split(r"[,;/ ]+|\band\b", fold(cell)) if part]
    if said == ["all"]:
        return tuple(names)
    if not said or not set(said) <= set(names):
        raise ValueError(f"“{cell[:60]}” names no tiers: write all, or some of {listed(names)}")
    return tuple(name for name in names if name in said)


def whole(cell: str, most: int) -> int:
    digits = cell.replace(",", "").strip()
    if not re.fullmatch("[0-9]{1,12}", digits) or not 1 <= int(digits) <= most:
        raise ValueError(f"“{cell[:60]}” is no whole number from 1 to {most:,}")
    return int(digits)


def named(cell: str) -> str:
    """The name of a metric or an item, as the files can hold it."""
    if not re.fullmatch(NAME, cell):
        raise ValueError(f"“{cell[:60]}” is no name: letters, digits, “_” and “-”, the first a letter, at most 60 signs")
    return cell


def limit_of(cell: str) -> tuple[Comparator, Plain, str]:
    """How a value is compared, with which number, and in which unit, if the cell says one: “at most 15 minutes”, “≥ 99 %”."""
    found = LIMIT.fullmatch(" ".join(cell.casefold().split()))
    if found is None:
        raise ValueError(f"“{cell[:60]}” is no limit: write at least, at most, under, over or exactly, then a number, then its unit")
    number = Decimal(found[2])
    if found[3]:
        number, unit = (number / 100).normalize(), "share"
        number = Decimal(f"{number:f}")
    else:
        unit = found[4].strip()
    value: Plain = int(number) if number == number.to_integral_value() else number
    return COMPARATORS[found[1]], value, unit
