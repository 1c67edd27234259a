"""What every form shares: typed text is tidied, a refusal lands on its fields, and the page shows all of it on top."""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from governance.domain.errors import Refused
from governance.domain.text import tidy
from governance.words import word

EARLIEST, LATEST = date(1970, 1, 1), date(2199, 12, 31)
"""Of the days that people mean; beyond them, time zones and periods run out of calendar."""


class Form(FlaskForm):
    """The base of every form. Text comes tidied (NFC, outer spaces off); passwords and files come as they are."""

    form_errors: list[str]

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            filters = unbound_field.kwargs.get("filters", [])
            kind = unbound_field.field_class.__name__
            if kind in ("StringField", "TextAreaField", "HiddenField", "EmailField", "SearchField"):
                filters = [*filters, _tidied]
            return unbound_field.bind(form=form, filters=filters, **options)

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


class DayField(StringField):
    """A day as `2026-11-24`, the form a date input sends."""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if typed:
            self.data = day(typed)
            if self.data is None:
                raise ValidationError(f"{self.label.text}: enter the day as year-month-day, such as 2026-11-24.")

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""


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


def _flat(errors: Any) -> Iterable[Any]:
    for error in errors:
        if isinstance(error, list | tuple):
            yield from _flat(error)
        else:
            yield error
