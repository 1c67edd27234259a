"""Importing a spreadsheet: hand over the file and its mapping, look at what would become of every row, confirm exactly that."""

import hashlib
from collections.abc import Iterable

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_wtf.file import FileField
from werkzeug.wrappers import Response as Answer
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import Optional as Maybe

from governance.domain.errors import Conflict, RuleBroken
from governance.domain.importing import ImportState
from governance.models.jobs import ImportJob
from governance.paths import policies_directory
from governance.policy.problems import PolicyError
from governance.reads import imports as reading
from governance.reads import people, previews
from governance.reads.imports import MAPPING
from governance.reads.previews import Source
from governance.services import imports
from governance.web import csvs, current, import_view, uploads
from governance.web.forms import Form, named_choices
from governance.words import word

bp = Blueprint("importing", __name__, url_prefix="/import")

LARGEST_MAPPING = 1_000_000
EXAMPLE = "federal-inventory-2024.yaml"
HEADER = ("import", "file", "handed over at (UTC)", "state", "new", "updated", "unchanged", "refused", "done at (UTC)", "sha256", "why not")


class ImportForm(Form):
    file = FileField("Spreadsheet", description=f"CSV, at most {uploads.LARGEST_SHEET // 1_000_000} MB. The first line names the columns.")
    mapping = FileField("Mapping", description="The YAML file that says which columns mean what, at most 1 MB.")
    lead = SelectField("Lead where the file names nobody", [Maybe()])

    def offer(self) -> None:
        active = people.active_people(current.session())
        self.lead.choices = named_choices(((row.id, f"{row.name}, {row.title}") for row in active), "Nobody: such rows are refused")

    def has_both(self) -> bool:
        """Whether both files are there; else the fields say so."""
        lacking = [field for field in (self.file, self.mapping) if not (field.data and field.data.filename)]
        for field in lacking:
            field.errors = [f"Choose the {field.label.text.lower()}."]
        return not lacking


class ConfirmForm(Form):
    expected = HiddenField()  # without it nothing fits, so nothing is imported
    partial = BooleanField("Leave out the refused rows")


@bp.get("")
def listing() -> str | Response:
    """The imports of whoever asks, and the form for another one."""
    if request.args.get("format") == "csv":
        rows = reading.every(current.session(), current.doer().id, current.text("q"), request.args.get("state", ""))
        return csvs.answer("imports", HEADER, _cells(rows))
    form = ImportForm(formdata=None)
    form.offer()
    return _listing(form)


@bp.post("")
def start() -> Answer | tuple[str, int]:
    """Take a file and a mapping that fit each other; the worker reads the rows."""
    form = ImportForm()
    form.offer()
    if form.validate_on_submit() and form.has_both():
        try:
            source = _sent(form)
            previews.read_in(current.session(), current.doer().id, current.now(), source)
        except PolicyError as wrong:
            form.mapping.errors = [str(problem) for problem in wrong.problems]
        except RuleBroken as refused:
            form.accept(refused)
        else:
            with current.writing() as log:
                import_id = imports.hand_over(log, uploads.clean_name(form.file.data.filename), source)
            return redirect(url_for(".job", import_id=import_id), 303)
    return _listing(form), 422


@bp.get("/example.yaml")
def example() -> Response:
    """The shipped example of a mapping."""
    text = (policies_directory() / "imports" / EXAMPLE).read_text(encoding="utf-8")
    answer = Response(text, mimetype="application/yaml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{EXAMPLE}"'
    return answer


@bp.get("/<import_id>")
def job(import_id: str) -> str | Response:
    """How far it is read, the preview, how far it is carried out, what became of every row: as kept, never worked out here."""
    row = reading.job(current.session(), current.doer().id, import_id)
    if request.args.get("format") == "csv":
        return import_view.export(row)
    return import_view.page(row, ConfirmForm(formdata=None, expected=row.told_digest))


@bp.post("/<import_id>")
def confirm(import_id: str) -> Answer | tuple[str, int]:
    """Let exactly what was previewed be imported. Where the record moved since then, nothing is, and the page says so."""
    form = ConfirmForm()
    row = reading.job(current.session(), current.doer().id, import_id)
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                imports.confirm(log, import_id, form.expected.data or "", partial=form.partial.data)
        except (Conflict, RuleBroken) as refused:
            row = reading.job(current.session(), current.doer().id, import_id)
            if reading.state(row) is not ImportState.PREVIEWED:
                raise
            form.form_errors = [*form.form_errors, refused.message]
        else:
            return redirect(url_for(".job", import_id=import_id), 303)
    form.expected.data = row.told_digest
    return import_view.page(row, form), 422


@bp.post("/<import_id>/again")
def look_again(import_id: str) -> Answer:
    """Let the worker read it anew, and compare it with the record as it stands then."""
    reading.job(current.session(), current.doer().id, import_id)
    with current.writing() as log:
        imports.look_again(log, import_id)
    return redirect(url_for(".job", import_id=import_id), 303)


def _sent(form: ImportForm) -> Source:
    content, mapping = uploads.sheet(form.file.data, "file"), uploads.sheet(form.mapping.data, "mapping", LARGEST_MAPPING)
    return Source(content, _digest(content), MAPPING, mapping, _digest(mapping), form.lead.data or "")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _listing(form: ImportForm) -> str:
    text, chosen, sort = current.text("q"), request.args.get("state", ""), request.args.get("sort", "at")
    descending = request.args.get("down", "1") == "1"
    session, who = current.session(), current.doer().id
    rows, total, number = reading.page(session, who, text, chosen, sort, descending, current.number("page") or 1)
    return render_template(
        "importing/start.html",
        form=form,
        rows=[(row, reading.state(row)) for row in rows],
        total=total,
        number=number,
        pages=max(1, -(-total // reading.PAGE)),
        size=reading.PAGE,
        q=text,
        chosen=chosen,
        states=[(one.value, word(one).label) for one in ImportState],
        has_any=bool(total) or reading.has_any(session, who),
        sorting={"by": sort, "down": descending},
        days=reading.KEPT_FOR.days,
        problems=form.problems(),
    )


def _cells(rows: Iterable[ImportJob]) -> Iterable[tuple[object, ...]]:
    for row in rows:
        counts = (
            (row.imported, row.updated, row.unchanged, row.refused) if row.told_digest else (None,) * 4
        )  # nobody knows before it is read
        yield row.id, row.title, row.asked_at, word(reading.state(row)).label, *counts, row.done_at, row.sheet_digest, row.failed or ""
