"""Evidence packs: ask for one, follow its making, download it."""

from datetime import date, timedelta

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer
from wtforms import SelectField
from wtforms.validators import InputRequired

from governance.domain.errors import RuleBroken
from governance.models.initiatives import Initiative
from governance.permissions import HOLDERS, Permission
from governance.reads import packs as reading
from governance.reads import people
from governance.reads.visibility import visible
from governance.services import packs
from governance.web import csvs, current
from governance.web.forms import DayField, Form, named_choices

bp = Blueprint("packs", __name__, url_prefix="/packs")

HEADER = ("pack", "title", "initiative", "issued by", "issued at (UTC)", "pages", "bytes", "sha256", "last ledger entry")


class ReportForm(Form):
    initiative = SelectField("Initiative", [InputRequired("Choose an initiative.")])

    def offer(self) -> None:
        rows = current.session().execute(select(Initiative.key, Initiative.name).where(visible(current.doer())).order_by(Initiative.key))
        self.initiative.choices = named_choices(((key, f"{key} {name}") for key, name in rows), "Choose an initiative")


class TrailForm(Form):
    first = DayField("From", [InputRequired("Enter the first day.")], render_kw={"type": "date"})
    last = DayField("To", [InputRequired("Enter the last day.")], description="Both days are included.", render_kw={"type": "date"})

    def days(self) -> tuple[date, date]:
        """Only of a form that is valid."""
        assert self.first.data is not None
        assert self.last.data is not None
        return self.first.data, self.last.data


@bp.get("")
def listing() -> str | Response:
    if request.args.get("format") == "csv":
        return _export()
    return _page(ReportForm(formdata=None), _trail())


@bp.post("")
def issue() -> Answer | tuple[str, int]:
    form = ReportForm()
    form.offer()
    if not form.validate_on_submit():
        return _page(form, _trail()), 422
    with current.writing() as log:
        job_id = packs.ask_for_report(log, form.initiative.data)
    return redirect(url_for(".job", job_id=job_id), 303)


@bp.post("/trail")
def issue_trail() -> Answer | tuple[str, int]:
    form = TrailForm()
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                job_id = packs.ask_for_trail(log, *form.days())
        except RuleBroken as refused:
            form.accept(refused)
        else:
            return redirect(url_for(".job", job_id=job_id), 303)
    return _page(ReportForm(formdata=None), form), 422


@bp.get("/jobs/<job_id>")
def job(job_id: str) -> str | Answer:
    """The making of a report; the page looks again by itself and can be left."""
    row = reading.job(current.session(), current.doer(), job_id)
    if row.result:
        return redirect(url_for(".listing", _anchor=row.result), 303)
    return render_template("packs_pages/job.html", job=row)


@bp.get("/<pack_id>")
def download(pack_id: str) -> Response:
    row = reading.pack(current.session(), current.doer(), pack_id)
    response = Response(current.parts().content.read(row.digest), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{row.file_name}"'
    return response


def _page(report: ReportForm, trail: TrailForm) -> str:
    report.offer()
    text, sort = current.text("q"), request.args.get("sort", "at")
    descending = request.args.get("down", "1") == "1"
    rows, total, number = reading.page(current.session(), current.doer(), text, sort, descending, current.number("page") or 1)
    return render_template(
        "packs_pages/listing.html",
        rows=rows,
        total=total,
        number=number,
        pages=max(1, -(-total // reading.PAGE)),
        size=reading.PAGE,
        q=text,
        sorting={"by": sort, "down": descending},
        running=reading.running(current.session(), current.doer(), current.now()),
        names=people.names(current.session(), [row.by for row in rows]),
        report=report,
        trail=trail,
        may_trail=bool(HOLDERS[Permission.ISSUE_TRAIL] & current.doer().roles),
        problems=[*report.problems("report-"), *trail.problems("trail-")],
    )


def _trail() -> TrailForm:
    today = current.today()
    return TrailForm(formdata=None, first=today - timedelta(days=30), last=today)


def _export() -> Response:
    rows = reading.every(current.session(), current.doer(), current.text("q"))
    return csvs.answer(
        "evidence-packs", HEADER, ((r.id, r.title, r.initiative_key, r.by, r.at, r.pages, r.size, r.digest, r.cut) for r in rows)
    )
