"""PostgreSQL: writers killed at random, and a server that stops at once and recovers; on a disk, with fsync on."""

import random
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from tests import databases
from tests.faults import house, recovered
from tests.faults.running import Said, waiting

EVENTS = 200
IN_CI, CAMPAIGN = 3, 100
LONGEST = 2.0
"""Seconds that a writer is let alone at most; a run takes about as long."""
ACTS = 125


@pytest.fixture(scope="module")
def server() -> Iterator[databases.Server]:
    with databases.server(place=Path(tempfile.gettempdir())) as started:
        yield started


@pytest.fixture(scope="module")
def begun(server: databases.Server, tmp_path_factory: pytest.TempPathFactory) -> URL:
    url = server.make()
    house.make(tmp_path_factory.mktemp("house"), url)
    with psycopg.connect(host=str(server.folder), user="postgres", dbname=url.database) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    return url


def killed(folder: Path, database: URL, after: float) -> Said:
    with waiting(folder, database, EVENTS) as found:
        found.begin()
        time.sleep(after)
        found.process.kill()
        return found.listen()


def stopped(server: databases.Server, folder: Path, database: URL, acts: int) -> Said:
    """The server stops while a writer is at its next act, and starts again; the writer tries everything else that it had to do."""
    with waiting(folder, database, EVENTS) as found:
        found.begin()
        while len(found.said.done) < acts:
            assert found.hear()
        server.stop_at_once()
        server.start()
        return found.listen()


def kill_writers(server: databases.Server, like: URL, folder: Path, times: int) -> None:
    chance = random.Random(times)
    for _ in range(times):
        with server.database(like) as database:
            said = killed(folder, database, chance.uniform(0, LONGEST))
            assert said.ended in {-signal.SIGKILL, 0} and not said.refused
            recovered.check(folder, said.done, database)


def stop_servers(server: databases.Server, like: URL, folder: Path, times: int) -> None:
    chance = random.Random(times)
    for _ in range(times):
        with server.database(like) as database:
            said = stopped(server, folder, database, chance.randrange(1, ACTS // 2))
            assert said.ended == 0 and said.refused, "the writer heard of it, and did not fall over"
            recovered.check(folder, said.done, database)


def test_a_killed_writer_has_what_it_acknowledged(server: databases.Server, begun: URL, tmp_path: Path) -> None:
    kill_writers(server, begun, tmp_path, IN_CI)


def test_a_server_that_stops_at_once_has_what_was_acknowledged(server: databases.Server, begun: URL, tmp_path: Path) -> None:
    stop_servers(server, begun, tmp_path, 1)


@pytest.mark.campaign
def test_killed_writers_have_what_they_acknowledged(server: databases.Server, begun: URL, tmp_path: Path) -> None:
    kill_writers(server, begun, tmp_path, CAMPAIGN)


@pytest.mark.campaign
def test_servers_that_stop_at_once_have_what_was_acknowledged(server: databases.Server, begun: URL, tmp_path: Path) -> None:
    stop_servers(server, begun, tmp_path, CAMPAIGN)
