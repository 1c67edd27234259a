"""Risk tiering: from answers to points, facts and a tier. Hard stops beat floors, floors beat the score.

Weights follow the Canadian Algorithmic Impact Assessment where it has an equivalent; the policy names its basis.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from governance.domain import scoring
from governance.domain.errors import Problem
from governance.domain.policy import Applicability, Fact
from governance.domain.questionnaire import FactValue, Given, Option, Question, Statement, StatementKind, Tiering, picked
from governance.domain.scoring import Chosen, Points
from governance.domain.vocabulary import Applies, Tier

ANSWERS = ("yes", "no", "undecided")
ORDER = {tier: place for place, tier in enumerate(Tier)}

Decide = Callable[[str, Mapping[str, FactValue]], Applicability]
"""Evaluates a condition over the facts known so far."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered so far: option (or options) by question, yes/no/undecided by statement, value by asked fact.

    A question of several options is answered with none of them by an empty sequence.
    """

    questions: Mapping[str, Given] = field(default_factory=dict)
    statements: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, FactValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the answers amount to. `tier` counts only once nothing is `missing`."""

    score: int
    band: Tier
    tier: Tier
    decided_by: str  # `score`, or the id of the statement that did
    facts: Mapping[str, FactValue]
    missing: tuple[str, ...]  # ids still to be answered, in the order they are asked
    contradictions: tuple[Problem, ...]
    points: Mapping[str, Points]
    statements: tuple[Statement, ...]  # those that are asked, given the answers
    asked: tuple[Fact, ...]  # facts that no answer implies, so that somebody has to state them
    questions: tuple[Question, ...]  # those that are asked, given the answers
    measured: Decimal  # what the bands are held against
    deducted: Decimal  # the points that mitigation took off


def assess(tiering: Tiering, facts: Mapping[str, Fact], answers: Answers, decide: Decide) -> Assessment:
    """Score, tier and facts. An undecided statement counts as the less favourable answer; an undecided condition leaves the tier open."""
    questions, chosen = _asked_questions(tiering, facts, answers, decide)
    implied, contradictions = _facts(tiering, facts, answers, chosen)
    statements = tuple(statement for statement in tiering.statements if _is_asked(statement, answers, implied, decide))
    asked = tuple(fact for fact in facts.values() if fact.ask and not _is_implied(fact.name, tiering, answers, chosen))
    score = scoring.score(tiering, questions, chosen)
    band = scoring.band(tiering, score.measured)
    tier, decided_by = _tier(tiering, statements, answers, implied, band, decide)
    return Assessment(
        score=score.points,
        band=band,
        tier=tier,
        decided_by=decided_by,
        facts=implied,
        missing=tuple(_missing(questions, chosen, statements, asked, answers)) or tuple(_undecidable(tiering, implied, decide)),
        contradictions=tuple(contradictions),
        points={question: scoring.plain(points) for question, points in scoring.by_question(questions, chosen).items()},
        statements=statements,
        asked=asked,
        questions=questions,
        measured=score.measured,
        deducted=score.deducted,
    )


def _asked_questions(
    tiering: Tiering, facts: Mapping[str, Fact], answers: Answers, decide: Decide
) -> tuple[tuple[Question, ...], dict[str, tuple[Option, ...]]]:
    """The questions that are asked, in their order, and what was chosen. What is asked rests on the questions before it only.

    A condition that cannot be decided asks: leaving a question out would be the more favourable answer.
    """
    asked: list[Question] = []
    chosen: dict[str, tuple[Option, ...]] = {}
    for question in tiering.questions:
        if _question_asked(question, chosen, lambda: _facts(tiering, facts, answers, chosen)[0], decide):
            asked.append(question)
            if (options := picked(question, answers.questions.get(question.id))) is not None:
                chosen[question.id] = options
    return tuple(asked), chosen


def _question_asked(question: Question, chosen: Chosen, known: Callable[[], Mapping[str, FactValue]], decide: Decide) -> bool:
    for other, wanted in question.ask_when_answer.items():
        if not {option.key for option in chosen.get(other, ())} & set(wanted):
            return False
    return question.ask_when is None or decide(question.ask_when, known()).applies is not Applies.NO


def _implications(tiering: Tiering, answers: Answers, chosen: Chosen) -> Iterator[tuple[str, str, FactValue]]:
    """(source, fact, value) for every fact that an answer implies; an exception that lifts a floor speaks in its place."""
    for question, options in chosen.items():
        yield from ((question, fact, value) for option in options for fact, value in option.implies.items())
    lifting = {statement.lifts for statement in tiering.statements if _lifts(statement, answers)}
    for statement in tiering.statements:
        implied = statement.implies.get(answers.statements.get(statement.id, ""), {})
        if statement.id not in lifting and _condition_met(statement, answers):
            yield from ((statement.id, fact, value) for fact, value in implied.items())


