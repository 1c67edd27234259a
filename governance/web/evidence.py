"""Reading a piece of evidence, its file as an attachment, its statement as a page; putting a newer one in its place; sharing it.

Redirects are left to the reader.
"""

import io
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from governance.domain import evidence_scope as rules
from governance.domain import rights
from governance.domain.errors import NotThere, RuleBroken
from governance.domain.evidence_scope import Scope
from governance.models.answers import Evidence
from governance.models.directory import Person
from governance.models.initiatives import Initiative
from governance.models.sharing import ReusedEvidence, SharedEvidence
from governance.reads import checklist_pages, material, people, sharing, words
from governance.services import evidence
from governance.web import current
from governance.web.forms import Form

bp = Blueprint("evidence", __name__)

Page = str | Response | tuple[str, int]

TOO_LONG = f"Write at most {rules.MOST_SCOPE} signs."

LOCKED_DOWN = "sandbox; default-src 'none'"


class SupersedeForm(Form):
    """Only pieces that can take its place are offered; anything else that is sent is refused in a sentence."""

    successor = SelectField("Newer piece", [InputRequired("Choose the newer piece.")], validate_choice=False)
    reason = TextAreaField("Why is it superseded?", [InputRequired("Say why it is superseded.")])

    def __init__(self, newer: list[Evidence], **given: object) -> None:
        super().__init__(**given)
        self.successor.choices = [
            SelectChoice("", "Choose a piece"),
            *(SelectChoice(piece.id, f"{piece.title} ({piece.id}, in force since {piece.effective:%-d %b %Y})") for piece in newer),
        ]


class ShareForm(Form):
    dataset = StringField(
        "Data set", [Optional(), Length(max=rules.MOST_SCOPE, message=TOO_LONG)], description="What it was measured or written on."
    )
    model_version = StringField(
        "Model version",
        [Optional(), Length(max=rules.MOST_SCOPE, message=TOO_LONG)],
        description="Written as initiatives name theirs: the program compares it.",
    )
    purpose = StringField(
        "Purpose", [Optional(), Length(max=rules.MOST_SCOPE, message=TOO_LONG)], description="What the model is used for."
    )


class StopForm(Form):
    why = TextAreaField("Why is it withdrawn from sharing?", [InputRequired("Say why it is withdrawn.")])


@dataclass(frozen=True, slots=True)
class Failed:
    """The form that came back with problems, if one did."""

    supersede: SupersedeForm | None = None
    share: ShareForm | None = None
    stop: StopForm | None = None

    @property
    def problems(self) -> list[tuple[str, str | None]]:
        return [problem for form in (self.supersede, self.share, self.stop) if form for problem in form.problems()]


@bp.get("/evidence/<evidence_id>")
def statement(evidence_id: str) -> Page:
    """What is known about a piece: the words of a statement, the address of a link, the digest of a file."""
    return _page(_piece(evidence_id))


@bp.post("/evidence/<evidence_id>/supersede")
def supersede(evidence_id: str) -> Page:
    piece = _piece(evidence_id)
    rights.check_may_work_on(current.doer(), people.ties(current.session(), piece.initiative_key), "change what becomes of its evidence")
    form = SupersedeForm(_newer(piece))
    if form.validate():
        try:
            with current.writing() as log:
                evidence.supersede(log, evidence_id, form.successor.data, form.reason.data or "")
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash("It is superseded. What rests on it is stale until it is answered again.")
            return redirect(url_for(".statement", evidence_id=evidence_id), 303)
    return _page(piece, Failed(supersede=form)), 422


@bp.post("/evidence/<evidence_id>/share")
def share(evidence_id: str) -> Page:
    piece, form = _piece(evidence_id), ShareForm()
    rights.check_may_work_on(current.doer(), people.ties(current.session(), piece.initiative_key), "share its evidence")
    if form.validate():
        try:
            with current.writing() as log:
                said = Scope(form.dataset.data or None, form.model_version.data or None, form.purpose.data or None)
                evidence.share(log, evidence_id, said)
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash("It is shared: whoever may see this initiative can use it for the same.")
            return redirect(url_for(".statement", evidence_id=evidence_id), 303)
    return _page(piece, Failed(share=form)), 422


