"""Signed notes against the published examples of the specification and of the Go library, and against everything that is no note."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.ledger import note
from governance.ledger.note import NoteRefused, Signer, Verifier
from tests.ledger import independent_notes

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
ENOCH_LINE = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
"""Keys, text and signatures that the tests of the Go library publish (golang.org/x/mod/sumdb/note)."""

SUM = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
SUM_NOTE = (
    "go.sum database tree\n31700353\nqINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=\n\n"
    "— sum.golang.org Az3grnmrIUEDFqHzAElIQCPNoRFRAAdFo47fooyWKMHb89k11GJh5zHIfNCOBmwn/C3YI8oW9/C8DJ87F61QqspBYwM=\n"
)
"""A head that the checksum database of Go signed."""

POEM = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
"""The example of the specification; its key is not published."""

SIGNER = Signer("ledger.example/one", bytes(range(32)))
OWN = note.sign("a text\n\nwith an empty line\n", SIGNER).encode()


def opened(message: str, *keys: str) -> note.Opened:
    return note.open_note(message.encode(), map(note.read_verifier, keys))


def test_the_published_note_verifies() -> None:
    found = opened(f"{TEXT}\n{PETER_LINE}", PETER)

    assert (found.text, [str(key) for key in found.by]) == (TEXT, [PETER])


def test_signing_gives_the_published_note_byte_for_byte() -> None:
    signer = note.read_signer(PETER_SECRET)

    assert note.sign(TEXT, signer) == f"{TEXT}\n{PETER_LINE}"
    assert (str(signer.verifier), signer.secret_text) == (PETER, PETER_SECRET)


def test_a_head_that_another_log_signed_verifies() -> None:
    assert opened(SUM_NOTE, SUM).text.startswith("go.sum database tree\n31700353\n")


def test_the_text_ends_at_the_last_empty_line() -> None:
    text, (line,) = note.parts(POEM.encode())

    assert text.endswith("raggio di sole:\n\ned è subito sera.\n")
    assert (line.name, line.key_id.hex(), len(line.signature)) == ("quasimodo.example/salvatore", "367ba04b", 64)


@pytest.mark.parametrize(
    ("keys", "by"), [([PETER], ["PeterNeumann"]), ([ENOCH], ["EnochRoot"]), ([ENOCH, PETER], ["PeterNeumann", "EnochRoot"])]
)
def test_signatures_by_unknown_keys_are_ignored(keys: list[str], by: list[str]) -> None:
    assert [key.name for key in opened(f"{TEXT}\n{PETER_LINE}{ENOCH_LINE}", *keys).by] == by


def test_a_name_alone_and_an_id_alone_make_no_known_key() -> None:
    same_name = str(Verifier("PeterNeumann", note.read_verifier(ENOCH).public))

    with pytest.raises(NoteRefused, match="No known key"):
        opened(f"{TEXT}\n{PETER_LINE}", same_name, ENOCH)
    with pytest.raises(NoteRefused, match="No known key"):
        opened(f"{TEXT}\n{PETER_LINE.replace('PeterNeumann', 'CarmenSandiego')}", PETER)
    with pytest.raises(NoteRefused, match="No known key"):
        opened(f"{TEXT}\n{PETER_LINE.replace('x08g', 'xxxx')}", PETER)


@pytest.mark.parametrize(
    "message",
    [
        f"{TEXT}\n{ENOCH_LINE}{PETER_LINE[:60]}ABCD{PETER_LINE[60:]}",
        f"{TEXT}\n{PETER_LINE}{PETER_LINE.replace('BwJn', 'BwJm')}",
        f"{TEXT}\n{PETER_LINE.replace('BwJn', 'BwJm')}{PETER_LINE}",
    ],
    ids=["another length", "a good one first", "a bad one first"],
)
def test_a_known_key_whose_signature_fails_refuses_the_whole_note(message: str) -> None:
    with pytest.raises(NoteRefused, match=r"PeterNeumann\+c74f20a3 does not fit"):
        opened(message, PETER, ENOCH)


def test_a_hundred_signatures_are_read_and_no_more() -> None:
    assert opened(f"{TEXT}\n{PETER_LINE * 100}", PETER).text == TEXT
    for keys in ([PETER], []):
        with pytest.raises(NoteRefused, match="at most 100"):
            opened(f"{TEXT}\n{PETER_LINE * 101}", *keys)


def test_the_same_key_stated_twice_is_one_key() -> None:
    assert len(opened(f"{TEXT}\n{PETER_LINE}", PETER, PETER).by) == 1


def test_two_known_keys_of_one_name_and_id_are_told_apart_by_nobody() -> None:
    found: dict[bytes, Verifier] = {}
    for number in range(1_000_000):
        key = Verifier("a", number.to_bytes(32, "big"))
        if (other := found.setdefault(key.id, key)) is not key:
            break
    line = f"— a {base64.b64encode(key.id + bytes(64)).decode()}\n"

    with pytest.raises(NoteRefused, match=rf"Two known keys are called a\+{key.id.hex()}"):
        note.open_note(f"{TEXT}\n{line}".encode(), [key, other])
    with pytest.raises(NoteRefused, match="No known key"):
        note.open_note(f"{TEXT}\n{line}".encode(), [])


def test_a_note_has_a_largest_size() -> None:
    below = len(note.sign("a\n", SIGNER).encode()) - 1
    assert note.sign("a" * (note.LARGEST - below) + "\n", SIGNER)

    with pytest.raises(NoteRefused, match="at most 1,000,000 bytes"):
        note.sign("a" * (note.LARGEST - below + 1) + "\n", SIGNER)


NO_NOTES = {
    "no signatures": TEXT.encode(),
    "no lines after the empty one": f"{TEXT}\n".encode(),
    "no newline at the end": f"{TEXT}\n{PETER_LINE}"[:-1].encode(),
    "a control character": f"\x01{TEXT}\n{PETER_LINE}".encode(),
    "a carriage return": f"{TEXT}\n{PETER_LINE}".replace("\n", "\r\n").encode(),
    "a tab": f"a\t{TEXT}\n{PETER_LINE}".encode(),
    "no UTF-8": b"\xff" + f"{TEXT}\n{PETER_LINE}".encode(),
    "half a sign": b"\xed\xa0\x80" + f"{TEXT}\n{PETER_LINE}".encode(),
    "a space in a name": f"{TEXT}\n{PETER_LINE.replace('PeterNeumann', 'Bad Name')}".encode(),
    "a plus in a name": f"{TEXT}\n{PETER_LINE}{ENOCH_LINE.replace('EnochRoot', 'Enoch+Root')}".encode(),
    "another space in a name": f"{TEXT}\n{PETER_LINE}{ENOCH_LINE.replace('EnochRoot', 'Enoch' + chr(0xA0) + 'Root')}".encode(),
    "no name": f"{TEXT}\n{PETER_LINE}{ENOCH_LINE.replace('EnochRoot', '')}".encode(),
    "a line that is no signature": f"{TEXT}\n{PETER_LINE}Unexpected line.\n".encode(),
    "a hyphen": f"{TEXT}\n{PETER_LINE.replace('—', '-')}".encode(),
    "two spaces": f"{TEXT}\n{PETER_LINE.replace('— ', '—  ')}".encode(),
    "something after the signature": f"{TEXT}\n{PETER_LINE[:-1]} x\n".encode(),
    "no signature": f"{TEXT}\n{PETER_LINE}— EnochRoot \n".encode(),
    "an id and no signature": f"{TEXT}\n{PETER_LINE}— EnochRoot rwz+eA==\n".encode(),
    "base64 without padding": f"{TEXT}\n{PETER_LINE.replace('=', '')}".encode(),
    "base64 of the other alphabet": f"{TEXT}\n{PETER_LINE.replace('/', '_')}".encode(),
    "base64 with bits left over": f"{TEXT}\n{PETER_LINE.replace('AM=', 'AN=')}".encode(),
    "nothing": b"",
    "too much": b"a" * note.LARGEST + f"{TEXT}\n{PETER_LINE}".encode(),
}


@pytest.mark.parametrize("message", NO_NOTES.values(), ids=list(NO_NOTES))
def test_what_is_no_note_is_refused(message: bytes) -> None:
    with pytest.raises(NoteRefused):
        note.open_note(message, [note.read_verifier(PETER)])


@given(place=st.integers(0, len(OWN) - 1), flip=st.integers(1, 255))
def test_any_changed_byte_refuses_a_note(place: int, flip: int) -> None:
    changed = bytes([*OWN[:place], OWN[place] ^ flip, *OWN[place + 1 :]])

    with pytest.raises(NoteRefused):
        note.open_note(changed, [SIGNER.verifier])


def test_every_changed_bit_refuses_a_note() -> None:
    for place, bit in ((place, bit) for place in range(len(OWN)) for bit in range(8)):
        changed = bytearray(OWN)
        changed[place] ^= 1 << bit
        with pytest.raises(NoteRefused):
            note.open_note(bytes(changed), [SIGNER.verifier])


@given(cut=st.integers(0, len(OWN) - 1), put=st.binary(min_size=1, max_size=3))
def test_what_is_cut_short_or_put_into_a_note_refuses_it(cut: int, put: bytes) -> None:
    for changed in (OWN[:cut], OWN[cut + 1 :], OWN[:cut] + OWN[cut + 1 :]):
        with pytest.raises(NoteRefused):
            note.open_note(changed, [SIGNER.verifier])
    with pytest.raises(NoteRefused):
        note.open_note(put + OWN, [SIGNER.verifier])


LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)


@given(lines=st.lists(LINES, min_size=1, max_size=5))
def test_any_text_without_controls_is_signed_and_read_back(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"

    assert note.open_note(note.sign(text, SIGNER).encode(), [SIGNER.verifier]).text == text


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode(errors="replace")))
def test_reading_anything_ends_in_a_note_or_a_refusal(message: bytes) -> None:
    with pytest.raises(NoteRefused):
        note.open_note(message, [SIGNER.verifier])


@pytest.mark.parametrize("text", ["no newline", "", "a control\x07\n", "half a sign \ud800\n"], ids=ascii)
def test_what_can_be_no_text_of_a_note_is_not_signed(text: str) -> None:
    with pytest.raises((NoteRefused, UnicodeEncodeError)):
        note.sign(text, SIGNER)


@pytest.mark.parametrize(("key", "read"), [(PETER, note.read_verifier), (ENOCH, note.read_verifier), (PETER_SECRET, note.read_signer)])
def test_a_part_of_a_key_and_a_changed_key_are_refused(key: str, read: object) -> None:
    assert callable(read)
    parts = {key[start:end] for start in range(len(key) + 1) for end in range(start, len(key) + 1)} - {key}
    changed = {key[:place] + chr(ord(key[place]) + 1) + key[place + 1 :] for place in range(len(key))}

    for wrong in parts | changed:
        with pytest.raises(NoteRefused):
            read(wrong)
    assert read(key)


@pytest.mark.parametrize(
    "key",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        PETER.replace("c74f20a3", "C74F20A3"),
        f"{PETER}\n",
        f" {PETER}",
        "",
    ],
    ids=["another length", "another algorithm", "capitals", "a newline", "a space", "nothing"],
)
def test_what_is_no_verifier_key_is_refused(key: str) -> None:
    with pytest.raises(NoteRefused):
        note.read_verifier(key)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u2003b", "\ud800", "x" * 251], ids=ascii)
def test_what_is_no_name_names_no_key(name: str) -> None:
    with pytest.raises(NoteRefused):
        note.new_signer(name)


@pytest.mark.parametrize(
    "key", [PETER, ENOCH, SUM, str(SIGNER.verifier), "sigsum.org+e4ade967+AZuUY6B08pW3QVHu8uvsrxWPcAv9nykap2Nb4oxCee+r"]
)
def test_the_id_of_a_key_is_the_one_of_the_specification(key: str) -> None:
    name, stated, content = key.split("+", 2)
    found = note.read_verifier(key)

    assert (found.name, found.id.hex(), str(found)) == (name, stated, key)
    assert hashlib.sha256(name.encode() + b"\n" + base64.b64decode(content)).hexdigest()[:8] == stated


def test_a_private_key_does_not_show_itself() -> None:
    signer = note.read_signer(PETER_SECRET)

    assert signer.seed.hex() not in repr(signer) and str(signer.seed) not in repr(signer)
    assert note.new_signer("a").seed != note.new_signer("a").seed


def test_an_independent_reader_reads_what_others_and_we_signed() -> None:
    root = base64.b64decode("qINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=")
    own = note.sign("ledger.example/one\n7\nqINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=\n", SIGNER).encode()

    assert independent_notes.head_of(SUM_NOTE.encode(), SUM) == ("go.sum database tree", 31700353, root)
    assert independent_notes.head_of(own, str(SIGNER.verifier)) == ("ledger.example/one", 7, root)
    assert independent_notes.head_of(own.replace(b"\n7\n", b"\n8\n"), str(SIGNER.verifier)) is None
    assert independent_notes.head_of(own, str(note.new_signer(SIGNER.name).verifier)) is None


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=60), st.integers(0, 63))
def test_an_independent_verifier_of_signatures_agrees(seed: bytes, message: bytes, place: int) -> None:
    signer = Signer("a", seed)
    text = base64.b64encode(message).decode()
    signature = signer.signature(text)
    changed = bytes([*signature[:place], signature[place] ^ 1, *signature[place + 1 :]])

    for signed in (signature, changed):
        agreed = independent_notes.signed_by(signer.verifier.public, text.encode(), signed)
        assert agreed == signer.verifier.verifies(text, signed) == (signed is signature)
