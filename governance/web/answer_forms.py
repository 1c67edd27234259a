"""The form of a checklist item: the claim, the values the policy needs, the evidence it rests on or a new piece."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from flask_wtf.file import FileField
from wtforms import Field, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from governance.domain.dossier import Answer, Evidence, StatedValue
from governance.domain.errors import Problem, RuleBroken
from governance.domain.numbers import LEVELS, is_decimal
from governance.domain.vocabulary import AnswerState, EvidenceKind, Good
from governance.reads.checklist_pages import ItemPage, Need
from governance.services.answers import COUNTED, NewAnswer, NewEvidence, StoredFile
from governance.web.forms import DayField, Form, PartForm, WholeField, closed_choices
from governance.words import word

CLAIMS = (AnswerState.IN_PROGRESS, AnswerState.MET, AnswerState.NOT_MET)
DAY = {"type": "date"}
DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}
FILES = frozenset({EvidenceKind.DOCUMENT, EvidenceKind.METRIC, EvidenceKind.AUTOMATED_REPORT})


def minus_signs(text: str | None) -> str | None:
    """A typographic minus is a minus."""
    return text.replace("\N{MINUS SIGN}", "-") if text else text


def may_be_empty(_: Form, field: Field) -> None:
    """Ends the checks of a field that was left empty, without calling it optional on the page: whether it is depends on the others."""
    if not field.raw_data or not str(field.raw_data[0]).strip():
        field.errors = []
        raise StopValidation


def check_number(_: Form, field: StringField) -> None:
    if field.data and field.data not in LEVELS and not is_decimal(field.data):
        raise ValidationError("Enter a number with a point before the decimals, for example 0.92.")


def check_past(form: "ValueForm", field: DayField) -> None:
    if field.data and field.data > form.today:
        raise ValidationError(f"The day measured cannot be after today, {form.today:%-d %B %Y}.")


class ValueForm(PartForm):
    """One value. A row without a value is left out."""

    value = StringField("Value", [may_be_empty, check_number], filters=[minus_signs], render_kw=DECIMAL)
    unit = StringField("Unit", [may_be_empty, Length(max=60, message="Enter a unit of at most 60 signs.")])
    n = WholeField("Cases", [may_be_empty], sentence=COUNTED, widget=TextInput(), render_kw={"inputmode": "numeric"})
    measured = DayField("Day measured", [may_be_empty, check_past], render_kw=DAY)
    source = StringField("Source", [may_be_empty, Length(max=200, message="Enter a source of at most 200 signs.")])
    low = StringField("95 % interval, low end", [may_be_empty, check_number], filters=[minus_signs], render_kw=DECIMAL)
    high = StringField("95 % interval, high end", [may_be_empty, check_number], filters=[minus_signs], render_kw=DECIMAL)
    good = SelectField(
        "Which way is better?",
        [may_be_empty],
        choices=closed_choices(Good, "Choose"),
    )
    kpi = StringField("Name of the KPI", [may_be_empty, Length(max=60, message="Enter a name of at most 60 signs.")])

    def __init__(self, need: Need, prefix: str, today: date, **given: Any) -> None:
        super().__init__(prefix=prefix, **given)
        self.need, self.today = need, today

    @property
    def is_given(self) -> bool:
        return bool(self.value.data)

    def validate(self, extra_validators: Any = None) -> bool:
        right = super().validate(extra_validators)
        return self._is_complete() and right if self.is_given else right

    def _is_complete(self) -> bool:
        asked = [(self.measured, "Enter the day it was measured."), (self.source, "Name where the value comes from.")]
        asked += [(self.n, COUNTED)] if self.need.counted else []
        asked += [(self.unit, "Enter the unit.")] if self.need.unit is None and not self.need.reference_of else []
        asked += [(self.good, "Choose which way is better.")] if self.need.direction else []
        asked += [(self.low, "Enter the low end."), (self.high, "Enter the high end.")] if self.need.interval else []
        missing = [(field, sentence) for field, sentence in asked if not field.data and not field.errors]
        for field, sentence in missing:
            field.errors = [*field.errors, sentence]
        return not missing

    def stated(self, now: datetime, beside: "ValueForm | None") -> StatedValue:
        """The value as it was typed, measured at the start of that day in UTC, or now where that has not come yet.

        A reference has the unit and direction of what it is compared with (`beside`).
        """
        assert self.measured.data is not None
        of_unit = beside if beside is not None else self
        return StatedValue(
            metric=self.need.metric,
            value=_plain(self.value.data or ""),
            unit=self.need.unit or of_unit.unit.data or "",
            window=self.need.window,
            n=self.n.data if self.need.counted and self.n.data is not None else 1,
            measured_at=min(datetime.combine(self.measured.data, time(), UTC), now),
            source=self.source.data or "",
            good=of_unit.need.good or of_unit.good.data or None,
            low=_plain(self.low.data) if self.low.data else None,
            high=_plain(self.high.data) if self.high.data else None,
            kpi=self.kpi.data or None,
        )


def _plain(number: str) -> str:
    return number if number in LEVELS else f"{Decimal(number):f}"


@dataclass(frozen=True, slots=True)
class Pieces:
    """The evidence that an answer could rest on, the newest first, and what of it is held ready."""

    all: Sequence[Evidence]
    model_version: str
    ready: frozenset[str] = frozenset()

    @property
    def counting(self) -> list[Evidence]:
        return [piece for piece in self.all if not piece.lapsed(self.model_version)]


class ItemForm(Form):
    """The whole form of an item. New evidence is optional unless its own button was used."""

    claim = RadioField(
        "Where does it stand?", [InputRequired("Choose where it stands.")], choices=[SelectChoice(c.value, word(c).label) for c in CLAIMS]
    )
    note = TextAreaField("Note", [Length(max=10_000, message="Write at most 10,000 signs.")])
    evidence = SelectMultipleField(
        "Evidence it rests on", option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False), validate_choice=False
    )
    title = StringField("Title", [may_be_empty, Length(min=3, max=200, message="Enter a title of 3 to 200 signs.")])
    file = FileField("File")
    address = StringField("Address")
    statement = TextAreaField("Statement", [Length(max=10_000, message="Write at most 10,000 signs.")])
    effective = DayField("In force since", [may_be_empty], render_kw=DAY)
    expires = DayField("Expires", [may_be_empty], render_kw=DAY)

    def __init__(self, page: ItemPage, pieces: Pieces, today: date, **given: Any) -> None:
        answer, newer = page.check.answer, {piece.id: piece.successor.id for piece in pieces.all if piece.successor}
        attached = {_latest(piece.id, newer) for piece in page.evidence} | pieces.ready
        super().__init__(prefix=f"{page.check.item.id}-", data=_filled(page, answer, attached, today), **given)
        self.page = page
        fitting = [piece for piece in pieces.counting if piece.id in attached or piece.kind is page.check.item.evidence]
        self.evidence.choices = [
            SelectChoice(piece.id, piece.title) for piece in sorted(fitting, key=lambda piece: piece.id not in attached)
        ]
        self.rows = [
            ValueForm(need, f"{page.check.item.id}-{number}-", today, data=_row(need, answer), **given)
            for number, need in enumerate(page.needs)
        ]

    @property
    def kind(self) -> EvidenceKind:
        return self.page.check.item.evidence

    @property
    def brings_evidence(self) -> bool:
        return bool(self.title.data or self.address.data or self.statement.data or (self.file.data and self.file.data.filename))

    def is_right(self, *, needs_evidence: bool) -> bool:
        """Validate every part, so that all that is wrong is said at once."""
        if needs_evidence and not self.claim.data:
            self.claim.data = (self.page.check.answer.claim if self.page.check.answer else AnswerState.IN_PROGRESS).value
            self.claim.raw_data = [self.claim.data]
        parts = [self.validate(), *(row.validate() for row in self.rows)]
        return all(parts)

    def answer(self, now: datetime, added: str | None) -> NewAnswer:
        by_metric = {row.need.metric: row for row in self.rows}
        values = [row.stated(now, by_metric.get(row.need.reference_of or "")) for row in self.rows if row.is_given]
        evidence = [*(self.evidence.data or []), *([added] if added else [])]
        return NewAnswer(AnswerState(self.claim.data), self.note.data or "", values, evidence)

    def new_evidence(self, stored: StoredFile | None, today: date) -> NewEvidence:
        return NewEvidence(
            kind=self.kind,
            title=self.title.data or (stored.name if stored else ""),
            effective=self.effective.data or today,
            expires=self.expires.data,
            file=stored,
            address=self.address.data or None,
            statement=self.statement.data or None,
        )

    def all_problems(self) -> list[tuple[str, str | None]]:
        """Every error of the item and of its values, each with the item it belongs to."""
        found = [*self.problems(), *(problem for row in self.rows for problem in row.problems())]
        return [(f"{self.page.check.item.id}: {sentence}", anchor) for sentence, anchor in found]

    def accept_about(self, refused: RuleBroken) -> None:
        """Put a refusal where it belongs: a problem about a metric onto the row of that metric."""
        rows = {row.need.metric: row for row in self.rows}
        others = []
        for problem in refused.problems:
            row = rows.get(problem.about or "")
            if row is None:
                others.append(problem)
            else:
                fields: dict[str, Field] = {"n": row.n, "future": row.measured}
                named = fields.get(problem.code, row.value)
                named.errors = [*named.errors, problem.message]
        if others or not refused.problems:
            self.accept(RuleBroken(refused.message, *others))


def _latest(piece: str, newer: Mapping[str, str]) -> str:
    """What took the place of a piece, and of that."""
    while piece in newer:
        piece = newer[piece]
    return piece


def _filled(page: ItemPage, answer: Answer | None, attached: Collection[str], today: date) -> dict[str, Any]:
    if answer is None:
        return {"effective": today}
    return {"claim": answer.claim.value, "note": page.note, "evidence": sorted(attached), "effective": today}


def _row(need: Need, answer: Answer | None) -> dict[str, Any]:
    """What was stated, under the name that the policy uses where it was, else under another of its names."""
    stated = [value for value in answer.values if value.metric in need.names] if answer else []
    value = min(stated, key=lambda value: value.metric != need.metric, default=None)
    if value is None:
        return {}
    return {
        "value": value.value,
        "unit": value.unit,
        "n": value.n,
        "measured": value.measured_at.date(),
        "source": value.source,
        "low": value.low,
        "high": value.high,
        "good": value.good or "",
        "kpi": value.kpi,
    }


def missing_kind(kind: EvidenceKind) -> Problem:
    """What to say where the button for new evidence was used without any."""
    match kind:
        case EvidenceKind.LINK:
            return Problem("address", "Enter an address that starts with https://.", "address")
        case EvidenceKind.ATTESTATION:
            return Problem("statement", "Write what you confirm.", "statement")
        case _:
            return Problem("file", "Choose the file to add.", "file")
