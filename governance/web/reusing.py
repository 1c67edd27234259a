"""Using evidence of another initiative for a check: what is offered, and what has to be the same here."""

import re
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from governance.domain import rights
from governance.domain.checks import KEPT_RECORDS
from governance.domain.errors import NotThere, RuleBroken
from governance.domain.evidence_scope import Scope, ScopePart
from governance.domain.policy import Item
from governance.models.answers import Evidence
from governance.models.initiatives import Initiative
from governance.models.sharing import SharedEvidence
from governance.reads import people, policies, reviews, sharing
from governance.services import evidence
from governance.services.evidence import Statement
from governance.web import current, loading
from governance.web.forms import Form

bp = Blueprint("reusing", __name__)

Page = str | Response | tuple[str, int]

DIGEST = re.compile("[0-9a-f]{64}")

DEED = "use evidence of another initiative"


class ReuseForm(Form):
    """`read` is the digest of the scope that was read; where it is another one by now, nobody has confirmed anything of it yet."""

    seen = HiddenField()
    same = SelectMultipleField(
        "What is the same here?", option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False), validate_choice=False
    )
    reason = TextAreaField("Why does it show what is asked here?", [InputRequired("Say why it shows what is asked here.")])

    def __init__(self, scope: Scope, **given: object) -> None:
        super().__init__(**given)
        parts = [(part, said) for part, said in scope.parts.items() if part in scope.stated]
        self.same.choices = [SelectChoice(part.value, f"The {part.spoken}: {said}") for part, said in parts]
        self.read = self.seen.data or ""
        self.seen.data = scope.digest
        if DIGEST.fullmatch(self.read) and self.read != scope.digest:
            self.same.data = []

    @property
    def confirmed(self) -> list[ScopePart]:
        return [part for part in ScopePart if part.value in (self.same.data or ())]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece is wanted: the initiative, the gate and the check, for somebody who works on it."""

    initiative: Initiative
    gate: str
    item: Item


@bp.get("/initiatives/<key>/checklist/<gate>/<item>/reuse")
def offers(key: str, gate: str, item: str) -> Page:
    """What other initiatives share that could answer the check, as far as the reader may see them."""
    place, text = _place(key, gate, item), current.text("q")
    kind, number = place.item.evidence, current.number("page") or 1
    found = sharing.offers(current.session(), current.doer(), key, kind, text, current.today(), number)
    return render_template("reusing/offers.html", place=place, page=found, size=sharing.PAGE, text=text)


@bp.route("/initiatives/<key>/checklist/<gate>/<item>/reuse/<evidence_id>", methods=["GET", "POST"])
def reuse(key: str, gate: str, item: str, evidence_id: str) -> Page:
    place, source = _place(key, gate, item), _source(evidence_id)
    offer = current.session().get(SharedEvidence, evidence_id)
    scope = sharing.scope_of(offer) if offer else Scope()
    form = ReuseForm(scope)
    if not form.is_submitted():
        return _form_page(place, source, scope, form)
    if form.validate():
        try:
            with current.writing() as log:
                made = evidence.reuse(log, key, evidence_id, Statement(form.confirmed, form.reason.data or "", form.read))
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash(f"It is evidence {made} here. Answer the check on it: it is chosen below, and saved with your answer.")
            return redirect(url_for("checklists.checklist", key=key, gate=gate, open=item, ready=made, _anchor=item), 303)
    return _form_page(place, source, scope, form), 422


def _form_page(place: Place, source: Evidence, scope: Scope, form: ReuseForm) -> str:
    return render_template(
        "reusing/reuse.html",
        place=place,
        source=source,
        scope=scope,
        source_initiative=current.session().get_one(Initiative, source.initiative_key),
        form=form,
        problems=form.problems(),
    )


def _place(key: str, gate: str, item_id: str) -> Place:
    """Raises `NotThere` for a check that the gate does not have, and `RuleBroken` for one that answers itself."""
    found = loading.worked_on(key, DEED)
    session = current.session()
    open_one = reviews.open_request(session, key)
    policy = policies.of_request(session, open_one if open_one is not None and open_one.gate == gate else None)
    items = policy.gates[gate].items if gate in policy.gates else ()
    item = next((item for item in items if item.id == item_id), None)
    if item is None:
        raise NotThere("There is no such check at this gate.")
    if item.source in KEPT_RECORDS:
        raise RuleBroken(f"{item.id} answers itself from a record of this app, so no evidence is chosen for it.")
    return Place(found.initiative, gate, item)


def _source(evidence_id: str) -> Evidence:
    """Raises `NotThere` where it does not exist or belongs to an initiative this reader may not see."""
    row = current.session().get(Evidence, evidence_id)
    if row is None:
        raise NotThere(rights.NOTHING_HERE)
    rights.check_may_see(current.doer(), people.ties(current.session(), row.initiative_key))
    return row
