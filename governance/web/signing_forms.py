"""The form of a decision, and the same carried to the page where it is signed."""

from typing import Any

from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from governance.domain import signoffs
from governance.domain.findings import NewFinding
from governance.domain.policy import Seat
from governance.domain.vocabulary import Decision, FindingSeverity
from governance.reads import people
from governance.services.signoffs import Judgement
from governance.web import current
from governance.web.forms import Form, closed_choices, named_choices
from governance.web.proving import password_again
from governance.web.request_view import RequestView
from governance.words import word

HINTS = {
    Decision.APPROVE: "Counts while the parts of the dossier that your seat covers stay as they are.",
    Decision.REQUEST_CHANGES: "Goes back to the lead. Other sign-offs stand unless their part changes.",
    Decision.REJECT: "Ends this request once the others have decided. Needs a finding.",
}


class DecisionForm(Form):
    """What a seat decides. Nothing is preselected; `seen` is the digest of the dossier that was read."""

    signs_as: Seat
    looked_at = SelectMultipleField(
        "What you looked at",
        description="To approve, tick all of them. With any other decision, the record keeps which you ticked.",
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    decision = RadioField(
        "Decision",
        [InputRequired("Choose a decision.")],
        choices=closed_choices(Decision),
    )
    reason = TextAreaField("Reason", [Length(max=10_000, message="Write at most 10,000 signs.")])
    finding = TextAreaField("What is wrong?", [Length(max=10_000, message="Write at most 10,000 signs.")])
    severity = SelectField("How severe is it?", choices=closed_choices(FindingSeverity, "Choose"))
    owner = SelectField("Who puts it right?")
    item = SelectField("Which check is it about?")
    seen = HiddenField()

    @property
    def chosen(self) -> Decision:
        """Only of a form that is valid."""
        return Decision(self.decision.data)

    def validate(self, extra_validators: Any = None) -> bool:
        right = super().validate(extra_validators)
        missing = list(self._missing()) if self.decision.data else []
        for field, sentence in missing:
            field.errors = [*field.errors, sentence]
        return right and not missing

    def _missing(self) -> list[tuple[Any, str]]:
        decision, asked = self.decision.data, []
        if decision == Decision.APPROVE and (left := signoffs.left_open(self.signs_as, Decision.APPROVE, self.looked_at.data or ())):
            asked.append((self.looked_at, signoffs.ask_to_look(left)))
        if decision != Decision.APPROVE and not self.reason.data:
            asked.append((self.reason, "Say why: the reason goes into the record and tells the lead what to do."))
        if decision == Decision.REJECT:
            asked += [(self.finding, "Describe what is wrong in 3 signs or more.")] if len(self.finding.data or "") < 3 else []
            asked += [(self.severity, "Choose how severe it is.")] if not self.severity.data else []
            asked += [(self.owner, "Choose who puts it right.")] if not self.owner.data else []
        return asked

    def problems(self, prefix: str = "") -> list[tuple[str, str | None]]:
        """What is left to look at leads to the first box that is not ticked."""
        group, box = prefix + self.looked_at.id, next((option.id for option in self.looked_at if not option.checked), None)
        return [(said, prefix + box if box and anchor == group else anchor) for said, anchor in super().problems(prefix)]

    def judgement(self) -> Judgement:
        return Judgement(
            decision=self.chosen,
            meaning=word(self.chosen).meaning,
            seen=self.seen.data or "",
            reason=self.reason.data or "",
            findings=[self._finding()] if self.chosen is Decision.REJECT else (),
            looked_at=self.looked_at.data or (),
        )

    def _finding(self) -> NewFinding:
        return NewFinding(FindingSeverity(self.severity.data), self.finding.data or "", self.owner.data, self.item.data or None)


class SignForm(DecisionForm):
    """A decision with the proof of who makes it."""

    password = password_again()


def decision_form(view: RequestView, seat: Seat, *, blank: bool = False, signing: bool = False) -> Any:
    """The form for one seat of a request, with its people and checks to choose from. `blank` shows it as nobody has touched it."""
    given = {"formdata": None} if blank else {}
    seen = view.table.revision.digest if view.table else ""
    form = (SignForm if signing else DecisionForm)(data={"seen": seen, "owner": view.initiative.lead_id}, **given)
    form.signs_as, form.looked_at.choices = seat, named_choices((look.id, look.text) for look in seat.looks_at)
    if form.is_submitted() and not blank and not form.seen.raw_data:
        form.seen.data = ""  # what was read is what was sent, never what is there now
    owners = people.active_people(current.session())
    form.owner.choices = named_choices(((person.id, f"{person.name}, {person.title}") for person in owners), "Choose")
    rows = [row.check.item for group in view.groups for row in group.rows]
    form.item.choices = named_choices(((item.id, f"{item.id} {item.title}") for item in rows), "None in particular")
    return form
