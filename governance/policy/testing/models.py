"""What may stand in a file of test cases. Unknown keys are refused; short forms are turned into long ones here.

`15 minutes n=1` is a value, `document age=366` is evidence, `not_met because …` is an expected state.
"""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from governance.domain.numbers import LEVELS, is_decimal
from governance.domain.vocabulary import AnswerState, EvidenceKind, Function, Section, Severity, Tier
from governance.policy.models_tiering import Answer
from governance.policy.values import MARK, Closed, FactValue, Id, Number

BECAUSE = " because "
PLENTY = 1_000_000
"""The sample behind a value whose case says nothing about it."""

NAMED = re.compile(r"\s+([a-z]+)=(\S+)")
SHORT = re.compile(r"(?P<first>\S+)(?P<unit>(?:\s+[^\s=]+)*)(?P<named>(?:\s+[a-z]+=\S+)*)\s*")
WHOLE = re.compile(r"-?\d{1,9}")
COUNTED = ("n", "age", "expires")
CARRIED = re.compile(r"carried\s+(\w+)")


def _short(raw: Any, first: str, *names: str) -> Any:
    """`FIRST words of a unit name=value …` as keys and values. Anything else is left to the model."""
    if not isinstance(raw, str):
        return raw
    parts = SHORT.fullmatch(raw)
    named = NAMED.findall(parts["named"]) if parts else []
    if parts is None or (parts["unit"] and "unit" not in names):
        raise ValueError(f"“{raw[:80]}” is not understood")
    keys = [name for name, _ in named]
    if unknown := next((key for key in keys if key not in names or key == "unit" or keys.count(key) > 1), None):
        raise ValueError(f"“{unknown}=” is not understood: each once, there is {', '.join(name for name in names if name != 'unit')}")
    found: dict[str, Any] = {key: int(text) if key in COUNTED and WHOLE.fullmatch(text) else text for key, text in named}
    return {first: parts["first"], **found, **({"unit": parts["unit"].strip()} if parts["unit"] else {})}


def _number(raw: Any) -> str:
    """A number or an attribution level, as it was written."""
    text = f"{raw:f}" if isinstance(raw, Decimal) else str(raw)
    if isinstance(raw, bool) or not (is_decimal(text) or text in LEVELS):
        raise ValueError(f"“{text[:80]}” is neither a number nor a level (A0 to A5)")
    return text


Stated: TypeAlias = Annotated[str, BeforeValidator(_number)]
Whole: TypeAlias = Annotated[int, Field(strict=True)]
Span: TypeAlias = Annotated[int, Field(strict=True, ge=-36_525, le=36_525)]
"""Days before or after the moment of a case: at most a hundred years."""


class ValueModel(Closed):
    """A measured value: `0.84 AUC low=0.80 high=0.88 n=1000 good=up`. Its age is counted in days before the moment of the case."""

    value: Stated
    unit: str | None = None
    n: Annotated[int, Field(ge=0, strict=True)] = PLENTY
    low: Stated | None = None
    high: Stated | None = None
    good: Literal["up", "down"] | None = None
    kpi: str | None = None
    age: Span = 0


def _value(raw: Any) -> Any:
    raw = _short(raw, "value", "unit", "n", "low", "high", "good", "kpi", "age")
    return raw if isinstance(raw, dict) else {"value": raw}


Measured: TypeAlias = Annotated[ValueModel, BeforeValidator(_value)]
OneOrMore = BeforeValidator(lambda raw: raw if isinstance(raw, list) else [raw])


class PieceModel(Closed):
    """A piece of evidence: `document age=366 expires=-1`, in days before and after the moment of the case."""

    kind: EvidenceKind
    age: Span = 0
    expires: Span | None = None


Piece: TypeAlias = Annotated[PieceModel, BeforeValidator(lambda raw: _short(raw, "kind", "age", "expires"))]


