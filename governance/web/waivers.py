"""Waivers: the list, the page of one, asking for one, signing it, taking it back."""

from datetime import date, datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer
from wtforms import RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from governance.domain import rights
from governance.domain import waivers as rules
from governance.domain.dossier import Evidence
from governance.domain.errors import Conflict, NotThere, RuleBroken
from governance.domain.vocabulary import Function, WaiverDecision, WaiverSeat, WaiverState
from governance.domain.waivers import Asked
from governance.models.waivers import Waiver
from governance.reads import checklist_pages, exemption_rules, material, people, policies, sharing, waiver_pages, words
from governance.reads import waivers as reading
from governance.reads.waiver_pages import Filters, Sort
from governance.services import waivers
from governance.services.waivers import Subject
from governance.web import csvs, current, loading
from governance.web.forms import DayField, Form, closed_choices, named_choices
from governance.web.proving import is_proved, password_again, proof
from governance.words import word

bp = Blueprint("waivers", __name__)

Page = str | Answer | tuple[str, int]

HEADER = (
    "waiver",
    "initiative",
    "name",
    "check",
    "function",
    "owner",
    "state",
    "asked at (UTC)",
    "granted at (UTC)",
    "last day",
    "finding",
)
STANDS = "Nothing was signed; what you wrote stands below."
TOO_LONG = f"Write at most {rules.LONGEST:,} signs."


class AskForm(Form):
    """What a waiver says. Nothing in it can be changed once it is asked for."""

    reason = TextAreaField("Why can the check not be met now?", [InputRequired("Say why."), Length(max=rules.LONGEST, message=TOO_LONG)])
    control = TextAreaField(
        "What is done instead?",
        [InputRequired("Say what is done instead."), Length(max=rules.LONGEST, message=TOO_LONG)],
        description="The compensating control: what keeps the risk down while the check is not met.",
    )
    scope = TextAreaField(
        "What does it cover?",
        [InputRequired("Say what it covers."), Length(max=rules.LONGEST, message=TOO_LONG)],
        description="Such as a model version, a site, a share of the cases.",
    )
    owner = SelectField("Who answers for it?", [InputRequired("Choose an owner.")])
    expires = DayField("Last day", [InputRequired("Enter its last day.")], render_kw={"type": "date"})
    evidence = SelectMultipleField(
        "Evidence of the compensating control", option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )

    def asked(self) -> Asked:
        """Only of a form that is valid."""
        assert self.expires.data is not None
        return Asked(
            self.scope.data or "",
            self.reason.data or "",
            self.control.data or "",
            self.owner.data,
            self.expires.data,
            tuple(self.evidence.data or ()),
        )


class SignForm(Form):
    decision = RadioField("Decision", [InputRequired("Choose a decision.")], choices=closed_choices(WaiverDecision))
    reason = TextAreaField("Reason", [Length(max=rules.LONGEST, message=TOO_LONG)])
    password = password_again()


class WithdrawForm(Form):
    why = TextAreaField("Why do you withdraw it?", [InputRequired("Say why you withdraw it."), Length(max=rules.LONGEST, message=TOO_LONG)])

    def accept_reason(self, refused: RuleBroken) -> None:
        """The service calls it the reason; the page has another field of that name."""
        self.why.errors = [*self.why.errors, *(problem.message for problem in refused.problems)]


@bp.get("/waivers")
def listing() -> str:
    filters, unknown = _filters()
    page = waiver_pages.page(current.session(), current.doer(), filters, current.number("page") or 1)
    return render_template(
        "waivers/listing.html",
        page=page,
        filters=filters,
        unknown=unknown,
        sorting={"by": filters.sort.value, "down": filters.descending},
        states=[(state.value, word(state).label) for state in WaiverState],
        functions=[(function.value, word(function).label) for function in Function],
    )


@bp.get("/waivers/export.csv")
def export() -> Response:
    lines = waiver_pages.every(current.session(), current.doer(), _filters()[0])
    return csvs.answer("waivers", HEADER, (_cells(line) for line in lines))


