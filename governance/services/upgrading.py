"""Bringing a database of an older version of the program to this one: one transaction, everything or nothing."""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from governance.ledger import rebuild
from governance.ledger.replay import Entry, Shelf, entries, replay
from governance.ledger.verify import verify
from governance.models.base import Base
from governance.models.initiatives import Initiative
from governance.services import summaries
from governance.storage import guards, upgrades
from governance.storage.engines import VERSION, Engines, StorageRefused

Progress = Callable[[int, int], None]
"""Told how many entries were replayed, and of how many."""


def upgrade(engines: Engines, now: datetime, say: Callable[[str], None], progress: Progress) -> int | None:
    """Alter what is durable, and store the rest anew from the ledger. Returns the version that was found; None for the one of today.

    Processes of the older version may go on reading until the end, and write nothing afterwards. Raises `StorageRefused` for versions
    that this program cannot take over, `GuardsMissing` where triggers were changed, `Damaged` for a ledger that does not verify.
    """
    with engines.turn(), Session(engines.writer, expire_on_commit=False) as session:
        connection = session.connection()
        found = engines.stamped(connection)
        if found == VERSION:
            guards.check(engines.backend.guards_found(connection), engines.backend.guards(Base.metadata))
            return None
        if not upgrades.OLDEST <= found < VERSION:
            raise StorageRefused(
                f"The database has tables of version {found}; this program takes over those of {upgrades.OLDEST} to {VERSION - 1}."
            )
        say(f"From version {found} to {VERSION}: replaying the ledger.")
        shelf = replay(_counted(session, progress), Shelf())
        say("Altering the tables, and storing their rows.")
        upgrades.alter(connection, engines.backend, Base.metadata, found, VERSION)
        rows = rebuild.store(session, shelf)
        summaries.refresh(session, session.scalars(select(Initiative.key)).all(), now)
        session.flush()
        engines.guard(connection, Base.metadata)
        session.execute(text("UPDATE stamp SET version = :version"), {"version": VERSION})
        say("Reading and hashing every entry again.")
        if problems := verify(session).problems:
            raise rebuild.Damaged(f"The ledger does not verify, so nothing was changed. First of {len(problems)}: {problems[0]}")
        session.commit()
        say(f"{shelf.index + 1:,} entries, {rows:,} rows.")
    return found


def _counted(session: Session, progress: Progress) -> Iterator[Entry]:
    size = session.scalar(text('SELECT coalesce(max("index"), -1) + 1 FROM leaf')) or 0
    for entry in entries(session):
        yield entry
        if entry.index % 1_000 == 0 or entry.index + 1 == size:
            progress(entry.index + 1, size)
