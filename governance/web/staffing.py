"""Importing units and people from a list: look at every row, confirm, and hand out the set-up links, which are shown once."""

import base64
import binascii
import csv
import io
from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_wtf.file import FileField
from werkzeug.wrappers import Response as Redirection
from wtforms import BooleanField, HiddenField

from governance.domain.errors import Conflict, Problem, RuleBroken
from governance.domain.importing import Outcome
from governance.domain.staffing import COLUMNS, StaffAccount
from governance.reads import staffing as reading
from governance.services import staffing
from governance.web import csvs, current, uploads
from governance.web.filters import counted
from governance.web.forms import Form

bp = Blueprint("staffing", __name__, url_prefix="/people-import")

Answer = str | Redirection | tuple[str, int]
LARGEST = 700_000
"""Bytes of a list: it travels with the form and is never kept, because it holds addresses."""
EXAMPLE = {
    "short name": "ada.lind",
    "name": "Ada Lind",
    "title": "Head of claims",
    "unit": "claims",
    "unit name": "Claims",
    "e-mail": "ada.lind@example.org",
    "roles": "project lead, reviewer",
    "functions": "business in claims",
    "qualifications": "model validation",
    "time zone": "Europe/Copenhagen",
}
LINKS = ("short name", "name", "e-mail", "set-up link")


class ListForm(Form):
    file = FileField("List", description="CSV in UTF-8, at most 700 kB. The first line names the columns.")


class ConfirmForm(Form):
    expected = HiddenField()  # without it nothing fits, so nothing is imported
    partial = BooleanField("Leave out the refused rows")
    as_file = BooleanField(
        "Give me the set-up links as a CSV file", description="Either way they are shown once: only their hashes are kept."
    )


@bp.route("", methods=["GET", "POST"])
def start() -> Answer:
    form = ListForm()
    if form.validate_on_submit():
        try:
            content = _sent(form)
            account = reading.preview(current.session(), current.doer().id, current.now(), content)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            return _preview(account, content, ConfirmForm(formdata=None, expected=account.digest))
    return _start(form)


@bp.get("/example.csv")
def example() -> Response:
    """A list to fill in."""
    return csvs.answer("people", tuple(COLUMNS), [[EXAMPLE.get(name, "") for name in COLUMNS]])


@bp.post("/confirm")
def confirm() -> Answer:
    """Import exactly what was previewed, and answer with the links at once: nobody can show them again."""
    form, content = ConfirmForm(), _carried()
    if content is None:
        flash("The list did not come along, so nothing was imported. Hand it over again.")
        return redirect(url_for(".start"), 303)
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                account, links = staffing.carry_out(log, content, partial=form.partial.data, expected=form.expected.data or "")
        except (Conflict, RuleBroken) as refused:
            form.form_errors = [*form.form_errors, refused.message]
        else:
            return _done(account, links, as_file=form.as_file.data)
    account = reading.preview(current.session(), current.doer().id, current.now(), content)
    form.expected.data = account.digest
    return _preview(account, content, form), 422


def _start(form: ListForm) -> Answer:
    page = render_template("staffing/start.html", form=form, columns=COLUMNS, problems=form.problems())
    return page, 422 if request.method == "POST" else 200


def _sent(form: ListForm) -> bytes:
    if not form.file.data or not form.file.data.filename:
        raise RuleBroken("There is no list.", Problem("file", "Choose the list.", "file"))
    return uploads.sheet(form.file.data, "file", LARGEST)


def _carried() -> bytes | None:
    """The list that the preview carried along; None where it is gone or was never one."""
    try:
        content = base64.b64decode(request.form.get("content", ""), validate=True)
        reading.preview(current.session(), current.doer().id, current.now(), content)
    except (binascii.Error, ValueError, RuleBroken):
        return None
    return content


def _preview(account: StaffAccount, content: bytes, form: ConfirmForm) -> str:
    changing = account.counted(Outcome.IMPORTED) + account.counted(Outcome.UPDATED)
    refused = account.counted(Outcome.REFUSED)
    left = f", {refused:,} {'is' if refused == 1 else 'are'} refused" if refused else ""
    rows = counted(len(account.rows), "row")
    return render_template(
        "staffing/preview.html",
        account=account,
        content=base64.b64encode(content).decode(),
        form=form,
        changing=changing,
        refused=refused,
        title=f"{changing:,} of {rows} would change something{left}" if changing else f"Nothing to import from {rows}{left}",
        problems=form.problems(),
    )


def _done(account: StaffAccount, links: Mapping[str, str], *, as_file: bool) -> str | Response:
    says = {row.says.person: row.says for row in account.rows}
    site = current.parts().settings.links_from
    rows = [(one, says[one].name, says[one].email, site + url_for("accounts.set_password", secret=secret)) for one, secret in links.items()]
    if as_file:
        return csvs.answer("set-up-links", LINKS, rows)
    out = io.StringIO()
    csv.writer(out).writerows([LINKS, *rows])
    return render_template(
        "staffing/done.html",
        rows=rows,
        listed=out.getvalue(),
        title=f"{counted(account.counted(Outcome.IMPORTED), 'row')} imported, {account.counted(Outcome.UPDATED):,} updated",
        left=account.counted(Outcome.REFUSED),
    )
