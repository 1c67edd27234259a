"""How a database refuses or fails, in words of ours; each engine says which of its errors is which."""

import errno

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
"""A disk is full, or somebody's share of it, as the system tells those who write files themselves.

SQLite passes on only the first. Of a share that is used up it says what it says of a disk that fails: an error outside a commit is then
no `DiskFull`, and one at a commit is `LedgerFailed`, after which nothing is written until the record was read again.
"""


class StorageRefused(Exception):
    """The database is not what the program expects; the message says what to do."""


class OtherVersion(StorageRefused):
    """The tables were brought to another version while this process ran: it writes nothing, it could only damage them."""

    def __init__(self) -> None:
        super().__init__("Another version of the program has taken over the database. Nothing was changed; stop this one and start that.")


class OlderTables(StorageRefused):
    """An older version of the program wrote the database, and nobody has brought it to this one yet."""


class GuardsMissing(Exception):
    """Somebody changed the triggers: the program does not serve a record it cannot protect."""


class Busy(Exception):
    """Somebody else held the write lock for too long. Nothing happened; trying again later is safe."""

    def __init__(self, why: str = "Somebody else is writing. Nothing was changed; try again in a moment.") -> None:
        super().__init__(why)


class OutcomeUnknown(Exception):
    """The connection broke during a commit: whether it took effect shows only when it is read again."""

    def __init__(self) -> None:
        super().__init__(
            "The connection to the database broke while this was being saved, so it may have been saved or not. "
            "Load the page again and look before you repeat it."
        )


class DiskFull(Exception):
    """There is no room for what was to be stored. Nothing happened; trying again is safe, and of use once there is room."""

    def __init__(self, what: str = "this") -> None:
        super().__init__(
            f"The disk is full: there was no room for {what}. Nothing was changed. An administrator has to make room; then try again."
        )


def has_no_room(error: BaseException) -> bool:
    """Whether the system refused to store bytes because a disk or somebody's share of it is full."""
    return isinstance(error, OSError) and error.errno in NO_ROOM


class ContentDamaged(Exception):
    """What is stored under a digest does not hash to it, or is gone."""


class ContentUnreachable(Exception):
    """The store of files does not answer, or refuses us."""

    def __init__(self) -> None:
        super().__init__("The store of files does not answer. Nothing was changed; try again in a moment, or tell an administrator.")
