"""The mapping of an import: which columns of a spreadsheet say what of an initiative. Unknown keys are refused."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from governance.domain.moving_in import MOST_YEARS
from governance.domain.policy import Policy
from governance.domain.questionnaire import FactValue
from governance.domain.table import one_line, place
from governance.domain.vocabulary import AnswerState, Stage, Visibility
from governance.policy.problems import PolicyError, PolicyProblem, near, one_reading
from governance.policy.reader import Document, Location, read
from governance.policy.shape import shaped
from governance.policy.values import Closed, Id, Strict

MOST_DAYS = 365 * MOST_YEARS
LEFT_OPEN = "open"
CLAIMS = (AnswerState.IN_PROGRESS.value, AnswerState.MET.value, AnswerState.NOT_MET.value, LEFT_OPEN)
NOT_DONE = re.compile(r"in[ -]progress|ongoing|planned|pending|partial|to be (done|determined)|\btbd\b|scheduled", re.IGNORECASE)
"""Words that say that something is not done; they cannot be mapped to “met”."""


def _iso(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("a day such as 2026-11-24 is asked for") from None
    return text


Column: TypeAlias = Annotated[str, AfterValidator(one_line), Field(min_length=1)]
Columns: TypeAlias = Annotated[list[Column], Field(min_length=1)]
Line: TypeAlias = Annotated[str, Field(min_length=2, max_length=200)]
Words: TypeAlias = Annotated[dict[str, FactValue], Field(min_length=1)]


class FileModel(Closed):
    encoding: Literal["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"] = "utf-8"
    delimiter: Literal[",", ";", "\t", "|"] = ","


class TextModel(Strict):
    columns: Columns
    shorten: bool = False
    otherwise: str | None = None


class UnitModel(Strict):
    columns: Columns | None = None
    name: Columns | None = None  # of a unit that is opened; the same columns where it says nothing
    values: Annotated[dict[str, Id], Field(min_length=1)] | None = None
    value: Id | None = None
    create: bool = False


class LeadModel(Strict):
    column: Column


class PickModel(Strict):
    """What the word in a column stands for, or one value for every row. `otherwise` is for words the mapping does not know."""

    column: Column | None = None
    values: Words | None = None
    value: FactValue | None = None
    otherwise: FactValue | None = None


class AnswerModel(PickModel):
    item: str


class SinceModel(Closed):
    columns: dict[Stage, Columns]
    formats: Annotated[list[str], Field(min_length=1)]
    otherwise: Annotated[str, AfterValidator(_iso)] | None = None


class BroughtInModel(Strict):
    said_by: Line
    said_as: Line
    reason: Annotated[str, Field(min_length=3, max_length=4_000)]
    since: SinceModel
    regularise_within_days: Annotated[int, Field(ge=1, le=MOST_DAYS, strict=True)]


class InitiativeModel(Closed):
    name: TextModel
    summary: TextModel
    unit: UnitModel
    lead: LeadModel | None = None
    visibility: Visibility = Visibility.ORGANISATION


class TieringModel(Strict):
    questions: dict[str, PickModel] = Field(default_factory=dict)
    statements: dict[str, PickModel] = Field(default_factory=dict)
    facts: dict[str, PickModel] = Field(default_factory=dict)


class ImportMapping(Closed):
    """A whole mapping file. `id` names the source for ever: rows are found again under it."""

    id: Id
    title: Line
    file: FileModel = FileModel()
    key: Columns
    may_be_blank: list[Column] = Field(default_factory=list)  # of the key columns
    initiative: InitiativeModel
    stage: PickModel
    brought_in: BroughtInModel | None = None
    answers: list[AnswerModel] = Field(default_factory=list)
    tiering: TieringModel = TieringModel()


@one_reading()
def load_mapping(name: str, text: str) -> tuple[Document, ImportMapping]:
    """Read a mapping file. Raises `PolicyError` with every fault of its form."""
    document = read(name, text)
    model, faults = shaped(document, ImportMapping)
    if model is None:
        raise PolicyError(faults)
    if faults := [*_picks(document, model), *_stages(document, model), *_unit(document, model), *_key(document, model)]:
        raise PolicyError(faults)
    return document, model


@one_reading()
def check_fits(document: Document, mapping: ImportMapping, header: tuple[str, ...], policy: Policy) -> None:
    """Raise `PolicyError` unless the file has every column that is named, once, and the policy every item and question."""
    faults = [*_missing(document, header), *_unknown_to(document, mapping, policy)]
    if faults:
        raise PolicyError(faults)


def picks(mapping: ImportMapping) -> Iterator[tuple[Location, PickModel]]:
    """Everything that is picked by a word, with where it stands."""
    yield ("stage",), mapping.stage
    yield from ((("answers", number), model) for number, model in enumerate(mapping.answers))
    for part in ("questions", "statements", "facts"):
        yield from ((("tiering", part, name), model) for name, model in getattr(mapping.tiering, part).items())


def _picks(document: Document, mapping: ImportMapping) -> Iterator[PolicyProblem]:
    for at, pick in picks(mapping):
        if (pick.value is None) == (pick.column is None) or (pick.column is None) != (pick.values is None):
            yield document.problem(at, "name a column with its values, or one value for every row")
        for word in pick.values or {}:
            if not one_line(word).strip("*"):
                yield document.problem((*at, "values", word), "a blank cell says nothing, so it stands for nothing")
    for number, answer in enumerate(mapping.answers):
        yield from _claims(document, ("answers", number), answer)


def _claims(document: Document, at: Location, answer: AnswerModel) -> Iterator[PolicyProblem]:
    """An answer is claimed only where a row says so, and what is not done is not met."""
    if answer.value is not None:
        yield document.problem((*at, "value"), "an answer is not given for every row at once: name the column that has it")
    for where, state in _given(answer):
        if state not in CLAIMS:
            said = f"unknown word “{state}”{near(str(state), CLAIMS)}: one of {', '.join(CLAIMS)} is asked for"
            yield document.problem((*at, *where), said)
        elif state == AnswerState.MET and (where[0] == "otherwise" or NOT_DONE.search(where[-1])):
            yield document.problem((*at, *where), "that does not say that it is done, so it is not met")


def _given(answer: AnswerModel) -> Iterator[tuple[tuple[str, ...], FactValue]]:
    yield from ((("values", word), state) for word, state in (answer.values or {}).items())
    if answer.otherwise is not None:
        yield ("otherwise",), answer.otherwise


def _stages(document: Document, mapping: ImportMapping) -> Iterator[PolicyProblem]:
    known = [stage.value for stage in Stage]
    given: dict[Location, FactValue | None] = {("stage", "values", word): value for word, value in (mapping.stage.values or {}).items()}
    given |= {("stage", name): getattr(mapping.stage, name) for name in ("value", "otherwise")}
    used = {value for value in given.values() if value is not None}
    for at, value in given.items():
        if value is not None and value not in known:
            yield document.problem(at, f"unknown word “{value}” for stage{near(str(value), known)}")
    beyond = used & set(known) - {Stage.PILOT.value}
    if beyond and mapping.brought_in is None:
        yield document.problem(("stage",), "a stage beyond the pilot needs “brought_in”: on whose word, and since when")
    if mapping.brought_in is not None and mapping.brought_in.since.otherwise is None:
        lacking = sorted(beyond - {stage.value for stage in mapping.brought_in.since.columns})
        if lacking:
            yield document.problem(("brought_in", "since"), f"nothing says since when for {', '.join(map(str, lacking))}")


def _key(document: Document, mapping: ImportMapping) -> Iterator[PolicyProblem]:
    for number, column in enumerate(mapping.may_be_blank):
        if column not in mapping.key:
            yield document.problem(("may_be_blank", number), f"“{column}” is no key column{near(column, mapping.key)}")
    if set(mapping.key) <= set(mapping.may_be_blank):
        yield document.problem(("may_be_blank",), "one key column at least has to say something")


def _unit(document: Document, mapping: ImportMapping) -> Iterator[PolicyProblem]:
    unit, at = mapping.initiative.unit, ("initiative", "unit")
    if (unit.value is None) == (unit.columns is None):
        yield document.problem(at, "name the columns of the unit, or one value for every row")
    if unit.create and (unit.values or unit.value):
        yield document.problem(at, "units are created from columns, not from values")


def _missing(document: Document, header: tuple[str, ...]) -> Iterator[PolicyProblem]:
    for at, column in _named(document.data, ()):
        if place(header, column) is None:
            times = header.count(column)
            why = f"the file has {times} columns of this name" if times else f"the file has no such column{near(column, header)}"
            yield document.problem(at, f"{why}: “{column}”")


def _named(data: object, at: Location) -> Iterator[tuple[Location, str]]:
    """Every column that is named anywhere, with where it stands."""
    if not isinstance(data, dict):
        return
    for key, inner in data.items():
        here = (*at, key)
        if key == "column" and isinstance(inner, str):
            yield here, one_line(inner)
        elif isinstance(inner, list):
            names = key in ("columns", "key", "may_be_blank", "name") or at[-1:] == ("columns",)
            yield from (((*here, place_), one_line(one)) for place_, one in enumerate(inner) if names and isinstance(one, str))
            yield from (found for place_, one in enumerate(inner) for found in _named(one, (*here, place_)))
        else:
            yield from _named(inner, here)


def _unknown_to(document: Document, mapping: ImportMapping, policy: Policy) -> Iterator[PolicyProblem]:
    items = {item.id for gate in policy.gates.values() for item in gate.items}
    for number, answer in enumerate(mapping.answers):
        if answer.item not in items:
            yield document.problem(("answers", number, "item"), f"the policy has no check “{answer.item}”{near(answer.item, items)}")
    known: dict[str, Mapping[str, tuple[FactValue, ...]]] = {
        "questions": {one.id: tuple(option.key for option in one.options) for one in policy.tiering.questions},
        "statements": {one.id: ("yes", "no", "undecided") for one in policy.tiering.statements},
        "facts": {one.name: one.values or (True, False) for one in policy.facts.values() if one.ask},
    }
    for part, offered in known.items():
        for name, pick in getattr(mapping.tiering, part).items():
            yield from _options(document, ("tiering", part, name), pick, offered, name)


def _options(
    document: Document, at: Location, pick: PickModel, offered: Mapping[str, tuple[FactValue, ...]], name: str
) -> Iterator[PolicyProblem]:
    if name not in offered:
        yield document.problem(at, f"the policy asks nothing called “{name}”{near(name, offered)}", key=True)
        return
    for value in (*(pick.values or {}).values(), *(one for one in (pick.value, pick.otherwise) if one is not None)):
        if value not in offered[name] and value != LEFT_OPEN:
            yield document.problem(at, f"“{value}” is no answer to {name}: one of {', '.join(map(str, offered[name]))}, or {LEFT_OPEN}")
