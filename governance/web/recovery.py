"""A record restored from a backup: what came back, what may be lost, and the administrators who say that it may go on."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from governance.domain.errors import NotThere, RuleBroken
from governance.reads import people, recovery, words
from governance.reads.recovery import Recovery
from governance.services import recovery as confirming
from governance.web import current
from governance.web.forms import Form
from governance.web.proving import is_proved, password_again, proof

bp = Blueprint("recovery", __name__)

STANDS = "Nothing was recorded; your reason stands above as you wrote it."


class ConfirmForm(Form):
    reason = TextAreaField(
        "Reason",
        [InputRequired("Say what happened and what you know of what is lost."), Length(max=10_000, message="Write at most 10,000 signs.")],
        description="What happened, and what you know of what is lost. It goes into the record.",
    )
    password = password_again()


@bp.get("/recovery")
def awaited() -> str:
    return _page(ConfirmForm(formdata=None))


@bp.post("/recovery")
def confirm() -> Response | tuple[str, int]:
    form, _ = ConfirmForm(), _found()
    if not form.validate_on_submit():
        return _page(form), 422
    if not is_proved(form, STANDS):
        return _page(form), 422
    try:
        with current.writing(proof()) as log:
            is_open = confirming.confirm(log, form.reason.data)
    except RuleBroken as refused:
        form.accept(refused)
        return _page(form), 422
    if is_open:
        flash("Your confirmation is recorded, and the record is open again.")
        return redirect(url_for("work.mine"), 303)
    flash("Your confirmation is recorded. Another administrator has to confirm too.")
    return redirect(url_for(".awaited"), 303)


def _found() -> Recovery:
    """Raises `NotThere` where the record is open."""
    found = recovery.awaited(current.session(), current.now())
    if found is None:
        raise NotThere("Nothing was restored that waits to be confirmed.")
    return found


def _page(form: ConfirmForm) -> str:
    session, found = current.session(), _found()
    return render_template(
        "recovery/awaited.html",
        form=form,
        recovery=found,
        names=people.names(session, [entry.actor for entry in found.confirmed]),
        reasons=words.texts(session, [entry.body.get("reason") for entry in found.confirmed]),
        mine=found.is_confirmed_by(current.doer().id),
        problems=form.problems(),
    )
