"""What this process tells about itself: one line of log for each request, and numbers for Prometheus.

Names of ours only: routes, not addresses; ids of people, not names; nothing that somebody typed.
"""

import secrets
import time

import structlog
from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy.orm import Session

from governance.ledger import heads, read
from governance.reads import queue

log = structlog.stdlib.get_logger("governance.requests")

QUIET = frozenset({"static", "bootstrap.static", "health.healthz", "health.readyz", "health.metrics"})
"""Asked for all the time, and of no interest in a log."""

NUMBERS = CollectorRegistry()
ANSWERS = Counter("governance_answers", "Requests answered, by route and status.", ["route", "status"], registry=NUMBERS)
SECONDS = Histogram("governance_answer_seconds", "How long answers took, in seconds.", ["route"], registry=NUMBERS)
ENTRIES = Gauge("governance_ledger_entries", "Entries in the ledger.", registry=NUMBERS)
UNSIGNED = Gauge("governance_ledger_entries_unsigned", "Entries that no signed head covers yet.", registry=NUMBERS)
REFUSED = Gauge("governance_signing_refused", "1 while signing a head is refused, 0 otherwise.", registry=NUMBERS)
WAITING = Gauge("governance_jobs_waiting", "Reports and imports that wait for a worker or are being made.", registry=NUMBERS)


def register(app: Flask) -> None:
    app.before_request(begin)
    app.after_request(tell)


def begin() -> None:
    """Everything that is logged while a request is answered carries its id."""
    g.began, g.trace = time.perf_counter(), secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.trace)


def tell(response: Response) -> Response:
    route, took = request.endpoint or "none", time.perf_counter() - g.began
    ANSWERS.labels(route, response.status_code).inc()
    SECONDS.labels(route).observe(took)
    response.headers["X-Request-Id"] = g.trace
    if route not in QUIET:
        doer = g.get("doer")
        said = {"method": request.method, "route": route, "status": response.status_code, "ms": round(took * 1000)}
        log.info("answered", **said, person=doer and doer.id)
    return response


def exposition(session: Session) -> tuple[bytes, str]:
    """The numbers in the text format of Prometheus, and its content type."""
    size, last = read.size(session), heads.latest(session)
    ENTRIES.set(size)
    UNSIGNED.set(size - (last.size if last else 0))
    REFUSED.set(heads.refusal(session) is not None)
    WAITING.set(queue.unfinished(session))
    return generate_latest(NUMBERS), CONTENT_TYPE_LATEST
