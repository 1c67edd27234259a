"""The overview of an initiative, and what its lead states about it."""

from collections.abc import Iterator, Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import FormField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.validators import Optional as Maybe

from governance.domain.errors import RuleBroken
from governance.domain.policy import Policy
from governance.domain.vocabulary import OPEN_STATES, Function, Standing
from governance.models.gates import GateRequest
from governance.models.initiatives import TeamSeat, Tiering
from governance.permissions import HOLDERS, Permission
from governance.reads import overview as reading
from governance.reads import people, policies
from governance.services import initiatives
from governance.web import current, loading, origin_view
from governance.web import overview_view as view
from governance.web.filters import plain
from governance.web.forms import Form, PartForm, WholeField, named_choices
from governance.web.initiative_frame import frame
from governance.web.intake import HINTS, DescriptionForm
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


HOURS = "Enter hours between 0 and 60, as a whole number."


class SeatForm(PartForm):
    person = SelectField("Accountable person", [Maybe()])
    deputy = SelectField("Deputy", [Maybe()])
    hours_a_week = WholeField("Hours a week", [Maybe(), NumberRange(0, 60, HOURS)], sentence=HOURS, default=8)


class TeamForm(Form):
    """The four seats of a team. `seats` are those on record: a named seat changes hands, it is not emptied."""

    data_science = FormField(SeatForm, "Data science")
    it_ops = FormField(SeatForm, "IT operations")
    business = FormField(SeatForm, "Business")
    compliance = FormField(SeatForm, "Compliance")

    def offer(self) -> None:
        choices = named_choices(((row.id, row.name) for row in people.active_people(current.session())), "Nobody yet")
        for function in Function:
            self[function.value].person.choices = choices
            self[function.value].deputy.choices = choices

    def given(self, function: Function) -> tuple[str, str | None, int]:
        seat = self[function.value].data
        return seat["person"], seat["deputy"] or None, seat["hours_a_week"] or 0

    def changed(self, seats: Mapping[Function, TeamSeat]) -> Iterator[Function]:
        for function in Function:
            row = seats.get(function)
            before = (row.person_id, row.deputy_id, row.hours_a_week) if row else None
            if self.given(function)[0] and self.given(function) != before:
                yield function

    def is_complete(self, seats: Mapping[Function, TeamSeat]) -> bool:
        """Whether every seat that is named, or has a deputy, has its person; else the fields say so."""
        lacking = [one for one in Function if not self.given(one)[0] and (one in seats or self.given(one)[1])]
        for function in lacking:
            self[function.value].form.person.errors = [f"Choose who answers for {plain(function)}."]
        return not lacking

    def refuse(self, function: Function, refused: RuleBroken) -> None:
        """Put what a refusal says onto the fields of one seat."""
        for problem in refused.problems:
            field = self[function.value].form[problem.about or "person"]
            field.errors = [*field.errors, problem.message]

    def problems(self, prefix: str = "") -> list[tuple[str, str | None]]:
        found: list[tuple[str, str | None]] = [(str(error), None) for error in self.form_errors]
        for function in Function:
            for field in self[function.value].form:
                found += [(f"{word(function).label}: {error}", prefix + field.id) for error in field.errors]
        return found


@bp.get("")
def overview(key: str) -> str:
    found, session = loading.initiative(key), current.session()
    waiting, requests = reading.waiting(session, key), reading.requests(session, key)
    asked = {row.function for row in waiting if row.function and not row.person_id}
    holders = people.by_function(session, asked, found.initiative.unit_id) if asked else {}
    latest = reading.latest(session, key)
    around = frame(found, "overview", [*(row.person_id for row in waiting), *reading.people_in(latest)])
    summary, policy = around["summary"], _policy(requests)
    texts = reading.texts_of(session, latest, origin_view.digests(around["origin"]))
    return render_template(
        "initiatives/overview.html",
        **around,
        steps=[view.step(step, around["origin"]) for step in reading.steps(session, found.initiative)],
        blockers=view.blockers(found, summary, waiting, around["team"], around["names"], holders),
        readiness=[view.ready(function, summary) for function in Function],
        tier_view=_tier(around["tiering"]),
        gate=policy.gates.get(summary.gate or ""),
        policy=policy,
        happened=reading.timeline(latest, around["names"], texts),
        requests=requests,
        may_ask=found.leads and not summary.request_id and found.initiative.standing is Standing.GOOD and bool(summary.checks_total),
        before=origin_view.before(around["origin"], texts),
        vouches=(vouches := origin_view.vouches(found)),
        may_bring_in=vouches and around["origin"] is None and not requests,
        may_pack=found.works_on_it or bool(HOLDERS[Permission.ISSUE_TRAIL] & current.doer().roles),
        reads_ledger=bool(HOLDERS[Permission.READ_LEDGER] & current.doer().roles),
    )


@bp.route("/describe", methods=["GET", "POST"])
def describe(key: str) -> Response | str | tuple[str, int]:
    found = loading.governed(key, "change its description")
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
    found, seats = loading.governed(key, "name its team"), reading.team(current.session(), key)
    form = TeamForm(
        data={
            function.value: {"person": seat.person_id, "deputy": seat.deputy_id or "", "hours_a_week": seat.hours_a_week}
            for function, seat in seats.items()
        }
    )
    form.offer()
    if form.validate_on_submit() and form.is_complete(seats) and _record_team(key, form, seats):
        flash("The team is recorded.")
        return redirect(url_for(".overview", key=key), 303)
    page = render_template(
        "initiatives/team.html", **frame(found, "overview"), form=form, functions=list(Function), problems=form.problems()
    )
    return page, 422 if request.method == "POST" else 200


def _record_team(key: str, form: TeamForm, seats: Mapping[Function, TeamSeat]) -> bool:
    """Record every seat that changed, all of them or none. False where that is refused: the form says why, at the seat."""
    changed = list(form.changed(seats))
    function = None
    try:
        with current.writing() as log:
            for function in changed:
                initiatives.name_team(log, key, function, *form.given(function))
    except RuleBroken as refused:
        assert function is not None
        form.refuse(function, refused)
        return False
    return True


@bp.route("/readers", methods=["GET", "POST"])
def readers(key: str) -> Response | str | tuple[str, int]:
    found, form = loading.governed(key, "name its readers"), ReaderForm()
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
    found = loading.worked_on(key, "name the model version")
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
    return policies.of_request(current.session(), next((row for row in requests if row.state in OPEN_STATES), None))


def _tier(tiering: Tiering | None) -> view.TierView | None:
    """What the tier rests on, by the policy that judged the answers."""
    if tiering is None or tiering.tier is None:
        return None
    return view.tier(policies.by_digest(current.session(), tiering.policy), tiering)
