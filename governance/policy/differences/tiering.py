"""The questionnaire: questions, options, statements, bands; and the facts and limits that it declares."""

from collections.abc import Iterator

from governance.domain import scoring, strictness
from governance.domain.policy import Policy
from governance.domain.policy_changes import Change, Effect, Kind
from governance.domain.questionnaire import Measure, Option, Question, Statement, Tiering
from governance.policy.differences.fields import Fields, Place, differing, reordered, unequal

STATEMENT: Fields = {
    "kind": (Kind.STATEMENT_KIND, strictness.unclear),
    "question": (Kind.STATEMENT_QUESTION, strictness.unclear),
    "then": (Kind.STATEMENT_TIER, strictness.tier),
    "when": (Kind.STATEMENT_CONDITION, strictness.unclear),
    "ask_when": (Kind.STATEMENT_ASKED, strictness.unclear),
    "ask_when_answer": (Kind.STATEMENT_AFTER, strictness.unclear),
    "exception": (Kind.STATEMENT_EXCEPTION, strictness.unclear),
    "lifts": (Kind.STATEMENT_LIFTS, strictness.unclear),
    "implies": (Kind.STATEMENT_IMPLIES, strictness.unclear),
    "maps": (Kind.STATEMENT_CLAUSES, strictness.neither),
}
OPTION: Fields = {
    "points": (Kind.OPTION_POINTS, strictness.unclear),  # told with its question, see `_of_more_points`
    "text": (Kind.OPTION_TEXT, strictness.unclear),
    "implies": (Kind.OPTION_IMPLIES, strictness.unclear),
}
FACT: Fields = {
    "values": (Kind.FACT_VALUES, strictness.unclear),
    "sources": (Kind.FACT_SOURCES, strictness.unclear),
    "ask": (Kind.FACT_QUESTION, strictness.unclear),
    "said": (Kind.FACT_SAID, strictness.neither),
    "unless": (Kind.FACT_UNLESS, strictness.neither),
}
LIMIT: Fields = {"unit": (Kind.LIMIT_UNIT, strictness.unclear), "meaning": (Kind.LIMIT_MEANING, strictness.unclear)}


def changes(before: Tiering, after: Tiering) -> Iterator[Change]:
    yield from _bands(before, after)
    yield from _questions(before, after)
    yield from _statements(before, after)


def _bands(before: Tiering, after: Tiering) -> Iterator[Change]:
    old, new = ({band.tier: f"{band.low} to {band.high}" for band in tiering.bands} for tiering in (before, after))
    effect = strictness.bands(before.bands, after.bands)
    for tier in strictness.PASSABLE:
        if old.get(tier) != new.get(tier):
            yield Place().change(Kind.BAND, effect, old.get(tier), new.get(tier), tiers=(tier,), unit="points")
    if before.max_score != after.max_score:
        yield Place().change(Kind.MAX_SCORE, Effect.UNCLEAR, before.max_score, after.max_score, unit="points")


def _questions(before: Tiering, after: Tiering) -> Iterator[Change]:
    old, new = ({question.id: question for question in tiering.questions} for tiering in (before, after))
    for name, was, is_now in unequal(old, new):
        found = is_now or was
        assert found is not None
        place = Place(part=name, title=found.text)
        of_more = _of_more_points((before, after), was, is_now)
        if is_now is None:
            yield place.change(Kind.QUESTION_REMOVED, strictness.opposite(of_more), _most(found))
        elif was is None:
            yield place.change(Kind.QUESTION_ADDED, of_more, after=_most(found))
        else:
            if was.text != is_now.text:
                yield place.change(Kind.QUESTION_TEXT, Effect.UNCLEAR, was.text, is_now.text)
            yield from _options(place, was, is_now, of_more)
    yield from reordered(Place(), Kind.QUESTION_PLACE, old, new)


def _most(question: Question) -> int:
    """The points that it adds at most."""
    return max(option.points for option in question.options)


def _of_more_points(tierings: tuple[Tiering, Tiering], was: Question | None, is_now: Question | None) -> Effect:
    """What more points of a question do: they raise the score, and those of one that mitigates lower it.

    Where the score counts by its share of what can be reached, another most moves every answer's share, and nothing can be told.
    """
    sides = [question for question in (was, is_now) if question is not None]
    if len({question.mitigates for question in sides}) > 1:
        return Effect.UNCLEAR
    mitigates = sides[0].mitigates
    same_most = len(sides) == 2 and scoring.most(sides[0]) == scoring.most(sides[1])
    if not same_most and any(_counts_shares(tiering, mitigates) for tiering in tierings):
        return Effect.UNCLEAR
    return Effect.LOOSER if mitigates else Effect.STRICTER


def _counts_shares(tiering: Tiering, mitigates: bool) -> bool:
    """Whether points count by their share of the most there could be: of the score, or of what mitigates it."""
    if not mitigates:
        return tiering.measure is not Measure.POINTS
    return tiering.deduction is not None and tiering.deduction.from_share is not None


def _options(place: Place, before: Question, after: Question, of_more: Effect) -> Iterator[Change]:
    old, new = ({option.key: option for option in question.options} for question in (before, after))
    for key, was, is_now in unequal(old, new):
        if was is None or is_now is None:
            yield _option_moved(place, key, was, is_now)
            continue
        for change in differing(place, was, is_now, OPTION):
            effect = change.effect
            if change.kind is Kind.OPTION_POINTS:
                effect = of_more if is_now.points > was.points else strictness.opposite(of_more)
            yield place.change(change.kind, effect, change.before, change.after, detail=is_now.text)
    for change in reordered(place, Kind.QUESTION_PLACE, old, new):
        yield change


def _option_moved(place: Place, key: str, before: Option | None, after: Option | None) -> Change:
    if after is not None:
        return place.change(Kind.OPTION_ADDED, Effect.UNCLEAR, after=after.points, detail=after.text)
    return place.change(Kind.OPTION_REMOVED, Effect.UNCLEAR, before.points if before else None, detail=before.text if before else key)


def _statements(before: Tiering, after: Tiering) -> Iterator[Change]:
    old, new = ({statement.id: statement for statement in tiering.statements} for tiering in (before, after))
    for name, was, is_now in unequal(old, new):
        found: Statement | None = is_now or was
        assert found is not None
        place = Place(part=name, title=found.question)
        if is_now is None:
            yield place.change(Kind.STATEMENT_REMOVED, strictness.opposite(strictness.statement_added(found.kind)), found.kind)
        elif was is None:
            yield place.change(Kind.STATEMENT_ADDED, strictness.statement_added(found.kind), after=found.kind)
        else:
            yield from differing(place, was, is_now, STATEMENT)
    yield from reordered(Place(), Kind.STATEMENT_PLACE, old, new)


def facts(before: Policy, after: Policy) -> Iterator[Change]:
    for name, was, is_now in unequal(before.facts, after.facts):
        place = Place(part=name)
        if is_now is None:
            yield place.change(Kind.FACT_REMOVED, Effect.UNCLEAR)
        elif was is None:
            yield place.change(Kind.FACT_ADDED, Effect.NEITHER)
        else:
            yield from differing(place, was, is_now, FACT)


def limits(before: Policy, after: Policy) -> Iterator[Change]:
    for name, was, is_now in unequal(before.limits, after.limits):
        place = Place(part=name)
        if is_now is None:
            yield place.change(Kind.LIMIT_REMOVED, Effect.UNCLEAR)
        elif was is None:
            yield place.change(Kind.LIMIT_ADDED, Effect.UNCLEAR, after=is_now.meaning)
        else:
            yield from differing(place, was, is_now, LIMIT)
