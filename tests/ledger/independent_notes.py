"""A reader of signed notes and checkpoints of its own, written from c2sp.org and RFC 8032. It shares no line and no library with ours.

It goes through the bytes once from the end, and verifies Ed25519 with integers.
"""

import hashlib
from base64 import b64decode

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)


def add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar: int, point: Point) -> Point:
    found = NEUTRAL
    while scalar:
        if scalar & 1:
            found = add(found, point)
        point, scalar = add(point, point), scalar >> 1
    return found


def recovered(y: int, odd: int) -> Point:
    """The point with this y; RFC 8032 section 5.1.3."""
    assert y < P, "not the canonical form of a point"
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    assert not (x * x - square) % P, "no point has this y"
    if x & 1 != odd:
        x = P - x
    return x, y, 1, x * y % P


def point(encoded: bytes) -> Point:
    number = int.from_bytes(encoded, "little")
    return recovered(number & (1 << 255) - 1, number >> 255)


BASE = recovered(4 * pow(5, P - 2, P) % P, 0)


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """RFC 8032 section 5.1.7."""
    if len(signature) != 64 or (s := int.from_bytes(signature[32:], "little")) >= ORDER:
        return False
    try:
        key, r = point(public), point(signature[:32])
    except AssertionError:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = times(s, BASE), add(r, times(challenge, key))
    return not (left[0] * right[2] - right[0] * left[2]) % P and not (left[1] * right[2] - right[1] * left[2]) % P


def head_of(note: bytes, verifier_key: str) -> tuple[str, int, bytes] | None:
    """(origin, size, root) of a checkpoint that the holder of this key signed; None for anything else."""
    name, _, rest = verifier_key.encode().partition(b"+")
    stated, _, key = rest.partition(b"+")
    public = b64decode(key)
    if public[:1] != b"\x01" or hashlib.sha256(name + b"\n" + public).hexdigest()[:8] != stated.decode():
        return None
    text, mine = note, None
    while text.endswith(b"\n") and not text.endswith(b"\n\n"):  # signature lines, from the last one up
        cut = text.rindex(b"\n", 0, len(text) - 1) + 1
        dash, by, signed = text[cut:-1].split(b" ")
        found = b64decode(signed, validate=True)
        if dash == b"\xe2\x80\x94" and by == name and found[:4].hex() == stated.decode():
            mine = found[4:]
        text = text[:cut]
    body = text[:-1]
    if mine is None or not signed_by(public[1:], body, mine):
        return None
    origin, size, root = body.split(b"\n")[:3]
    return origin.decode(), int(size), b64decode(root)