def _cells(line: waiver_pages.Line) -> list[object]:
    row = line.waiver
    named = [row.id, row.initiative_key, line.initiative.name, row.item, row.function.value, line.owner, line.state.value]
    return [*named, row.asked_at, row.granted_at, row.expires, row.finding_id]


def _filters() -> tuple[Filters, list[str]]:
    """What the address asks for, and what of it nobody knows."""
    given = {name: request.args.get(name, "") for name in ("state", "function", "sort")}
    known: dict[str, set[str]] = {"state": set(WaiverState), "function": set(Function), "sort": set(Sort)}
    unknown = [name for name, value in given.items() if value and value not in known[name]]
    found = {name: value if name not in unknown else "" for name, value in given.items()}
    filters = Filters(
        now=current.now(),
        text=current.text("q"),
        state=WaiverState(found["state"]) if found["state"] else None,
        function=Function(found["function"]) if found["function"] else None,
        sort=Sort(found["sort"]) if found["sort"] else Sort.EXPIRES,
        descending=request.args.get("down") == "1",
    )
    return filters, unknown


@bp.route("/initiatives/<key>/waivers/<item>", methods=["GET", "POST"])
def ask(key: str, item: str) -> Page:
    found, form = loading.worked_on(key, "ask for a waiver"), AskForm()
    of = waivers.subject(current.session(), key, item, current.now())
    waivers.check_helps(of)
    before = reading.earlier(reading.of_item(current.session(), key, item))
    _offer(form, key, before)
    if not form.is_submitted():
        form.owner.data = found.initiative.lead_id
        return _asking(found, of, before, form)
    if form.validate():
        try:
            with current.writing() as log:
                made = waivers.ask(log, key, item, form.asked())
        except (RuleBroken, Conflict) as refused:
            form.accept(refused)
        else:
            flash("The waiver is asked for. It is in force once both have signed.")
            return redirect(url_for(".waiver", waiver_id=made), 303)
    return _asking(found, of, before, form), 422


def _offer(form: AskForm, key: str, before: list[rules.Earlier]) -> None:
    """For a renewal, the evidence that came since the waiver before it."""
    form.owner.choices = named_choices(((row.id, row.name) for row in people.active_people(current.session())), "Choose a person")
    form.evidence.choices = [(piece.id, f"{piece.title} ({piece.id})") for piece in _since(key, before[-1].granted_at)] if before else []


def _since(key: str, granted: datetime) -> list[Evidence]:
    """The evidence that counts and whose content is newer than a waiver, the newest first."""
    session = current.session()
    lapsed = material.lapsed(session, key)
    counting = [piece for piece in material.evidence(session, key).values() if not lapsed[piece.id]]
    return [piece for piece in reversed(counting) if sharing.added(session, piece) > granted]


def _asking(found: loading.Loaded, of: Subject, before: list[rules.Earlier], form: AskForm) -> str:
    allowed = of.policy.waivers
    assert allowed is not None
    return render_template(
        "waivers/ask.html",
        initiative=found.initiative,
        of=of,
        before=before,
        allowed=allowed,
        most=allowed.max_days[of.tier],
        exhausted=len(before) > allowed.renewals,
        form=form,
        problems=form.problems(),
    )


@bp.get("/waivers/<waiver_id>")
def waiver(waiver_id: str) -> Page:
    return _page(_load(waiver_id))


@bp.post("/waivers/<waiver_id>/sign/<seat>")
def sign(waiver_id: str, seat: str) -> Page:
    """Sign for one of the two seats. A wrong password is counted, and loses nothing of what was written."""
    row, form = _load(waiver_id), SignForm()
    if seat not in set(WaiverSeat):
        raise NotThere("A waiver has no such seat.")
    if not form.validate():
        return _page(row, seat, form), 422
    decision = WaiverDecision(form.decision.data)
    if decision is WaiverDecision.DECLINE and not form.reason.data:
        form.reason.errors = ["Say why you decline: it goes into the record and tells the lead what to do."]
        return _page(row, seat, form), 422
    if not is_proved(form, STANDS):
        return _page(row, seat, form), 422
    try:
        with current.writing(proof()) as log:
            waivers.sign(log, waiver_id, WaiverSeat(seat), decision, word(decision).meaning, form.reason.data or "")
    except RuleBroken as refused:
        form.accept(refused)
        return _page(_load(waiver_id), seat, form), 422
    flash(_what_next(reading.waiver(current.session(), waiver_id)))
    return redirect(url_for(".waiver", waiver_id=waiver_id), 303)


