"""What a refusal looks like on a page. One mapping, for every view."""

import logging
import os
import re
import signal

from flask import Flask, g, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from governance.domain.errors import AwaitsRecovery, Conflict, Hidden, NotAllowed, NotThere, Refused, RuleBroken
from governance.domain.text import tidy
from governance.ledger.log import LedgerFailed
from governance.storage.content import ContentDamaged, ContentUnreachable
from governance.storage.engines import Busy, DiskFull, OtherVersion, OutcomeUnknown, is_for_want_of_room
from governance.web import current, guard

log = logging.getLogger("governance.web")

STATUS: dict[type[Refused], int] = {NotAllowed: 403, NotThere: 404, Hidden: 404, Conflict: 409, RuleBroken: 422}

SENTENCES = {
    400: "The request could not be read. Go back and try again.",
    403: "You may not do this. An administrator can tell you who may.",
    404: "There is no such page, or you may not see it.",
    405: "This address cannot be used that way.",
    413: "What you sent is too large: the limit is 2 MB of text, and 64 MB with files.",
    415: "Pages take what their own forms send, and nothing else. Nothing was changed.",
    500: "Something went wrong on our side. Nothing was changed. The administrator finds the cause in the log.",
    503: "The record is busy just now. Nothing was changed; try again in a moment.",
}

NAMED = re.compile("[-_]")
NOT_WORDS = frozenset({"password", "old", "again", "token", "once", "chosen"})
"""Parts of the names of fields that hold a password, or what the page itself put there: none of it is shown again."""

SAFE_AGAIN = (
    "The connection to the database broke while this was being saved, so it may have been saved or not. "
    "Load this page again: your browser then sends the same form once more, and it takes effect once, whichever it was."
)


def register(app: Flask) -> None:
    app.register_error_handler(Refused, refused)
    app.register_error_handler(AwaitsRecovery, awaits)
    app.register_error_handler(OtherVersion, other_version)
    app.register_error_handler(Busy, busy)
    app.register_error_handler(DiskFull, full)
    app.register_error_handler(DBAPIError, perhaps_full)
    app.register_error_handler(OSError, perhaps_full)
    app.register_error_handler(OutcomeUnknown, unknown)
    app.register_error_handler(LedgerFailed, stop)
    app.register_error_handler(ContentDamaged, damaged)
    app.register_error_handler(ContentUnreachable, unreachable)
    app.register_error_handler(CSRFError, no_token)
    app.register_error_handler(HTTPException, failed)


def refused(error: Refused) -> tuple[str, int]:
    """The sentence may name what the address asked for, which anybody can write."""
    if isinstance(error, NotAllowed | Hidden):
        guard.log_denied()
    status = STATUS.get(type(error), 422)
    shown = {"status": status, "message": tidy(error.message), "problems_list": error.problems, "back": _back(status), "asked": _asked()}
    return render_template("errors/refused.html", **shown, wrote=_wrote()), status


def _wrote() -> list[tuple[str, str]]:
    """What somebody typed into a form that does not come back, field by field: their words are theirs to take along.

    A single word is no loss, and is not shown.
    """
    if not current.signed_in():
        return []
    typed = ((name, tidy(text)) for name, text in request.form.items(multi=True) if not NOT_WORDS & set(NAMED.split(name)))
    return [(" ".join(NAMED.split(name)).capitalize(), text) for name, text in typed if any(sign.isspace() for sign in text)]


def _asked() -> bool:
    """Whether the reader only wanted to see something, so that there is nothing of theirs to put right."""
    return request.method == "GET"


def _back(status: int) -> tuple[str, str] | None:
    """The page of what the address names, where the refusal is about a part of it: where to, and its words."""
    named = request.view_args or {}
    if status == STATUS[NotThere] or not current.signed_in():
        return None
    if "request_id" in named and request.endpoint != "gates.request_page":
        return url_for("gates.request_page", request_id=named["request_id"]), "Look at the request"
    if "key" in named and request.endpoint != "initiatives.overview":
        return url_for("initiatives.overview", key=named["key"]), "Look at the initiative"
    return None


def awaits(error: AwaitsRecovery) -> tuple[str, int]:
    return render_template("errors/refused.html", status="restored", message=error.message, asked=_asked()), 503


def other_version(error: OtherVersion) -> tuple[str, int]:
    log.critical("%s", error)
    return render_template("errors/refused.html", status="upgraded", message=str(error), asked=_asked()), 503


def busy(error: Busy) -> tuple[str, int, dict[str, str]]:
    page = render_template("errors/refused.html", status=503, message=str(error), asked=_asked())
    return page, 503, {"Retry-After": "2"}


def full(error: DiskFull) -> tuple[str, int]:
    log.critical("%s (%s)", error, getattr(error.__cause__, "orig", error.__cause__))
    return render_template("errors/refused.html", status=507, message=str(error), asked=_asked()), 507


def perhaps_full(error: DBAPIError | OSError) -> tuple[str, int]:
    """What had no room outside a transaction, such as a list to be sorted, or a file on its way here. Anything else is a fault of ours."""
    if not is_for_want_of_room(error):
        raise error
    room = DiskFull()
    room.__cause__ = error
    return full(room)


def unreachable(error: ContentUnreachable) -> tuple[str, int, dict[str, str]]:
    log.error("the store of files: %s", error.__cause__)
    page = render_template("errors/refused.html", status=503, message=str(error), asked=_asked())
    return page, 503, {"Retry-After": "10"}


def unknown(error: OutcomeUnknown) -> tuple[str, int]:
    """With a one-time key it is safe to send the form again; without one somebody has to look."""
    log.error("the connection to the database broke at a commit: %s", error.__cause__)
    return render_template("errors/refused.html", status=500, message=SAFE_AGAIN if "sent" in g else str(error)), 500


def stop(error: LedgerFailed) -> tuple[str, int]:
    """Nobody knows what the disk holds now: the process ends, and the next one reads it again before it serves."""
    log.critical("the disk failed while a transaction was committed: %s", error)
    os.kill(os.getpid(), signal.SIGTERM)
    return "The disk failed. Whether your last act is on record is unknown until the record was read again.\n", 500


def damaged(error: ContentDamaged) -> tuple[str, int]:
    log.error("%s", error)
    sentence = (
        f"{error} It is not handed out. An administrator can restore it from a backup; `governance log verify` says what else is damaged."
    )
    return render_template("errors/refused.html", status=500, message=sentence), 500


def no_token(error: CSRFError) -> tuple[str, int]:  # noqa: ARG001 - the form of a handler
    sentence = "The form was too old, or did not come from here, so nothing was done. Go back, load the page again and repeat it."
    return render_template("errors/refused.html", status=400, message=sentence), 400


def failed(error: HTTPException) -> tuple[str, int]:
    status = error.code or 500
    return render_template("errors/refused.html", status=status, message=SENTENCES.get(status, SENTENCES[400])), status
