"""Registering an initiative: two minutes."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as Maybe

from governance.domain.errors import RuleBroken
from governance.domain.vocabulary import Visibility
from governance.reads import people, policies
from governance.services import initiatives
from governance.services.initiatives import Description
from governance.web import current
from governance.web.forms import DayField, Form, closed_choices, named_choices

bp = Blueprint("intake", __name__)


class DescriptionForm(Form):
    """What an initiative is; also used to change it."""

    name = StringField(
        "Name",
        [InputRequired("Enter a name."), Length(3, 200, "Enter a name of 3 to 200 signs.")],
        description="As people call it, such as “Claims triage”.",
    )
    summary = TextAreaField(
        "What it does",
        [InputRequired("Describe what it does."), Length(10, 4000, "Describe it in 10 to 4,000 signs.")],
        description="Two or three sentences: what goes in, what comes out, who uses it.",
    )
    unit = SelectField("Unit", [InputRequired("Choose a unit.")])
    lead = SelectField("Lead", [InputRequired("Choose who leads it.")], description="The lead asks to pass gates, and so never signs them.")
    visibility = RadioField("Who may see it", choices=closed_choices(Visibility), default=Visibility.ORGANISATION.value)
    pilot_ends = DayField(
        "The pilot ends on",
        [Maybe()],
        description="A pilot has an end: then it is taken on, extended or stopped.",
        render_kw={"type": "date"},
    )

    def offer(self) -> None:
        """Fill the lists from the directory."""
        self.unit.choices = named_choices(people.units(current.session()).items(), "Choose a unit")
        self.lead.choices = named_choices(
            ((row.id, f"{row.name}, {row.title}") for row in people.active_people(current.session())), "Choose a person"
        )

    def description_of(self) -> Description:
        return Description(
            self.name.data, self.summary.data, self.unit.data, self.lead.data, Visibility(self.visibility.data), self.pilot_ends.data
        )


HINTS = {
    "organisation": "Everybody who can sign in here.",
    "unit": "People of the unit, reviewers who decide for it, its team, compliance and auditors.",
    "named": "The team and people you name; reviewers have to be named too. Compliance and auditors always see it.",
}


@bp.route("/initiatives/new", methods=["GET", "POST"])
def register() -> Response | str | tuple[str, int]:
    form = DescriptionForm()
    form.offer()
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                key = initiatives.register(log, form.description_of())
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash(f"{key} is registered in the pilot stage. Next: answer the tiering questions.")
            return redirect(url_for("facts.tiering", key=key), 303)
    elif request.method == "GET":
        _propose(form)
    return render_template("intake/register.html", form=form, hints=HINTS, problems=form.problems()), 422 if form.errors else 200


def _propose(form: DescriptionForm) -> None:
    form.unit.data, form.lead.data = current.doer().unit, current.doer().id
    weeks = policies.current(current.session()).pilot_weeks[0]
    form.pilot_ends.data = (current.now() + timedelta(weeks=weeks)).date()
