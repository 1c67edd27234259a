"""What a backup holds: which tables, how a row is written without its engine, and the manifest that lists everything."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Boolean, Date, Enum, LargeBinary, MetaData, Table
from sqlalchemy.types import TypeEngine

from governance.storage.columns import Json, Moment

FORMAT = 1
"""Of the archive; a higher one was written by a newer program."""

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of a line of a list, with its end: no more are read, so no more may be written."""

MANIFEST, LEAVES, WORDS = "manifest.json", "leaves.jsonl", "words.jsonl"
TABLES, CONTENT = "tables", "content"

OF_THE_LEDGER = ("leaf", "words")
"""Parts of their own."""

LEFT_OUT: Mapping[str, str] = {
    "node": "follows from the leaves",
    "passing": "worked out from the governed tables",
    "summary": "worked out from the governed tables",
    "waiting": "worked out from the governed tables",
    "policy_job": "what a policy would change is worked out again; what was moved is in the ledger",
    "web_session": "everybody signs in again",
    "idempotency": "forms from before that are not taken any more",
    "signing_refusal": "says why no head is signed at the moment, where it lies",
    "setup_link": "one that was used after the backup would work again",
    "cursor": "followers begin at the head, so that nobody is told again what they were told after the backup",
    "delivery": "what waited then may have been sent since",
    "stamp": "says of the database that it lies in, and is written anew",
}
"""Tables that no event changes and that are not in a backup, each with the reason. Every other such table is in it."""

Value = str | int | float | bool | None


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of the archive: how many lines (of a list), how many bytes, and their SHA-256."""

    name: str
    count: int
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an archive says of itself."""

    format: int
    tables: int
    program: str
    made_at: str
    size: int
    root: str
    parts: list[Part]
    damage: list[str]


def kept(tables: MetaData) -> list[Table]:
    """The tables that a backup holds row by row, by name: replaying the ledger would not give them again."""
    others = {*OF_THE_LEDGER, *LEFT_OUT}
    return sorted((t for t in tables.sorted_tables if not t.info.get("governed") and t.name not in others), key=lambda table: table.name)


def part_of(table: Table) -> str:
    return f"{TABLES}/{table.name}.jsonl"


def neutral(value: object, kind: TypeEngine[Any]) -> Value:
    """A value as the driver of any engine has it, as every archive writes it."""
    if isinstance(value, bytes | memoryview):
        return b64encode(value).decode()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(kind, Boolean) and value is not None:
        return bool(value)
    assert value is None or isinstance(value, str | int | float), type(value)
    return value


def reader_of(kind: TypeEngine[Any]) -> Callable[[Any], object]:
    """The way back, to the value that the column type takes. Raises `ValueError` or `TypeError` for what it does not."""
    if isinstance(kind, Moment):
        return datetime.fromisoformat
    if isinstance(kind, Json):
        return msgspec.json.decode
    if isinstance(kind, LargeBinary):
        return lambda text: b64decode(text, validate=True)
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return kind.enum_class
    return lambda value: _exactly(value, kind.python_type)


def _exactly(value: object, type_: type) -> object:
    if type(value) is not type_:
        raise TypeError(f"{type(value).__name__} instead of {type_.__name__}")
    return value
