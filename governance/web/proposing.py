"""Proposing a policy on the page: files, an archive or texts, or a text that was in force before; and why."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer
from wtforms import MultipleFileField, TextAreaField
from wtforms.validators import InputRequired, Length

from governance.domain.errors import Conflict, NotThere, RuleBroken
from governance.domain.proposals import LONGEST_REASON, SHORTEST_REASON
from governance.domain.text import HIDDEN
from governance.domain.vocabulary import ProposalState
from governance.models.policies import PolicyProposal, PublishedPolicy
from governance.policy.problems import PolicyError, PolicyProblem
from governance.reads import policies, policy_history
from governance.reads import proposals as reading
from governance.services.policies import propose, sound
from governance.web import current
from governance.web.forms import Form
from governance.web.policy_uploads import LARGEST, Slot, sent, together, typed

bp = Blueprint("proposing", __name__, url_prefix="/policies/propose")

MOST_SHOWN = 200


class ReasonForm(Form):
    reason = TextAreaField(
        "Why?",
        [
            InputRequired("Say why: the other officer reads it, and it goes into the record."),
            Length(SHORTEST_REASON, LONGEST_REASON, f"Write {SHORTEST_REASON} to {LONGEST_REASON:,} signs."),
        ],
        description="What it is to achieve, and who asked for it. The officer who decides reads it, and it stays on record.",
    )


class ProposeForm(ReasonForm):
    files = MultipleFileField(
        "Files",
        description=f"The YAML files of the whole policy, or a ZIP of its folder, at most {LARGEST // 1_000:,} kB together.",
    )


@bp.route("", methods=["GET", "POST"])
def start() -> str | Answer | tuple[str, int]:
    """A whole policy. Everything that is wrong with it is told at once, and what was sent stands in the page to be mended."""
    form = ProposeForm()
    if not form.is_submitted():
        return _page(form, _beginning())
    slots = typed()
    faults: Sequence[PolicyProblem] = ()
    if form.validate():
        try:
            texts = together(slots, sent(form.files.data or ()))
            slots = [Slot(name, HIDDEN.sub("", text)) for name, text in sorted(texts.items())]
            return _proposed(texts, form.reason.data)
        except PolicyError as wrong:
            faults = wrong.problems
            form.form_errors = [*form.form_errors, _counted(faults)]
        except (RuleBroken, Conflict) as refused:
            form.accept(refused)
    return _page(form, slots, faults), 422


@bp.route("/again/<digest>", methods=["GET", "POST"])
def again(digest: str) -> str | Answer | tuple[str, int]:
    """A text that was in force before, or that another publication overtook: the way back is the same two people."""
    row = _known(digest)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            return _proposed(_texts(row), form.reason.data)
        except PolicyError as wrong:
            form.form_errors = [*form.form_errors, f"This program asks for more than it did then. {_counted(wrong.problems)}"]
        except (RuleBroken, Conflict) as refused:
            form.accept(refused)
    in_force = _in_force()
    compare = in_force is not None and isinstance(row, PublishedPolicy) and row.digest != in_force.digest
    page = render_template("proposals/again.html", form=form, row=row, in_force=in_force, compare=compare, problems=form.problems())
    return page, 422 if form.is_submitted() else 200


def _proposed(texts: Mapping[str, str], reason: str) -> Answer:
    if not texts:
        raise RuleBroken("Choose the files of the policy, or write them below.")
    given = sound(texts)
    with current.writing() as log:
        proposal = propose(log, given, reason)
    flash(f"{proposal} is proposed. Nothing changes until another compliance officer publishes it.")
    return redirect(url_for("proposals.page", proposal_id=proposal), 303)


def _beginning() -> list[Slot]:
    """An empty file to type into; or the texts in force to begin with, where the address asks for them."""
    if request.args.get("from") != policy_history.IN_FORCE:
        return []
    row = policy_history.named(current.session(), policy_history.IN_FORCE)
    return [Slot(name, text) for name, text in sorted(policies.texts(current.session(), row).items())]


def _page(form: ProposeForm, slots: Sequence[Slot], faults: Sequence[PolicyProblem] = ()) -> str:
    shown = list(slots)
    if not shown or shown[-1].name or shown[-1].text:
        shown.append(Slot("", ""))
    return render_template(
        "proposals/propose.html",
        form=form,
        slots=list(enumerate(shown)),
        faults=faults[:MOST_SHOWN],
        more=max(0, len(faults) - MOST_SHOWN),
        by_file={name: [fault for fault in faults if fault.file == name][:MOST_SHOWN] for name in {fault.file for fault in faults}},
        in_force=_in_force(),
        problems=form.problems(),
    )


def _counted(faults: Sequence[PolicyProblem]) -> str:
    if len(faults) == 1:
        return "The policy has a fault, and nothing was proposed. It is told below with its line and column."
    return f"The policy has {len(faults):,} faults, and nothing was proposed. Each is told below with its line and column."


def _in_force() -> PublishedPolicy | None:
    try:
        return policy_history.named(current.session(), policy_history.IN_FORCE)
    except NotThere:
        return None


def _known(digest: str) -> PublishedPolicy | PolicyProposal:
    """A text of record by its digest: published once, or proposed and ended."""
    session = current.session()
    published = session.get(PublishedPolicy, digest) if digest.isalnum() and digest.isascii() else None
    if published is not None:
        return published
    row = next((one.row for one in reading.every(session, reading.Wanted()) if one.row.digest == digest), None)
    if row is None or row.state is ProposalState.OPEN:
        raise NotThere("No such text was published or proposed.")
    return row


def _texts(row: PublishedPolicy | PolicyProposal) -> Mapping[str, str]:
    session = current.session()
    return policies.texts(session, row) if isinstance(row, PublishedPolicy) else reading.texts(session, row)