class AnswerModel(BaseModel):
    """What was answered. Any other key is a metric with its value. What is not named is sound, and `age` days old."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Annotated[list[Measured], OneOrMore]]

    claim: Literal["met", "not_met", "in_progress", "waived", "unanswered"] = "met"
    carried: Annotated[bool, Field(strict=True)] = False
    age: Span = 0
    evidence: Annotated[list[Piece], OneOrMore] | None = None

    @property
    def values_by_metric(self) -> dict[str, list[ValueModel]]:
        return dict(self.__pydantic_extra__ or {})


def _answer(raw: Any) -> Any:
    if not isinstance(raw, str):
        return raw
    carried = CARRIED.fullmatch(raw)
    return {"claim": carried[1], "carried": True} if carried else {"claim": raw}


GivenAnswer: TypeAlias = Annotated[AnswerModel, BeforeValidator(_answer)]


class ExpectedStateModel(Closed):
    """`not_met because 16 minutes against at most 15`: a state, and a part of the sentence that says why."""

    state: AnswerState
    because: str | None = None


def _expected(raw: Any) -> Any:
    if not isinstance(raw, str):
        return raw
    state, _, why = raw.partition(BECAUSE)
    return {"state": state.strip(), **({"because": why.strip()} if why else {})}


ExpectedState: TypeAlias = Annotated[ExpectedStateModel, BeforeValidator(_expected)]


ByFunction: TypeAlias = Annotated[
    Annotated[dict[Function, list[Id]], Tag(f"{MARK}by_function")] | Annotated[list[Id], Tag(f"{MARK}all")],
    Discriminator(lambda raw: f"{MARK}by_function" if isinstance(raw, dict) else f"{MARK}all"),
]


class SeatModel(Closed):
    """What a seat has to be like. One that is not called independent, ordered or qualified must not be."""

    function: Function | None = None
    label: str | None = None
    covers: list[Section] | None = None
    independent: Annotated[bool, Field(strict=True)] = False
    qualification: str | None = None
    order: Whole = 1


Chosen: TypeAlias = Annotated[
    Annotated[list[str], Tag(f"{MARK}several")] | Annotated[str, Tag(f"{MARK}one")],
    Discriminator(lambda raw: f"{MARK}several" if isinstance(raw, list) else f"{MARK}one"),
]
"""The option of a question, or a list of them where it takes several."""


def chosen(given: str | list[str] | None) -> list[str]:
    """The options that were chosen, none where nothing was answered."""
    return given if isinstance(given, list) else [given] if given is not None else []


class ExpectModel(Closed):
    """What has to come of it. Lists without another word are complete: nothing may be missing and nothing more may be there."""

    score: Whole | None = None
    measured: Number = None  # what the bands are held against
    deducted: Number = None  # what mitigation took off
    band: Tier | None = None
    tier: Tier | None = None
    decided_by: str | None = None
    missing: list[str] | None = None
    contradictions: list[str] | None = None  # a part of each sentence
    facts: dict[str, FactValue] = {}  # those named, with these values
    applicable: ByFunction | None = None
    applies: list[Id] = []  # at least these
    not_applicable: list[Id] = []  # at least these
    undecided: list[Id] | None = None
    items: dict[str, ExpectedState] = {}
    states: dict[AnswerState, list[Id]] = {}  # at least these
    asks_for: dict[EvidenceKind, list[Id]] | None = None
    blockers: dict[Severity, list[Id]] | None = None
    open: list[Id] | None = None
    seats: list[Id] | None = None
    seat: dict[str, SeatModel] = {}
    may_be_submitted: Annotated[bool, Field(strict=True)] | None = None
    passes: Annotated[bool, Field(strict=True)] | None = None


class GivenModel(Closed):
    """What a case starts from. With `like` it starts from another, and what is written here is put over it; `null` takes away."""

    like: str | None = None
    gate: Id | None = None
    at: str | None = None
    questions: dict[str, Chosen | None] = {}
    statements: dict[str, Answer | None] = {}
    asked: dict[str, FactValue | None] = {}
    facts: dict[str, FactValue | None] = {}
    tier: Tier | None = None
    limits: dict[str, Measured | None] = {}
    approved: dict[str, Measured | None] = {}
    others: Literal["met", "not_met", "in_progress", "unanswered"] | None = None
    answers: dict[str, GivenAnswer | None] = {}
    team: list[Function] | None = None
    points_due_in_days: list[Span] | None = None


class CaseModel(GivenModel):
    id: Id
    title: Annotated[str, Field(min_length=1, max_length=200)]
    expect: ExpectModel


class CasesModel(Closed):
    """A file of cases, and the starting points that they share."""

    bases: dict[str, GivenModel] = {}
    cases: list[CaseModel] = []
