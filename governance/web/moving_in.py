"""Bringing in an initiative that was approved before this system: the form, its papers, and recording that it is regular here."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.validators import Optional as Maybe
from wtforms.widgets import CheckboxInput, ListWidget

from governance.domain.errors import RuleBroken
from governance.domain.moving_in import AsFound, check_may_bring_in, check_may_vouch
from governance.domain.vocabulary import Function, Stage
from governance.reads import checklist_pages
from governance.reads import moving_in as reading
from governance.services import moving_in
from governance.services.moving_in import Paper
from governance.web import current, loading, uploads
from governance.web.forms import DayField, Form, closed_choices
from governance.web.initiative_frame import frame
from governance.web.loading import Loaded

bp = Blueprint("moving_in", __name__, url_prefix="/initiatives/<key>")

Answer = Response | str | tuple[str, int]
DAY = {"type": "date"}
NAME = Length(2, 200, "Use 2 to 200 signs.")


class PaperForm(Form):
    """The paper of a historic approval."""

    file = FileField("Paper")
    title = StringField(
        "Title of the paper", [Maybe(), Length(3, 200, "Enter a title of 3 to 200 signs.")], description="Empty: the name of the file."
    )
    approved_on = DayField("Approved on", [Maybe()], render_kw=DAY)
    approved_by = StringField("Approved by", [Maybe(), NAME], description="The name as the paper has it.")
    function = SelectField("For which function", [Maybe()], choices=closed_choices(Function, "Not known"))

    @property
    def brings_paper(self) -> bool:
        return bool((self.file.data and self.file.data.filename) or self.title.data or self.approved_by.data or self.approved_on.data)

    def is_complete(self) -> bool:
        """Whether everything a paper needs is given; else the fields say so."""
        asked = [(self.file, "Choose the file to add."), (self.approved_on, "Enter the day of the approval.")]
        asked += [(self.approved_by, "Enter who approved it.")]
        lacking = [(field, sentence) for field, sentence in asked if not field.data]
        for field, sentence in lacking:
            field.errors = [*field.errors, sentence]
        return not lacking

    def paper(self) -> Paper:
        """The paper, its file stored. Raises `RuleBroken` where the file is not taken."""
        assert self.approved_on.data is not None
        stored = uploads.keep(current.parts().content, self.file.data)
        return Paper(
            title=self.title.data or stored.name,
            approved_on=self.approved_on.data,
            approved_by=self.approved_by.data,
            file=stored,
            function=Function(self.function.data) if self.function.data else None,
        )


class AttachForm(PaperForm):
    """A paper by itself: then what bringing in leaves open has to be said."""

    def __init__(self) -> None:
        super().__init__()
        for field in (self.file, self.approved_on, self.approved_by):
            field.flags.optional, field.flags.required = False, True


class BringInForm(PaperForm):
    """Where an initiative was found."""

    stage = SelectField("Stage as found", [InputRequired("Choose a stage.")], choices=closed_choices(Stage, "Choose a stage"))
    since = DayField("In this stage since", [InputRequired("Enter since when.")], render_kw=DAY)
    said_by = StringField("On whose word", [InputRequired("Enter whose word it is."), NAME], description="The printed name.")
    said_as = StringField(
        "What they are", [InputRequired("Enter what they are."), NAME], description="Their role, such as “head of claims since 2021”."
    )
    reason = TextAreaField(
        "On what it rests",
        [InputRequired("Say on what it rests."), Length(3, 4000, "Use 3 to 4,000 signs.")],
        description="Their statement, and where it can be read up.",
    )
    regularise_by = DayField(
        "Regular here by",
        [Maybe()],
        description="At most two years from now. Until then it passes a gate here, or it is overdue. Empty only for what is retired.",
        render_kw=DAY,
    )

    def found(self) -> AsFound:
        assert self.since.data is not None
        return AsFound(Stage(self.stage.data), self.since.data, self.said_by.data, self.said_as.data, self.regularise_by.data)


class RegulariseForm(Form):
    evidence = SelectMultipleField("Evidence it rests on", option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False))
    reason = TextAreaField("Why it is regular here", [InputRequired("Say why."), Length(3, 4000, "Use 3 to 4,000 signs.")])


@bp.route("/bring-in", methods=["GET", "POST"])
def bring_in(key: str) -> Answer:
    found = _vouched(key, "bring it in")
    check_may_bring_in(reading.past(current.session(), key))
    form = BringInForm()
    if request.method == "GET":
        form.regularise_by.data = (current.now() + timedelta(days=365)).date()
    if form.validate_on_submit() and (not form.brings_paper or form.is_complete()):
        try:
            papers = [form.paper()] if form.brings_paper else []
            with current.writing() as log:
                moving_in.bring_in(log, key, form.found(), form.reason.data, papers)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash("It is brought in. Every page says that it was approved before this system.")
            return redirect(url_for("initiatives.overview", key=key), 303)
    return _page("bring_in", found, form)


@bp.route("/papers", methods=["GET", "POST"])
def attach(key: str) -> Answer:
    found, form = _vouched(key, "attach the paper of an approval"), AttachForm()
    if form.validate_on_submit() and form.is_complete():
        try:
            paper = form.paper()
            with current.writing() as log:
                moving_in.attach_paper(log, key, paper)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash("The paper is attached.")
            return redirect(url_for("initiatives.overview", key=key, _anchor="before"), 303)
    return _page("attach", found, form)


@bp.route("/regularise", methods=["GET", "POST"])
def regularise(key: str) -> Answer:
    found, form = _vouched(key, "record that it is regular here"), RegulariseForm()
    historic = set(reading.historic(reading.origin(current.session(), key)))
    pieces = [piece for piece in checklist_pages.pieces(current.session(), key) if piece.id not in historic]
    form.evidence.choices = [SelectChoice(piece.id, f"{piece.title}, in force since {piece.effective.isoformat()}") for piece in pieces]
    if form.validate_on_submit():
        try:
            with current.writing() as log:
                moving_in.regularise(log, key, form.evidence.data or [], form.reason.data)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash("It is recorded as regular here.")
            return redirect(url_for("initiatives.overview", key=key), 303)
    return _page("regularise", found, form)


def _vouched(key: str, deed: str) -> Loaded:
    """The initiative, for an officer who may say so; nobody fills in a form in vain."""
    found = loading.initiative(key)
    check_may_vouch(current.doer(), found.ties, deed)
    return found


def _page(name: str, found: Loaded, form: Form) -> Answer:
    around = frame(found, "overview")
    page = render_template(f"moving_in/{name}.html", **around, form=form, taken=uploads.TAKEN, problems=form.problems())
    return page, 422 if request.method == "POST" else 200
