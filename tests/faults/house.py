"""The instance that writers are let loose on: the cast of the service tests, and one initiative."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL

from governance.ledger.log import Actor
from governance.services.opening import DATABASE, open_engines
from tests.faults import writer
from tests.services.conftest import founded


def make(folder: Path, database: URL | None = None) -> Path:
    """Make it in an instance folder, or in an empty database at an address. Returns the file of a folder."""
    engines = open_engines(folder, database, synchronous="OFF")
    with founded(engines).ledger.writing(Actor(writer.LEAD), datetime.now(UTC)) as log:
        writer.register(log, "")
    engines.close()
    return folder / DATABASE


def copied(file: Path, folder: Path) -> Path:
    """A copy in a new folder, for one trial."""
    folder.mkdir(mode=0o700)
    shutil.copy(file, folder / DATABASE)
    return folder


def remove(folder: Path) -> None:
    """What a trial leaves, once nothing is to be seen there any more."""
    shutil.rmtree(folder)
