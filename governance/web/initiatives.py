"""The overview of an initiative, and what its lead states about it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form as PlainForm
from wtforms import FormField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.validators import Optional as Maybe

from governance.domain.errors import RuleBroken
from governance.domain.policy import Policy
from governance.domain.vocabulary import Decision, Function, RequestState, Standing
from governance.models.gates import GateRequest
from governance.models.summary import Summary, Waiting
from governance.permissions import HOLDERS, Permission
from governance.reads import overview as reading
from governance.reads import people, policies
from governance.reads.overview import Step
from governance.services import initiatives
from governance.web import current, loading
from governance.web.filters import ago, day_in_words, plain
from governance.web.forms import Form, named_choices
from governance.web.initiative_frame import frame
from governance.web.intake import HINTS, DescriptionForm
from governance.web.work import href_of
from governance.words import word

bp = Blueprint("initiatives", __name__, url_prefix="/initiatives/<key>")


class ModelForm(Form):
    version = StringField(
        "Model version",
        [InputRequired("Enter a version."), Length(1, 80, "Use at most 80 signs.")],
        description="What is to be judged next, such as 1.3.",
    )


class ReaderForm(Form):
    person = SelectField("Person", [InputRequired("Choose a person.")])


class SeatForm(PlainForm):
    person = SelectField("Accountable person", [Maybe()])
    deputy = SelectField("Deputy", [Maybe()])
    hours = IntegerField("Hours a week", [Maybe(), NumberRange(0, 60, "Enter hours between 0 and 60.")], default=8)


class TeamForm(Form):
    data_science = FormField(SeatForm, "Data science")
    it_ops = FormField(SeatForm, "IT operations")
    business = FormField(SeatForm, "Business")
    compliance = FormField(SeatForm, "Compliance")

    def offer(self) -> None:
        choices = named_choices(((row.id, row.name) for row in people.active_people(current.session())), "Nobody yet")
        for function in Function:
            self[function.value].person.choices = choices
            self[function.value].deputy.choices = choices


@bp.get("")
def overview(key: str) -> str:
    found, session = loading.initiative(key), current.session()
    waiting, requests = reading.waiting(session, key), reading.requests(session, key)
    latest = reading.latest(session, key)
    around = frame(found, "overview", [*(row.person_id for row in waiting), *reading.people_in(latest)])
    summary, policy = around["summary"], _policy(requests)
    return render_template(
        "initiatives/overview.html",
        **around,
        steps=[_step(step) for step in reading.steps(session, found.initiative)],
        blockers=_blockers(found, waiting, around["names"]),
        readiness=[_readiness(function, summary) for function in Function],
        gate=policy.gates.get(summary.gate or ""),
        policy=policy,
        happened=reading.timeline(session, latest, around["names"]),
        requests=requests,
        may_ask=found.leads and not summary.request_id and found.initiative.standing is Standing.GOOD and bool(summary.checks_total),
        may_pack=found.works_on_it or bool(HOLDERS[Permission.ISSUE_TRAIL] & current.doer().roles),
        reads_ledger=bool(HOLDERS[Permission.READ_LEDGER] & current.doer().roles),
    )


@bp.route("/describe", methods=["GET", "POST"])
def describe(key: str) -> Response | str | tuple[str, int]:
    found = loading.initiative(key)
    row = found.initiative
    form = DescriptionForm(
        name=row.name, summary=row.summary, unit=row.unit_id, lead=row.lead_id, visibility=row.visibility.value, pilot_ends=row.pilot_ends
    )
    form.offer()
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                initiatives.describe(log, key, form.description_of())
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash("The description is changed.")
            return redirect(url_for(".overview", key=key), 303)
    page = render_template("initiatives/describe.html", **frame(found, "overview"), form=form, hints=HINTS, problems=form.problems())
    return page, 422 if form.errors else 200


@bp.route("/team", methods=["GET", "POST"])
def team(key: str) -> Response | str | tuple[str, int]:
    found = loading.initiative(key)
    seats = reading.team(current.session(), key)
    named = {
        function.value: {"person": seat.person_id, "deputy": seat.deputy_id or "", "hours": seat.hours_a_week}
        for function, seat in seats.items()
    }
    form = TeamForm(data=named)
    form.offer()
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                for function in Function:
                    given = form[function.value].data
                    if given["person"] and {**given, "hours": given["hours"] or 0} != named.get(function.value):
                        initiatives.name_team(log, key, function, given["person"], given["deputy"] or None, given["hours"] or 0)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash("The team is recorded.")
            return redirect(url_for(".overview", key=key), 303)
    page = render_template(
        "initiatives/team.html", **frame(found, "overview"), form=form, functions=list(Function), problems=_team_problems(form)
    )
    return page, 422 if request.method == "POST" else 200


@bp.route("/readers", methods=["GET", "POST"])
def readers(key: str) -> Response | str | tuple[str, int]:
    found, form = loading.initiative(key), ReaderForm()
    named = reading.readers(current.session(), key)
    form.person.choices = named_choices(((row.id, row.name) for row in people.active_people(current.session())), "Choose a person")
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                initiatives.name_viewer(log, key, form.person.data)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            return redirect(url_for(".readers", key=key), 303)
    names = people.names(current.session(), named)
    page = render_template(
        "initiatives/readers.html",
        **frame(found, "overview"),
        form=form,
        named=[(person, names[person]) for person in named],
        problems=form.problems(),
    )
    return page, 422 if form.errors else 200


@bp.post("/readers/<person>/remove")
def remove_reader(key: str, person: str) -> Response:
    loading.initiative(key)
    with current.writing() as log:
        initiatives.remove_viewer(log, key, person)
    return redirect(url_for(".readers", key=key), 303)


@bp.route("/model", methods=["GET", "POST"])
def model(key: str) -> Response | str | tuple[str, int]:
    found = loading.initiative(key)
    form = ModelForm(version=found.initiative.model_version)
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                initiatives.name_model(log, key, form.version.data)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash("The model version is recorded.")
            return redirect(url_for(".overview", key=key), 303)
    page = render_template("initiatives/model.html", **frame(found, "overview"), form=form, problems=form.problems())
    return page, 422 if form.errors else 200


def _policy(requests: Sequence[GateRequest]) -> Policy:
    """The policy of the open request, once it was submitted; else the one in force."""
    states = (RequestState.IN_REVIEW, RequestState.CHANGES_REQUESTED)
    pinned = next((row.policy for row in requests if row.state in states), None)
    return policies.by_digest(current.session(), pinned) if pinned else policies.current(current.session())


def _step(step: Step) -> dict[str, object]:
    state = "here" if step.here else "past" if step.entered else "ahead"
    lines = []
    if step.here and step.entered:
        lines.append(f"{ago(step.entered, current.now())} so far, since {_day(step.entered)}")
    elif step.entered and step.left:
        lines.append(f"{_day(step.entered)} to {_day(step.left)}, {ago(step.entered, step.left)}")
    shape = {"here": "progress", "past": "met", "ahead": "ahead"}[state]
    return {"name": word(step.stage).label, "state": state, "shape": shape, "lines": lines}


def _day(at: datetime) -> str:
    return day_in_words(at.astimezone(current.zone()).date())


def _readiness(function: Function, summary: Summary) -> dict[str, object]:
    row, said = summary.readiness[function.value], summary.seats.get(function.value)
    known = word(Decision(said)) if said in set(Decision) else None
    titles = row["open"]
    return {"function": function, **row, "said": known, "waits": said == "waiting", "open": titles[:3], "more": max(0, len(titles) - 3)}


def _blockers(found: loading.Loaded, waiting: Sequence[Waiting], names: Mapping[str, str]) -> list[dict[str, object]]:
    """Because what, by whom, since when, and the link that ends it."""
    key = found.initiative.key
    rows: list[dict[str, object]] = []
    if found.initiative.standing is not Standing.GOOD:
        since = f"Since {_day(found.initiative.standing_since)}. Compliance decides."
        said = f"{word(found.initiative.standing).label}: {found.initiative.standing_why}"
        rows.append(
            {
                "shape": "hold",
                "tone": "bad",
                "what": said,
                "by": since,
                "href": url_for("facts.tiering", key=key),
                "link": "See the answers",
            }
        )
    for row in waiting:
        by = names.get(row.person_id or "") or (f"whoever holds {plain(row.function)}" if row.function else "anybody")
        me = row.person_id == current.doer().id
        rows.append(
            {
                "shape": "you" if me else "waiting",
                "tone": "you" if me else "idle",
                "what": row.what,
                "by": f"By {'you' if me else by}. Since {_day(row.since)}, {ago(row.since, current.now())}.",
                "href": href_of(row.kind, key, row.request_id, row.subject),
                "link": "Open",
            }
        )
    return rows


def _team_problems(form: TeamForm) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = [(str(error), None) for error in form.form_errors]
    for function in Function:
        for field in form[function.value].form:
            found += [(f"{word(function).label}: {error}", field.id) for error in field.errors]
    return found
