"""Checkpoints (c2sp.org/tlog-checkpoint): the head of the tree as a signed note; and proof files (c2sp.org/tlog-proof) for one entry."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from governance.ledger import tree
from governance.ledger.note import NoteRefused, Signer, Verifier, decoded, encoded, is_name, open_note, sign

ROOT_BYTES = 32
NUMBER = "(?:0|[1-9][0-9]{0,17})"
FIRST_LINE = "c2sp.org/tlog-proof@v1"
MOST_STEPS = 64
LARGEST_PROOF = 1_100_000
"""Bytes of a proof file: those of a note, and some."""


@dataclass(frozen=True, slots=True)
class SignedHead:
    """What a checkpoint states: whose ledger, how many entries, the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{encoded(self.root)}\n"


@dataclass(frozen=True, slots=True)
class ProofFile:
    """That an entry is under a signed head; nothing of it verified. `extra` is nobody's word."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


def parse(text: str) -> SignedHead:
    """Three lines and no more: extension lines are refused. Raises `NoteRefused`."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise NoteRefused("A checkpoint has three lines: origin, size, root.")
    origin, size, root = lines[0], lines[1], decoded(lines[2])
    if not is_name(origin):
        raise NoteRefused("The origin of a checkpoint is a name without spaces and plus signs.")
    if not re.fullmatch(NUMBER, size):
        raise NoteRefused("The size of a checkpoint is a decimal number without leading zeros.")
    if len(root) != ROOT_BYTES:
        raise NoteRefused(f"The root of a checkpoint has {ROOT_BYTES} bytes.")
    return SignedHead(origin, int(size), root)


def signed(head: SignedHead, signer: Signer) -> str:
    """The head as a note. The key goes by the name of the origin. Raises `NoteRefused`."""
    if signer.name != head.origin or parse(head.text) != head:
        raise NoteRefused("A head is signed by a key that goes by the name of its origin.")
    return sign(head.text, signer)


def open_checkpoint(note: bytes, known: Iterable[Verifier]) -> SignedHead:
    """The head, after its signature was verified by a known key that goes by the name of its origin. Raises `NoteRefused`."""
    opened = open_note(note, known)
    head = parse(opened.text)
    if head.origin not in {key.name for key in opened.by}:
        raise NoteRefused(f"The checkpoint is of {head.origin}, and no known key of that name signed it.")
    return head


def proof_file(index: int, path: Sequence[bytes], checkpoint: str) -> str:
    """The text of a `.tlog-proof` file."""
    return "\n".join([FIRST_LINE, f"index {index}", *map(encoded, path), "", checkpoint])


def parse_proof(content: bytes) -> ProofFile:
    """Raises `NoteRefused` for what is no proof file."""
    if len(content) > LARGEST_PROOF:
        raise NoteRefused(f"A proof file has at most {LARGEST_PROOF:,} bytes.")
    above, blank, checkpoint = content.partition(b"\n\n")
    try:
        first, *lines = above.decode().split("\n")
    except UnicodeDecodeError:
        raise NoteRefused("A proof file is UTF-8, and this is not.") from None
    if first != FIRST_LINE or not blank:
        raise NoteRefused(f"A proof file begins with {FIRST_LINE} and ends with a checkpoint after an empty line.")
    extra = decoded(lines.pop(0).removeprefix("extra ")) if lines and lines[0].startswith("extra ") else None
    stated = re.fullmatch(f"index ({NUMBER})", lines.pop(0)) if lines else None
    if stated is None:
        raise NoteRefused("A proof file names its entry as “index” and a decimal number without leading zeros.")
    path = tuple(map(decoded, lines))
    if len(path) > MOST_STEPS or any(len(step) != ROOT_BYTES for step in path):
        raise NoteRefused("The hashes of a proof file have 32 bytes each, and there are at most 64 of them.")
    return ProofFile(int(stated[1]), path, checkpoint, extra)


def verify_proof(content: bytes, leaf: bytes, known: Iterable[Verifier]) -> SignedHead:
    """The signed head that the leaf hash is proved to be under. Raises `NoteRefused` where it is not."""
    proof = parse_proof(content)
    head = open_checkpoint(proof.checkpoint, known)
    if not tree.verify_inclusion(leaf, proof.index, head.size, proof.path, head.root):
        raise NoteRefused(f"The proof does not lead from entry {proof.index} to the signed root.")
    return head
