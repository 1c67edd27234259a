"""What every form shares: typed text is tidied and has an end, a refusal lands on its fields, and the page shows all of it on top."""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any

from flask_wtf import FlaskForm
from wtforms import IntegerField, PasswordField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from governance.domain.errors import Refused
from governance.domain.text import tidy
from governance.words import word

EARLIEST, LATEST = date(1970, 1, 1), date(2199, 12, 31)
"""Of the days that people mean; beyond them, time zones and periods run out of calendar."""

LONGEST_LINE, LONGEST_TEXT = 2_000, 20_000
"""Of any text, in signs. Most end sooner, by their own rule; none may be without an end."""

SAID = {
    "Not a valid choice.": "Choose one from the list.",
    "Invalid choice(s): one or more data inputs could not be coerced.": "Choose from the list.",
    "'%(value)s' is not a valid choice for this field.": "Choose from the list.",
    "'%(value)s' are not valid choices for this field.": "Choose from the list.",
}
"""What WTForms says by itself, as sentences that say what to do."""


class Sentences:
    """In place of a translation."""

    def gettext(self, text: str) -> str:
        return SAID.get(text, text)

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self.gettext(one if count == 1 else many)


class Form(FlaskForm):
    """The base of every form. Text comes tidied (NFC, outer spaces off); passwords and files come as they are."""

    form_errors: list[str]

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            filters = unbound_field.kwargs.get("filters", [])
            kind = unbound_field.field_class.__name__
            if kind in ("StringField", "HiddenField", "EmailField", "SearchField"):
                filters = [*filters, _one_line]
            elif kind == "TextAreaField":
                filters = [*filters, _tidied]
            return unbound_field.bind(form=form, filters=filters, **options)

        def get_translations(self, form: Any) -> Sentences:  # noqa: ARG002 - the form of a WTForms hook
            return Sentences()

    def validate(self, extra_validators: Any = None) -> bool:
        right = super().validate(extra_validators)
        typed = [field for field in self if isinstance(field.data, str) and not isinstance(field, PasswordField)]
        endless = [field for field in typed if not field.errors and len(field.data) > _most(field)]
        for field in endless:
            field.errors = [f"{field.label.text}: use at most {_most(field):,} signs."]
        return bool(right) and not endless

    def accept(self, refused: Refused) -> None:
        """Put the problems of a refusal onto the fields they are about; the rest goes to the form as a whole."""
        elsewhere = []
        for problem in refused.problems:
            field = self._fields.get(problem.about or "")
            if field is None:
                elsewhere.append(problem.message)
            else:
                field.errors = [*field.errors, problem.message]
        if elsewhere or not refused.problems:
            self.form_errors = [*self.form_errors, *(elsewhere or [refused.message])]

    def problems(self, prefix: str = "") -> list[tuple[str, str | None]]:
        """Every error as (sentence, anchor of the field), in the order of the fields."""
        found: list[tuple[str, str | None]] = [(str(error), None) for error in self.form_errors]
        for field in self:
            found += [(str(error), prefix + field.id) for error in _flat(field.errors)]
        return found


class PartForm(Form):
    """A form within a form; the whole carries the token."""

    class Meta:
        csrf = False


class WholeField(IntegerField):
    """A whole number, refused in one sentence of its own."""

    def __init__(self, label: str, validators: Any = (), *, sentence: str, **given: Any) -> None:
        super().__init__(label, validators, **given)
        self.sentence = sentence

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = tidy(valuelist[0]).replace(",", "") if valuelist else ""
        self.data = whole(typed)
        if typed and self.data is None:
            raise ValidationError(self.sentence)

    def _value(self) -> str:
        return tidy(str(self.raw_data[0])) if self.raw_data else super()._value()


class DayField(StringField):
    """A day as `2026-11-24`, the form a date input sends."""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = tidy(valuelist[0]) if valuelist else ""
        self.data = None
        if typed:
            self.data = day(typed)
            if self.data is None:
                raise ValidationError(f"{self.label.text}: enter the day as year-month-day, such as 2026-11-24.")

    def _value(self) -> str:
        if self.raw_data:
            return tidy(str(self.raw_data[0]))
        return self.data.isoformat() if self.data else ""


def whole(text: str) -> int | None:
    """The number that somebody wrote in digits; None for anything else and for what no list and no count reaches."""
    return int(text) if re.fullmatch("[0-9]{1,15}", text) else None


def day(text: str) -> date | None:
    """The day that somebody wrote as year-month-day; None for anything else and for years that nobody means."""
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None


def closed_choices(kind: type[StrEnum], first: str | None = None) -> list[SelectChoice]:
    """The members of a closed set as choices, with an empty one first where asked."""
    members = [SelectChoice(member.value, word(member).label) for member in kind]
    return [SelectChoice("", first), *members] if first is not None else members


def named_choices(options: Iterable[tuple[str, str]], first: str | None = None) -> list[SelectChoice]:
    members = [SelectChoice(value, label) for value, label in options]
    return [SelectChoice("", first), *members] if first is not None else members


def _tidied(value: Any) -> Any:
    return tidy(value) if isinstance(value, str) else value


def _one_line(value: Any) -> Any:
    """As a browser sends what is typed into one line, whoever sent it: without line ends."""
    return " ".join(tidy(value).splitlines()) if isinstance(value, str) else value


def _most(field: Any) -> int:
    return LONGEST_TEXT if isinstance(field, TextAreaField) else LONGEST_LINE


def _flat(errors: Any) -> Iterable[Any]:
    for error in errors:
        if isinstance(error, list | tuple):
            yield from _flat(error)
        else:
            yield error
