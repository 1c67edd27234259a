"""The Merkle tree: hashing as in RFC 9162 section 2.1.1, proofs as in 2.1.3 and 2.1.4."""

import hashlib
from collections.abc import Callable, Iterable, Sequence

EMPTY = hashlib.sha256(b"").digest()
SIZE = len(EMPTY)
"""Of a hash, in bytes."""

Known = Callable[[int, int], bytes]
"""The hash of the complete subtree at (level, position); level 0 are the leaves."""


def leaf_hash(header: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + header).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def completed(index: int, leaf: bytes, known: Known) -> list[tuple[int, int, bytes]]:
    """The interior nodes (level, position, hash) that the leaf at `index` completes, lowest first."""
    nodes, level, position, current = [], 0, index, leaf
    while position & 1:
        current = node_hash(known(level, position - 1), current)
        level, position = level + 1, position >> 1
        nodes.append((level, position, current))
    return nodes


def peaks(size: int) -> list[tuple[int, int]]:
    """The complete subtrees (level, position) that cover the first `size` leaves, left to right."""
    found, start = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def root(size: int, known: Known) -> bytes:
    """The root over the first `size` leaves, from stored subtrees."""
    if size == 0:
        return EMPTY
    return _join([known(level, position) for level, position in peaks(size)])


class Frontier:
    """The complete subtrees over the leaves so far: all it takes to go on hashing, in logarithmic memory."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        """Go on after `size` leaves; `hashes` are those of `peaks(size)`."""
        self.size = size
        self._stack = [(level, found) for (level, _), found in zip(peaks(size), hashes, strict=True)]

    def take(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf. Returns the interior nodes (level, position, hash) that it completes, lowest first."""
        nodes, level, current = [], 0, leaf
        while self._stack and self._stack[-1][0] == level:
            current, level = node_hash(self._stack.pop()[1], current), level + 1
            nodes.append((level, self.size >> level, current))
        self._stack.append((level, current))
        self.size += 1
        return nodes

    @property
    def root(self) -> bytes:
        return _join([found for _, found in self._stack]) if self._stack else EMPTY


def root_of(hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes, in one pass."""
    frontier = Frontier()
    for leaf in hashes:
        frontier.take(leaf)
    return frontier.root


def inclusion(index: int, size: int, known: Known) -> list[bytes]:
    """The audit path of a leaf in the tree over the first `size` leaves (2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError("there is no such leaf in a tree of this size")
    return _path(index, 0, size, known)


def _path(index: int, start: int, end: int, known: Known) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, known), _range(middle, end, known)]
    return [*_path(index, middle, end, known), _range(start, middle, known)]


def consistency(old: int, new: int, known: Known) -> list[bytes]:
    """The proof that the tree of `new` leaves extends the one of `old` (2.1.4.1). `old` is at least 1."""
    if not 0 < old <= new:
        raise ValueError("consistency is proved from a tree of at least one leaf to one no smaller")
    return [] if old == new else _consistency(old, 0, new, True, known)


def _consistency(old: int, start: int, end: int, whole: bool, known: Known) -> list[bytes]:
    if old == end - start:
        return [] if whole else [_range(start, end, known)]
    middle = _split(end - start)
    if old <= middle:
        return [*_consistency(old, start, start + middle, whole, known), _range(start + middle, end, known)]
    return [*_consistency(old - middle, start + middle, end, False, known), _range(start, start + middle, known)]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Section 2.1.3.2. What is no hash is no leaf."""
    if not 0 <= index < size or len(leaf) != SIZE:
        return False
    position, last, current = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            current = node_hash(step, current)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            current = node_hash(current, step)
        position, last = position >> 1, last >> 1
    return last == 0 and current == expected


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Section 2.1.4.2. From size 0 nothing is proved: refused."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            second = node_hash(second, step)
        position, last = position >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _range(start: int, end: int, known: Known) -> bytes:
    """The root of the leaves from `start` to `end`, where `start` is a multiple of a power of two no smaller than their number."""
    return _join([known(level, (start >> level) + position) for level, position in peaks(end - start)])


def _join(found: Sequence[bytes]) -> bytes:
    *rest, current = found
    for left in reversed(rest):
        current = node_hash(left, current)
    return current
