"""Proofs against the published test data of transparency-dev/merkle: `vectors/README.md` says where it is from."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from governance.ledger import tree

PUBLISHED: dict[str, list[dict[str, Any]]] = json.loads((Path(__file__).parent / "vectors" / "merkle.json").read_text(encoding="utf-8"))
STRICTER = "consistency/additional/sizes-are-equal-zero-and-proof-is-empty.json"
"""Says that a tree without entries extends itself. Here nothing is proved from an empty tree: nobody keeps a head of one."""


def named(case: dict[str, Any]) -> str:
    return str(case["file"]).removesuffix(".json")


def proof_of(case: dict[str, Any]) -> list[bytes]:
    return [b64decode(step) for step in case["proof"] or []]


@pytest.mark.parametrize("case", PUBLISHED["inclusion"], ids=named)
def test_inclusion_is_taken_or_refused_as_published(case: dict[str, Any]) -> None:
    leaf, root = b64decode(case["leafHash"]), b64decode(case["root"])

    assert tree.verify_inclusion(leaf, case["leafIdx"], case["treeSize"], proof_of(case), root) is not case["wantErr"]


@pytest.mark.parametrize("case", [case for case in PUBLISHED["consistency"] if case["file"] != STRICTER], ids=named)
def test_consistency_is_taken_or_refused_as_published(case: dict[str, Any]) -> None:
    old, new = b64decode(case["root1"]), b64decode(case["root2"])

    assert tree.verify_consistency(case["size1"], case["size2"], proof_of(case), old, new) is not case["wantErr"]


def test_from_an_empty_tree_nothing_is_proved_where_the_published_case_takes_it() -> None:
    [case] = [case for case in PUBLISHED["consistency"] if case["file"] == STRICTER]
    root = b64decode(case["root1"])

    assert not case["wantErr"] and not tree.verify_consistency(0, 0, [], root, root)


def test_every_kind_of_case_is_there() -> None:
    found = {(kind, case["wantErr"]) for kind, cases in PUBLISHED.items() for case in cases}

    assert found == {("inclusion", True), ("inclusion", False), ("consistency", True), ("consistency", False)}
    assert [len(PUBLISHED[kind]) for kind in ("inclusion", "consistency")] == [21, 22]
