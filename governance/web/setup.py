"""The first page of an empty instance: who administers it."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response
from wtforms import EmailField, StringField
from wtforms.validators import InputRequired, Length

from governance.domain.errors import RuleBroken
from governance.domain.vocabulary import PasswordWay
from governance.paths import policies_directory
from governance.policy.loader import load_policy
from governance.services import accounts, directory, policies
from governance.storage import setup_code
from governance.web import current, hosts
from governance.web.accounts import NewPasswordForm, entered, started

bp = Blueprint("setup", __name__)

SHIPPED = "stage-gates"
ONE_LINE = Length(2, 200, "Use 2 to 200 signs.")


class FirstAdminForm(NewPasswordForm):
    organisation = StringField("Name of your organisation", [InputRequired("Enter the name of your organisation."), ONE_LINE])
    time_zone = StringField(
        "Time zone", [InputRequired("Enter a time zone.")], default="Europe/Copenhagen", description="Such as Europe/Copenhagen."
    )
    unit_name = StringField(
        "First unit",
        [InputRequired("Enter the name of a unit."), ONE_LINE],
        description="A business unit or department; you add the others later.",
    )
    unit = StringField("Its short name", [InputRequired("Enter a short name.")], description="Small letters, such as claims.")
    name = StringField("Your name", [InputRequired("Enter your name."), ONE_LINE])
    person = StringField(
        "Your short name",
        [InputRequired("Enter a short name.")],
        description="Such as ada.lind. It stands in the record and does not change.",
    )
    title = StringField("Your job title", [InputRequired("Enter your title."), ONE_LINE])
    code = StringField("Set-up code", description="“governance serve” printed it where it was started.", render_kw={"autocomplete": "off"})
    email = EmailField("Your e-mail address", [InputRequired("Enter your e-mail address.")], render_kw={"autocomplete": "username"})


@bp.route("/setup", methods=["GET", "POST"])
def first_admin() -> Response | str | tuple[str, int]:
    form, needs_code = FirstAdminForm(), not hosts.is_here(current.parts().settings)
    may = form.validate_on_submit() and (not needs_code or _has_code(form))
    if may and (hashed := form.hashed((form.name.data, form.person.data, form.email.data))):
        try:
            token = _found(form, hashed)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            said = "Your instance is ready. Next: add the people who lead, review and audit."
            return entered(token, onwards="people.add", said=said)
    page = render_template("setup/first_admin.html", form=form, needs_code=needs_code, problems=form.problems())
    return page, 422 if request.method == "POST" else 200


def _has_code(form: FirstAdminForm) -> bool:
    """Whoever reaches an empty instance first would own it: so it is for who started it, or for whom they tell."""
    if setup_code.fits(current.parts().settings.instance, form.code.data or ""):
        return True
    form.code.errors = ["That is not the code that “governance serve” printed when it was last started."]
    return False


def _found(form: FirstAdminForm, hashed: str) -> str:
    """Everything or nothing: organisation, unit, administrator, password, the shipped policy, and a session, whose token is returned."""
    texts = load_policy(policies_directory() / SHIPPED).texts
    profile = directory.Profile(form.name.data, form.title.data, form.unit.data)
    settings = directory.OrganisationSettings(form.organisation.data, form.time_zone.data)
    with current.writing() as log:
        directory.found(log, settings, (form.unit.data, form.unit_name.data), form.person.data, profile, form.email.data)
        accounts.give_password(log, form.person.data, hashed, PasswordWay.FOUNDING)
        policies.publish_shipped(log, texts)
        token = started(log, form.person.data)
    setup_code.forget(current.parts().settings.instance)
    return token
