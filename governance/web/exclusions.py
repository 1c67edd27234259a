"""Proposing that a check does not apply, the page of a proposal, and what compliance says to it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from governance.domain import exclusions as rules
from governance.domain import rights
from governance.domain.errors import Conflict, RuleBroken
from governance.domain.vocabulary import Confirmation, ExclusionState
from governance.models.exclusions import Exclusion
from governance.reads import exclusions as reading
from governance.reads import exemption_rules, people, policies, words
from governance.services import exclusions
from governance.services.waivers import Subject, subject
from governance.web import current, loading
from governance.web.forms import Form, closed_choices
from governance.web.proving import is_proved, password_again, proof
from governance.words import word

bp = Blueprint("exclusions", __name__)

Page = str | Response | tuple[str, int]

STANDS = "Nothing was decided; what you wrote stands below."
TOO_LONG = f"Write at most {rules.LONGEST:,} signs."


class ProposeForm(Form):
    reason = TextAreaField(
        "Why does it not apply?", [InputRequired("Say why it does not apply."), Length(max=rules.LONGEST, message=TOO_LONG)]
    )


class DecideForm(Form):
    decision = RadioField("Decision", [InputRequired("Choose a decision.")], choices=closed_choices(Confirmation))
    reason = TextAreaField("Reason", [Length(max=rules.LONGEST, message=TOO_LONG)])
    password = password_again()


class WithdrawForm(Form):
    why = TextAreaField("Why do you withdraw it?", [InputRequired("Say why you withdraw it."), Length(max=rules.LONGEST, message=TOO_LONG)])


@bp.route("/initiatives/<key>/exclusions/<item>", methods=["GET", "POST"])
def propose(key: str, item: str) -> Page:
    found, form = loading.worked_on(key, "propose that a check does not apply"), ProposeForm()
    of = subject(current.session(), key, item, current.now())
    exclusions.check_helps(of.check)
    if not form.is_submitted():
        return _proposing(found, of, form)
    if form.validate():
        try:
            with current.writing() as log:
                made = exclusions.propose(log, key, item, form.reason.data or "")
        except (RuleBroken, Conflict) as refused:
            form.accept(refused)
        else:
            flash("It is proposed. The check applies until compliance confirms that it does not.")
            return redirect(url_for(".exclusion", exclusion_id=made), 303)
    return _proposing(found, of, form), 422


def _proposing(found: loading.Loaded, of: Subject, form: ProposeForm) -> str:
    return render_template("exclusions/propose.html", initiative=found.initiative, of=of, form=form, problems=form.problems())


@bp.get("/exclusions/<exclusion_id>")
def exclusion(exclusion_id: str) -> Page:
    return _page(_load(exclusion_id))


@bp.post("/exclusions/<exclusion_id>/decide")
def decide(exclusion_id: str) -> Page:
    """A wrong password is counted, and loses nothing of what was written."""
    row, form = _load(exclusion_id), DecideForm()
    if not form.validate():
        return _page(row, form), 422
    decision = Confirmation(form.decision.data)
    if decision is Confirmation.DECLINE and not form.reason.data:
        form.reason.errors = ["Say why you decline: it goes into the record and tells the lead what to do."]
        return _page(row, form), 422
    if not is_proved(form, STANDS):
        return _page(row, form), 422
    try:
        with current.writing(proof()) as log:
            exclusions.decide(log, exclusion_id, decision, word(decision).meaning, form.reason.data or "")
    except RuleBroken as refused:
        form.accept(refused)
        return _page(_load(exclusion_id), form), 422
    flash(
        "Confirmed: the check does not apply while the facts stay as they are."
        if decision is Confirmation.CONFIRM
        else "Declined: the check applies."
    )
    return redirect(url_for(".exclusion", exclusion_id=exclusion_id), 303)


@bp.post("/exclusions/<exclusion_id>/withdraw")
def withdraw(exclusion_id: str) -> Page:
    row, form = _load(exclusion_id), WithdrawForm()
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                exclusions.withdraw(log, exclusion_id, form.why.data or "")
        except RuleBroken as refused:
            form.why.errors = [*form.why.errors, *(problem.message for problem in refused.problems)]
        else:
            flash("It is withdrawn: the check applies. The record keeps the proposal.")
            return redirect(url_for(".exclusion", exclusion_id=exclusion_id), 303)
    return _page(row, withdrawn=form), 422


def _load(exclusion_id: str) -> Exclusion:
    """Raises `NotThere`, in the same words where it does not exist and where this reader may not see it."""
    row = reading.exclusion(current.session(), exclusion_id)
    rights.check_may_see(current.doer(), people.ties(current.session(), row.initiative_key))
    return row


def _page(row: Exclusion, form: DecideForm | None = None, withdrawn: WithdrawForm | None = None) -> str:
    session, doer = current.session(), current.doer()
    found, state = loading.initiative(row.initiative_key), exemption_rules.shown(session, row)
    barred = list(rules.obstacles(people.signer(doer), reading.bound(row, found.ties))) if state is ExclusionState.PROPOSED else []
    yours = state is ExclusionState.PROPOSED and not barred
    over = row.state not in (ExclusionState.PROPOSED, ExclusionState.CONFIRMED)
    may_withdraw = not over and doer.id in (row.proposed_by, found.initiative.lead_id)
    deciding = (form or DecideForm(formdata=None)) if yours else None
    withdrawing = (withdrawn or WithdrawForm(formdata=None)) if may_withdraw else None
    texts = words.texts(session, [row.reason, row.decided_why])
    policy = policies.current(session)
    return render_template(
        "exclusions/exclusion.html",
        row=row,
        initiative=found.initiative,
        item=policy.find(row.item),
        state=state,
        said=lambda digest: texts.get(digest, words.GONE),
        names=people.names(session, [row.proposed_by]),
        barred=barred if doer.holdings else [],
        deciding=deciding,
        withdrawing=withdrawing,
        problems=[*(form.problems() if form and deciding else []), *(withdrawn.problems() if withdrawn and withdrawing else [])],
    )
