"""A form that is sent again, by a second click, a reload or a client that never saw the answer, is answered as it was the first time.

Every form carries a one-time key (`csrf()` in the templates). `current.writing` claims it in the transaction of the effect; here is
what stands around that: reading the key, keeping the answer, giving it again. Signing in claims nothing: its answer is a session,
which nobody gets without the password, and a second session has no effect on the record.
"""

import hashlib
import json
import re
import secrets
import time
from datetime import UTC, datetime, timedelta

from flask import Flask, Response, abort, flash, g, make_response, message_flashed, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from governance.domain.errors import Conflict
from governance.ledger.log import SYSTEM, LedgerFailed
from governance.services import idempotency
from governance.services.idempotency import Given, Repeated, Sent
from governance.storage.engines import Busy, DiskFull, OtherVersion, OutcomeUnknown
from governance.web import current, refusals

FIELD = "once"
KEY = re.compile("[0-9a-f]{32}")
BESIDE = frozenset({FIELD, "csrf_token", "password", "again", "old"})
"""Not part of what makes two forms the same. Passwords are not: otherwise the answer would tell whether one was right, uncounted."""

OVERTAKEN = frozenset({403, 404, 409, 422, 503, 507})
"""How a form is refused because it took effect already, a moment ago."""

KEPT_HEADERS = ("Location", "Content-Type", "Content-Disposition")
UNDER_WAY, PATIENCE, LOOK_AGAIN = timedelta(seconds=10), 2.0, 0.02
"""How long ago the first one may have come so that its answer is waited for, and for how many seconds."""

AGAIN = "It was recorded already; this is how it stands."
AGAIN_FOR_NOBODY = "It was recorded already. Sign in to see how it stands."
NAMED = {"request_id": "gates.request_page", "key": "initiatives.overview", "person_id": "people.person"}
NAMED |= {"import_id": "importing.job", "proposal_id": "proposals.page"}
LISTED = {"importing": "importing.listing", "packs": "packs.listing", "people": "people.listing", "staffing": "people.listing"}
LISTED |= {"proposing": "proposals.listing"}
LISTED |= {"settings": "settings.organisation", "intake": "portfolio.table", "accounts": "accounts.profile"}
"""Where to see how a thing stands: by what the address names, else by the group of pages it belongs to."""


def register(app: Flask) -> None:
    """After the check of the token: a form that did not come from here is not looked at."""
    app.jinja_env.globals["one_time_key"] = lambda: secrets.token_hex(16)
    app.before_request(recall)
    app.after_request(settle)
    app.register_error_handler(Repeated, repeated)
    message_flashed.connect(_note, app)


def recall() -> Answer | None:
    """Answer at once what is recorded already: the page may have moved on, and would only wonder."""
    if request.method != "POST" or request.endpoint is None or FIELD not in request.form:
        return None
    g.sent = _sent()
    return again() if idempotency.is_recorded(current.session(), g.sent, _who()) else None


def settle(response: Response) -> Response:
    """Keep the answer to what was recorded; replace a refusal where the same form took effect in the meantime."""
    if "claimed" in g:
        if response.status_code < 400 and current.signed_in():
            _keep(response)
        return response
    if request.method == "POST" and request.endpoint is not None and response.status_code in OVERTAKEN and _is_overtaken():
        return make_response(again())
    return response


def repeated(error: Repeated) -> Answer:  # noqa: ARG001 - the form of a handler
    return again()


def again() -> Answer:
    """The answer that was given the first time, else the page where the thing stands."""
    given = _answer()
    if given is None:
        flash(AGAIN if current.signed_in() else AGAIN_FOR_NOBODY)
        return redirect(_where_it_stands(), 303)
    for category, message in given.flashed:
        flash(message, category)
    return Response(given.body, given.status, given.headers)


def _answer() -> Given | None:
    """What was answered. Where the first one is only just being answered, wait for it. Nobody gets a session out of here."""
    if not current.signed_in():
        return None
    until = time.monotonic() + PATIENCE
    while True:
        current.db.session.rollback()
        at, given = idempotency.answer(current.session(), g.sent, _who())
        if given is not None or datetime.now(UTC) - at > UNDER_WAY or time.monotonic() > until:
            return given
        time.sleep(LOOK_AGAIN)


def _is_overtaken() -> bool:
    """Also asked where the guard refused: an act may end the right to it. What cannot be read was never recorded."""
    current.db.session.rollback()
    try:
        if "sent" not in g and FIELD in request.form:
            g.sent = _sent()
        return "sent" in g and idempotency.is_recorded(current.session(), g.sent, _who())
    except (HTTPException, Conflict):
        return False


def _keep(response: Response) -> None:
    """In a transaction of its own, because views phrase their answer after the commit. Where it fails, `again` has another one."""
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    given = Given(response.status_code, headers, g.get("flashed", []), response.get_data())
    try:
        with current.parts().ledger.writing(SYSTEM, datetime.now(UTC)) as log:
            idempotency.keep_answer(log, g.sent, _who(), given)
    except (Busy, DiskFull, OtherVersion, OutcomeUnknown) as error:
        refusals.log.warning("the answer to a recorded form is not kept: %s", error)
    except LedgerFailed as error:
        refusals.stop(error)


def _note(sender: Flask, message: str, category: str, **more: object) -> None:
    """What this request says on the next page."""
    del sender, more
    g.flashed = [*g.get("flashed", []), (category, message)]


def _who() -> str:
    return current.doer().id if current.signed_in() else SYSTEM.id


def _sent() -> Sent:
    key = request.form[FIELD]
    if not KEY.fullmatch(key):
        abort(400)
    fields = [pair for pair in request.form.items(multi=True) if pair[0] not in BESIDE]
    files = [(name, sent.filename, _digest(sent)) for name, sent in request.files.items(multi=True)]
    return Sent(key, json.dumps([request.endpoint, request.full_path, fields, files]).encode())


def _digest(sent: FileStorage) -> str:
    digest = hashlib.file_digest(sent.stream, "sha256").hexdigest()  # type: ignore[arg-type] # an open binary file
    sent.stream.seek(0)
    return digest


def _where_it_stands() -> str:
    if not current.signed_in():
        return url_for("accounts.sign_in")
    named = request.view_args or {}
    for name, endpoint in NAMED.items():
        if name in named:
            return url_for(endpoint, **{name: named[name]})
    return url_for(LISTED.get(request.blueprint or "", "work.mine"))
