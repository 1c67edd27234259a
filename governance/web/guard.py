"""Before and after each request: who asks, whether the route is theirs, and the headers of every answer."""

import logging
from datetime import UTC, datetime

from flask import Flask, Response, abort, g, make_response, redirect, render_template, request, session, url_for
from sqlalchemy import func, select, true
from werkzeug.wrappers import Response as Answer

from governance.models.accounts import WebSession
from governance.models.directory import Organisation, Person
from governance.models.ledger import Stamp
from governance.permissions import ROUTES, Permission, allows
from governance.reads import people
from governance.services.accounts import hashed
from governance.web import current, hosts

log = logging.getLogger("governance.access")

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
UNKNOWN_NAME = "This site does not go by the name you asked for. Its administrator can set it as GOVERNANCE_PUBLIC_ADDRESS."
TEXT_ONLY, WITH_FILES = "application/x-www-form-urlencoded", "multipart/form-data"
"""What pages send."""

NO_PAGES = frozenset({"static", "bootstrap.static", "health.healthz", "health.readyz", "health.metrics"})
"""Whoever asks for these is no person, and asks by any name."""

TOKEN = "token"  # noqa: S105 - the name of the session field


def register(app: Flask) -> None:
    app.before_request(admit)
    app.after_request(protect)


def admit() -> Answer | None:
    """Let the request in, send it to sign in, or refuse it. An unknown route is refused by the router after this."""
    g.doer = None
    if _names_nothing():
        _recognise()  # the page that says so keeps the menu
        abort(404)
    if request.method == "POST":
        _check_body()
    if request.endpoint is None:
        _recognise()  # as above
        return None
    permission = ROUTES[request.endpoint]
    if request.endpoint in NO_PAGES:
        return None
    if not hosts.is_known(current.parts().settings):
        return make_response(render_template("errors/refused.html", status=400, message=UNKNOWN_NAME), 400)
    _recognise()
    if permission is Permission.EMPTY_INSTANCE:
        return None if _is_empty() else abort(404)
    if allows(permission, g.doer):
        return None
    if g.doer is None:
        return _to_sign_in()
    log_denied()
    return abort(403)


def log_denied() -> None:
    """For the administrator's log: names of ours only, nothing that somebody typed."""
    log.warning("denied %s %s to %s", request.method, request.endpoint, g.doer.id if g.doer else "nobody")


def _names_nothing() -> bool:
    """A NUL in the address: no id, name or word holds one, and PostgreSQL takes none, so that nothing is looked up."""
    return "\0" in request.path or b"%00" in request.query_string or b"\0" in request.query_string


def _check_body() -> None:
    """Pages take forms, and of those without files no more than a form may hold: such a body is read in one piece."""
    if request.mimetype == TEXT_ONLY:
        request.max_content_length = request.max_form_memory_size
    elif request.mimetype and request.mimetype != WITH_FILES:
        abort(415)


def _recognise() -> None:
    """Find the session row behind the cookie. It ends with its time, with a sign-out anywhere, and with the account."""
    token = session.get(TOKEN)
    if not isinstance(token, str):
        return
    query = (
        select(WebSession, Person, Organisation, Stamp.restored)
        .select_from(WebSession)
        .join(Person, Person.id == WebSession.person_id)
        .outerjoin(Organisation, true())
        .outerjoin(Stamp, true())
        .where(WebSession.token == hashed(token))
    )
    found = current.session().execute(query).first()
    if found is None or found[0].ends_at <= datetime.now(UTC):
        session.pop(TOKEN, None)
        return
    _, person, g.organisation, g.restored = found
    doer = people.doer(current.session(), person.id, current.now())
    if doer.active:
        g.doer, g.person_zone = doer, person.time_zone
    else:
        session.pop(TOKEN, None)


def _is_empty() -> bool:
    return not current.session().scalar(select(func.count()).select_from(Person))


def _to_sign_in() -> Answer:
    if _is_empty():
        return redirect(url_for("setup.first_admin"), 303)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=wanted), 303)


def protect(response: Response) -> Response:
    """The headers every answer carries. Private pages are never kept by a cache."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.endpoint not in ("static", "bootstrap.static"):
        headers["Cache-Control"] = "no-store"
    return response
