"""Leaves as they were once recorded, one of every kind and version: what today's program reads in them never changes.

A new kind, or a kind at a new version, adds a line to `tests/releases/leaves.jsonl`; no line is ever altered or taken away.
"""

import hashlib
import json
from pathlib import Path

import msgspec
import pytest

from governance.ledger.book import KINDS
from governance.ledger.canonical import canonical
from governance.ledger.replay import EventReader

FILE = Path(__file__).parent.parent / "releases" / "leaves.jsonl"
LEAVES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def version(leaf: dict[str, str]) -> tuple[str, int]:
    header = json.loads(leaf["header"])
    return header["kind"], header["kv"]


def test_there_is_one_of_every_kind_and_version() -> None:
    every = {(kind, kv) for kind, event in KINDS.items() for kv in range(1, event.kv + 1)}

    assert {version(leaf) for leaf in LEAVES} >= every


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: "{} {}".format(*version(leaf)))
def test_it_is_read_as_what_it_says(leaf: dict[str, str]) -> None:
    header, body = leaf["header"].encode(), leaf["body"].encode()
    assert json.loads(header)["body_sha256"] == hashlib.sha256(body).hexdigest()

    _, event = EventReader().read(header, body)

    stated = {name: value for name, value in json.loads(body).items() if name != "salt"}
    known = msgspec.to_builtins(event)
    assert {name: known[name] for name in stated} == stated
    assert canonical(json.loads(body)) == body and canonical(json.loads(header)) == header


def test_no_line_was_altered() -> None:
    """Add to the list when a kind comes; what stands here stays."""
    first = "".join(f"{line}\n" for line in FILE.read_text(encoding="utf-8").splitlines()[:43])

    assert hashlib.sha256(first.encode()).hexdigest() == FIRST


FIRST = "8b8a5ca32c5b6e9cf5d9eb348348755e77909b5f73d6c39b30c4407af8a31c8c"