def _lifts(statement: Statement, answers: Answers) -> bool:
    """Undecided counts against: only a yes lifts, and only where the exception is asked at all."""
    return answers.statements.get(statement.id) == "yes" and _condition_met(statement, answers)


def _condition_met(statement: Statement, answers: Answers) -> bool:
    return all(answers.statements.get(other) in wanted for other, wanted in statement.ask_when_answer.items())


def _facts(tiering: Tiering, facts: Mapping[str, Fact], answers: Answers, chosen: Chosen) -> tuple[dict[str, FactValue], list[Problem]]:
    found: dict[str, tuple[str, FactValue]] = {}
    problems = []
    for source, fact, value in _implications(tiering, answers, chosen):
        first = found.setdefault(fact, (source, value))
        if first[1] != value:
            problems.append(_contradiction(fact, first[0], source))
    for name, value in answers.asked.items():
        if name in found and found[name][1] != value:
            problems.append(_contradiction(name, found[name][0], name))
        elif name in facts and _fits(facts[name], value):
            found.setdefault(name, (name, value))
        else:
            problems.append(Problem("value", f"“{value}” is no answer to {name.replace('_', ' ')}.", name))
    return {name: value for name, (_, value) in found.items()}, problems


def _fits(fact: Fact, value: FactValue) -> bool:
    return value in fact.values if fact.values else isinstance(value, bool)


def _contradiction(fact: str, one: str, other: str) -> Problem:
    return Problem("contradiction", f"{one} and {other} say different things about “{fact.replace('_', ' ')}”. Change one of them.", other)


def _is_implied(name: str, tiering: Tiering, answers: Answers, chosen: Chosen) -> bool:
    return any(fact == name for _, fact, _ in _implications(tiering, answers, chosen))


def _is_asked(statement: Statement, answers: Answers, facts: Mapping[str, FactValue], decide: Decide) -> bool:
    """Asked unless known from the facts; where it has a condition, only after a clear yes."""
    if statement.when is not None:
        return False
    if statement.ask_when_answer:
        return _condition_met(statement, answers)
    return statement.ask_when is None or decide(statement.ask_when, facts).applies is Applies.YES


def _tier(
    tiering: Tiering, asked: tuple[Statement, ...], answers: Answers, facts: Mapping[str, FactValue], band: Tier, decide: Decide
) -> tuple[Tier, str]:
    holding = [statement for statement in tiering.statements if _holds(statement, tiering, asked, answers, facts, decide)]
    for statement in holding:
        if statement.kind is StatementKind.HARD_STOP and statement.then is not None:
            return statement.then, statement.id
    tier, decided_by = band, "score"
    for statement in holding:
        if statement.kind is StatementKind.FLOOR and statement.then is not None and ORDER[statement.then] > ORDER[tier]:
            tier, decided_by = statement.then, statement.id
    return tier, decided_by


def _holds(
    statement: Statement, tiering: Tiering, asked: tuple[Statement, ...], answers: Answers, facts: Mapping[str, FactValue], decide: Decide
) -> bool:
    if any(other.lifts == statement.id and _lifts(other, answers) for other in tiering.statements):
        return False
    if statement.when is not None:
        return decide(statement.when, facts).applies is Applies.YES
    return statement in asked and answers.statements.get(statement.id) in ("yes", "undecided")


def _undecidable(tiering: Tiering, facts: Mapping[str, FactValue], decide: Decide) -> Iterator[str]:
    """Statements of which nobody can tell whether they hold or are asked, although everything was answered."""
    for statement in tiering.statements:
        condition = statement.when or statement.ask_when
        if condition is not None and decide(condition, facts).applies is Applies.UNDECIDED:
            yield statement.id


def _missing(
    questions: tuple[Question, ...],
    chosen: Chosen,
    statements: tuple[Statement, ...],
    asked: tuple[Fact, ...],
    answers: Answers,
) -> Iterator[str]:
    yield from (question.id for question in questions if question.id not in chosen)
    yield from (statement.id for statement in statements if answers.statements.get(statement.id) not in ANSWERS)
    if len(chosen) == len(questions):
        yield from (fact.name for fact in asked if fact.name not in answers.asked)
    else:
        yield from (fact.name for fact in asked if not fact.sources and fact.name not in answers.asked)
