"""Whether this process can serve."""

from flask import Blueprint
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from governance.web import current

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