def _what_next(row: Waiver) -> str:
    match row.state:
        case WaiverState.IN_FORCE:
            return "Signed. Both have signed: the check is waived until the last day named."
        case WaiverState.DECLINED:
            return "Signed. The waiver is declined, and the check stays as it is."
        case _:
            return "Signed. It waits for the other signature."


@bp.post("/waivers/<waiver_id>/withdraw")
def withdraw(waiver_id: str) -> Page:
    row, form = _load(waiver_id), WithdrawForm()
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                waivers.withdraw(log, waiver_id, form.why.data)
        except RuleBroken as refused:
            form.accept_reason(refused)
        else:
            flash("The waiver is withdrawn. The record keeps it.")
            return redirect(url_for(".waiver", waiver_id=waiver_id), 303)
    return _page(row, withdrawn=form), 422


def _load(waiver_id: str) -> Waiver:
    """Raises `NotThere`, in the same words where it does not exist and where this reader may not see it."""
    row = reading.waiver(current.session(), waiver_id)
    rights.check_may_see(current.doer(), people.ties(current.session(), row.initiative_key))
    return row


def _page(row: Waiver, seat: str | None = None, form: SignForm | None = None, withdrawn: WithdrawForm | None = None) -> str:
    session, now = current.session(), current.now()
    found = loading.initiative(row.initiative_key)
    seats = waiver_pages.seats(session, row, current.doer(), now)
    texts = words.texts(session, [row.scope, row.reason, row.control, row.withdrawn_why, *(one["reason"] for one in row.signatures)])
    policy = policies.by_digest(session, row.policy)
    forms = {view.seat.value: SignForm(formdata=None) for view in seats if view.is_yours}
    if form is not None and seat in forms:
        forms[seat] = form
    may_withdraw = row.state is WaiverState.ASKED and current.doer().id in (row.asked_by, found.initiative.lead_id)
    withdrawing = (withdrawn or WithdrawForm(formdata=None)) if may_withdraw else None
    return render_template(
        "waivers/waiver.html",
        row=row,
        found=found,
        initiative=found.initiative,
        item=policy.item(row.item),
        state=rules.shown(row.state, row.expires, now),
        is_of_another_rule=row.state is WaiverState.IN_FORCE and not _still_judged_so(row),
        policy=policy,
        seats=seats,
        forms=forms,
        withdrawing=withdrawing,
        said=lambda digest: texts.get(digest, words.GONE),
        names=people.names(session, [row.asked_by, row.owner_id]),
        pieces={piece.id: piece for piece in checklist_pages.pieces(session, row.initiative_key)} if row.evidence else {},
        may_renew=_may_renew(row, found),
        reminded=[date.fromisoformat(on) for on in row.reminded],
        steps=rules.takes_effect(policy.waivers, row.expires) if policy.waivers else [],
        problems=[*(form.problems(f"{seat}-") if form and seat in forms else []), *(withdrawn.problems() if withdrawn else [])],
    )


def _still_judged_so(row: Waiver) -> bool:
    """Whether the check asks what it asked when the waiver was asked for, under the rules that judge it now."""
    rests = exemption_rules.rests_now(current.session(), row.initiative_key, row.item)
    return rests is not None and rests.rule == row.rule


def _may_renew(row: Waiver, found: loading.Loaded) -> bool:
    """Whether it is worth offering: the service decides whether it may be."""
    return found.works_on_it and row.state in (WaiverState.IN_FORCE, WaiverState.OVERDUE)
