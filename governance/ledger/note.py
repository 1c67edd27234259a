"""Signed notes (c2sp.org/signed-note): a text and the Ed25519 signatures below it, and the keys that sign and verify them.

The text of a note is handed out only after a signature by a known key was verified.
"""

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
KEY_BYTES = 32
ID_BYTES = 4
LARGEST = 1_000_000
"""Bytes of a note."""
MOST_SIGNATURES = 100
LONGEST_NAME = 250
DASH = "\N{EM DASH} "
PRIVATE = "PRIVATE+KEY+"
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f]")


class NoteRefused(ValueError):
    """What is no signed note, no key, or not signed by a known key: one sentence."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key and the name it goes by."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not is_name(self.name) or len(self.public) != KEY_BYTES:
            raise NoteRefused("A key has a name without spaces and plus signs, and 32 bytes.")

    @property
    def id(self) -> bytes:
        """Four bytes that tell keys apart; no proof of anything."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encoded(ED25519 + self.public)}"

    def verifies(self, text: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key and the name it goes by."""

    name: str
    seed: bytes = field(repr=False)

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    @property
    def secret_text(self) -> str:
        """The key as its file holds it."""
        return f"{PRIVATE}{self.name}+{self.verifier.id.hex()}+{encoded(ED25519 + self.seed)}"

    def signature(self, text: str) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """A note whose signatures by known keys were verified: its text, and by whom."""

    text: str
    by: tuple[Verifier, ...]


def new_signer(name: str) -> Signer:
    """A new key of its own randomness. Raises `NoteRefused` for what is no name."""
    if not is_name(name):
        raise NoteRefused("The name of a key has no spaces, no plus signs and no control characters.")
    return Signer(name, secrets.token_bytes(KEY_BYTES))


def read_verifier(text: str) -> Verifier:
    """A verifier key, `name+id+base64`. Raises `NoteRefused`."""
    name, key_id, key = _key_parts(text, "a verifier key")
    found = Verifier(name, key)
    if found.id.hex() != key_id:
        raise NoteRefused("The verifier key does not fit its own id: a part of it was changed or is missing.")
    return found


def read_signer(text: str) -> Signer:
    """A private key, `PRIVATE+KEY+name+id+base64`. Raises `NoteRefused`, which never quotes it."""
    if not text.startswith(PRIVATE):
        raise NoteRefused("That is no private key of signed notes.")
    name, key_id, seed = _key_parts(text.removeprefix(PRIVATE), "a private key")
    found = Signer(name, seed)
    if found.verifier.id.hex() != key_id:
        raise NoteRefused("The private key does not fit its own id: a part of it was changed or is missing.")
    return found


def sign(text: str, signer: Signer) -> str:
    """The text as a note with one signature. Raises `NoteRefused` for what can be no text of a note."""
    note = f"{text}\n{DASH}{signer.name} {encoded(signer.verifier.id + signer.signature(text))}\n"
    open_note(note.encode(), [signer.verifier])
    return note


def open_note(note: bytes, known: Iterable[Verifier]) -> Opened:
    """The text, after every signature by a known key was verified. Others are ignored. Raises `NoteRefused`."""
    text, signatures = parts(note)
    keys = list(known)
    by: list[Verifier] = []
    for line in signatures:
        fitting = {key for key in keys if (key.name, key.id) == (line.name, line.key_id)}
        if len(fitting) > 1:
            raise NoteRefused(f"Two known keys are called {line.name}+{line.key_id.hex()}.")
        for key in fitting:
            if not key.verifies(text, line.signature):
                raise NoteRefused(f"The signature by {line.name}+{line.key_id.hex()} does not fit the text.")
            by += [key] if key not in by else []
    if not by:
        raise NoteRefused("No known key signed the note.")
    return Opened(text, tuple(by))


def parts(note: bytes) -> tuple[str, tuple[Signature, ...]]:
    """The text and the signature lines, nothing of it verified. Raises `NoteRefused` for what is no note."""
    whole = _decoded(note)
    text, blank, below = whole.rpartition("\n\n")
    if not blank or not below.endswith("\n"):
        raise NoteRefused("A signed note is a text, an empty line, and signature lines that end in a newline.")
    lines = below.removesuffix("\n").split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NoteRefused(f"A note has at most {MOST_SIGNATURES} signatures.")
    return f"{text}\n", tuple(map(_signature, lines))


def is_name(name: str) -> bool:
    """Whether a key may go by this name."""
    return 0 < len(name) <= LONGEST_NAME and not any(
        sign.isspace() or sign < " " or sign == "+" or "\ud800" <= sign <= "\udfff" for sign in name
    )


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def decoded(text: str) -> bytes:
    """Base64 in its one spelling: padded, nothing beside it, no bits left over. Raises `NoteRefused`."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteRefused("What should be base64 is not.") from None
    if encoded(found) != text:
        raise NoteRefused("What should be base64 is spelled in another way.")
    return found


def _decoded(note: bytes) -> str:
    if len(note) > LARGEST:
        raise NoteRefused(f"A note has at most {LARGEST:,} bytes.")
    try:
        found = note.decode()
    except UnicodeDecodeError:
        raise NoteRefused("A note is UTF-8, and this is not.") from None
    if CONTROLS.search(found):
        raise NoteRefused("A note has no control characters other than newlines.")
    return found


def _signature(line: str) -> Signature:
    name, _, signed = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not is_name(name):
        raise NoteRefused("Below the text of a note there are signature lines only.")
    found = decoded(signed)
    if len(found) <= ID_BYTES:
        raise NoteRefused("A signature line holds a key id and a signature.")
    return Signature(name, found[:ID_BYTES], found[ID_BYTES:])


def _key_parts(text: str, what: str) -> tuple[str, str, bytes]:
    """Name, stated id, and the 32 bytes of the key."""
    name, _, rest = text.partition("+")
    key_id, _, key = rest.partition("+")
    if not is_name(name) or not re.fullmatch("[0-9a-f]{8}", key_id):
        raise NoteRefused(f"That is not {what}: it is a name, an id of eight hexadecimal digits and a key, joined by plus signs.")
    found = decoded(key)
    if found[:1] != ED25519 or len(found) != 1 + KEY_BYTES:
        raise NoteRefused(f"That is not {what} for Ed25519.")
    return name, key_id, found[1:]
