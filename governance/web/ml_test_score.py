"""The ML Test Score form: 28 tests, each with how it is done and where to see that."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from governance.domain import ml_test_score as rubric
from governance.domain.dossier import ML_TEST_SCORE
from governance.domain.errors import Conflict, Problem, RuleBroken
from governance.domain.ml_test_score import Done, Form, Practice
from governance.domain.policy import Item, Policy
from governance.domain.text import tidy
from governance.reads import material, policies
from governance.services import ml_test_score
from governance.web import current, loading
from governance.web.filters import counted
from governance.web.initiative_frame import frame

bp = Blueprint("ml_test_score", __name__, url_prefix="/initiatives/<key>/ml-test-score")


@bp.get("")
def form(key: str) -> str:
    found = loading.initiative(key)
    stated = material.ml_test_score(current.session(), key)
    return _page(found, stated, stated.tests if stated else {})


@bp.post("")
def save(key: str) -> Response | tuple[str, int]:
    """The whole form, wholly or in part; the page then shows what it comes to."""
    found, said = loading.initiative(key), _said()
    try:
        if unsaid := list(_unsaid(said)):
            raise RuleBroken("Some tests need another look.", *unsaid)
        with current.writing() as log:
            ml_test_score.fill_in(log, key, said)
    except (RuleBroken, Conflict) as refused:
        problems = (refused.problems if isinstance(refused, RuleBroken) else ()) or (Problem("refused", refused.message),)
        return _page(found, material.ml_test_score(current.session(), key), said, problems), 422
    open_ = len(rubric.TESTS) - len(said)
    flash(f"Saved. {counted(open_, 'test')} still to answer." if open_ else f"Saved. The score is {_points(rubric.score(said))}.")
    return redirect(url_for(".form", key=key), 303)


def _said() -> dict[str, Done]:
    """What the form says. A test with no choice is not answered, and what was typed at it is shown again."""
    found = {}
    for test in rubric.TESTS:
        practice = request.form.get(f"{test}-practice", "")
        if practice in set(Practice):
            found[test] = Done(Practice(practice), tidy(request.form.get(f"{test}-proof", "")))
    return found


def _unsaid(said: Mapping[str, Done]) -> Iterator[Problem]:
    """A proof without a choice: saved as it is, what was typed would be lost."""
    for test in rubric.TESTS:
        if test not in said and tidy(request.form.get(f"{test}-proof", "")):
            yield Problem("required", f"{test}: choose how it is done.", test)


def _page(found: loading.Loaded, stated: Form | None, tests: Mapping[str, Done], problems: Sequence[Problem] = ()) -> str:
    sums, policy = rubric.sums(tests), policies.current(current.session())
    return render_template(
        "initiatives/ml_test_score.html",
        **frame(found, "ml_test_score", also=[stated.by] if stated else ()),
        sections=[(title, list(of_section.items()), _points(sums[name]), name) for name, (title, of_section) in rubric.SECTIONS.items()],
        tests=tests,
        stated=stated,
        score=_points(rubric.score(tests)),
        least=[title for name, (title, _) in rubric.SECTIONS.items() if sums[name] == min(sums.values())],
        left=len(rubric.TESTS) - len(tests),
        every=len(rubric.TESTS),
        practices=list(Practice),
        longest=rubric.LONGEST,
        typed={test: tidy(request.form.get(f"{test}-proof", "")) for test in rubric.TESTS},
        problems=[(problem.message, f"t-{problem.about}" if problem.about else None) for problem in problems],
        asking=list(asking(policy)),
        may_answer=found.works_on_it,
    )


def asking(policy: Policy) -> list[tuple[str, Item]]:
    """The checks that answer themselves from this form, with their gates."""
    return [(gate.id, item) for gate in policy.gates.values() for item in gate.items if item.source == ML_TEST_SCORE]


def _points(points: Decimal) -> str:
    return "1 point" if points == 1 else f"{points.normalize():f} points"
