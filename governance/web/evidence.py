"""Reading a piece of evidence: its file as an attachment, its statement as a page. Redirects are left to the reader."""

import io

from flask import Blueprint, Response, abort, render_template, send_file

from governance.domain import rights
from governance.domain.errors import NotThere
from governance.models.answers import Evidence
from governance.models.directory import Person
from governance.models.initiatives import Initiative
from governance.reads import people, words
from governance.web import current

bp = Blueprint("evidence", __name__)

LOCKED_DOWN = "sandbox; default-src 'none'"


@bp.get("/evidence/<evidence_id>")
def statement(evidence_id: str) -> str:
    """What is known about a piece: the words of a statement, the address of a link, the digest of a file."""
    piece = _piece(evidence_id)
    return render_template(
        "evidence/piece.html",
        piece=piece,
        initiative_name=current.session().get_one(Initiative, piece.initiative_key).name,
        words=words.text(current.session(), piece.digest),
        author=current.session().get_one(Person, piece.by),
    )


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
