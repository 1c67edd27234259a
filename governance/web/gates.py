"""Gate requests: open, read, submit, withdraw, close, comment. Deciding is in `signing`."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import Length

from governance.domain.errors import RuleBroken
from governance.ledger.log import Log
from governance.services import gates
from governance.web import current, request_view, signing_forms
from governance.web.forms import Form
from governance.web.request_view import RequestView

bp = Blueprint("gates", __name__)

Answer = str | Response | tuple[str, int]


class WordsForm(Form):
    """Words that go with an act. Whether they may stay empty, the service says."""

    reason = TextAreaField("Words", [Length(max=gates.LONGEST_COMMENT, message="Write at most 10,000 signs.")])


FORMS = {
    "submit": "Note for the reviewers",
    "withdraw": "Why do you withdraw it?",
    "close": "Why are the remaining seats not needed?",
    "comment": "Comment",
}


@bp.post("/initiatives/<key>/requests/<gate>")
def open_request(key: str, gate: str) -> Answer:
    with current.writing() as log:
        request_id = gates.open_request(log, key, gate)
    return redirect(url_for(".request_page", request_id=request_id), 303)


@bp.get("/requests/<request_id>")
def request_page(request_id: str) -> Answer:
    return _page(request_id)


@bp.post("/requests/<request_id>/submit")
def submit(request_id: str) -> Answer:
    return _act(request_id, "submit", lambda log, words: gates.submit(log, request_id, words))


@bp.post("/requests/<request_id>/withdraw")
def withdraw(request_id: str) -> Answer:
    return _act(request_id, "withdraw", lambda log, words: gates.withdraw(log, request_id, words))


@bp.post("/requests/<request_id>/close")
def close(request_id: str) -> Answer:
    return _act(request_id, "close", lambda log, words: gates.close(log, request_id, words))


@bp.post("/requests/<request_id>/comments")
def comment(request_id: str) -> Answer:
    return _act(request_id, "comment", lambda log, words: gates.comment(log, request_id, words), anchor="talk")


def _act(request_id: str, name: str, do: Callable[[Log, str], object], anchor: str | None = None) -> Answer:
    """Do one thing to a request. What was typed stays where a rule says no, with everything that is missing listed."""
    request_view.visible_request(request_id)
    form = WordsForm(prefix=f"{name}-")
    if not form.validate_on_submit():
        return _page(request_id, {name: form}), 422
    try:
        with current.writing() as log:
            do(log, form.reason.data or "")
    except RuleBroken as refused:
        form.accept(refused)
        return _page(request_id, {name: form}, refused), 422
    return redirect(url_for(".request_page", request_id=request_id, _anchor=anchor), 303)


def _page(request_id: str, typed: dict[str, WordsForm] | None = None, refused: RuleBroken | None = None) -> str:
    view = request_view.build(request_id)
    forms = {name: (typed or {}).get(name) or WordsForm(prefix=f"{name}-", formdata=None) for name in FORMS}
    for name, label in FORMS.items():
        forms[name].reason.label.text = label
    decision = next((signing_forms.decision_form(view, seat, blank=True) for seat in view.your_seats), None)
    missing = [request_view.linked(view.request, problem) for problem in refused.problems if problem.about != "reason"] if refused else []
    return render_template(
        "gates/request.html",
        view=view,
        forms=forms,
        decision=decision,
        hints=signing_forms.HINTS,
        refused=refused,
        missing_now=missing,
        problems=[] if missing else [problem for name, form in (typed or {}).items() for problem in _problems(view, name, form)],
    )


def _problems(view: RequestView, name: str, form: WordsForm) -> list[tuple[str, str | None]]:
    """What is wrong, leading to the field only where the page still has that form."""
    shown = getattr(view, f"may_{name}")
    return [(sentence, anchor if shown else None) for sentence, anchor in form.problems()]
