"""Disks that are full, for the program and for its database."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import Connection, event

from governance.storage.engines import Engines

ENOUGH = 64 * 1024 * 1024
SMALL = 1024 * 1024
MOST_PAGES = 1_073_741_823
"""Of a SQLite file, unless somebody says otherwise."""


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[dict[str, object]]:
    """A file system of so many bytes in a folder; where nobody may mount one, a limit for each file is what the writer gets."""
    folder.mkdir(exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", folder], capture_output=True, check=False)
    if mounted.returncode:
        yield {"largest": size}
        return
    try:
        yield {}
    finally:
        subprocess.run(["umount", folder], check=True)


def grow(folder: Path) -> None:
    if folder.is_mount():
        subprocess.run(["mount", "-o", f"remount,size={ENOUGH}", folder], check=True)


@contextmanager
def no_room(engines: Engines) -> Iterator[None]:
    """While this lasts, the database has hardly any room for long words."""
    with (_full_server if engines.url.get_backend_name() == "postgresql" else _full_file)(engines):
        yield


@contextmanager
def _full_file(engines: Engines) -> Iterator[None]:
    """No page more than it has."""
    most = 1

    def limit(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={most}")

    event.listen(engines.writer, "begin", limit)
    yield
    most = MOST_PAGES


@contextmanager
def _full_server(engines: Engines) -> Iterator[None]:
    """The long words lie on a small disk; where nobody may mount one, the server says of itself what it says then."""
    with ExitStack() as stack:
        disk = Path(tempfile.mkdtemp(prefix="governance-disk-"))
        stack.callback(disk.rmdir)
        limits = stack.enter_context(small_disk(disk, SMALL))
        connect = psycopg.connect(
            host=str(engines.url.query["host"]), user=engines.url.username, dbname=engines.url.database, autocommit=True
        )
        connection = stack.enter_context(connect)
        if limits:
            says = "BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END"
            connection.execute(f"CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS $${says}$$".encode())
            connection.execute("CREATE TRIGGER is_full BEFORE INSERT ON words EXECUTE FUNCTION is_full()")
            stack.callback(connection.execute, "DROP TRIGGER is_full ON words")
        else:
            shutil.chown(disk, "postgres", "postgres")
            name = disk.name.replace("-", "_").lower()
            connection.execute(f"CREATE TABLESPACE {name} LOCATION '{disk}'".encode())
            stack.callback(connection.execute, f"DROP TABLESPACE {name}".encode())
            connection.execute(f"ALTER TABLE words SET TABLESPACE {name}".encode())
            stack.callback(connection.execute, b"ALTER TABLE words SET TABLESPACE pg_default")
        yield
