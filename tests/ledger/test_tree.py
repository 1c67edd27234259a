"""The tree against its definition in RFC 9162, and against the published roots of RFC 6962."""

import hashlib

import pytest

from governance.ledger import tree

PUBLISHED = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Roots over the first one to eight of the test leaves that RFC 6962 implementations share."""
LEAVES = [
    bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
HASHES = [hashlib.sha256(bytes([number])).digest() for number in range(40)]


def defined(hashes: list[bytes]) -> bytes:
    """MTH as the RFC writes it."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + defined(hashes[:split]) + defined(hashes[split:])).digest()


def stored(hashes: list[bytes]) -> tree.Known:
    nodes: dict[tuple[int, int], bytes] = {}

    def known(level: int, position: int) -> bytes:
        return hashes[position] if level == 0 else nodes[level, position]

    for index, leaf in enumerate(hashes):
        nodes.update({(level, position): found for level, position, found in tree.completed(index, leaf, known)})
    return known


KNOWN = stored(HASHES)


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    hashes = [tree.leaf_hash(leaf) for leaf in LEAVES[:size]]

    assert tree.root_of(hashes).hex() == PUBLISHED[size - 1]


@pytest.mark.parametrize("size", range(41))
def test_the_root_is_the_defined_one(size: int) -> None:
    assert tree.root(size, KNOWN) == tree.root_of(HASHES[:size]) == defined(HASHES[:size])


@pytest.mark.parametrize("size", range(1, 41))
def test_every_leaf_is_proved_and_no_other(size: int) -> None:
    root = defined(HASHES[:size])
    for index in range(size):
        path = tree.inclusion(index, size, KNOWN)

        assert tree.verify_inclusion(HASHES[index], index, size, path, root)
        assert not tree.verify_inclusion(HASHES[(index + 1) % 40], index, size, path, root)
        assert not tree.verify_inclusion(HASHES[index], index, size, [*path, root], root)
        assert not tree.verify_inclusion(HASHES[index], size, size, path, root)


@pytest.mark.parametrize("new", range(1, 41))
def test_every_earlier_tree_is_proved_to_be_a_beginning(new: int) -> None:
    for old in range(1, new + 1):
        proof = tree.consistency(old, new, KNOWN)

        assert tree.verify_consistency(old, new, proof, defined(HASHES[:old]), defined(HASHES[:new]))
        assert not tree.verify_consistency(old, new, proof, defined(HASHES[1 : old + 1]) if old < 40 else b"", defined(HASHES[:new]))


def test_nothing_is_proved_from_an_empty_tree() -> None:
    assert not tree.verify_consistency(0, 3, [], tree.EMPTY, defined(HASHES[:3]))
    with pytest.raises(ValueError, match="at least one leaf"):
        tree.consistency(0, 3, KNOWN)
    with pytest.raises(ValueError, match="no such leaf"):
        tree.inclusion(3, 3, KNOWN)
