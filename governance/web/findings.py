"""Findings of an initiative: raise, answer, accept."""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as Maybe

from governance.domain import rights
from governance.domain.errors import NotAllowed, NotThere, RuleBroken
from governance.domain.findings import LONGEST, NewFinding
from governance.domain.text import fold
from governance.domain.vocabulary import FindingSeverity
from governance.domain.waivers import bars_from_confirming
from governance.models.findings import Finding
from governance.reads import findings as reading
from governance.reads import material, people, policies, waiver_ends, words
from governance.services import findings
from governance.web import csvs, current, loading
from governance.web.forms import DayField, Form, closed_choices, named_choices
from governance.web.initiative_frame import frame

bp = Blueprint("findings", __name__, url_prefix="/initiatives/<key>/findings")

HEADER = ("finding", "severity", "text", "check", "owner", "due", "raised by", "raised at (UTC)", "answered by", "closed at (UTC)")


class FindingForm(Form):
    finding = TextAreaField("What is wrong?", [InputRequired("Say what is wrong."), Length(3, LONGEST, f"Write 3 to {LONGEST:,} signs.")])
    severity = SelectField(
        "How severe is it?", [InputRequired("Choose how severe it is.")], choices=closed_choices(FindingSeverity, "Choose")
    )
    owner = SelectField("Who puts it right?", [InputRequired("Choose an owner.")])
    item = SelectField("Which check is it about?", [Maybe()])
    due = DayField("Due", [Maybe()], description="Left empty, the policy sets it by severity.", render_kw={"type": "date"})

    def offer(self) -> None:
        self.owner.choices = named_choices(((row.id, row.name) for row in people.active_people(current.session())), "Choose a person")
        policy = policies.current(current.session())
        self.item.choices = [
            SelectChoice("", "No check in particular"),
            *(
                SelectChoice(item.id, f"{item.id} {item.title}", optgroup=f"{gate.name} ({gate.id})")
                for gate in policy.gates.values()
                for item in gate.items
            ),
        ]


@dataclass(frozen=True, slots=True)
class Row:
    finding: Finding
    text: str
    may_answer: bool
    may_close: bool


@bp.get("")
def listing(key: str) -> str | Response:
    found = loading.initiative(key)
    if request.args.get("format") == "csv":
        return _export(key)
    return _page(found, FindingForm())


@bp.post("")
def raise_finding(key: str) -> Answer | tuple[str, int]:
    found, form = loading.initiative(key), FindingForm()
    form.offer()
    if form.validate_on_submit():
        new = NewFinding(FindingSeverity(form.severity.data), form.finding.data, form.owner.data, form.item.data or None, form.due.data)
        try:
            with current.writing() as log:
                findings.raise_finding(log, key, new)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash("The finding is recorded. Its owner is next.")
            return redirect(url_for(".listing", key=key), 303)
    return _page(found, form), 422


@bp.post("/<finding_id>/answer")
def answer(key: str, finding_id: str) -> Answer:
    _check_of(key, finding_id)
    with current.writing() as log:
        findings.answer_finding(log, finding_id, request.form.get("evidence", ""))
    flash("The answer is recorded. Whoever raised the finding looks at it next.")
    return redirect(url_for(".listing", key=key), 303)


@bp.post("/<finding_id>/close")
def close(key: str, finding_id: str) -> Answer:
    _check_of(key, finding_id)
    with current.writing() as log:
        findings.close_finding(log, finding_id)
    flash("The finding is closed.")
    return redirect(url_for(".listing", key=key), 303)


def _check_of(key: str, finding_id: str) -> None:
    """Raises `NotThere` for a finding that is not of this initiative."""
    loading.initiative(key)
    if reading.finding(current.session(), finding_id).initiative_key != key:
        raise NotThere(f"{key} has no finding {finding_id}.")


def _page(found: loading.Loaded, form: FindingForm) -> str:
    session, key = current.session(), found.initiative.key
    form.offer()
    every = reading.of_initiative(session, key)
    texts = words.texts(session, [row.words for row in every])
    shown = [_row(found, row, texts.get(row.words, words.GONE)) for row in every if _fits(row, texts.get(row.words, ""))]
    pieces = material.evidence(session, key)
    return render_template(
        "findings/listing.html",
        **{**frame(found, "findings"), "names": _names(found, every)},
        rows=shown,
        total=len(every),
        open=sum(row.closed_at is None for row in every),
        pieces=pieces,
        counting=[piece for piece in reversed(list(pieces.values())) if not piece.lapsed(found.initiative.model_version)],
        form=form,
        may_raise=_may_raise(found),
        problems=form.problems(),
        q=current.text("q"),
        which=request.args.get("which", ""),
    )


def _names(found: loading.Loaded, every: list[Finding]) -> object:
    ids = [person for row in every for person in (row.owner_id, row.raised_by, row.closed_by)]
    return people.names(current.session(), [*ids, found.initiative.lead_id])


def _row(found: loading.Loaded, row: Finding, text: str) -> Row:
    doer, is_open = current.doer(), row.closed_at is None
    may_close = is_open and row.answered_by is not None and rights.may_accept(doer, found.ties, reading.ties(row))
    if may_close and (waiver := waiver_ends.left(current.session(), row.id)) is not None:
        may_close = bars_from_confirming(doer.id, waiver_ends.confirming(current.session(), waiver)) is None
    return Row(row, text, is_open and (doer.id == row.owner_id or found.works_on_it), may_close)


def _fits(row: Finding, text: str) -> bool:
    which, wanted = request.args.get("which", ""), fold(current.text("q"))
    if which in ("open", "closed") and (row.closed_at is None) != (which == "open"):
        return False
    return all(word in fold(f"{row.id} {row.item or ''} {text}") for word in wanted.split())


def _may_raise(found: loading.Loaded) -> bool:
    try:
        rights.check_may_raise_finding(current.doer(), found.ties)
    except NotAllowed:
        return False
    return True


def _export(key: str) -> Response:
    every = reading.of_initiative(current.session(), key)
    texts = words.texts(current.session(), [row.words for row in every])
    return csvs.answer(
        f"{key}-findings",
        HEADER,
        (
            (
                row.id,
                row.severity,
                texts.get(row.words, ""),
                row.item,
                row.owner_id,
                row.due,
                row.raised_by,
                row.raised_at,
                row.answered_by,
                row.closed_at,
            )
            for row in every
        ),
    )
