"""Deciding on a gate request and signing the decision. Who signs is proved before anything is written."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from governance.domain import separation, signoffs
from governance.domain.errors import Conflict, NotThere, RuleBroken
from governance.domain.policy import Seat
from governance.domain.vocabulary import RequestState
from governance.reads import people, reviews
from governance.services.signoffs import sign_off
from governance.web import current, request_view
from governance.web.proving import is_proved, proof
from governance.web.request_view import RequestView
from governance.web.signing_forms import HINTS, DecisionForm, SignForm, decision_form
from governance.words import word

bp = Blueprint("signing", __name__)

Answer = str | Response | tuple[str, int]

STANDS = "Nothing was signed; your decision stands below as you wrote it."


@bp.route("/requests/<request_id>/seats/<seat_id>", methods=["GET", "POST"])
def decide(request_id: str, seat_id: str) -> Answer:
    """Read, decide, and go on to signing. Nothing is recorded here: the decision travels in the form."""
    view, seat = _may_sign(request_id, seat_id)
    form = decision_form(view, seat)
    if not form.is_submitted():
        _check_seen(view, seat, form)
        return _decision(view, seat, form)
    if moved := _moved(view, seat, form):
        return moved
    if form.validate():
        return _oath(view, seat, decision_form(view, seat, signing=True))
    return _decision(view, seat, form), 422


@bp.route("/requests/<request_id>/seats/<seat_id>/sign", methods=["GET", "POST"])
def sign(request_id: str, seat_id: str) -> Answer:
    """Sign what was decided. A wrong password is counted, and loses nothing of what was written."""
    view, seat = _may_sign(request_id, seat_id)
    form = decision_form(view, seat, signing=True)
    if not form.is_submitted():
        return redirect(url_for(".decide", request_id=request_id, seat_id=seat_id), 303)
    if moved := _moved(view, seat, form):
        return moved
    if not form.validate():
        return _again(view, seat, form)
    if not is_proved(form, STANDS):
        return _oath(view, seat, form), 422
    try:
        with current.writing(proof()) as log:
            sign_off(log, request_id, seat_id, form.judgement())
    except RuleBroken as refused:
        form.accept(refused)
        return _again(view, seat, form)
    flash(_what_next(request_id, reviews.request(current.session(), request_id).state))
    return redirect(url_for("gates.request_page", request_id=request_id), 303)


def _may_sign(request_id: str, seat_id: str) -> tuple[RequestView, Seat]:
    """Raise unless this reader may decide for this seat now, with the reason and who can."""
    view = request_view.build(request_id)
    seat = next((seat for seat in view.table.review.seats if seat.id == seat_id), None) if view.table else None
    if view.table is None or seat is None:
        raise NotThere("This request has no such seat.")
    separation.check_may_sign(view.table.review, seat, people.signer(current.doer()), view.table.around, current.now())
    return view, seat


def _check_seen(view: RequestView, seat: Seat, form: DecisionForm) -> None:
    """Say at once that the dossier read is not the one on the table, before anybody types a reason or a password."""
    assert view.table is not None
    separation.check_seen(view.table.review, seat, form.seen.data or "", view.table.revision.digest)


def _moved(view: RequestView, seat: Seat, form: DecisionForm) -> Answer | None:
    """Where the dossier changed while somebody wrote: their words, with what happened on top, and nothing that leads on."""
    try:
        _check_seen(view, seat, form)
    except Conflict as changed:
        form.accept(changed)
        return _decision(view, seat, form), 409
    return None


def _again(view: RequestView, seat: Seat, form: SignForm) -> Answer:
    """Back to where the fault is: the decision, or only the password."""
    if set(form.errors) <= {"password"}:
        return _oath(view, seat, form), 422
    return _decision(view, seat, form), 422


def _decision(view: RequestView, seat: Seat, form: DecisionForm) -> str:
    """The page of the decision. It asks for no password, so it says nothing about one."""
    problems = [problem for problem in form.problems() if problem[1] != "password"]
    return render_template("signing/decide.html", view=view, seat=seat, form=form, hints=HINTS, problems=problems)


def _oath(view: RequestView, seat: Seat, form: DecisionForm) -> str:
    assert view.table is not None
    review = view.table.review
    others = [other.label for other in signoffs.outstanding(review, current.now()) if other.id != seat.id]
    covered = [(word(section).label, review.frozen[section]) for section in review.frozen if section in seat.covers]
    owner = {choice.value: choice.label for choice in form.owner.choices}.get(form.owner.data, "")
    return render_template(
        "signing/sign.html", view=view, seat=seat, form=form, covered=covered, others=others, owner=owner, problems=form.problems()
    )


def _what_next(request_id: str, state: RequestState) -> str:
    """What happened after the signature, in one sentence."""
    view = request_view.build(request_id)
    match state:
        case RequestState.PASSED:
            return f"Signed. It was the last signature needed: {view.initiative.name} is now in {word(view.initiative.stage).past}."
        case RequestState.CHANGES_REQUESTED:
            return f"Signed. The request went back to {view.lead}."
        case RequestState.REJECTED:
            return "Signed. Every seat has decided, and the request is rejected."
        case _:
            return f"Signed. {view.heading}."