@bp.post("/evidence/<evidence_id>/stop-sharing")
def stop_sharing(evidence_id: str) -> Page:
    piece, form = _piece(evidence_id), StopForm()
    rights.check_may_work_on(current.doer(), people.ties(current.session(), piece.initiative_key), "withdraw its evidence from sharing")
    if form.validate():
        try:
            with current.writing() as log:
                evidence.stop_sharing(log, evidence_id, form.why.data or "")
        except RuleBroken as refused:
            form.accept(refused)
        else:
            flash("It is no longer shared. Where it is used it counts no more, and those who use it are told.")
            return redirect(url_for(".statement", evidence_id=evidence_id), 303)
    return _page(piece, Failed(stop=form)), 422


@bp.get("/evidence/<evidence_id>/file")
def download(evidence_id: str) -> Response:
    """The stored bytes, verified against their digest, never shown inside a page."""
    piece = _piece(evidence_id)
    if piece.file_name is None:
        abort(404)
    content = current.parts().content.read(piece.digest)
    answer = send_file(io.BytesIO(content), mimetype="application/octet-stream", as_attachment=True, download_name=piece.file_name)
    answer.headers["Content-Security-Policy"] = LOCKED_DOWN
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _piece(evidence_id: str) -> Evidence:
    """Raises `NotThere` where it does not exist or belongs to an initiative this reader may not see."""
    piece = current.session().get(Evidence, evidence_id)
    if piece is None:
        raise NotThere(rights.NOTHING_HERE)
    rights.check_may_see(current.doer(), people.ties(current.session(), piece.initiative_key))
    return piece


def _newer(piece: Evidence) -> list[Evidence]:
    """What could take its place."""
    session, key = current.session(), piece.initiative_key
    lapsed = material.lapsed(session, key)
    others = [other for other in checklist_pages.pieces(session, key) if other.id != piece.id and not lapsed[other.id]]
    return [other for other in others if other.kind is piece.kind and other.effective >= piece.effective]


def _page(piece: Evidence, failed: Failed | None = None) -> str:
    session, doer, failed = current.session(), current.doer(), failed or Failed()
    ties = people.ties(session, piece.initiative_key)
    offer, reused = session.get(SharedEvidence, piece.id), session.get(ReusedEvidence, piece.id)
    works_on_it = rights.on_team(doer, ties)
    open_to_change = works_on_it and not piece.superseded_by
    may_share = open_to_change and reused is None and doer.id in (ties.lead, piece.by)
    newer = _newer(piece) if open_to_change else []
    said = words.texts(session, [piece.digest, piece.superseded_why, reused.reason if reused else None])
    return render_template(
        "evidence/piece.html",
        piece=piece,
        initiative_name=session.get_one(Initiative, piece.initiative_key).name,
        words=said.get(piece.digest),
        said=lambda digest: said.get(digest, words.GONE),
        author=session.get_one(Person, piece.by),
        stated_by=session.get_one(Person, reused.author_id if reused else piece.by),
        takes_place_of=checklist_pages.superseded_by(session, piece.id),
        scope=sharing.scope_of(offer) if offer else None,
        users=sharing.users_seen(session, doer, piece.id) if reused is None else None,
        reused=reused,
        origin=sharing.as_reuse(reused) if reused else None,
        source=_source(reused) if reused else None,
        may_supersede=open_to_change,
        superseding=failed.supersede or (SupersedeForm(newer, formdata=None) if newer else None),
        sharing=failed.share or (ShareForm(formdata=None) if may_share and offer is None else None),
        stopping=failed.stop or (StopForm(formdata=None) if may_share and offer is not None else None),
        problems=failed.problems,
    )


def _source(reused: ReusedEvidence) -> Initiative | None:
    """The initiative that a piece comes from, where the reader may see it."""
    ties = people.ties(current.session(), reused.source_id.partition(".")[0])
    return current.session().get(Initiative, ties.initiative) if rights.may_see(current.doer(), ties) else None
