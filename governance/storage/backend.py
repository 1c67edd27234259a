"""What an engine has to offer. One module per engine: `sqlite`, `postgresql`; nobody else knows which of them it talks to."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import URL, Connection, Engine, MetaData
from sqlalchemy.exc import DBAPIError

BUSY_MS = 15_000
"""How long a writer waits for its turn, in milliseconds."""

Raw = tuple[object, ...]
"""The columns of a row in the order of the table, as the driver hands them over."""


class Backend(Protocol):
    """The parts of storage that differ between engines."""

    def reader(self, url: URL, *, durable: bool) -> Engine:
        """Connections whose transactions see one moment and cannot write."""

    def writer(self, url: URL, *, durable: bool) -> Engine:
        """Connections whose transactions begin by taking the one write lock of the database."""

    def check(self, connection: Connection, *, durable: bool) -> None:
        """Raise `StorageRefused` where the server is not set as durability and sorting need it."""

    def recording(self, connection: Connection) -> AbstractContextManager[None]:
        """While this lasts, governed tables can be changed through this connection of the writer, and through no other."""

    def guards(self, tables: MetaData) -> dict[str, str]:
        """The statement that puts each guard in place, by name."""

    def guards_found(self, connection: Connection) -> dict[str, str]:
        """The guards that are in place, each as the statement that would have made it."""

    def drop_guards(self, connection: Connection) -> None:
        """Take every trigger away that is there, ours or not: only to put the right ones in place in the same transaction."""

    def rows(self, connection: Connection, query: str) -> Iterator[Raw]:
        """Rows as the driver has them; damage in one does not stop the reading."""

    def is_busy(self, error: DBAPIError) -> bool:
        """Whether the write lock could not be had, or the transaction met another: nothing happened."""

    def is_full(self, error: DBAPIError) -> bool:
        """Whether there was no room for what was to be stored: nothing of the transaction is."""

    def is_of_the_disk(self, error: DBAPIError) -> bool:
        """Whether the disk failed, so that nobody knows what of a commit is stored."""

    def is_out_of_reach(self, error: DBAPIError) -> bool:
        """Whether the database may be in order and only cannot be had: no way to it, no right, a disk that is full or fails."""

    def fault(self, error: BaseException) -> str | None:
        """What the engine says where it is damaged, full, or out of reach; None where the program did something wrong."""
