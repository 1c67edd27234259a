"""Sign-offs through the service, each its own durable transaction, beside commits of the bare engine on the same disk."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import URL

from governance.domain.vocabulary import Function
from governance.services.opening import ledger_of, open_engines
from tests import databases
from tests.benchmarks.table import heading, per_second, ratio, row
from tests.services.conftest import House, found

COMMITS = 300
REQUESTS = 5
BODY = b"x" * 900
"""About what a sign-off adds to the ledger, in bytes."""


def main(folder: Path) -> None:
    heading("Sign-offs, durable, one transaction each")
    compare("SQLite", lambda: on_sqlite(folder / "raw.sqlite3"), folder / "sqlite", None)
    with databases.server(place=folder) as server, server.database() as url:
        compare("PostgreSQL", lambda: on_postgresql(url), folder / "postgresql", url)


def compare(engine: str, raw: Callable[[], None], folder: Path, database: URL | None) -> None:
    with reviewed(folder, database) as (house, requests):
        began = time.process_time()
        signed = per_second(lambda: sign(house, requests), len(requests) * len(Function))
        busy = (time.process_time() - began) / (len(requests) * len(Function))
        bare = per_second(raw, COMMITS)
    row(f"{engine}: commits of one row", f"{bare:,.0f}/s", "the disk")
    row(f"{engine}: sign-offs", f"{signed:,.1f}/s", ratio(signed, bare, 0.1, f"{busy * 1000:.0f} ms of Python each"))


@contextmanager
def reviewed(folder: Path, database: URL | None) -> Iterator[tuple[House, list[str]]]:
    """Requests that wait for their four signatures."""
    engines = open_engines(folder, database)
    house = House(ledger_of(engines))
    found(house.ledger)
    requests = []
    for _ in range(REQUESTS):
        key = house.register()
        request = house.open(key=key)
        house.complete(request)
        house.submit(request)
        requests.append(request)
    yield house, requests
    engines.close()


def sign(house: House, requests: list[str]) -> None:
    for request in requests:
        house.sign_all(request)


def on_sqlite(file: Path) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE line (number INTEGER PRIMARY KEY, body BLOB)")
    for number in range(COMMITS):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO line VALUES (?, ?)", (number, BODY))
        connection.execute("COMMIT")
    connection.close()


def on_postgresql(url: URL) -> None:
    with psycopg.connect(host=str(url.query["host"]), user=url.username, dbname=url.database) as connection:
        connection.execute("CREATE TABLE line (number integer PRIMARY KEY, body bytea)")
        for number in range(COMMITS):
            connection.execute("INSERT INTO line VALUES (%s, %s)", (number, BODY))
            connection.commit()
