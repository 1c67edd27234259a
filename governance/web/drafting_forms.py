"""Forms made from fields of the policy: one control for each, with its meaning and what may stand there."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as Maybe
from wtforms.widgets import CheckboxInput, ListWidget

from governance.domain.vocabulary import Comparator, Function, Section, Severity, Tier
from governance.policy.guided import Control, Field, Given, Part
from governance.web.forms import Form
from governance.words import word

KINDS: Sequence[type[StrEnum]] = (Severity, Function, Tier, Section, Comparator)
"""The closed sets that fields offer, the first that holds every option."""

OPTIONAL = "Leave it empty to have none."
OF_ENTRIES = "Take a box away by emptying its words; a new one that stays empty adds none."
"""Said once above the fields of a list, not at each."""


class ProposeForm(Form):
    version = StringField(
        "Name of the new version", [InputRequired("Enter a name for the new version."), Length(1, 40, "Use at most 40 signs.")]
    )
    reason = TextAreaField(
        "Reason",
        [InputRequired("Say why, in a sentence or two.")],
        description="Whoever decides reads it first, and it stays with the version for ever.",
    )


class UndoForm(Form):
    place = HiddenField()


class ButtonForm(Form):
    """A button and nothing else."""


def form_of(fields: Sequence[Field], *, formdata: bool) -> Form:
    """The form of these fields, filled with what was sent, or with what stands there now."""
    made = type("ChangeForm", (Form,), {field.name: _control(field) for field in fields})
    present = {field.name: _present(field) for field in fields}
    form: Form = made(**present) if formdata else made(formdata=None, **present)
    return form


def given(form: Form, fields: Sequence[Field]) -> Given:
    return {field.name: form[field.name].data if form[field.name].data is not None else "" for field in fields}


def _present(field: Field) -> Any:
    return field.value if field.control in (Control.FLAG, Control.SEVERAL) else field.shown


def _control(field: Field) -> Any:
    if field.part in (Part.ENTRY, Part.MORE):
        return TextAreaField(field.label, [Maybe()] if field.part is Part.MORE else [])
    about = " ".join(part for part in (field.meaning, field.limits, OPTIONAL if field.may_be_empty and not field.limits else "") if part)
    match field.control:
        case Control.TEXT:
            return TextAreaField(field.label, _needed(field), description=about)
        case Control.CHOICE:
            return SelectField(field.label, [InputRequired(f"{field.label}: choose one.")], choices=_choices(field), description=about)
        case Control.FLAG:
            return BooleanField(field.label, description=about)
        case Control.SEVERAL:
            widgets = {"option_widget": CheckboxInput(), "widget": ListWidget(prefix_label=False)}
            return SelectMultipleField(field.label, [Maybe()], choices=_choices(field), description=about, **widgets)
        case _:
            return StringField(field.label, _needed(field), description=about)


def _needed(field: Field) -> list[Any]:
    return [Maybe()] if field.may_be_empty else [InputRequired(f"{field.label}: enter something here.")]


def _choices(field: Field) -> list[SelectChoice]:
    kind = next(kind for kind in KINDS if set(field.options) <= set(kind))
    first = [SelectChoice("", "Choose one")] if field.control is Control.CHOICE and not field.value else []
    return [*first, *(SelectChoice(option, word(kind(option)).label) for option in field.options)]
