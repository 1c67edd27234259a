"""The tiering questionnaire, the facts that follow, and the limits an initiative states."""

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from governance.domain.errors import Problem, RuleBroken
from governance.domain.policy import Fact, Policy, Translation
from governance.domain.questionnaire import FactValue, Given, Question, picked
from governance.domain.text import tidy
from governance.domain.tiering import ANSWERS, Answers, Assessment
from governance.domain.vocabulary import Good, Tier
from governance.ledger.log import Log
from governance.models.initiatives import Tiering
from governance.policy.assess import assess_initiative
from governance.reads import material as reading
from governance.reads import policies
from governance.services import initiatives
from governance.web import current, loading
from governance.web.initiative_frame import frame
from governance.words import named, word

Said = TypeVar("Said")

bp = Blueprint("facts", __name__, url_prefix="/initiatives/<key>/facts")

NONE_OF_THEM = "none-of-them"
"""Ticked where no option of a question with several fits; no key of an option has this form."""
BOOLEANS: Mapping[str, bool] = {"yes": True, "no": False}
Limit = tuple[str, str, str, Good | None]
"""Name, value, unit, and which way is better."""


@bp.get("")
def tiering(key: str) -> str:
    policy, found = policies.current(current.session()), loading.initiative(key)
    return _page(found, policy, _answered(key))


@bp.post("/answers")
def answer(key: str) -> Response | tuple[str, int]:
    """Save what was answered, wholly or in part; the page then shows what is left."""
    policy, found = policies.current(current.session()), loading.initiative(key)
    given = _given(policy)
    if not (given.questions or given.statements or given.asked):
        return _page(found, policy, _answered(key), [Problem("required", "Answer at least one question.")]), 422
    try:
        with current.writing() as log:
            tier = initiatives.answer_tiering(log, key, given.questions, given.statements, given.asked)
    except RuleBroken as refused:
        return _page(found, policy, given, refused.problems or (Problem("refused", refused.message),)), 422
    if tier is None:
        flash("Saved. Some answers are still missing.", "warn")
    else:
        flash(f"Saved. The risk tier is {word(tier).label.lower()}.", "warn" if tier is Tier.PROHIBITED else "ok")
    return redirect(url_for(".tiering", key=key, language=_chosen_language()), 303)


@bp.post("/limits")
def limits(key: str) -> Response | tuple[str, int]:
    """State what changed, all of it or nothing."""
    policy, found = policies.current(current.session()), loading.initiative(key)
    changed = list(_changed_limits(policy, key))
    try:
        with current.writing() as log:
            _state_limits(log, key, changed)
    except RuleBroken as refused:
        return _page(found, policy, _answered(key), refused.problems), 422
    flash("The limits are recorded.")
    return redirect(url_for(".tiering", key=key, _anchor="limits"), 303)


def _changed_limits(policy: Policy, key: str) -> Iterator[Limit]:
    """Every limit that was filled in and differs from what is on record."""
    before = {limit.name: limit for limit in reading.limits(current.session(), key)}
    for name, limit in policy.limits.items():
        value = tidy(request.form.get(f"limit-{name}", ""))
        unit = limit.unit or tidy(request.form.get(f"unit-{name}", ""))
        good = _good(request.form.get(f"good-{name}", ""))
        stated = before.get(name)
        if value and not (stated and (stated.value, stated.unit, stated.good) == (value, unit, good.value if good else None)):
            yield name, value, unit, good


def _state_limits(log: Log, key: str, changed: Iterable[Limit]) -> None:
    """All of them or none. Raises `RuleBroken` with everything that does not hold up."""
    problems: list[Problem] = []
    for name, value, unit, good in changed:
        try:
            initiatives.state_limit(log, key, name, value, unit, good)
        except RuleBroken as refused:
            problems += [Problem(problem.code, f"{named(name)}: {problem.message}", f"limit-{name}") for problem in refused.problems]
    if problems:
        raise RuleBroken("Some limits do not hold up.", *problems)


def _chosen_language() -> str | None:
    return current.text("language") or None


