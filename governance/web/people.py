"""The people of the organisation, for administrators."""

from datetime import UTC, datetime, time

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from governance.domain.errors import RuleBroken
from governance.domain.vocabulary import Function, Role
from governance.permissions import ROUTES, allows
from governance.reads import directory as reading
from governance.reads import people
from governance.reads.directory import Listed, Wanted
from governance.services import accounts, directory
from governance.web import csvs, current
from governance.web.filters import same_page
from governance.web.people_forms import DisableForm, FunctionForm, PersonForm, ProfileForm, RoleForm
from governance.words import word

bp = Blueprint("people", __name__, url_prefix="/people")

HEADER = ("person", "name", "title", "unit", "e-mail", "roles", "functions", "disabled")


@bp.get("")
def listing() -> str:
    wanted = _wanted()
    rows, total, number = reading.page(current.session(), wanted, current.number("page") or 1)
    return render_template(
        "people/listing.html",
        rows=rows,
        total=total,
        number=number,
        pages=max(1, -(-total // reading.PAGE)),
        size=reading.PAGE,
        wanted=wanted,
        units=people.units(current.session()),
        roles=[(role.value, word(role).label) for role in Role],
        functions=[(function.value, word(function).label) for function in Function],
        sorting={"by": "unit" if wanted.by_unit else "name", "down": wanted.descending},
        export=same_page(".export"),
    )


@bp.get("/export.csv")
def export() -> Response:
    return csvs.answer("people", HEADER, (_row(listed) for listed in reading.every(current.session(), _wanted())))


@bp.route("/add", methods=["GET", "POST"])
def add() -> Answer | str | tuple[str, int]:
    form = PersonForm()
    form.offer()
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                directory.register_person(log, form.person.data, form.profile(), form.email.data)
                secret = accounts.make_setup_link(log, form.person.data)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            return _with_link(form.person.data, secret)
    return render_template("people/add.html", form=form, problems=form.problems()), 422 if form.errors else 200


@bp.get("/<person_id>")
def person(person_id: str) -> str:
    return _page(person_id)


@bp.post("/<person_id>/profile")
def change(person_id: str) -> Answer | tuple[str, int]:
    form = ProfileForm()
    form.offer()
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                directory.change_person(log, person_id, form.profile())
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash("The profile is changed.")
            return redirect(url_for(".person", person_id=person_id), 303)
    return _page(person_id, profile=form), 422


@bp.post("/<person_id>/roles")
def grant_role(person_id: str) -> Answer | tuple[str, int]:
    form = RoleForm()
    if form.validate_on_submit():
        until = datetime.combine(form.until.data, time.max, current.zone()).astimezone(UTC) if form.until.data else None
        try:
            with current.writing() as log:
                directory.grant_role(log, person_id, Role(form.role.data), until)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            return redirect(url_for(".person", person_id=person_id, _anchor="roles"), 303)
    return _page(person_id, role=form), 422


@bp.post("/<person_id>/roles/<role>/withdraw")
def withdraw_role(person_id: str, role: str) -> Answer:
    if role not in set(Role):
        abort(404)
    with current.writing() as log:
        directory.withdraw_role(log, person_id, Role(role))
    return redirect(url_for(".person", person_id=person_id, _anchor="roles"), 303)


@bp.post("/<person_id>/functions")
def grant_function(person_id: str) -> Answer | tuple[str, int]:
    form = FunctionForm()
    form.offer()
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                directory.grant_function(log, person_id, Function(form.function.data), form.unit.data or None)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            return redirect(url_for(".person", person_id=person_id, _anchor="functions"), 303)
    return _page(person_id, function=form), 422


@bp.post("/<person_id>/functions/<function>/withdraw")
def withdraw_function(person_id: str, function: str) -> Answer:
    if function not in set(Function):
        abort(404)
    with current.writing() as log:
        directory.withdraw_function(log, person_id, Function(function), request.form.get("unit") or None)
    return redirect(url_for(".person", person_id=person_id, _anchor="functions"), 303)


@bp.post("/<person_id>/disable")
def disable(person_id: str) -> Answer | tuple[str, int]:
    form = DisableForm()
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                directory.disable_person(log, person_id, form.reason.data)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash("The account is disabled. Every session of this person has ended.")
            return redirect(url_for(".person", person_id=person_id), 303)
    return _page(person_id, leaving=form), 422


@bp.post("/<person_id>/enable")
def enable(person_id: str) -> Answer:
    with current.writing() as log:
        directory.enable_person(log, person_id)
    flash("The account is enabled.")
    return redirect(url_for(".person", person_id=person_id), 303)


@bp.post("/<person_id>/setup-link")
def setup_link(person_id: str) -> Answer:
    with current.writing() as log:
        secret = accounts.make_setup_link(log, person_id)
    return _with_link(person_id, secret)


def _with_link(person_id: str, secret: str) -> Answer:
    """Shown once: only its hash is kept."""
    link = current.parts().settings.links_from + url_for("accounts.set_password", secret=secret)
    flash(f"Send this link to them; it works once, within seven days: {link}")
    return redirect(url_for(".person", person_id=person_id), 303)


def _page(
    person_id: str,
    profile: ProfileForm | None = None,
    role: RoleForm | None = None,
    function: FunctionForm | None = None,
    leaving: DisableForm | None = None,
) -> str:
    listed = reading.one(current.session(), person_id)
    if listed is None:
        abort(404)
    forms = {
        "profile": profile or ProfileForm.of(listed.person),
        "role": role or RoleForm(formdata=None),
        "function": function or FunctionForm(formdata=None),
        "leaving": leaving or DisableForm(formdata=None),
    }
    for form in (forms["profile"], forms["function"]):
        form.offer()
    problems = [problem for name, form in forms.items() for problem in form.problems(f"{name}-")]
    trail = url_for("ledger.entries", person=person_id) if allows(ROUTES["ledger.entries"], current.doer()) else None
    units = people.units(current.session())
    return render_template("people/person.html", listed=listed, units=units, trail=trail, problems=problems, **forms)


def _wanted() -> Wanted:
    given = request.args
    return Wanted(
        text=current.text("q"),
        role=Role(given["role"]) if given.get("role") in set(Role) else None,
        function=Function(given["function"]) if given.get("function") in set(Function) else None,
        unit=given.get("unit") if given.get("unit") in people.units(current.session()) else None,
        disabled={"yes": True, "no": False}.get(given.get("disabled", "")),
        by_unit=given.get("sort") == "unit",
        descending=given.get("down") == "1",
    )


def _row(listed: Listed) -> list[object]:
    held = [f"{row.function.value} in {row.unit_id}" if row.unit_id else row.function.value for row in listed.functions]
    row = listed.person
    return [
        row.id,
        row.name,
        row.title,
        listed.unit,
        listed.email,
        " ".join(r.role.value for r in listed.roles),
        "; ".join(held),
        row.disabled_at.isoformat() if row.disabled_at else "",
    ]
