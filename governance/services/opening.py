"""Opening an instance: its database, and a ledger whose summary rows follow every transaction."""

from pathlib import Path

from sqlalchemy import URL

import governance.events
import governance.models  # noqa: F401 - maps every table
from governance.events import streams
from governance.ledger.keys import KeyFile
from governance.ledger.log import Ledger, Log
from governance.models.base import Base
from governance.services import settling, summaries, waiver_settling
from governance.settings import Settings
from governance.storage import private
from governance.storage.engines import Engines, StorageRefused

DATABASE = "governance.sqlite3"


def open_engines(instance: Path, database: URL | None = None, *, synchronous: str = "FULL") -> Engines:
    """The database at an address, or else that of the instance folder; created where there is none.

    Raises `StorageRefused`, also where others can read the file.
    """
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Engines.open(database or _file_of(instance), Base.metadata, synchronous=synchronous)


def open_older(instance: Path, database: URL | None = None) -> Engines:
    """The same whatever version its tables have: for bringing them to this one. Raises `StorageRefused` where there is nothing yet."""
    if database is None and not (instance / DATABASE).exists():
        raise StorageRefused(f"There is no database in {instance}.")
    return Engines.unchecked(database or _file_of(instance))


def _file_of(instance: Path) -> Path:
    file = instance / DATABASE
    private.make(file)  # the files that SQLite puts beside it get the same rights
    if complaint := private.complaint(file, *(file.with_name(f"{DATABASE}{beside}") for beside in ("-wal", "-shm"))):
        raise StorageRefused(complaint)
    return file


def ledger_of(engines: Engines) -> Ledger:
    """The ledger over these engines. Before each commit it settles what is ready and works the touched summaries out anew."""
    ledger = Ledger(engines)
    ledger.before_commit += [waiver_settling.settle_touched, settling.settle_touched, _refresh_summaries]
    return ledger


def key_of(settings: Settings) -> KeyFile:
    """The key that signs heads of the ledger. Nothing is read or made yet."""
    return KeyFile(settings.key_file, settings.origin)


def _refresh_summaries(log: Log) -> None:
    moved = log.touched | log.stale
    summaries.refresh(log.session, streams.named(moved, streams.initiative), log.now)
    if streams.named(moved, streams.person):
        summaries.refresh_reviews(log.session, log.now)
