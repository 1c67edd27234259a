"""Databases for tests: a file for SQLite, and a real PostgreSQL server that the first test in need of it starts."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg
from sqlalchemy import URL

from governance.models.base import Base
from governance.storage.engines import Engines

QUICK = "-c autovacuum=off -c max_connections=200"
ENOUGH = 2 * 1024**3
"""Bytes for a server and the databases of a test or two."""

BY_FILE = 15_00_00
"""From this version on a server copies a database through its log, unless told to copy the files: that takes half as long."""

AS_POSTGRES = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]
"""The server refuses to run as root."""


@dataclass(frozen=True)
class Server:
    """A PostgreSQL of the tests' own: reached through a socket in its folder, gone with it."""

    folder: Path
    settings: str = ""

    def start(self) -> None:
        """Returns once it answers, with whatever it had to recover."""
        options = f"-k {self.folder} -h '' {QUICK} {self.settings}"
        _run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop_at_once(self) -> None:
        """Without finishing anything, as when it crashes: the next start has to recover."""
        _run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")

    @contextmanager
    def database(self, like: URL | None = None) -> Iterator[URL]:
        """A database of its own, gone afterwards: a copy of another, or empty but for the tables."""
        url = self.make(like)
        yield url
        with self._administering() as connection:
            connection.execute(f"DROP DATABASE {url.database} WITH (FORCE)".encode())

    def make(self, like: URL | None = None) -> URL:
        """The same, and it stays as long as the server. Nobody may be connected to what is copied."""
        name = f"test_{secrets.token_hex(6)}"
        with self._administering() as connection:
            how = "STRATEGY FILE_COPY" if connection.info.server_version >= BY_FILE else ""
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {(like or self._with_tables).database} {how}".encode())
        return self._with_tables.set(database=name)

    @contextmanager
    def made_with(self, options: str) -> Iterator[URL]:
        """An empty database, made the way an administrator chose."""
        name = f"test_{secrets.token_hex(6)}"
        with self._administering() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 {options}".encode())
            yield self._with_tables.set(database=name)
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    @cached_property
    def _with_tables(self) -> URL:
        """Copying is several times quicker than creating every table."""
        url = URL.create("postgresql+psycopg", "postgres", database="with_tables", query={"host": str(self.folder)})
        with self._administering() as connection:
            connection.execute("CREATE DATABASE with_tables")
        Engines.open(url, Base.metadata, synchronous="OFF").close()
        return url

    @contextmanager
    def _administering(self) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            yield connection


@contextmanager
def server(settings: str = "", place: Path | None = None) -> Iterator[Server]:
    """Start one, and stop it in the end whatever happened."""
    folder = Path(tempfile.mkdtemp(prefix="governance-postgresql-", dir=place or _quick_place()))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    _run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
    started = Server(folder, settings)
    started.start()
    try:
        yield started
    finally:
        started.stop_at_once()
        shutil.rmtree(folder)


def _run(program: str, *arguments: str) -> None:
    before = AS_POSTGRES if os.geteuid() == 0 else []
    subprocess.run([*before, str(_programs() / program), *arguments], check=True, capture_output=True, cwd="/")


def _quick_place() -> Path | None:
    """Memory where there is enough of it: every new database is flushed to the disk, and a disk makes that eight times as long."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > ENOUGH else None


def _programs() -> Path:
    """Where the distribution puts the server's own programs: not on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    assert found, "PostgreSQL is not installed: scripts/bootstrap test"
    return found[-1]
