"""Importing a spreadsheet: hand over the file and its mapping, look at what would become of every row, confirm exactly that."""

import hashlib
from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_wtf.file import FileField
from werkzeug.wrappers import Response as Answer
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import Optional as Maybe

from governance.domain.errors import Conflict, NotThere, RuleBroken
from governance.domain.importing import Account, Outcome
from governance.domain.moving_in import NOT_SIGNED_HERE
from governance.paths import policies_directory
from governance.policy.problems import PolicyError
from governance.reads import people, previews
from governance.reads.previews import Source
from governance.services import importing
from governance.storage.content import DIGEST
from governance.web import csvs, current, uploads
from governance.web.filters import counted
from governance.web.forms import Form, named_choices
from governance.words import word

bp = Blueprint("importing", __name__, url_prefix="/import")

EXAMPLE = "federal-inventory-2024.yaml"
MAPPING = "mapping.yaml"
"""What a mapping is called in messages, whatever it was called where it came from."""
PAGE = 100
HEADER = ("line", "outcome", "initiative", "key", "name", "stage", "what there is to say")


class ImportForm(Form):
    file = FileField("Spreadsheet", description=f"CSV, at most {uploads.LARGEST_SHEET // 1_000_000} MB. The first line names the columns.")
    mapping = FileField("Mapping", description="The YAML file that says which columns mean what.")
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
    lead = HiddenField(validators=[Maybe()])
    expected = HiddenField()  # without it nothing fits, so nothing is imported
    partial = BooleanField("Leave out the refused rows")


@bp.route("", methods=["GET", "POST"])
def start() -> Answer | str | tuple[str, int]:
    form = ImportForm()
    form.offer()
    if form.validate_on_submit() and form.has_both():
        try:
            source = _sent(form)
            previews.preview(current.session(), current.doer().id, current.now(), source)
        except PolicyError as wrong:
            form.mapping.errors = [str(problem) for problem in wrong.problems]
        except RuleBroken as refused:
            form.accept(refused)
        else:
            for content in (source.content, source.mapping):
                current.parts().content.put(content)
            return redirect(url_for(".preview", file=source.digest, mapping=source.mapping_digest, lead=source.lead or None), 303)
    page = render_template("importing/start.html", form=form, problems=form.problems())
    return page, 422 if request.method == "POST" else 200


@bp.get("/example.yaml")
def example() -> Response:
    """The shipped example of a mapping."""
    text = (policies_directory() / "imports" / EXAMPLE).read_text(encoding="utf-8")
    answer = Response(text, mimetype="application/yaml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{EXAMPLE}"'
    return answer


@bp.get("/<file>/<mapping>")
def preview(file: str, mapping: str) -> str | Response:
    source = _kept(file, mapping, current.text("lead"))
    account = _account(source)
    if request.args.get("format") == "csv":
        return csvs.answer("import", HEADER, _cells(account))
    return _page(account, ConfirmForm(formdata=None, lead=source.lead, expected=account.digest), {"file": file, "mapping": mapping})


@bp.post("/<file>/<mapping>")
def confirm(file: str, mapping: str) -> Answer | tuple[str, int]:
    """Import exactly what was previewed. Where the record moved since then, nothing is imported, and the preview is shown anew."""
    form = ConfirmForm()
    source = _kept(file, mapping, form.lead.data or "")
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                done = importing.carry_out(log, source, partial=form.partial.data, expected=form.expected.data or "")
        except (Conflict, RuleBroken) as refused:
            form.form_errors = [*form.form_errors, refused.message]
        else:
            flash(f"{_told(done)}. {counted(done.counted(Outcome.REFUSED), 'row')} left out.")
            return redirect(url_for(".preview", file=file, mapping=mapping, lead=source.lead or None), 303)
    account = _account(source)
    form.expected.data, form.lead.data = account.digest, source.lead
    return _page(account, form, {"file": file, "mapping": mapping}), 422


def _sent(form: ImportForm) -> Source:
    """What was handed over, in memory: it is kept once it can be read."""
    content, mapping = uploads.sheet(form.file.data, "file"), uploads.sheet(form.mapping.data, "mapping")
    return Source(content, _digest(content), MAPPING, mapping, _digest(mapping), form.lead.data or "")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _kept(file: str, mapping: str, lead: str) -> Source:
    """The file and the mapping under their digests, read and hashed again. A lead that is nobody here counts as not given."""
    store = current.parts().content
    if not all(DIGEST.fullmatch(digest) and store.has(digest) for digest in (file, mapping)):
        raise NotThere("There is no such file to import. Hand it over again.")
    known = lead if lead and people.is_active(current.session(), lead) else ""
    return Source(store.read(file), file, MAPPING, store.read(mapping), mapping, known)


def _account(source: Source) -> Account:
    """Raises `RuleBroken` also where the mapping no longer fits the policy in force."""
    try:
        return previews.preview(current.session(), current.doer().id, current.now(), source).account
    except PolicyError as wrong:
        raise RuleBroken(f"The mapping does not fit any more. {wrong.problems[0]}.") from None


def _page(account: Account, form: ConfirmForm, address: Mapping[str, str]) -> str:
    chosen = request.args.get("outcome", "")
    rows = [row for row in account.rows if chosen not in set(Outcome) or row.outcome == chosen]
    pages = max(1, -(-len(rows) // PAGE))
    number = min(max(1, current.number("page") or 1), pages)
    return render_template(
        "importing/preview.html",
        account=account,
        rows=rows[(number - 1) * PAGE : number * PAGE],
        total=len(rows),
        number=number,
        pages=pages,
        size=PAGE,
        chosen=chosen,
        outcomes=[(one.value, f"{word(one).label} ({account.counted(one):,})") for one in Outcome],
        title=_title(account),
        todo=account.counted(Outcome.IMPORTED) + account.counted(Outcome.UPDATED),
        refused=account.counted(Outcome.REFUSED),
        form=form,
        address=address,
        not_signed=NOT_SIGNED_HERE,
        problems=form.problems(),
    )


def _title(account: Account) -> str:
    changing = account.counted(Outcome.IMPORTED) + account.counted(Outcome.UPDATED)
    refused = account.counted(Outcome.REFUSED)
    left = f", {refused:,} {'is' if refused == 1 else 'are'} refused" if refused else ""
    if not changing:
        return f"Nothing to import from {counted(len(account.rows), 'row')}{left}"
    return f"{changing:,} of {counted(len(account.rows), 'row')} would be imported or updated{left}"


def _told(account: Account) -> str:
    new, again = account.counted(Outcome.IMPORTED), account.counted(Outcome.UPDATED)
    return f"{counted(new, 'initiative')} imported, {again:,} updated"


def _cells(account: Account) -> list[list[object]]:
    return [
        [row.says.line, row.outcome.value, row.initiative, " | ".join(row.says.key), row.says.name, row.says.stage.value, row.told]
        for row in account.rows
    ]
