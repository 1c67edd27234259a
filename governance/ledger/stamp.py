"""What the database says of itself, asked in each write transaction: another process may have changed it since this one started."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.models.ledger import Restored, Stamp
from governance.storage.engines import VERSION, OtherVersion


def restored(session: Session) -> Restored | None:
    """The backup that the record came from, while administrators have yet to confirm it.

    Raises `OtherVersion` where the tables are no longer those of this program.
    """
    found = session.execute(select(Stamp.version, Stamp.restored)).one_or_none()
    if found is None or found.version != VERSION:
        raise OtherVersion
    row: Restored | None = found.restored
    return row
