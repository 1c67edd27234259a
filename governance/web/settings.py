"""The organisation: name, logo, time zone, holidays, units; mail that did not leave."""

from datetime import date

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_wtf.file import FileField
from werkzeug.wrappers import Response as Answer
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.validators import Optional as Maybe

from governance.domain.errors import RuleBroken
from governance.models.directory import Organisation
from governance.reads import deliveries, people
from governance.services import deliveries as sending
from governance.services import directory
from governance.services.directory import OrganisationSettings
from governance.web import current
from governance.web.forms import Form, day

bp = Blueprint("settings", __name__, url_prefix="/settings")

PNG, PNG_ENDS = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
LARGEST_LOGO = 512 * 1024
MOST_HOLIDAYS = 1_000
MOST_NAMED = 20


class OrganisationForm(Form):
    name = StringField("Name", [InputRequired("Enter the name."), Length(2, 200, "Use 2 to 200 signs.")])
    time_zone = StringField(
        "Time zone",
        [InputRequired("Enter a time zone.")],
        description="Such as Europe/Copenhagen. Pages and packs show times in it; a person may have their own.",
    )
    holidays = TextAreaField(
        "Holidays", [Maybe()], description="One day a line, such as 2026-12-24. Kept for due dates and reminders; nothing counts them yet."
    )
    logo = FileField("Logo", description="A PNG of at most 512 kB. It stands at the top of every page.")
    remove_logo = BooleanField("Take the logo away")

    @classmethod
    def of(cls, row: Organisation) -> "OrganisationForm":
        """Filled with what is on record, whatever was sent."""
        return cls(formdata=None, name=row.name, time_zone=row.time_zone, holidays="\n".join(row.holidays))

    def validate_holidays(self, field: TextAreaField) -> None:  # noqa: ARG002 - the form of a validator
        if len(self.lines()) > MOST_HOLIDAYS:
            raise ValidationError(f"Enter at most {MOST_HOLIDAYS:,} days.")
        if wrong := [line for line in self.lines() if day(line) is None]:
            raise ValidationError(f"Write each day as year-month-day, such as 2026-12-24. Not understood: {_some(wrong)}.")

    def validate_logo(self, field: FileField) -> None:
        if not field.data:
            return
        content = field.data.read(LARGEST_LOGO + 1)
        field.data.seek(0)
        if len(content) > LARGEST_LOGO:
            raise ValidationError("The logo is larger than 512 kB. Choose a smaller one.")
        if not content.startswith(PNG) or content[12:16] != b"IHDR" or not content.endswith(PNG_ENDS):
            raise ValidationError("The logo is not a PNG. Save it as one and choose it again.")

    def lines(self) -> list[str]:
        return [line.strip() for line in (self.holidays.data or "").splitlines() if line.strip()]

    def days(self) -> list[date]:
        """Only of a form that is valid."""
        return [found for line in self.lines() if (found := day(line))]


class UnitForm(Form):
    unit = StringField(
        "Short name", [InputRequired("Enter a short name.")], description="Small letters, such as claims. It does not change."
    )
    name = StringField("Name", [InputRequired("Enter a name.")])


class RenameForm(Form):
    name = StringField("New name", [InputRequired("Enter a name.")])


@bp.route("", methods=["GET", "POST"])
def organisation() -> Answer | str | tuple[str, int]:
    row = current.organisation()
    assert row is not None
    form = OrganisationForm() if request.method == "POST" else OrganisationForm.of(row)
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
    return _page(form), 422 if form.errors else 200


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
    return _page(unit=form), 422


@bp.post("/units/<unit>")
def rename_unit(unit: str) -> Answer | tuple[str, int]:
    if unit not in people.units(current.session()):
        abort(404)
    form = RenameForm()
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                directory.rename_unit(log, unit, form.name.data)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash("The unit is renamed.")
            return redirect(url_for(".organisation", _anchor="units"), 303)
    return _page(renamed=(unit, form)), 422


@bp.get("/mail")
def mail() -> str:
    settings = current.parts().settings
    return render_template(
        "settings/mail.html", server=settings.mail_server, sender=settings.mail_from, outbox=deliveries.outbox(current.session())
    )


@bp.post("/mail/<delivery_id>")
def try_again(delivery_id: str) -> Answer:
    with current.writing() as log:
        sending.try_again(log, delivery_id)
    flash("The mail is tried again at once.")
    return redirect(url_for(".mail"), 303)


def _page(form: OrganisationForm | None = None, unit: UnitForm | None = None, renamed: tuple[str, RenameForm] | None = None) -> str:
    row = current.organisation()
    assert row is not None
    form, unit = form or OrganisationForm.of(row), unit or UnitForm(formdata=None)
    units = [(key, name, _rename_form(key, name, renamed)) for key, name in people.units(current.session()).items()]
    problems = [*form.problems(), *unit.problems("unit-"), *(renamed[1].problems(f"{renamed[0]}-") if renamed else [])]
    kept = [date.fromisoformat(one) for one in sorted(row.holidays)]
    undelivered = deliveries.given_up(current.session())
    return render_template(
        "settings/organisation.html", form=form, kept=kept, unit=unit, units=units, undelivered=undelivered, problems=problems
    )


def _rename_form(key: str, name: str, renamed: tuple[str, RenameForm] | None) -> RenameForm:
    """The one that was sent where it is this unit's, else one with the name as it is."""
    form = renamed[1] if renamed and renamed[0] == key else RenameForm(formdata=None, name=name)
    form.name.label.text = f"New name of {name}"
    return form


def _some(lines: list[str]) -> str:
    """The first of them, and how many more there are."""
    shown = ", ".join(f"“{line[:40]}”" for line in lines[:MOST_NAMED])
    return f"{shown} and {len(lines) - MOST_NAMED} more" if len(lines) > MOST_NAMED else shown
