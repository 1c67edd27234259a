"""The forms about people."""

from wtforms import EmailField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as Maybe

from governance.domain.vocabulary import Function, Role
from governance.models.directory import Person
from governance.reads import people
from governance.services.directory import Profile
from governance.web import current
from governance.web.forms import DayField, Form, closed_choices, named_choices


class ProfileForm(Form):
    name = StringField("Name", [InputRequired("Enter a name."), Length(2, 200, "Enter a name of 2 to 200 signs.")])
    title = StringField("Job title", [Length(max=200, message="Use at most 200 signs.")])
    unit = SelectField("Unit", [InputRequired("Choose a unit.")])
    qualifications = TextAreaField(
        "Qualifications",
        [Maybe(), Length(max=4000, message="Use at most 4,000 signs.")],
        description="One a line, as the policy names them: model validation.",
    )
    time_zone = StringField("Time zone", [Maybe()], description="Left empty, the organisation's.")

    @classmethod
    def of(cls, person: Person) -> "ProfileForm":
        """Filled with what is on record, whatever was sent."""
        return cls(
            formdata=None,
            name=person.name,
            title=person.title,
            unit=person.unit_id,
            qualifications="\n".join(person.qualifications),
            time_zone=person.time_zone or "",
        )

    def offer(self) -> None:
        self.unit.choices = named_choices(people.units(current.session()).items(), "Choose a unit")

    def profile(self) -> Profile:
        qualifications = tuple(line.strip() for line in (self.qualifications.data or "").splitlines() if line.strip())
        return Profile(self.name.data, self.title.data or "", self.unit.data, qualifications, self.time_zone.data or None)


class PersonForm(ProfileForm):
    person = StringField(
        "Short name", [InputRequired("Enter a short name.")], description="Such as ada.lind. It stands in the record and does not change."
    )
    email = EmailField("E-mail address", [InputRequired("Enter an address.")])


class RoleForm(Form):
    role = SelectField("Role", [InputRequired("Choose a role.")], choices=closed_choices(Role, "Choose a role"))
    until = DayField("Until", [Maybe()], description="Only where it ends, as an auditor's does.", render_kw={"type": "date"})


class FunctionForm(Form):
    function = SelectField("Function", [InputRequired("Choose a function.")], choices=closed_choices(Function, "Choose a function"))
    unit = SelectField("In", [Maybe()])

    def offer(self) -> None:
        self.unit.choices = named_choices(people.units(current.session()).items(), "All units")


class DisableForm(Form):
    reason = StringField("Why", [InputRequired("Say why the account is disabled."), Length(max=2000, message="Use at most 2,000 signs.")])
