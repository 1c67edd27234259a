"""For whoever looks after this process: whether it lives, whether it could answer, and what it has done."""

from hmac import compare_digest

from flask import Blueprint, Response, abort, jsonify, request
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from governance.services.checkup import Grade, readiness
from governance.web import current, telemetry

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> tuple[str, int, dict[str, str]]:
    """200 when the database answers, 503 otherwise."""
    plain = {"Content-Type": "text/plain; charset=utf-8"}
    try:
        current.session().execute(text("SELECT 1 FROM stamp"))
    except DBAPIError:
        return "the database does not answer\n", 503, plain
    return "ok\n", 200, plain


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """200 when a request could be answered, 503 otherwise; which part it is, without names or addresses of it."""
    parts = current.parts()
    found = {checked.what: checked.grade for checked in readiness(parts.ledger.engines, parts.content)}
    return jsonify(found), 503 if Grade.BAD in found.values() else 200


@bp.get("/metrics")
def metrics() -> Response:
    """For Prometheus, with the token of the settings; without one there is no such page."""
    wanted = current.parts().settings.metrics_token
    if wanted is None or not compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {wanted}".encode()):
        abort(404)
    content, kind = telemetry.exposition(current.session())
    return Response(content, content_type=kind)
