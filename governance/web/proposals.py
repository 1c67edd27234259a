"""Proposed policies: what each would change, who decides, and the decision, for which its signer proves who they are."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from governance.domain import proposals
from governance.domain.errors import NotAllowed, RuleBroken
from governance.domain.loosening import BARRED_FOR
from governance.domain.policy_changes import Effect
from governance.domain.proposals import LONGEST_REASON, SHORTEST_REASON
from governance.domain.vocabulary import ProposalState, Role
from governance.models.directory import Person
from governance.models.policies import PolicyProposal
from governance.reads import people, proposed_changes, vacancies
from governance.reads import proposals as reading
from governance.reads.proposals import Order, Told, Wanted
from governance.services import policies as services
from governance.web import csvs, current, impact_view
from governance.web.filters import same_page
from governance.web.forms import Form
from governance.web.proving import is_proved, password_again, proof
from governance.words import word

bp = Blueprint("proposals", __name__, url_prefix="/policies/proposals")

HEADER = (
    "proposal",
    "version",
    "title",
    "proposed by",
    "proposed at (UTC)",
    "why",
    "state",
    "ended by",
    "ended at (UTC)",
    "reason",
    "sha-256",
    "rests on (sha-256)",
)
PUBLISH, DECLINE = "publish", "decline"


class DecideForm(Form):
    decision = RadioField(
        "Decision",
        [InputRequired("Choose a decision.")],
        choices=[SelectChoice(PUBLISH, "Publish"), SelectChoice(DECLINE, "Decline")],
    )
    why = TextAreaField(
        "Reason", [Length(max=LONGEST_REASON, message=f"Write at most {LONGEST_REASON:,} signs.")], description="Needed to decline."
    )
    password = password_again()

    def is_complete(self) -> bool:
        """Whether a decline has a reason; else the field says so."""
        if self.decision.data == DECLINE and len(self.why.data or "") < SHORTEST_REASON:
            self.why.errors = [f"Say why in {SHORTEST_REASON} signs or more: the reason goes into the record."]
            return False
        return True


class WithdrawForm(Form):
    why = TextAreaField(
        "Why do you take it back?",
        [
            InputRequired("Say why you take it back."),
            Length(SHORTEST_REASON, LONGEST_REASON, f"Write {SHORTEST_REASON} to {LONGEST_REASON:,} signs."),
        ],
    )


@bp.get("")
def listing() -> str:
    wanted = _wanted()
    rows, total, number = reading.page(current.session(), wanted, current.number("page") or 1)
    return render_template(
        "proposals/listing.html",
        rows=rows,
        total=total,
        number=number,
        pages=max(1, -(-total // reading.PAGE)),
        size=reading.PAGE,
        q=wanted.text,
        chosen=wanted.state,
        states=[(state.value, word(state).label) for state in ProposalState],
        sorting={"by": wanted.order.value, "down": wanted.descending},
        export=same_page(".export", page=None),
        may_propose=may_propose(),
    )


@bp.get("/export.csv")
def export() -> Response:
    return csvs.answer("policy-proposals", HEADER, (_cells(one) for one in reading.every(current.session(), _wanted())))


@bp.get("/<proposal_id>")
def page(proposal_id: str) -> str:
    return _page(reading.proposal(current.session(), proposal_id))


@bp.post("/<proposal_id>/decide")
def decide(proposal_id: str) -> Answer | tuple[str, int]:
    """Publish or decline. A wrong password is counted, and loses nothing of what was written."""
    row, form = reading.proposal(current.session(), proposal_id), DecideForm()
    proposals.check_may_decide(current.doer(), reading.as_proposed(row), len(_others(row)))
    proposals.check_open(reading.as_proposed(row), reading.in_force(current.session(), row.policy))
    if form.validate_on_submit() and form.is_complete() and is_proved(form, "Nothing was decided."):
        try:
            return _decided(row, form)
        except RuleBroken as refused:
            form.accept(refused)
    return _page(row, deciding=form), 422


@bp.post("/<proposal_id>/withdraw")
def withdraw(proposal_id: str) -> Answer | tuple[str, int]:
    row, form = reading.proposal(current.session(), proposal_id), WithdrawForm(prefix="withdraw-")
    proposals.check_may_withdraw(current.doer(), reading.as_proposed(row))
    if not form.validate_on_submit():
        return _page(row, withdrawing=form), 422
    with current.writing() as log:
        services.withdraw(log, proposal_id, form.why.data)
    flash(f"{proposal_id} is withdrawn.")
    return redirect(url_for(".page", proposal_id=proposal_id), 303)


def _decided(row: PolicyProposal, form: DecideForm) -> Answer:
    proposed_changes.difference(current.session(), row)  # read now, and kept: nobody else can write while this does
    with current.writing(proof()) as log:
        if form.decision.data == PUBLISH:
            services.publish(log, row.id)
        else:
            services.decline(log, row.id, form.why.data)
    is_published = form.decision.data == PUBLISH
    said = f"Version {row.version} is in force." if is_published else f"{row.id} is declined. The rules in force stay as they are."
    flash(said)
    return redirect(url_for(".page", proposal_id=row.id), 303)


def _page(row: PolicyProposal, deciding: DecideForm | None = None, withdrawing: WithdrawForm | None = None) -> str:
    session, doer = current.session(), current.doer()
    found = proposed_changes.difference(session, row)
    [told] = reading.tell(session, [row])
    in_force = reading.in_force(session, row.policy)
    is_open = row.state is ProposalState.OPEN and row.rests_on == in_force
    others, proposed = _others(row), reading.as_proposed(row)
    is_officer = Role.COMPLIANCE_OFFICER in doer.roles
    why_not = proposals.why_not_decide(doer, proposed, len(others)) if is_officer else None
    bars = proposed_changes.bars(found)
    form = deciding or DecideForm(formdata=None)
    taking_back = withdrawing or WithdrawForm(formdata=None, prefix="withdraw-")
    return render_template(
        "proposals/proposal.html",
        row=row,
        told=told,
        found=found,
        effects=Effect,
        bars=bars,
        vacant=vacancies.vacancies(session, proposed_changes.rules(session, row).policy, current.now()) if is_open else (),
        warnings=proposed_changes.warnings(session, row),
        days=BARRED_FOR.days,
        others=[person.name for person in others],
        may_decide=is_open and is_officer and why_not is None,
        why_not=why_not if row.by != doer.id else None,
        why_not_published=proposals.why_not_published(people.doer(session, row.by, current.now()), proposed) if is_open else None,
        may_withdraw=row.state is ProposalState.OPEN and row.by == doer.id,
        is_own=row.by == doer.id,
        may_propose=may_propose(),
        is_open=is_open,
        form=form,
        withdrawing=taking_back,
        impact=impact_view.brief(row.digest),
        problems=[*form.problems(), *taking_back.problems()],
    )


def _others(row: PolicyProposal) -> list[Person]:
    return list(reading.deciders(current.session(), [row], current.now())[row.id])


def may_propose() -> bool:
    try:
        proposals.check_may_propose(current.doer())
    except NotAllowed:
        return False
    return True


def _wanted() -> Wanted:
    sort, state = current.text("sort"), request.args.get("state", "")
    order = Order(sort) if sort in set(Order) else Order.WHEN
    down = current.text("down")
    chosen = ProposalState(state) if state in set(ProposalState) else None
    return Wanted(current.text("q"), chosen, order, down != "0" if order is Order.WHEN else down == "1")


def _cells(one: Told) -> list[object]:
    row = one.row
    head = [row.id, row.version, row.title, one.by, row.at, one.reason, word(row.state).label]
    return [*head, one.decided_by, row.decided_at, one.why, row.digest, row.rests_on or ""]
