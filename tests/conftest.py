"""What holds for every test."""

import gc
import os
from collections.abc import Generator, Iterator
from typing import TypeVar

import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from sqlalchemy import URL

from governance.services import accounts
from tests import databases
from tests.once import of_the_run
from tests.prepared import Prepared
from tests.sharing import share

share()

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # how long an example takes says how busy the machine is

STRONG = accounts.HASHER
"""As people's passwords are hashed; `tests/services/test_accounts.py` holds it to its strength."""

accounts.HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)  # what a password costs is paid thousands of times here

FEWER = (10_000, 10, 10)
"""After how many new objects the collector of garbage looks around, and how often it looks at older ones."""

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*FEWER)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Skipped is not passed: where everything is installed, a skip is a failure."""
    return refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself whole."""
    return refuse_skip((yield))


def refuse_skip(report: Report) -> Report:
    """What is expected to fail, and says why, is not a skip."""
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, and nothing may be skipped here: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def postgresql() -> Iterator[databases.Server]:
    with databases.server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Which database keeps the record: every test that asks for it runs once on each."""
    return str(request.param)


@pytest.fixture
def database(engine: str, request: pytest.FixtureRequest) -> Iterator[URL | None]:
    """An empty record: None for a file in the instance folder, or the address of a new PostgreSQL database."""
    if engine == "sqlite":
        yield None
    else:
        server: databases.Server = request.getfixturevalue("postgresql")
        with server.database() as url:
            yield url


@pytest.fixture(scope="session")
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(tmp_path_factory.mktemp("prepared"), of_the_run(tmp_path_factory), lambda: request.getfixturevalue("postgresql"))
