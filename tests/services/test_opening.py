"""Opening an instance: its files belong to whoever runs the program, and to nobody else."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from governance.ledger.log import SYSTEM
from governance.services.opening import DATABASE, ledger_of, open_engines
from governance.storage.engines import StorageRefused
from tests.ledger.conftest import NOW


@pytest.fixture(autouse=True)
def careless() -> Iterator[None]:
    """A process that lets everybody read what it creates."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_only_its_owner_reads_a_new_database_and_what_sqlite_puts_beside_it(tmp_path: Path) -> None:
    engines = open_engines(tmp_path, synchronous="OFF")
    with ledger_of(engines).writing(SYSTEM, NOW) as log:
        log.keep_text("a text")

    made = sorted(tmp_path.glob(f"{DATABASE}*"))

    assert [file.name.removeprefix(DATABASE) for file in made] == ["", "-shm", "-wal"]
    assert {file.stat().st_mode & 0o777 for file in made} == {0o600}
    engines.close()


@pytest.mark.parametrize("beside", ["", "-wal", "-shm"])
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o606])
def test_a_database_that_others_can_read_is_refused_with_the_command_that_mends_it(tmp_path: Path, beside: str, mode: int) -> None:
    open_engines(tmp_path, synchronous="OFF").close()
    exposed = tmp_path / f"{DATABASE}{beside}"
    exposed.touch()
    exposed.chmod(mode)

    with pytest.raises(StorageRefused, match=f"chmod 600 {exposed}$"):
        open_engines(tmp_path, synchronous="OFF")

    exposed.chmod(0o600)
    open_engines(tmp_path, synchronous="OFF").close()
