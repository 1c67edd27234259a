"""What the rows of a table say, as a mapping reads them. Nothing is guessed: a blank says nothing, an unknown word is a fault."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from governance.domain.importing import Claim, RowSays
from governance.domain.moving_in import EARLIEST
from governance.domain.questionnaire import FactValue
from governance.domain.table import Table, TableRow, one_line
from governance.domain.text import fold, tidy
from governance.domain.vocabulary import AnswerState, Stage
from governance.policy.mapping import LEFT_OPEN, ImportMapping, PickModel, TextModel

LONGEST_NAME, LONGEST_SUMMARY = 200, 4_000
LONGEST_UNIT = 60
LONGEST_QUOTED = 80

Cells = Callable[[str], str]
"""The cell of a column, as it stands in a row."""


@dataclass
class _Said:
    """What is found out about a row besides its values."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def says(table: Table, mapping: ImportMapping, today: date) -> list[RowSays]:
    """Every row that is not blank, in the order of the file. The mapping fits the table."""
    places = {column: number for number, column in enumerate(table.header)}
    read = {id(pick): _picker(pick) for pick in _all_picks(mapping)}
    return [_row(row, table, places, mapping, read, today) for row in table.rows]


Pick = Callable[[Cells], tuple[FactValue | None, str]]
"""What a row picks, and the word it picks it by. Raises `KeyError` for a word that the mapping does not know."""


def _all_picks(mapping: ImportMapping) -> Iterable[PickModel]:
    tiering = mapping.tiering
    parts = (tiering.questions, tiering.statements, tiering.facts)
    return [mapping.stage, *mapping.answers, *(pick for part in parts for pick in part.values())]


def _picker(pick: PickModel) -> Pick:
    values = {fold(one_line(word)): value for word, value in (pick.values or {}).items()}
    begins = {word[:-1]: values[word] for word in sorted(values, key=len, reverse=True) if word.endswith("*")}

    def picked(cells: Cells) -> tuple[FactValue | None, str]:
        if pick.column is None:
            return pick.value, ""
        word = one_line(cells(pick.column))
        folded = fold(word)
        if not word:
            return None, ""
        if folded in values:
            return values[folded], word
        found = next((value for start, value in begins.items() if folded.startswith(start)), pick.otherwise)
        if found is None:
            raise KeyError(word)
        return found, word

    return picked


def _row(row: TableRow, table: Table, places: Mapping[str, int], mapping: ImportMapping, read: Mapping[int, Pick], today: date) -> RowSays:
    if len(row.cells) != len(table.header):
        why = f"It has {len(row.cells)} cells, and the header names {len(table.header)} columns."
        return RowSays(row.line, (), faults=(why,))
    cells: Cells = lambda column: row.cells[places[column]]  # noqa: E731 - a table look-up
    said = _Said()
    key = tuple(one_line(cells(column)) for column in mapping.key)
    said.faults += [
        f"The key column “{column}” is blank."
        for column, value in zip(mapping.key, key, strict=True)
        if not value and column not in mapping.may_be_blank
    ]
    initiative = mapping.initiative
    stage = _stage(cells, mapping, read, said)
    unit, unit_name = _unit(cells, mapping, said)
    return RowSays(
        line=row.line,
        key=key,
        name=_text(cells, initiative.name, "name", (3, LONGEST_NAME), " ", said),
        summary=_text(cells, initiative.summary, "summary", (10, LONGEST_SUMMARY), "\n\n", said),
        unit=unit,
        unit_name=unit_name,
        lead=one_line(cells(initiative.lead.column)) if initiative.lead else "",
        stage=stage,
        since=_since(cells, stage, mapping, today, said),
        answers=dict(_answers(cells, mapping, read, said)),
        questions={name: str(value) for name, value in _picked(cells, mapping.tiering.questions, read, said)},
        statements={name: str(value) for name, value in _picked(cells, mapping.tiering.statements, read, said)},
        asked=dict(_picked(cells, mapping.tiering.facts, read, said)),
        faults=tuple(said.faults),
        notes=tuple(said.notes),
    )