def _language(policy: Policy) -> Translation | None:
    """The language to read the questions in: the one that was chosen, else the one the browser prefers; None is that of the policy."""
    chosen = _chosen_language()
    if chosen is None:
        chosen = request.accept_languages.best_match([policy.language, *policy.translations], policy.language)
    return policy.translations.get(chosen)


def _page(found: loading.Loaded, policy: Policy, answers: Answers, problems: object = ()) -> str:
    assessed = assess_initiative(policy, answers)
    return render_template(
        "facts/tiering.html",
        **frame(found, "facts"),
        policy=policy,
        answers=answers,
        assessed=assessed,
        none_of_them=NONE_OF_THEM,
        answer_words=ANSWERS,
        texts={question.id: question.text for question in policy.tiering.questions},
        chosen=_chosen_language(),
        language=(reads := _language(policy)),
        translated=[(one.language, one.name) for one in policy.translations.values()],
        said=lambda name, words: reads.texts.get(name, words) if reads else words,
        asked=[(fact, _options(fact), _said(answers.asked.get(fact.name))) for fact in assessed.asked],
        derived=_derived(policy, assessed),
        known={limit.name: limit for limit in reading.limits(current.session(), found.initiative.key)},
        typed={name: tidy(typed) for name, typed in request.form.items()},
        plain=named,
        problems=[(problem.message, _anchor(problem)) for problem in problems],  # type: ignore[attr-defined]
        may_answer=found.works_on_it,
    )


def _answered(key: str) -> Answers:
    row = current.session().get(Tiering, key)
    return Answers(row.questions, row.statements, row.asked) if row else Answers()


def _given(policy: Policy) -> Answers:
    """What the form says; anything that is no answer counts as not given, and what is no longer asked falls away."""
    said_to = {question.id: said for question in policy.tiering.questions if (said := _chosen(question)) is not None}
    questions = {q.id: said_to[q.id] for q in policy.tiering.questions if picked(q, said_to.get(q.id)) is not None}
    stated = {statement.id: request.form.get(f"q-{statement.id}", "") for statement in policy.tiering.statements}
    statements = {name: said for name, said in stated.items() if said in ANSWERS}
    shown = assess_initiative(policy, Answers(questions, statements))
    asked: dict[str, FactValue] = {}
    for fact in shown.asked:
        if (value := _fact_value(fact, request.form.get(f"q-{fact.name}", ""))) is not None:
            asked[fact.name] = value
    kept = {*(question.id for question in shown.questions), *(statement.id for statement in shown.statements)}
    return Answers(_only(questions, kept), _only(statements, kept), asked)


def _only(said: Mapping[str, Said], kept: Container[str]) -> dict[str, Said]:
    """The answers to what is still asked."""
    return {name: value for name, value in said.items() if name in kept}


def _chosen(question: Question) -> Given | None:
    """What the form says to a question; nothing is not none of them, which is ticked."""
    said = request.form.getlist(f"q-{question.id}")
    if question.several is None:
        return said[0] if said else None
    return [key for key in said if key != NONE_OF_THEM] if said else None


def _fact_value(fact: Fact, said: str) -> FactValue | None:
    if fact.values:
        return said if said in fact.values else None
    return BOOLEANS.get(said)


def _options(fact: Fact) -> list[tuple[str, str]]:
    return [(value, value.replace("_", " ").capitalize()) for value in fact.values] or [("yes", "Yes"), ("no", "No")]


def _said(value: FactValue | None) -> str:
    return {True: "yes", False: "no", None: ""}.get(value, str(value))  # type: ignore[arg-type]


def _derived(policy: Policy, assessed: Assessment) -> list[tuple[str, str, str]]:
    """(fact, value, where it comes from) for everything that is known."""
    rows = []
    for name, value in assessed.facts.items():
        fact = policy.facts[name]
        stated = name in {asked.name for asked in assessed.asked}
        rows.append((named(name), _said(value), "stated" if stated else f"follows from {', '.join(fact.sources)}"))
    return rows


def _anchor(problem: Problem) -> str | None:
    if problem.about is None:
        return None
    return problem.about if problem.about.startswith("limit-") else f"q-{problem.about}"


def _good(said: str) -> Good | None:
    return Good(said) if said in set(Good) else None
