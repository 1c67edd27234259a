"""The seats of a first policy: the four functions, each with the boxes that a spreadsheet gives it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from governance.domain.table import TableRow
from governance.domain.vocabulary import Function
from governance.policy.editing import fragment
from governance.policy.guided_lists import named_after
from governance.policy.lint_gates import MOST_LOOKS
from governance.policy.sheet_cells import Line, Sheet
from governance.policy.sheet_words import Column, plain
from governance.policy.values import LONGEST_SENTENCE

Looks: TypeAlias = Mapping[tuple[str, Function], Sequence[str]]
"""What the seat of a function at a gate looks at before deciding, in the order of the sheet."""

OF_SEATS = (Column.GATE, Column.OWNER, Column.LOOKS)
"""What a row without a question may hold."""


def is_question(sheet: Sheet, row: TableRow) -> bool:
    """Whether a row is a check. One that only says what a seat looks at is none."""
    return bool(sheet.cell(row, Column.QUESTION)) or not sheet.cell(row, Column.LOOKS)


def looks(sheet: Sheet, lines: Iterable[Line]) -> Looks:
    """The boxes of every seat; what cannot be one is a fault."""
    found: dict[tuple[str, Function], dict[str, Line]] = {}
    for line in lines:
        said = sheet.cell(line.row, Column.LOOKS)
        if not is_question(sheet, line.row):
            for column in sheet.filled(line.row):
                if column not in OF_SEATS:
                    sheet.fault(line.row, column, "it belongs to a question, and the row has none")
        boxes = found.setdefault((line.gate, line.owner), {})
        if said and (wrong := _wrong(said, boxes, line)):
            sheet.fault(line.row, Column.LOOKS, wrong)
        elif said:
            boxes[said] = line
    return {seat: list(boxes) for seat, boxes in found.items()}


def text(one: Function, boxes: Sequence[str]) -> str:
    """The lines of the seat of a function."""
    label = fragment(f"{one.spoken[0].upper()}{one.spoken[1:]}")
    covers = f"[common, {one.value}]"
    if not boxes:
        return f"    - {{id: {one.value}, function: {one.value}, label: {label}, covers: {covers}}}\n"
    names: list[str] = []
    for said in boxes:
        names.append(named_after(said, names))
    written = "".join(f"        - {fragment({'id': name, 'text': said})}\n" for name, said in zip(names, boxes, strict=True))
    return (
        f"    - id: {one.value}\n      function: {one.value}\n      label: {label}\n      covers: {covers}\n"
        f"      looks_at:  # as the sheet says; the names are made from the words\n{written}"
    )


def _wrong(said: str, boxes: Mapping[str, Line], line: Line) -> str | None:
    seat = f"the seat of {line.owner.spoken} at {line.gate}"
    if len(said) > LONGEST_SENTENCE:
        return f"it has more than {LONGEST_SENTENCE} signs, and is ticked as one sentence"
    if first := next((box for box in boxes if plain(box) == plain(said)), None):
        return f"{seat} has it from line {boxes[first].row.line:,} already"
    if len(boxes) >= MOST_LOOKS:
        return f"{seat} has {MOST_LOOKS} already, and longer lists are ticked without reading"
    return None
