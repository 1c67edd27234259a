"""A real browser against a real server: the application in a thread, the worker's work done between steps."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from governance.app import create_app
from governance.jobs import imports, reports
from governance.ledger.log import SYSTEM
from governance.models.accounts import Account
from governance.services import accounts
from governance.services.opening import ledger_of, open_engines
from governance.settings import Settings
from governance.storage.content import ContentStore
from governance.storage.slate import slate_of
from governance.web.guard import TOKEN
from tests.services.conftest import House, found
from tests.web.browser import HASHED, PASSWORD

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Served:
    """The application at an address, and ways to look at it."""

    app: Flask
    address: str
    browser: Browser
    house: House | None = None

    @contextmanager
    def at(self, person: str | None, *, scripts: bool = True, scheme: str = "light", width: int = 1280) -> Iterator[Page]:
        """A page in a fresh browser context, signed in as somebody."""
        context = self.browser.new_context(
            java_script_enabled=scripts,
            color_scheme=scheme,
            reduced_motion="reduce",
            viewport={"width": width, "height": 900},
            accept_downloads=True,
            base_url=self.address,
        )
        if person:
            self._sign_in(context, person)
        page = context.new_page()
        page.set_default_timeout(15_000)
        try:
            yield page
        finally:
            context.close()

    def _sign_in(self, context: BrowserContext, person: str) -> None:
        ledger = self.app.extensions["governance"].ledger
        with ledger.writing(SYSTEM, datetime.now(UTC)) as log:
            token = accounts.start_session(log, person, timedelta(hours=1))
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        context.add_cookies([{"name": "governance", "value": signer.dumps({TOKEN: token}), "url": self.address}])

    def let_the_worker_work(self) -> None:
        parts = self.app.extensions["governance"]
        while reports.work(parts.ledger, parts.content) or imports.work(parts.ledger, parts.content, slate_of(parts.settings.instance)):
            pass


@contextmanager
def serve(folder: Path, browser: Browser, engines: object = None) -> Iterator[Served]:
    opened = engines or open_engines(folder, synchronous="OFF")
    app = create_app(Settings(instance=folder, secret_key="a secret of some length, for tests only"), opened)  # type: ignore[arg-type]
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Served(app, f"http://127.0.0.1:{server.server_port}", browser)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    yield browser
    browser.close()


@pytest.fixture
def served(tmp_path: Path, chromium: Browser) -> Iterator[Served]:
    """The cast of the service tests, with passwords, and nothing registered yet."""
    engines = open_engines(tmp_path, synchronous="OFF")
    house = House(ledger_of(engines))
    found(house.ledger)
    with house.ledger.writing(SYSTEM, datetime.now(UTC)) as log:
        for account in log.session.scalars(select(Account)):
            account.password = HASHED
    with serve(tmp_path, chromium, engines) as site:
        site.house = house
        yield site
    engines.close()


__all__ = ["PASSWORD", "ContentStore", "Served"]
