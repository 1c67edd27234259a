"""The application: the parts put together."""

from typing import cast

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from sqlalchemy import Engine

from governance.paths import templates_directory
from governance.permissions import ROUTES
from governance.services.opening import ledger_of
from governance.settings import Settings
from governance.storage.content import content_of
from governance.storage.engines import Engines
from governance.web import filters, guard, idempotency, navigation, refusals, telemetry
from governance.web.blueprints import BLUEPRINTS
from governance.web.current import Parts, db

LARGEST_REQUEST = 64 * 1024 * 1024
MOST_FORM_MEMORY = 2 * 1024 * 1024
MOST_FORM_PARTS = 2_000


def create_app(settings: Settings, engines: Engines) -> Flask:
    """Build the web application. Raises `RuntimeError` where a route declares no permission."""
    app = Flask("governance", template_folder=str(templates_directory()), static_folder="static")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="governance",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=MOST_FORM_MEMORY,
        MAX_FORM_PARTS=MOST_FORM_PARTS,
        SQLALCHEMY_DATABASE_URI=engines.url,
        BOOTSTRAP_SERVE_LOCAL=True,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions["governance"] = Parts(settings, ledger_of(engines), content_of(settings.instance, settings.bucket))
    db.init_app(app)
    with app.app_context():
        _bind(engines.reader)
    Bootstrap5(app)
    for part in (telemetry, guard, refusals, filters, navigation):
        part.register(app)
    CSRFProtect(app)  # after the guard, which says how much may be read
    idempotency.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    check_routes(app)
    return app


def _bind(reader: Engine) -> None:
    """Let pages read through the engine that cannot write, instead of the one Flask-SQLAlchemy makes from the address."""
    cast(dict[str | None, Engine], db.engines)[None] = reader


def check_routes(app: Flask) -> None:
    """Default deny: every route is in the permission table."""
    routed = {rule.endpoint for rule in app.url_map.iter_rules()}
    if undeclared := sorted(routed - ROUTES.keys()):
        raise RuntimeError(f"routes without a permission: {', '.join(undeclared)}")
