"""A spreadsheet of questions as the texts of a first policy. What the sheet does not say is a stated default, marked in the files."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from governance.domain.errors import Problem, RuleBroken
from governance.domain.table import Table, TableRow
from governance.domain.vocabulary import EvidenceKind, Function, Severity
from governance.policy import sheet_seats, sheet_words
from governance.policy.editing import Plain, fragment, put
from governance.policy.guided import asked_where
from governance.policy.sheet_cells import Line, Sheet, columns
from governance.policy.sheet_seats import Looks
from governance.policy.sheet_words import NEEDED, Column, limit_of, meant, named, plain, tiers_of
from governance.policy.values import TIERS

MOST_ROWS = 2_000
LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class Said:
    """A value, and where it comes from if the sheet does not say it in these very words."""

    value: Plain
    note: str = ""


def policy_from(base: str, table: Table, title: str, source: str, ignored: Collection[str] = ()) -> dict[str, str]:
    """The texts of a policy with the questions of a table, by file name. Raises `RuleBroken` with every fault at once."""
    places, faults = columns(table, ignored)
    sheet = Sheet(table, places, faults)
    if not faults:
        _check_rows(sheet)
    lines = [_line_of(sheet, row) for row in table.rows] if not faults else []
    looks = sheet_seats.looks(sheet, lines)
    written = list(_written(sheet, [line for line in lines if sheet_seats.is_question(sheet, line.row)]))
    if sheet.faults:
        count = len(sheet.faults)
        raise RuleBroken(f"{source} has {count} fault{'s' * (count != 1)}, so nothing was written.", *sheet.faults)
    head = put(put(base, ("policy", "id"), _id(title)), ("policy", "title"), title)
    gates = {gate: [text for of, text in written if of == gate] for gate in GATES}
    named_there = {line.gate for line in lines}
    kept = {
        f"gates/{gate}.yaml": _gate_text(gate, texts, looks, source)
        for gate, texts in gates.items()
        if gate in named_there or gate in LADDER
    }
    return {"policy.yaml": head, **kept}


GATES: Mapping[str, tuple[str, str, str]] = {
    "G1": ("Pilot to Review", "kind: passage\n  from: pilot\n  to: review", "Is it worth building for real use?"),
    "G2": (
        "Review to Limited production",
        "kind: passage\n  from: review\n  to: limited_production",
        "Is it safe for a small share of real work?",
    ),
    "G3": (
        "Limited to Full production",
        "kind: passage\n  from: limited_production\n  to: full_production",
        "May the process rest on it?",
    ),
    "C1": (
        "Recertification",
        "kind: recurring\n  stage: full_production\n  every_days: {low: 365, medium: 180, high: 90}  # default",
        "Is it still what was approved?",
    ),
    "C2": (
        "Retirement",
        "kind: exit\n  from: [review, limited_production, full_production]\n  to: retired",
        "Does it end without harm?",
    ),
}
"""Name, kind and question of each gate a sheet can name; those of the ladder are always there."""

LADDER = ("G1", "G2", "G3")


def _check_rows(sheet: Sheet) -> None:
    if not sheet.table.rows:
        sheet.faults.append(Problem("rows", "the file has no row below its heads."))
    if len(sheet.table.rows) > MOST_ROWS:
        sheet.faults.append(Problem("rows", f"the file has more than {MOST_ROWS:,} rows."))


def _line_of(sheet: Sheet, row: TableRow) -> Line:
    """The gate and the function of a row; any, where it names none, because then nothing is written."""
    for column in NEEDED:
        if not sheet.cell(row, column) and (column is not Column.QUESTION or sheet_seats.is_question(sheet, row)):
            sheet.fault(row, column, f"the {column.value} is missing")
    gate = sheet.read(row, Column.GATE, lambda cell: meant(sheet_words.GATES, cell, "gate"), "G1")
    owner = sheet.read(row, Column.OWNER, lambda cell: meant(sheet_words.OWNERS, cell, "function"), Function.COMPLIANCE)
    return Line(row, gate, owner)


def _written(sheet: Sheet, lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    """Each item as its gate and its lines."""
    taken = {sheet.cell(line.row, Column.ID) for line in lines} - {""}
    counted: dict[str, int] = {}
    seen: dict[str, int] = {}
    for line in lines:
        row, gate = line.row, line.gate
        given = sheet.read(row, Column.ID, named, "")
        if given and given in seen:
            sheet.fault(row, Column.ID, f"the id “{given}” stands on line {seen[given]:,} already")
        seen.setdefault(given, row.line)
        name = Said(given) if given else Said(_next(gate, counted, taken), "default: counted")
        yield gate, _item(name, _fields(sheet, line, str(name.value)))


def _next(gate: str, counted: dict[str, int], taken: Collection[str]) -> str:
    while True:
        counted[gate] = counted.get(gate, 0) + 1
        name = f"{gate}-{counted[gate]:02}"
        if name not in taken:
            return name


def _fields(sheet: Sheet, line: Line, name: str) -> dict[str, Said | dict[str, Said]]:
    row = line.row
    question, threshold = sheet.cell(row, Column.QUESTION), _threshold(sheet, row, name)
    severity = sheet.read(row, Column.SEVERITY, lambda cell: meant(sheet_words.SEVERITIES, cell, "severity"), Severity.BLOCKING)
    said = sheet.cell(row, Column.SEVERITY)
    note = "" if said.lower() == severity.value else f"“{said}” in the sheet" if said else "default: the sheet says no severity"
    usual = EvidenceKind.METRIC if threshold else EvidenceKind.DOCUMENT
    kind = sheet.read(row, Column.KIND, lambda cell: meant(sheet_words.KINDS, cell, "kind of evidence"), usual)
    if threshold and kind not in (EvidenceKind.METRIC, EvidenceKind.AUTOMATED_REPORT, EvidenceKind.LINK):
        sheet.fault(
            row, Column.KIND if Column.KIND in sheet.places else Column.THRESHOLD, f"a limit needs measured values, not a {kind.value}"
        )
    fresh = sheet.read(row, Column.FRESH, lambda cell: sheet_words.whole(cell, 36_525), 0)
    tiers = sheet.read(row, Column.TIER, tiers_of, tuple(tier.value for tier in TIERS))
    return {
        "title": _text(sheet, row, Column.TITLE, _short(question), "the start of the question"),
        "owner": Said(line.owner.value),
        "severity": Said(severity.value, note),
        "question": Said(question),
        "evidence": {
            "kind": Said(kind.value, "" if sheet.cell(row, Column.KIND) else "default: a metric where there is a limit, else a document"),
            "requirement": _text(sheet, row, Column.EVIDENCE, "what shows the answer", "the sheet names no evidence"),
            **_if_said(sheet, row, Column.TYPICAL, "typical"),
        },
        **({"threshold": threshold} if threshold else {}),
        **({"max_age_days": Said(fresh)} if fresh else {}),
        "when": Said(asked_where(tiers, ""), "" if sheet.cell(row, Column.TIER) else "default: at every tier"),
        "why": _text(sheet, row, Column.WHY, "asked by the spreadsheet that this policy began with", "the sheet does not say why"),
        **_if_said(sheet, row, Column.GUIDANCE, "guidance"),
    }


def _threshold(sheet: Sheet, row: TableRow, name: str) -> dict[str, Said]:
    cell = sheet.cell(row, Column.THRESHOLD)
    if not cell:
        for column in (Column.METRIC, Column.UNIT, Column.WINDOW, Column.SAMPLE):
            if sheet.cell(row, column):
                sheet.fault(row, column, "it belongs to a threshold, and the row has none")
        return {}
    try:
        comparator, value, unit = limit_of(cell)
    except ValueError as error:
        sheet.fault(row, Column.THRESHOLD, str(error))
        return {}
    stated = sheet.cell(row, Column.UNIT)
    if unit and stated and plain(unit) != plain(stated) and not (unit == "share" and plain(stated) == "%"):
        sheet.fault(row, Column.UNIT, f"the threshold says “{unit}” and this column “{stated[:60]}”")
    metric = sheet.read(row, Column.METRIC, named, "")
    sample = sheet.read(row, Column.SAMPLE, lambda one: sheet_words.whole(one, 10**12), 0)
    return {
        "metric": Said(metric) if metric else Said(f"value_of_{re.sub('-', '_', name)}"[:60], "default: named after the check"),
        "comparator": Said(comparator.value),
        "value": Said(value),
        "unit": Said(unit or stated) if unit or stated else Said("count", "default: the sheet names no unit"),
        "window": _text(sheet, row, Column.WINDOW, "as measured", "the sheet says no window"),
        "min_n": Said(sample) if sample else Said(1, "default: any sample decides"),
    }


def _text(sheet: Sheet, row: TableRow, column: Column, default: str, why: str) -> Said:
    cell = sheet.cell(row, column)
    return Said(cell) if cell else Said(default, f"default: {why}")


def _if_said(sheet: Sheet, row: TableRow, column: Column, key: str) -> dict[str, Said]:
    cell = sheet.cell(row, column)
    return {key: Said(cell)} if cell else {}


def _short(question: str) -> str:
    if len(question) <= LONGEST_TITLE:
        return question.rstrip("?").strip() or question
    return f"{question[:LONGEST_TITLE].rsplit(' ', 1)[0]}…"


def _item(name: Said, fields: Mapping[str, Said | Mapping[str, Said]]) -> str:
    lines = [f"    - {_line('id', name)}"]
    for key, said in fields.items():
        if isinstance(said, Said):
            lines.append(f"      {_line(key, said)}")
        else:
            lines += [f"      {key}:", *(f"        {_line(inner, one)}" for inner, one in said.items())]
    return "\n".join(lines) + "\n"


def _line(key: str, said: Said) -> str:
    note = "".join(sign if sign.isprintable() else "·" for sign in said.note)
    return f"{key}: {fragment(said.value)}" + (f"  # {note}" if note else "")


def _gate_text(gate: str, items: Sequence[str], looks: Looks, source: str) -> str:
    name, kind, question = GATES[gate]
    seats = "".join(sheet_seats.text(one, looks.get((gate, one), ())) for one in Function)
    asked = f"  items:\n{''.join(items)}" if items else "  items: []  # default: the sheet has no question for this gate\n"
    written = "".join(sign if sign.isprintable() else "·" for sign in source)
    return (
        f"# Written by `governance policy new` from {written}. What is marked “default” was not in it.\n"
        f"gate:\n  id: {gate}\n  name: {fragment(name)}\n  {kind}\n  question: {fragment(question)}  # default\n"
        f"  seats:  # default: the four functions, at every tier\n{seats}{asked}"
    )


def _id(title: str) -> str:
    name = re.sub("[^a-z0-9]+", "-", plain(title)).strip("-")[:60].strip("-")
    return name if name[:1].isalpha() else f"policy-{name}".strip("-")[:60]
