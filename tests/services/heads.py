"""Signed heads in the house of the service tests: signing, letting the ledger grow, changing the key; ways to alter it."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from governance.ledger import read
from governance.ledger.keys import KeyFile
from governance.ledger.log import Actor, Auth
from governance.ledger.verify import verify
from governance.models.ledger import Checkpoint
from governance.services import checkpoints, directory
from tests.services.conftest import House, house

__all__ = ["house"]


MINUTE = timedelta(minutes=1)


@pytest.fixture
def key(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "checkpoint-key")


@pytest.fixture
def signed(house: House, key: KeyFile) -> Checkpoint:
    """The first head, over the founding of the house."""
    return sign(house, key)


def sign(house: House, key: KeyFile) -> Checkpoint:
    row = checkpoints.sign(house.ledger, key, house.now)
    assert row is not None
    return row


def grow(house: House, count: int = 1) -> None:
    for _ in range(count):
        number = size(house)
        house.act("omar", lambda log, number=number: directory.open_unit(log, f"unit-{number}", f"Unit {number}"))


def size(house: House) -> int:
    with house.read() as session:
        return read.size(session)


def count(house: House) -> int:
    with house.read() as session:
        return session.scalar(select(func.count()).select_from(Checkpoint)) or 0


def kept(house: House) -> list[Checkpoint]:
    with house.read() as session:
        return list(session.scalars(select(Checkpoint).order_by(Checkpoint.id)))


def change_key(house: House, key: KeyFile, who: str = "omar") -> str:
    auth = Auth("command line", house.now, "cli")
    return str(checkpoints.change_key(house.ledger, key, Actor(who), auth, "it leaked", house.now))


def problems(house: House) -> list[str]:
    with house.read() as session:
        return [str(problem) for problem in verify(session).problems]


NEWEST = '"index" = (SELECT max("index") - 1 FROM leaf)'

ALTERED = {
    "a header": f"UPDATE leaf SET header = CAST(replace(CAST(header AS TEXT), 'omar', 'lena') AS BLOB) WHERE {NEWEST}",
    "a header and its hash": None,
    "a body": f"UPDATE leaf SET body = CAST(replace(CAST(body AS TEXT), 'Unit', 'Gang') AS BLOB) WHERE {NEWEST}",
    "a hash": f"UPDATE leaf SET hash = zeroblob(32) WHERE {NEWEST}",
    "a stream": f"UPDATE leaf SET stream = 'unit/ghost' WHERE {NEWEST}",
    "a number in a stream": f"UPDATE leaf SET seq = seq + 1 WHERE {NEWEST}",
    "a kind": f"UPDATE leaf SET kind = 'unit.renamed' WHERE {NEWEST}",
    "a moment": f"UPDATE leaf SET at = '2020-01-01T00:00:00.000000Z' WHERE {NEWEST}",
    "a moment that is none": f"UPDATE leaf SET at = 'yesterday' WHERE {NEWEST}",
    "who it was": f"UPDATE leaf SET actor = 'lena' WHERE {NEWEST}",
    "a text that is no text": f"UPDATE leaf SET actor = CAST(x'ff' AS TEXT) WHERE {NEWEST}",
    "bytes that are a text": f"UPDATE leaf SET header = CAST(header AS TEXT) WHERE {NEWEST}",
    "a removed entry": f"DELETE FROM leaf WHERE {NEWEST}",
    "a node": "UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND position = (SELECT max(position) FROM node WHERE level = 1)",
    "a removed node": "DELETE FROM node WHERE level = 1 AND position = (SELECT max(position) FROM node WHERE level = 1)",
    "an invented node": "INSERT INTO node SELECT 1, max(position) + 1, zeroblob(32) FROM node WHERE level = 1",
    "an invented node far above": "INSERT INTO node VALUES (9, 0, zeroblob(32))",
    "a subtree below the last head": "UPDATE node SET hash = zeroblob(32) WHERE level = (SELECT max(level) FROM node)",
    "a removed subtree below the last head": "DELETE FROM node WHERE level = (SELECT max(level) FROM node)",
    "every entry from the middle of the last head on": 'DELETE FROM leaf WHERE "index" > 20',
    "every entry": "DELETE FROM leaf",
    "the root of the last head": "UPDATE checkpoint SET root = zeroblob(32)",
    "the size of the last head": "UPDATE checkpoint SET size = size - 1",
    "the moment of the last head": "UPDATE checkpoint SET at = 'yesterday'",
    "the size of the last head, no number": "UPDATE checkpoint SET size = 'many'",
    "the note of the last head, no text": "UPDATE checkpoint SET note = CAST(note AS BLOB)",
    "the note of the last head, no text at all": "UPDATE checkpoint SET note = CAST(x'ff' AS TEXT)",
    "the note of the last head": "UPDATE checkpoint SET note = replace(note, 'governance', 'Governance')",
    "the key of the last head": "UPDATE checkpoint SET key_id = '00000000'",
    "the entry that names the key": "UPDATE leaf SET body = CAST(replace(CAST(body AS TEXT), '+A', '+B') AS BLOB) WHERE kind = 'ledger.key_changed'",
    "the entry that names the key, unreadable": "UPDATE leaf SET body = x'00' WHERE kind = 'ledger.key_changed'",
    "a key that nobody named": "DELETE FROM leaf WHERE kind = 'ledger.key_changed'",
}
"""What is altered by raw SQL between appending and signing: 3 entries after the first head, the middle one of them among it."""


def key_name(row: Checkpoint) -> str:
    return row.note.split("\n", maxsplit=1)[0]
