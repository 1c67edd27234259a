"""People at their browsers: the whole application over a real file, with the cast of the service tests."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from governance.app import create_app
from governance.ledger.log import SYSTEM, Log
from governance.models.accounts import Account
from governance.models.gates import GateRequest, Revision
from governance.services import accounts
from governance.services.opening import ledger_of
from governance.settings import Settings
from governance.storage.engines import Engines
from governance.web.guard import TOKEN
from tests.prepared import Prepared, state_of
from tests.services.conftest import House, ask, founded

PASSWORD = "quiet harbour otters 41"
HASHED = accounts.hash_password(PASSWORD)
DAY = timedelta(days=1)


@dataclass
class Browser:
    """One person's browser. Forms carry the token of the last page, as real ones do."""

    client: FlaskClient
    token: str = ""

    def get(self, path: str) -> TestResponse:
        answer = self.client.get(path)
        if sent := re.search(r'name="csrf_token" value="([^"]+)"', answer.text if answer.mimetype == "text/html" else ""):
            self.token = sent.group(1)
        return answer

    def post(self, path: str, **typed: object) -> TestResponse:
        if not self.token:
            self.get("/")
        return self.client.post(path, data={"csrf_token": self.token, **typed})


@dataclass
class Site:
    """The application and the house it shows."""

    app: Flask
    house: House

    def browser(self, person: str) -> Browser:
        """The browser of somebody who signed in."""
        with self.house.ledger.writing(SYSTEM, datetime.now(UTC)) as log:
            token = accounts.start_session(log, person, DAY)
        client = self.app.test_client()
        with client.session_transaction() as session:
            session[TOKEN] = token
        return Browser(client)

    def dossier(self, request: str = "AI-0001.G1-1") -> str:
        """The digest of the dossier on the table, as the page carries it."""
        with self.house.read() as session:
            return session.get_one(Revision, (request, session.get_one(GateRequest, request).revision)).digest

    def failures(self, person: str) -> int:
        with self.house.read() as session:
            return session.get_one(Account, person).failures


def fails_after(site: Site, count: int, why: Exception) -> None:
    """From now on the application commits so many transactions, and none after them."""
    left = iter(range(count))

    def hook(_: Log) -> None:
        if next(left, None) is None:
            raise why

    site.app.extensions["governance"].ledger.before_commit.append(hook)


def text_of(answer: TestResponse) -> str:
    """What a reader sees: markup off, spaces joined."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def two_hours_ago(engines: Engines) -> House:
    """The cast, with passwords, and nothing happened yet."""
    house = founded(engines)
    house.now = datetime.now(UTC) - timedelta(hours=2)
    with house.ledger.writing(SYSTEM, house.now) as log:
        for account in log.session.scalars(select(Account)):
            account.password = HASHED
    return house


def asked(engines: Engines) -> House:
    house = two_hours_ago(engines)
    ask(house)
    return house


@pytest.fixture
def site(prepared: Prepared, engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """The application over the cast."""
    state = state_of(request, asked if "reviewed" in request.fixturenames else two_hours_ago)
    with prepared.engines(engine, tmp_path, state) as (engines, now):
        yield Site(create_app(Settings(instance=tmp_path, secret_key="k" * 40), engines), House(ledger_of(engines), now))


@pytest.fixture
def reviewed(site: Site) -> Site:
    """The same with a complete request at G1, in review."""
    return site