def _text(cells: Cells, model: TextModel, what: str, ends: tuple[int, int], between: str, said: _Said) -> str:
    least, most = ends
    parts = [one_line(cells(column)) if between == " " else tidy(cells(column)) for column in model.columns]
    text = between.join(part for part in parts if part)
    if len(text) < least and model.otherwise is not None:
        said.notes.append(f"The file gives no {what}.")
        text = model.otherwise
    if len(text) > most and model.shorten:
        said.notes.append(f"Its {what} of {len(text):,} signs is shortened.")
        text = f"{text[: most - 1].rstrip()}…"
    if not least <= len(text) <= most:
        said.faults.append(f"Its {what} has {len(text):,} signs; {least} to {most:,} are taken.")
    return text


def _stage(cells: Cells, mapping: ImportMapping, read: Mapping[int, Pick], said: _Said) -> Stage:
    try:
        picked, _ = read[id(mapping.stage)](cells)
    except KeyError as unknown:
        said.faults.append(f"The mapping does not know the stage “{_quoted(unknown)}”.")
        return Stage.PILOT
    if picked is None:
        said.faults.append("Its stage is blank.")
        return Stage.PILOT
    return Stage(str(picked))


def _unit(cells: Cells, mapping: ImportMapping, said: _Said) -> tuple[str, str]:
    """The id of the unit and the name it would be opened under. Spellings that differ only in case, marks and spaces are one unit."""
    model = mapping.initiative.unit
    if model.columns is None:
        return model.value or "", ""
    words = [one_line(cells(column)) for column in model.columns]
    if not any(words):
        said.faults.append("Its unit is blank.")
        return "", ""
    if model.values is not None:
        known = {fold(one_line(word)): unit for word, unit in model.values.items()}
        found = known.get(fold(" ".join(word for word in words if word)))
        if found is None:
            said.faults.append(f"The mapping does not know the unit “{' '.join(words)}”.")
        return found or "", ""
    name = ", ".join(word for word in (one_line(cells(column)) for column in model.name or model.columns) if word)
    if len(name) < 2:
        said.faults.append(f"The name of its unit is too short: “{name}”.")
    return unit_id(words), name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def unit_id(words: Sequence[str]) -> str:
    """A short name made of words: small letters, digits and hyphens; a long one ends in a part of its SHA-256."""
    spelled = "-".join(fold(word) for word in words if word)
    short = re.sub(r"[^a-z0-9]+", "-", spelled).strip("-")
    if not 2 <= len(short) <= LONGEST_UNIT:
        ending = hashlib.sha256(spelled.encode()).hexdigest()[:8]
        short = f"{short[: LONGEST_UNIT - 9].rstrip('-') or 'unit'}-{ending}"
    return short


def _since(cells: Cells, stage: Stage, mapping: ImportMapping, today: date, said: _Said) -> date | None:
    """The first of the columns of a stage that holds a day, else the day the mapping names. A day to come says nothing yet."""
    if mapping.brought_in is None or stage is Stage.PILOT:
        return None
    model = mapping.brought_in.since
    days = (_day(one_line(cells(column)), model.formats) for column in model.columns.get(stage, ()))
    found = next((day for day in days if day is not None and EARLIEST <= day <= today), None)
    if found is None and model.otherwise is not None:
        said.notes.append(f"The file does not say since when; {model.otherwise} stands for it.")
        return date.fromisoformat(model.otherwise)
    if found is None:
        said.faults.append("Nothing says since when it is in this stage.")
    return found


def _day(text: str, formats: Sequence[str]) -> date | None:
    for form in formats if text else ():
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def _answers(cells: Cells, mapping: ImportMapping, read: Mapping[int, Pick], said: _Said) -> Iterator[tuple[str, Claim]]:
    for answer in mapping.answers:
        try:
            picked, word = read[id(answer)](cells)
        except KeyError as unknown:
            said.faults.append(f"The mapping does not know the answer “{_quoted(unknown)}” to {answer.item}.")
            continue
        if picked is not None and picked != LEFT_OPEN:
            yield answer.item, Claim(AnswerState(str(picked)), word)


def _picked(cells: Cells, picks: Mapping[str, PickModel], read: Mapping[int, Pick], said: _Said) -> Iterator[tuple[str, FactValue]]:
    for name, pick in picks.items():
        try:
            picked, _ = read[id(pick)](cells)
        except KeyError as unknown:
            said.faults.append(f"The mapping does not know the word “{_quoted(unknown)}” for {name}.")
            continue
        if picked is not None and picked != LEFT_OPEN:
            yield name, picked


def _quoted(unknown: KeyError) -> str:
    word = str(unknown.args[0])
    return word if len(word) <= LONGEST_QUOTED else f"{word[:LONGEST_QUOTED]}…"
