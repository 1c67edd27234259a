"""The organisation: name, logo, time zone, holidays, units."""

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_wtf.file import FileField
from werkzeug.wrappers import Response as Answer
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError
from wtforms.validators import Optional as Maybe

from governance.domain.errors import RuleBroken
from governance.reads import people
from governance.services import directory
from governance.services.directory import OrganisationSettings
from governance.web import current
from governance.web.forms import Form

bp = Blueprint("settings", __name__, url_prefix="/settings")

PNG = b"\x89PNG\r\n\x1a\n"
LARGEST_LOGO = 512 * 1024


class OrganisationForm(Form):
    name = StringField("Name", [InputRequired("Enter the name.")])
    time_zone = StringField("Time zone", [InputRequired("Enter a time zone.")], description="Such as Europe/Copenhagen.")
    holidays = TextAreaField("Holidays", [Maybe()], description="One day a line, such as 2026-12-24.")
    logo = FileField("Logo", description="A PNG of at most 512 kB. It stands at the top of every page.")
    remove_logo = BooleanField("Take the logo away")

    def validate_holidays(self, field: TextAreaField) -> None:
        wrong = [line.strip() for line in (field.data or "").splitlines() if line.strip() and not _is_day(line.strip())]
        if wrong:
            raise ValidationError(f"Write each day as year-month-day. Not understood: {', '.join(wrong[:10])}.")

    def validate_logo(self, field: FileField) -> None:
        if not field.data:
            return
        content = field.data.read(LARGEST_LOGO + 1)
        field.data.seek(0)
        if len(content) > LARGEST_LOGO:
            raise ValidationError("The logo is larger than 512 kB. Choose a smaller one.")
        if not content.startswith(PNG):
            raise ValidationError("The logo is not a PNG. Save it as one and choose it again.")

    def days(self) -> list[date]:
        return [date.fromisoformat(line.strip()) for line in (self.holidays.data or "").splitlines() if line.strip()]


class UnitForm(Form):
    unit = StringField(
        "Short name", [InputRequired("Enter a short name.")], description="Small letters, such as claims. It does not change."
    )
    name = StringField("Name", [InputRequired("Enter a name.")])


@bp.route("", methods=["GET", "POST"])
def organisation() -> Answer | str | tuple[str, int]:
    row = current.organisation()
    assert row is not None
    form = OrganisationForm(name=row.name, time_zone=row.time_zone, holidays="\n".join(row.holidays))
    if form.validate_on_submit():
        logo = None if form.remove_logo.data else row.logo
        if form.logo.data:
            logo, _ = current.parts().content.put(form.logo.data.read())
        try:
            with current.writing() as log:
                settings = OrganisationSettings(form.name.data, form.time_zone.data, form.days(), logo, row.demo)
                directory.change_settings(log, settings)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash("The settings are recorded.")
            return redirect(url_for(".organisation"), 303)
    return _page(form, UnitForm(formdata=None)), 422 if form.errors else 200


@bp.get("/logo")
def logo() -> Response:
    row = current.organisation()
    if row is None or row.logo is None:
        abort(404)
    return Response(current.parts().content.read(row.logo), mimetype="image/png")


@bp.post("/units")
def open_unit() -> Answer | tuple[str, int]:
    form = UnitForm()
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                directory.open_unit(log, form.unit.data, form.name.data)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash("The unit is open.")
            return redirect(url_for(".organisation", _anchor="units"), 303)
    return _page(_filled(), form), 422


@bp.post("/units/<unit>")
def rename_unit(unit: str) -> Answer:
    with current.writing() as log:
        directory.rename_unit(log, unit, request.form.get("name", ""))
    flash("The unit is renamed.")
    return redirect(url_for(".organisation", _anchor="units"), 303)


def _page(form: OrganisationForm, unit: UnitForm) -> str:
    units: Mapping[str, str] = people.units(current.session())
    problems = [*form.problems(), *unit.problems("unit-")]
    return render_template("settings/organisation.html", form=form, unit=unit, units=units, problems=problems)


def _filled() -> OrganisationForm:
    row = current.organisation()
    assert row is not None
    return OrganisationForm(formdata=None, name=row.name, time_zone=row.time_zone, holidays="\n".join(row.holidays))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
