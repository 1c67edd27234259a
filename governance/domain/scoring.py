"""The points of a tiering questionnaire, as exact decimals: weights, several options, mitigation, shares, rounding."""

import decimal
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from governance.domain.questionnaire import Band, Measure, Option, Question, Rounding, Several, Tiering
from governance.domain.vocabulary import Tier

Chosen = Mapping[str, tuple[Option, ...]]
"""The chosen options by question; a question that is not asked or not answered is not there."""

Points: TypeAlias = int | Decimal
"""Points to be shown: whole ones as a whole number."""

ROUNDING: Mapping[Rounding, str] = {
    Rounding.HALF_UP: decimal.ROUND_HALF_UP,
    Rounding.HALF_EVEN: decimal.ROUND_HALF_EVEN,
    Rounding.UP: decimal.ROUND_UP,
    Rounding.DOWN: decimal.ROUND_DOWN,
}


@dataclass(frozen=True, slots=True)
class Score:
    """`points` are what counts, in whole points; `measured` is what the bands are held against; `deducted` what mitigation took off."""

    points: int
    measured: Decimal
    deducted: Decimal


def points(question: Question, options: Iterable[Option]) -> Decimal:
    """What the chosen options of a question count, weighted; none count nothing."""
    found = [option.points for option in options]
    together = max(found, default=0) if question.several is Several.WORST else sum(found)
    return question.weight * (together if question.most is None else min(together, question.most))


def plain(exact: Decimal) -> Points:
    return int(exact) if exact == exact.to_integral_value() else exact


def most(question: Question) -> Decimal:
    """The most that a question can count."""
    every = question.options if question.several else sorted(question.options, key=lambda option: option.points)[-1:]
    return points(question, every)


def score(tiering: Tiering, asked: Iterable[Question], chosen: Chosen) -> Score:
    """What the answers to the questions that are asked amount to."""
    there = list(asked)
    risk = _counted((question for question in there if not question.mitigates), chosen)
    deducted = _deducted(tiering, risk, _counted((question for question in there if question.mitigates), chosen))
    whole = risk - deducted
    reachable = sum(
        (most(question) for question in (there if tiering.of_asked else tiering.questions) if not question.mitigates), Decimal()
    )
    measured = whole if tiering.measure is Measure.POINTS else whole / reachable if reachable else Decimal()
    return Score(int(rounded(whole, 0, tiering.rounding)), rounded(measured, tiering.places, tiering.rounding), deducted)


def by_question(asked: Iterable[Question], chosen: Chosen) -> dict[str, Decimal]:
    """What each answered question counts."""
    return {question.id: points(question, chosen[question.id]) for question in asked if question.id in chosen}


def rounded(value: Decimal, places: int, rule: Rounding) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUNDING[rule])


def band(tiering: Tiering, measured: Decimal) -> Tier:
    """The tier of the band that holds the measure. A checked policy has one for every measure that can be reached."""
    return next(found.tier for found in tiering.bands if _holds(found, measured))


def _holds(found: Band, measured: Decimal) -> bool:
    return found.low <= measured <= found.high


def _counted(questions: Iterable[Question], chosen: Chosen) -> Decimal:
    return sum(by_question(questions, chosen).values(), Decimal())


def _deducted(tiering: Tiering, risk: Decimal, mitigated: Decimal) -> Decimal:
    rule = tiering.deduction
    if rule is None:
        return Decimal()
    at_most = risk * rule.most
    if rule.from_share is None:
        return min(mitigated, at_most)
    reachable = sum((most(question) for question in tiering.questions if question.mitigates), Decimal())
    return at_most if reachable and mitigated >= rule.from_share * reachable else Decimal()
