"""The file of the key: made once, whole, for its owner only; never written over, never guessed."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from governance.ledger import note
from governance.ledger.checkpoint import SignedHead, signed
from governance.ledger.keys import KeyFile, KeyUnusable


def mode(file: Path) -> int:
    return file.stat().st_mode & 0o777


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@pytest.fixture
def key(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "checkpoint-key")


def test_the_key_is_made_once_for_its_owner_only_under_a_name_of_this_instance(key: KeyFile, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = key.made()
    finally:
        os.umask(before)

    assert made.name.startswith("governance.local/") and len(made.name) == len("governance.local/") + 16
    assert mode(key.path) == 0o600 and names(tmp_path) == {"checkpoint-key"}
    assert key.made() == key.read() == made
    assert KeyFile(tmp_path / "other").made().name != made.name


def test_the_settings_name_the_ledger_and_a_key_of_another_name_is_refused(key: KeyFile) -> None:
    named = KeyFile(key.path, "governance.example.org/ledger")

    assert named.made().name == "governance.example.org/ledger"
    for other in (named.path, key.path):
        with pytest.raises(KeyUnusable, match=r"ORIGIN is another\.example/x, and the key in .* signs as governance\.example\.org/ledger"):
            KeyFile(other, "another.example/x").read()


def test_many_processes_that_make_it_at_once_have_one_key(key: KeyFile, tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: key.made(), range(64)))

    assert len(made) == 1 and names(tmp_path) == {"checkpoint-key"}


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o660, 0o622])
def test_a_key_that_others_can_reach_is_refused_with_the_command_that_helps(key: KeyFile, bits: int) -> None:
    key.made()
    key.path.chmod(bits)

    for use in (key.read, key.made):
        with pytest.raises(KeyUnusable, match="chmod 600"):
            use()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"words",
        b"PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFy\n",
        b"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
        b"PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n\n",
        b"\xff" * 90,
        b"x" * 100_000,
    ],
    ids=["nothing", "words", "another seed", "a public key", "more lines", "no text", "much"],
)
def test_what_is_no_key_is_refused_and_stays_as_it_is(key: KeyFile, content: bytes) -> None:
    key.path.write_bytes(content)
    key.path.chmod(0o600)

    for use in (key.read, key.made):
        with pytest.raises(KeyUnusable, match=r"is no private key of signed notes\..* rotate-key"):
            use()
    assert key.path.read_bytes() == content


def test_what_cannot_be_opened_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(mode=0o700)

    with pytest.raises(KeyUnusable, match="No such file"):
        KeyFile(tmp_path / "nowhere").read()
    with pytest.raises(KeyUnusable, match="No such file"):
        KeyFile(tmp_path / "nowhere" / "key").made()
    with pytest.raises(KeyUnusable, match="Is a directory"):
        KeyFile(tmp_path / "folder").made()


def test_a_change_waits_for_the_ledger_and_keeps_the_old_key_aside(key: KeyFile, tmp_path: Path) -> None:
    old = key.made()
    new = key.next_key(old.name)

    key.settle(str(old.verifier))
    assert key.read() == old and new.name == old.name and new != old
    key.settle(str(new.verifier))

    retired = tmp_path / f"checkpoint-key.retired-{old.verifier.id.hex()}"
    assert key.read() == new and names(tmp_path) == {"checkpoint-key", retired.name}
    assert KeyFile(retired).read() == old and mode(retired) == mode(key.path) == 0o600


def test_an_interrupted_change_is_finished_or_taken_up_again(key: KeyFile, tmp_path: Path) -> None:
    old = key.made()
    new = key.next_key(old.name)
    assert key.next_key(old.name) == new

    (tmp_path / f"checkpoint-key.retired-{old.verifier.id.hex()}").hardlink_to(key.path)  # it ended between the two renames
    key.settle(str(new.verifier))
    key.settle(str(new.verifier))

    assert key.read() == new and len(names(tmp_path)) == 2


def test_a_next_key_of_another_name_is_not_taken(key: KeyFile) -> None:
    key.next_key("ledger.example/one")

    with pytest.raises(KeyUnusable, match="Move that file away"):
        key.next_key("ledger.example/two")


def test_a_lost_or_broken_key_can_be_followed_by_another(key: KeyFile, tmp_path: Path) -> None:
    new = key.next_key("ledger.example/one")
    key.settle(str(new.verifier))
    assert key.read() == new and names(tmp_path) == {"checkpoint-key"}

    key.path.write_bytes(b"words")
    newer = key.next_key("ledger.example/one")
    key.settle(str(newer.verifier))
    (aside,) = names(tmp_path) - {"checkpoint-key"}

    assert key.read() == newer and aside.startswith("checkpoint-key.retired-unreadable-")
    assert (tmp_path / aside).read_bytes() == b"words"


def test_the_last_head_of_a_key_is_remembered_beside_it(key: KeyFile, tmp_path: Path) -> None:
    signer = key.made()
    assert key.remembered(signer.verifier) is None

    for size in (3, 5):
        head = SignedHead(signer.name, size, bytes(32))
        key.remember(signed(head, signer), signer.verifier)
        assert key.remembered(signer.verifier) == head

    file = tmp_path / f"checkpoint-key.last-{signer.verifier.id.hex()}"
    assert names(tmp_path) == {"checkpoint-key", file.name} and mode(file) == 0o600
    assert key.remembered(note.new_signer("ledger.example/one").verifier) is None
    file.write_text(file.read_text().replace("\n5\n", "\n6\n"))
    with pytest.raises(KeyUnusable, match="is not the last head that was signed"):
        key.remembered(signer.verifier)
