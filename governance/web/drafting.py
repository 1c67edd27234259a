"""Changing the policy without its files: fields beside the rule they are about, gathered on a draft of one's own, then proposed."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from governance.domain.errors import Conflict, RuleBroken
from governance.domain.policy_changes import Effect
from governance.policy import phrases
from governance.policy.guided import Field, Part, edits
from governance.policy.guided_days import day_fields
from governance.policy.guided_fields import item_fields, new_seat, new_seat_fields, seat_fields
from governance.policy.places import Edit, gates, used_by, value_at
from governance.policy.problems import PolicyError
from governance.reads import policy_drafts
from governance.services import policies
from governance.services import policy_drafts as drafts
from governance.web import current
from governance.web.drafting_forms import OF_ENTRIES, ButtonForm, ProposeForm, UndoForm, form_of, given
from governance.web.filters import counted
from governance.web.forms import Form

bp = Blueprint("drafting", __name__, url_prefix="/policy/draft")

Page = Answer | str | tuple[str, int]


@bp.get("")
def draft() -> str:
    return _draft(ProposeForm(formdata=None))


@bp.post("")
def propose() -> Page:
    """Hand the changed texts to another officer. What is wrong with them stays on the draft, with what was typed."""
    form = ProposeForm()
    if form.validate_on_submit():
        try:
            made = drafts.made(current.session(), current.doer(), form.version.data)
            given = policies.sound(made.texts)
            with current.writing() as log:
                drafts.finish(log, made)
                proposal = policies.propose(log, given, form.reason.data)
        except PolicyError as wrong:
            form.form_errors = [*form.form_errors, *map(str, wrong.problems)]
        except (RuleBroken, Conflict) as refused:
            form.accept(refused)
        else:
            flash("Your changes are proposed. Another compliance officer decides.")
            return redirect(url_for("proposals.page", proposal_id=proposal), 303)
    return _draft(form), 422


@bp.route("/gates/<gate>/checks/<item>", methods=["GET", "POST"])
def check(gate: str, item: str) -> Page:
    texts = _texts()
    fields = item_fields(texts, gate, item) or abort(404)
    title = value_at(texts, f"gate/{gate}/items/{item}/title")
    return _change(fields, f"Change the check “{title}”", f"Check {item} of gate {gate}{_shared(texts, f'gate/{gate}/items/{item}')}", gate)


@bp.route("/gates/<gate>/seats/<seat_id>", methods=["GET", "POST"])
def seat(gate: str, seat_id: str) -> Page:
    texts = _texts()
    fields = seat_fields(texts, gate, seat_id) or abort(404)
    label = value_at(texts, f"gate/{gate}/seats/{seat_id}/label")
    facts = policy_drafts.facts(current.session())
    asked = phrases.applies(str(value_at(texts, f"gate/{gate}/seats/{seat_id}/when") or phrases.ALWAYS), facts)
    about = f"A seat of gate {gate}, asked {asked}{_shared(texts, f'gate/{gate}/seats/{seat_id}')}"
    return _change(fields, f"Change the seat “{label}”", about, gate, seat=seat_id)


@bp.route("/days", methods=["GET", "POST"])
def days() -> Page:
    return _change(day_fields(_texts()), "Change how long things last", "Days and weeks that are rules of the whole policy", None)


@bp.route("/gates/<gate>/seats", methods=["GET", "POST"])
def add_seat(gate: str) -> Page:
    texts = _texts()
    taken = [str(one["id"]) for one in value_at(texts, f"gate/{gate}/seats") or abort(404)]
    fields = new_seat_fields()
    form = form_of(fields, formdata=request.method == "POST")
    if form.validate_on_submit():
        changes, wrong = new_seat(gate, taken, given(form, fields))
        if _kept(form, changes, wrong):
            flash("The new seat is on your draft.")
            return redirect(url_for(".draft"), 303)
    return _form(form, fields, f"Add a seat to gate {gate}", "Somebody more who has to sign", gate), 422 if form.errors else 200


@bp.post("/gates/<gate>/seats/<seat_id>/remove")
def remove_seat(gate: str, seat_id: str) -> Answer:
    if not seat_fields(_texts(), gate, seat_id):
        abort(404)
    with current.writing() as log:
        drafts.change(log, [Edit(f"gate/{gate}/seats/{seat_id}", None)])
    flash("On your draft, the seat is taken away.")
    return redirect(url_for(".draft"), 303)


@bp.post("/undo")
def undo() -> Answer:
    form = UndoForm()
    with current.writing() as log:
        drafts.undo(log, form.place.data or "")
    flash("The change is undone.")
    return redirect(url_for(".draft"), 303)


@bp.post("/discard")
def discard() -> Answer:
    with current.writing() as log:
        drafts.discard(log)
    flash("Your draft is thrown away. The policy in force is as it was.")
    return redirect(url_for(".draft"), 303)


@bp.post("/go-on")
def go_on() -> Answer:
    with current.writing() as log:
        drafts.go_on(log)
    flash("Your changes now rest on the version in force.")
    return redirect(url_for(".draft"), 303)


def _texts() -> policy_drafts.Texts:
    return policy_drafts.texts(current.session(), current.doer().id)


def _shared(texts: policy_drafts.Texts, place: str) -> str:
    """What a change here is a change of besides, where a checklist holds it."""
    found = used_by(texts, place)
    return f". It is part of a checklist: what you change here counts at every gate that uses it ({', '.join(found)})" if found else ""


def _change(fields: Sequence[Field], title: str, about: str, gate: str | None, seat: str | None = None) -> Page:
    """The form of these fields, and what was typed there taken over into the draft."""
    form = form_of(fields, formdata=request.method == "POST")
    if form.validate_on_submit():
        changes, wrong = edits(fields, given(form, fields))
        if not changes and not wrong:
            form.form_errors = [*form.form_errors, "Nothing differs from what stands there. Change a field, or go back."]
        elif _kept(form, changes, wrong):
            flash(f"{counted(len(changes), 'change')} on your draft.")
            return redirect(url_for(".draft"), 303)
    return _form(form, fields, title, about, gate, seat), 422 if form.errors or form.form_errors else 200


def _kept(form: Form, changes: Sequence[Edit], wrong: dict[str, str]) -> bool:
    """Whether the changes are on the draft now; else the fields say why not."""
    for name, sentence in wrong.items():
        form[name].errors = [*form[name].errors, sentence]
    if wrong:
        return False
    try:
        with current.writing() as log:
            drafts.change(log, changes)
    except RuleBroken as refused:
        form.accept(refused)
        return False
    return True


def _form(form: Form, fields: Sequence[Field], title: str, about: str, gate: str | None, seat: str | None = None) -> str:
    """Fields one below the other, those of one threshold or one kind of days under a heading of their own."""
    groups: dict[str, list[Field]] = {}
    for field in fields:
        groups.setdefault(field.group, []).append(field)
    entries = next((field for field in fields if field.part in (Part.ENTRY, Part.MORE)), None)
    return render_template(
        "drafting/change.html",
        form=form,
        groups=list(groups.items()),
        about_entries=f"{entries.meaning} {OF_ENTRIES}" if entries else "",
        facts=_facts(fields),
        title=title,
        about=about,
        gate=gate,
        seat=seat,
        button=ButtonForm(formdata=None),
        problems=form.problems(),
    )


def _facts(fields: Sequence[Field]) -> list[tuple[str, str]]:
    """What a condition may ask for, as it is written and as people say it; nothing where no field takes a condition."""
    if not any(field.part is Part.REST for field in fields):
        return []
    return [phrases.fact(one) for one in policy_drafts.facts(current.session()).values()]


def _draft(form: ProposeForm) -> str:
    found = policy_drafts.draft(current.session(), current.doer().id)
    if not form.version.data and request.method == "GET":
        form.version.data = found.version
    return render_template(
        "drafting/draft.html",
        draft=found,
        form=form,
        title=_title(found),
        effects=Effect,
        gates=gates(found.edited.texts),
        problems=form.problems(),
    )


def _title(found: policy_drafts.Draft) -> str:
    if not found.edits:
        return "Your draft is empty"
    words = counted(len(found.edits), "change")
    if found.errors or found.edited.refused:
        return f"{words} on your draft, with {counted(len(found.errors) + len(found.edited.refused), 'error')}"
    return f"{words} on your draft"
