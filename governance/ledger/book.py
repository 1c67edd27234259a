"""What an event may use to change the record: add, put, get by key, find, remove. Never a query, never the clock."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec

from governance.models.base import Governed

Row = TypeVar("Row", bound=Governed)
AnyEvent = TypeVar("AnyEvent", bound="type[Event]")


class Book(Protocol):
    """The rows an event changes: the live session, or a shelf in memory while replaying."""

    index: int
    at: datetime
    by: str

    def add(self, row: Governed) -> None:
        """Put a new row on the book."""

    def put(self, row: Governed) -> None:
        """Put a whole row on the book, in the place of the one with its key where there is one."""

    def get(self, kind: type[Row], key: object) -> Row:
        """The row with this primary key (a tuple where it has several columns). Raises `KeyError`."""
        row = self.find(kind, key)
        if row is None:
            raise KeyError(key)
        return row

    def find(self, kind: type[Row], key: object) -> Row | None:
        """The same, or None."""

    def remove(self, row: Governed) -> None:
        """Take a row off the book."""


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """Something that happened: its facts, and what they change."""

    kind: ClassVar[str] = ""
    kv: ClassVar[int] = 1
    changes: ClassVar[bool] = True
    """Whether a row changes; False for what is only to be known."""
    recovers: ClassVar[bool] = False
    """Whether it may be recorded while a restored record waits for its administrators."""

    def apply(self, book: Book) -> None:
        """Change the book. Adds, puts, gets by key, removes; never fails for a reason that a service could have seen."""
        raise NotImplementedError

    def words_kept(self) -> list[str | None]:
        """The digests of the texts that were kept apart when this happened; None where a text was left out."""
        return []

    def files_kept(self) -> list[str | None]:
        """The digests of the files that were stored before this happened; None where there was none."""
        return []

    def key_named(self) -> str | None:
        """The verifier key that signs heads from this entry on, where it names one."""
        return None


KINDS: dict[str, type[Event]] = {}
"""Every kind of event by the word it has in the ledger."""


def event(kind: str) -> Callable[[AnyEvent], AnyEvent]:
    """Register an event class under the word that leaves carry for ever."""

    def register(cls: AnyEvent) -> AnyEvent:
        if kind in KINDS:
            raise ValueError(f"the kind {kind} is taken by {KINDS[kind].__name__}")
        cls.kind = kind
        KINDS[kind] = cls
        return cls

    return register


Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTERS: dict[tuple[str, int], Upcaster] = {}
"""What makes a body of a kind at version kv one of version kv + 1."""


def upcaster(kind: str, kv: int) -> Callable[[Upcaster], Upcaster]:
    """Register a pure function that reads an old body the way the next version writes it. Stored bytes never change."""

    def register(raise_: Upcaster) -> Upcaster:
        if (kind, kv) in UPCASTERS:
            raise ValueError(f"the kind {kind} is raised from version {kv} already")
        UPCASTERS[kind, kv] = raise_
        return raise_

    return register
