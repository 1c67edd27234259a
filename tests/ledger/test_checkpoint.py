"""Checkpoints and proof files: the published forms are read, and nothing else is."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.ledger import checkpoint, note, tree
from governance.ledger.checkpoint import SignedHead
from governance.ledger.note import NoteRefused
from tests.ledger import independent_notes
from tests.ledger.test_tree import HASHES, KNOWN

SIGNER = note.new_signer("ledger.example/one")
OTHER = note.new_signer("ledger.example/two")
ROOT = hashlib.sha256(b"root").digest()
ROOT_TEXT = base64.b64encode(ROOT).decode()
SOFA = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
"""The example of the specification (c2sp.org/tlog-checkpoint)."""


def test_the_example_of_the_specification_is_read_and_written_alike() -> None:
    head = checkpoint.parse(SOFA)

    assert (head.origin, head.size, head.root.hex()[:8]) == ("example.com/behind-the-sofa", 20_852_163, "0ac5186a")
    assert head.text == SOFA


@given(st.integers(0, 2**53), st.binary(min_size=32, max_size=32))
def test_what_is_signed_is_read_back_by_us_and_by_an_independent_reader(size: int, root: bytes) -> None:
    signed = checkpoint.signed(SignedHead(SIGNER.name, size, root), SIGNER).encode()

    assert checkpoint.open_checkpoint(signed, [SIGNER.verifier]) == SignedHead(SIGNER.name, size, root)
    assert independent_notes.head_of(signed, str(SIGNER.verifier)) == (SIGNER.name, size, root)


NO_CHECKPOINTS = {
    "two lines": f"a\n{ROOT_TEXT}\n",
    "an extension line": f"a\n1\n{ROOT_TEXT}\nmore\n",
    "an empty line": f"a\n1\n{ROOT_TEXT}\n\n",
    "no newline": f"a\n1\n{ROOT_TEXT}",
    "no origin": f"\n1\n{ROOT_TEXT}\n",
    "a space in the origin": f"a b\n1\n{ROOT_TEXT}\n",
    "a plus in the origin": f"a+b\n1\n{ROOT_TEXT}\n",
    "a leading zero": f"a\n01\n{ROOT_TEXT}\n",
    "no size": f"a\n\n{ROOT_TEXT}\n",
    "below nothing": f"a\n-1\n{ROOT_TEXT}\n",
    "a sign": f"a\n+1\n{ROOT_TEXT}\n",
    "other digits": f"a\n١٢\n{ROOT_TEXT}\n",
    "a space before the size": f"a\n 1\n{ROOT_TEXT}\n",
    "a size beyond 64 bits": f"a\n{10**18}\n{ROOT_TEXT}\n",
    "a short root": f"a\n1\n{base64.b64encode(ROOT[:31]).decode()}\n",
    "a long root": f"a\n1\n{base64.b64encode(ROOT + b'x').decode()}\n",
    "a root with bits left over": f"a\n1\n{ROOT_TEXT[:-2]}{chr(ord(ROOT_TEXT[-2]) + 1)}=\n",
    "a hexadecimal root": f"a\n1\n{ROOT.hex()}\n",
}


@pytest.mark.parametrize("text", NO_CHECKPOINTS.values(), ids=list(NO_CHECKPOINTS))
def test_what_is_no_checkpoint_is_refused_though_it_is_signed(text: str) -> None:
    signer = note.Signer(text.split("\n", maxsplit=1)[0] if note.is_name(text.split("\n", maxsplit=1)[0]) else "a", b"k" * 32)
    with pytest.raises(NoteRefused):
        checkpoint.parse(text)
    if text.endswith("\n"):
        with pytest.raises(NoteRefused):
            checkpoint.open_checkpoint(note.sign(text, signer).encode(), [signer.verifier])


def test_the_origin_is_the_name_of_the_key() -> None:
    head = SignedHead("ledger.example/one", 1, ROOT)
    foreign = note.sign(head.text, OTHER).encode()

    with pytest.raises(NoteRefused, match="name of its origin"):
        checkpoint.signed(head, OTHER)
    with pytest.raises(NoteRefused, match="no known key of that name"):
        checkpoint.open_checkpoint(foreign, [OTHER.verifier, SIGNER.verifier])


def proof(index: int, size: int) -> bytes:
    head = SignedHead(SIGNER.name, size, tree.root(size, KNOWN))
    return checkpoint.proof_file(index, tree.inclusion(index, size, KNOWN), checkpoint.signed(head, SIGNER)).encode()


@pytest.mark.parametrize(
    ("path", "index", "written"),
    [
        (["hash1", "hash2"], 5, "c2sp.org/tlog-proof@v1\nindex 5\n{0}\n{1}\n\ntest checkpoint\n"),
        ([], 0, "c2sp.org/tlog-proof@v1\nindex 0\n\ntest checkpoint\n"),
    ],
)
def test_a_proof_file_has_the_published_form(path: list[str], index: int, written: str) -> None:
    hashes = [hashlib.sha256(text.encode()).digest() for text in path]
    expected = written.format(*(base64.b64encode(found).decode() for found in hashes))

    assert checkpoint.proof_file(index, hashes, "test checkpoint\n") == expected
    read = checkpoint.parse_proof(expected.encode())
    assert (read.index, list(read.path), read.checkpoint, read.extra) == (index, hashes, b"test checkpoint\n", None)


def test_extra_data_is_read_and_is_nobodys_word() -> None:
    with_extra = proof(3, 9).replace(b"index", b"extra ZXh0cmEgaW5mb3JtYXRpb24=\nindex", 1)

    assert checkpoint.parse_proof(with_extra).extra == b"extra information"
    assert checkpoint.verify_proof(with_extra, HASHES[3], [SIGNER.verifier]).size == 9


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 40])
def test_a_proof_file_proves_its_entry_and_no_other(size: int) -> None:
    for index in range(size):
        content = proof(index, size)

        assert checkpoint.verify_proof(content, HASHES[index], [SIGNER.verifier]).root == tree.root_of(HASHES[:size])
        with pytest.raises(NoteRefused):
            checkpoint.verify_proof(content, hashlib.sha256(b"another").digest(), [SIGNER.verifier])
        with pytest.raises(NoteRefused, match="No known key"):
            checkpoint.verify_proof(content, HASHES[index], [OTHER.verifier])


PROOF = proof(5, 23)


@given(place=st.integers(0, len(PROOF) - 1), flip=st.integers(1, 255))
def test_any_changed_byte_refuses_a_proof_file(place: int, flip: int) -> None:
    changed = bytes([*PROOF[:place], PROOF[place] ^ flip, *PROOF[place + 1 :]])

    with pytest.raises(NoteRefused):
        checkpoint.verify_proof(changed, HASHES[5], [SIGNER.verifier])


def test_a_proof_has_as_many_hashes_as_a_tree_can_ask_for() -> None:
    checkpoint.parse_proof(checkpoint.proof_file(0, [ROOT] * 64, "a checkpoint\n").encode())

    with pytest.raises(NoteRefused, match="at most 64"):
        checkpoint.parse_proof(checkpoint.proof_file(0, [ROOT] * 65, "a checkpoint\n").encode())


NO_PROOFS = {
    "another first line": PROOF.replace(b"@v1", b"@v2"),
    "no index": PROOF.replace(b"index 5\n", b""),
    "a leading zero": PROOF.replace(b"index 5", b"index 05"),
    "other digits": PROOF.replace(b"index 5", "index ٥".encode()),
    "another index": PROOF.replace(b"index 5", b"index 6"),
    "an index outside": PROOF.replace(b"index 5", b"index 23"),
    "a hash too many": PROOF.replace(b"index 5\n", b"index 5\n" + base64.b64encode(ROOT) + b"\n"),
    "a short hash": PROOF.replace(b"index 5\n", b"index 5\nAAAA\n"),
    "hashes without end": PROOF.replace(b"index 5\n", b"index 5\n" + (base64.b64encode(ROOT) + b"\n") * 100),
    "no checkpoint": PROOF.partition(b"\n\n")[0] + b"\n\n",
    "no empty line": PROOF.replace(b"\n\n", b"\n"),
    "extra that is no base64": PROOF.replace(b"index", b"extra !!\nindex", 1),
    "only extra": b"c2sp.org/tlog-proof@v1\nextra AAAA\n\n",
    "no UTF-8": b"\xff" + PROOF,
    "windows": PROOF.replace(b"\n", b"\r\n"),
    "nothing": b"",
    "too much": PROOF + b"x" * checkpoint.LARGEST_PROOF,
}


@pytest.mark.parametrize("content", NO_PROOFS.values(), ids=list(NO_PROOFS))
def test_what_is_no_proof_is_refused(content: bytes) -> None:
    with pytest.raises(NoteRefused):
        checkpoint.verify_proof(content, HASHES[5], [SIGNER.verifier])
