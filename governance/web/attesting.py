"""Attesting a clause for the organisation; confirming and withdrawing what was attested. Whoever signs proves again who they are."""

import io

from flask import Blueprint, Response, abort, flash, redirect, render_template, send_file, url_for
from flask_wtf.file import FileField
from werkzeug.wrappers import Response as Answer
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from governance.domain import attestations as rules
from governance.domain.attestations import AttestationState
from governance.domain.errors import Conflict, RuleBroken
from governance.domain.frameworks import is_served, state_of
from governance.domain.policy import Clause, Framework, Policy
from governance.domain.rights import not_officer_then
from governance.domain.vocabulary import Role
from governance.reads import attestations, people, policies, words
from governance.services import attestations as services
from governance.services.attestations import NewAttestation, clause_of
from governance.web import current, uploads
from governance.web.evidence import LOCKED_DOWN
from governance.web.forms import DayField, Form
from governance.web.proving import is_proved, password_again, proof

bp = Blueprint("attesting", __name__)

STANDS = "Nothing was signed; your words stand as you wrote them."


class ProofForm(Form):
    password = password_again()


class AttestForm(ProofForm):
    statement = TextAreaField(
        "What the organisation does about it",
        [InputRequired("Say what the organisation does about this clause."), Length(10, 4000, "Use 10 to 4,000 signs.")],
        description="In words that an auditor can check. It goes into the record.",
    )
    file = FileField("File that shows it", description=uploads.TAKEN)
    address = StringField("Or the address that shows it", description="It starts with https://.")
    valid_until = DayField(
        "Holds until",
        [InputRequired("Enter until when it holds.")],
        description="The last day, at most two years from now.",
        render_kw={"type": "date"},
    )


class WithdrawForm(Form):
    reason = TextAreaField("Why it does not hold any more", [InputRequired("Say why."), Length(3, 4000, "Use 3 to 4,000 signs.")])


@bp.route("/frameworks/<framework_id>/attest/<path:clause_id>", methods=["GET", "POST"])
def attest(framework_id: str, clause_id: str) -> Answer | str | tuple[str, int]:
    framework, clause = _may_attest(framework_id, clause_id)
    form = AttestForm()
    if form.validate_on_submit() and is_proved(form, STANDS):
        assert form.valid_until.data is not None
        try:
            stored = uploads.keep(current.parts().content, form.file.data) if form.file.data else None
            new = NewAttestation(framework_id, clause_id, form.statement.data, form.valid_until.data, stored, form.address.data or None)
            with current.writing(proof()) as log:
                made = services.attest(log, new)
        except (RuleBroken, Conflict) as refused:
            form.accept(refused)
        else:
            flash(f"{made} is signed. It counts once another compliance officer has confirmed it.")
            return redirect(url_for(".attestation", attestation_id=made), 303)
    page = render_template("frameworks/attest.html", framework=framework, clause=clause, form=form, problems=form.problems())
    return page, 422 if form.is_submitted() else 200


@bp.get("/attestations/<attestation_id>")
def attestation(attestation_id: str) -> str:
    return _page(attestation_id)


@bp.post("/attestations/<attestation_id>/confirm")
def confirm(attestation_id: str) -> Answer | tuple[str, int]:
    row, form = attestations.one(current.session(), attestation_id), ProofForm()
    rules.check_may_confirm(current.doer(), row.by, row.at)
    if not form.validate_on_submit() or not is_proved(form, STANDS):
        return _page(attestation_id, confirm=form), 422
    with current.writing(proof()) as log:
        services.confirm(log, attestation_id)
    flash("Signed. The attestation is in force.")
    return redirect(url_for(".attestation", attestation_id=attestation_id), 303)


@bp.post("/attestations/<attestation_id>/withdraw")
def withdraw(attestation_id: str) -> Answer | tuple[str, int]:
    form = WithdrawForm()
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                services.withdraw(log, attestation_id, form.reason.data)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash("The attestation is withdrawn.")
            return redirect(url_for(".attestation", attestation_id=attestation_id), 303)
    return _page(attestation_id, withdraw=form), 422


@bp.get("/attestations/<attestation_id>/file")
def download(attestation_id: str) -> Response:
    """The stored bytes, verified against their digest, never shown inside a page."""
    row = attestations.one(current.session(), attestation_id)
    if row.digest is None:
        abort(404)
    content = current.parts().content.read(row.digest)
    answer = send_file(io.BytesIO(content), mimetype="application/octet-stream", as_attachment=True, download_name=row.file_name)
    answer.headers["Content-Security-Policy"] = LOCKED_DOWN
    return answer


def _may_attest(framework_id: str, clause_id: str) -> tuple[Framework, Clause]:
    """Raise unless this reader may attest this clause now, before anybody writes a word."""
    policy = policies.current(current.session())
    framework = clause_of(policy, framework_id, clause_id)
    served = is_served(policy, framework_id, clause_id)
    state = state_of(framework, current.now().date())
    rules.check_may_attest(current.doer(), framework_id, clause_id, state, framework.superseded_by, served=served)
    return framework, _clause(policy, framework_id, clause_id)


def _clause(policy: Policy, framework_id: str, clause_id: str) -> Clause:
    return next(one for one in policy.frameworks[framework_id].clauses if one.id == clause_id)


def _page(attestation_id: str, confirm: ProofForm | None = None, withdraw: WithdrawForm | None = None) -> str:
    session = current.session()
    row, policy, doer = attestations.one(session, attestation_id), policies.current(session), current.doer()
    state = attestations.state_of(row, policy, current.now().date())
    is_officer, why_not = Role.COMPLIANCE_OFFICER in doer.roles, list(not_officer_then(doer, row.at, rules.GIVEN))
    forms = [confirm or ProofForm(formdata=None), withdraw or WithdrawForm(formdata=None)]
    framework = policy.frameworks.get(row.framework)
    return render_template(
        "frameworks/attestation.html",
        row=row,
        state=state,
        title=next((one.title for one in (framework.clauses if framework else ()) if one.id == row.clause), ""),
        is_known=state is not AttestationState.OUTDATED and framework is not None,
        said=words.texts(session, [row.statement, row.withdrawn_why]),
        names=people.names(session, [row.withdrawn_by] if row.withdrawn_by else []),
        may_confirm=is_officer and doer.id != row.by and state is AttestationState.AWAITED and not why_not,
        why_not=why_not if is_officer and doer.id != row.by and state is AttestationState.AWAITED else [],
        is_mine=doer.id == row.by,
        may_withdraw=is_officer and state is not AttestationState.WITHDRAWN,
        confirm=forms[0],
        withdraw=forms[1],
        problems=[problem for form in forms for problem in form.problems()],
    )
