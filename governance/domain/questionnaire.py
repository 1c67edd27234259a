"""A risk tiering questionnaire as a policy states it: questions, statements, bands, what mitigation takes off. Data only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from governance.domain.vocabulary import Tier

FactValue: TypeAlias = bool | str


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    points: int
    text: str
    implies: Mapping[str, FactValue] = field(default_factory=dict)


class Several(StrEnum):
    """How the points of several chosen options of one question count together."""

    SUM = "sum"
    WORST = "worst"


@dataclass(frozen=True, slots=True)
class Question:
    """A scored question. One option is chosen, or with `several` any number of them; `most` caps what they count together.

    Asked only where its conditions hold, which rest on the questions before it. One that `mitigates` adds to what may be taken off the
    score, not to the score.
    """

    id: str
    text: str
    options: tuple[Option, ...]
    several: Several | None = None
    most: int | None = None
    weight: Decimal = Decimal(1)
    ask_when: str | None = None
    ask_when_answer: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mitigates: bool = False


class StatementKind(StrEnum):
    HARD_STOP = "hard_stop"
    FLOOR = "floor"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True)
class Statement:
    """A hard stop, floor or exception, answered yes, no or undecided; or a floor known from the facts (`when`)."""

    id: str
    kind: StatementKind
    question: str
    then: Tier | None = None
    when: str | None = None  # known from the facts, never asked
    ask_when: str | None = None  # asked only where this holds
    ask_when_answer: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exception: str | None = None
    lifts: str | None = None
    implies: Mapping[str, Mapping[str, FactValue]] = field(default_factory=dict)  # by answer
    maps: tuple[str, ...] = ()


Given: TypeAlias = str | Sequence[str]
"""The key of the chosen option, or those of any number of them where a question takes several."""


def picked(question: Question, given: Given | None) -> tuple[Option, ...] | None:
    """The chosen options in the order of the question; None where nothing was answered, or something that is no answer to it."""
    if given is None or isinstance(given, str) == (question.several is not None):
        return None
    keys = {given} if isinstance(given, str) else set(given)
    found = tuple(option for option in question.options if option.key in keys)
    return found if len(found) == len(keys) else None


class Measure(StrEnum):
    """What the bands are stated in: points, or the share of the most points that could have been reached."""

    POINTS = "points"
    SHARE = "share"


class Rounding(StrEnum):
    """The rule for a half; the names are those of the General Decimal Arithmetic specification."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Band:
    """From `low` to `high`, both included: points, or shares of 1, after rounding."""

    tier: Tier
    low: Decimal | int
    high: Decimal | int


@dataclass(frozen=True, slots=True)
class Deduction:
    """What mitigating answers take off the score: their points, at most the share `most` of it.

    With `from_share` all of that share, once they reach this share of the most mitigating points, and nothing before
    (as the Canadian Algorithmic Impact Assessment does it: 15 % from 80 % on).
    """

    most: Decimal
    from_share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Tiering:
    """`of_asked`: shares are of the most points of the questions that were asked, not of all of them. `places` are those of the measure."""

    questions: tuple[Question, ...]
    statements: tuple[Statement, ...]
    bands: tuple[Band, ...]
    max_score: int
    measure: Measure = Measure.POINTS
    of_asked: bool = False
    places: int = 0
    rounding: Rounding = Rounding.HALF_UP
    deduction: Deduction | None = None
