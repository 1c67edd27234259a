"""Whether one stored entry is what was recorded, as far as it tells by itself, so that pages show the others and say what is wrong with it.

What only the entries around it tell (gaps, the tree, signed heads) is found by `verify`.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any

import msgspec

from governance.ledger import tree
from governance.ledger.replay import EventReader, UnknownKind
from governance.storage.columns import fixed

COLUMNS = ("index", "stream", "seq", "kind")
_reader = EventReader()


def parsed(stored: bytes) -> Mapping[str, Any] | None:
    """The JSON object that these bytes are; None where they are none."""
    try:
        found = json.loads(stored)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def damage(row: Mapping[str, Any], header: Mapping[str, Any] | None, body: Mapping[str, Any] | None) -> str | None:
    """What is wrong with the row of a leaf, whose header and body were parsed; None where nothing is."""
    if header is None:
        return "its header cannot be read"
    if body is None:
        return "its body cannot be read"
    if tree.leaf_hash(row["header"]) != row["hash"]:
        return "its header and its hash do not fit together"
    if hashlib.sha256(row["body"]).hexdigest() != header.get("body_sha256"):
        return "its body is not the one that its header names"
    if not _is_event(row["header"], row["body"]):
        return "it is not an event that was recorded here"
    wrong = [name for name, stated in _stated(header).items() if stated != row[name]]
    return f"its {' and '.join(wrong)} {'is' if len(wrong) == 1 else 'are'} not what its header says" if wrong else None


def moment(stored: object) -> datetime | None:
    """The moment of a column; None where it holds none that every time zone can show."""
    try:
        found = datetime.fromisoformat(str(stored))
    except ValueError:
        return None
    return found if found.tzinfo and MINYEAR < found.year < MAXYEAR else None


def _stated(header: Mapping[str, Any]) -> dict[str, object]:
    """What the columns of a leaf repeat of its header."""
    at = moment(header["at"])
    return {**{name: header.get(name) for name in COLUMNS}, "at": fixed(at) if at else None, "actor": header["actor"]["id"]}


def _is_event(header: bytes, body: bytes) -> bool:
    """An event of a newer program may be what it was; what only this one knows, it has to be."""
    try:
        _reader.read(header, body)
    except UnknownKind:
        return True
    except (msgspec.MsgspecError, KeyError, ValueError):
        return False
    return True
