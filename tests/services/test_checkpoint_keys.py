"""The key that signs heads: changed only on record, by administrators, and never replaced in silence."""

import errno
import os
import shutil
from pathlib import Path

import pytest

from governance.domain.errors import Conflict, NotAllowed, NotThere
from governance.ledger import heads, read
from governance.ledger.checkpoint import open_checkpoint
from governance.ledger.keys import KeyFile, KeyUnusable, NotSigned
from governance.ledger.log import Log
from governance.ledger.note import read_verifier
from governance.ledger.verify import verify
from governance.ledger.verify_heads import Since
from governance.models.ledger import Checkpoint, Leaf
from governance.services import checkpoints, checkup
from governance.services.checkpoints import Unfinished
from governance.services.opening import ledger_of, open_engines
from governance.storage.content import ContentStore
from governance.storage.engines import Busy, DiskFull
from tests.ledger import independent_notes
from tests.services.conftest import House, found, house
from tests.services.heads import ALTERED, change_key, grow, kept, key, key_name, problems, sign, signed, size
from tests.tampering import ON_SQLITE, alter

__all__ = ["house", "key", "signed"]


def test_another_key_signs_from_its_entry_on_and_every_head_verifies_with_the_key_of_its_time(house: House, key: KeyFile) -> None:
    old = sign(house, key)
    old_key = str(key.read().verifier)
    grow(house)
    new_key = change_key(house, key)
    grow(house)
    sign(house, key)

    rows = kept(house)
    with house.read() as session:
        entry = read.entries(session, Leaf.kind == "ledger.key_changed", limit=1)[0]
    assert [row.size - old.size for row in rows] == [0, 1, 2, 3], "the old key had its last word before the new one's entry"
    assert (entry.actor, entry.header["auth"]["method"]) == ("omar", "command line")
    assert (entry.body["verifier"], entry.body["previous"]) == (new_key, old_key)
    ids = [read_verifier(known).id.hex() for known in (old_key, new_key)]
    assert [row.key_id for row in rows] == [ids[0], ids[0], ids[1], ids[1]]
    for row in rows:
        right, wrong = (old_key, new_key) if row.size <= entry.index else (new_key, old_key)
        assert open_checkpoint(row.note.encode(), [read_verifier(right)]).size == row.size
        assert independent_notes.head_of(row.note.encode(), wrong) is None
    assert problems(house) == []


@pytest.mark.parametrize(
    ("why", "said"),
    [(DiskFull("this entry"), "the disk is full, and an administrator"), (Busy(), "others are writing")],
    ids=["no room", "no turn"],
)
def test_where_no_head_can_be_signed_after_the_change_it_is_said_that_the_key_is_changed(
    house: House, key: KeyFile, signed: Checkpoint, why: Exception, said: str
) -> None:
    before, changed = str(key.read().verifier), list[str]()

    def hook(log: Log) -> None:
        if changed:
            raise why
        changed.extend(named.verifier for named in heads.keys(log.session) if named.verifier != before)

    house.ledger.before_commit.append(hook)
    with pytest.raises(Unfinished, match="The key is changed: .* is on record, and signs from now on.*" + said) as refused:
        change_key(house, key)
    house.ledger.before_commit.remove(hook)

    new = str(key.read().verifier)
    assert new != before and new in refused.value.message and "Nothing was changed" not in refused.value.message
    assert sign(house, key).key_id == read_verifier(new).id.hex() and problems(house) == []


def test_where_there_is_no_room_for_the_next_key_nothing_is_changed(
    house: House, key: KeyFile, signed: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, there = key.path.read_bytes(), size(house)
    monkeypatch.setattr(os, "fsync", no_room)

    with pytest.raises(DiskFull, match=r"the key that signs heads .* Nothing was changed"):
        change_key(house, key)

    assert key.path.read_bytes() == before and size(house) == there and not key.following.exists()


def test_a_full_disk_at_the_key_is_no_fault_of_the_key_and_stands_where_people_look(
    house: House, key: KeyFile, signed: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(house)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", no_room)
        with pytest.raises(DiskFull) as full:
            checkpoints.sign_or_say_why(house.ledger, key, house.now)

    assert "rotate-key" not in str(full.value) and len(kept(house)) == 1
    instance = checkup.Instance(tmp_path, house.ledger.engines, ContentStore(tmp_path / "content"), key, house.now)
    checked = next(one for one in checkup.everything(instance) if one.what == "signed heads")
    assert checked.grade is checkup.Grade.BAD and "The disk is full: there was no room for the key" in checked.found
    assert "rotate-key" not in checked.found + checked.do

    checkpoints.sign_or_say_why(house.ledger, key, house.now)
    with house.read() as session:
        assert len(kept(house)) == 2 and heads.refusal(session) is None


def no_room(_: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_third_key_follows(house: House, key: KeyFile, signed: Checkpoint) -> None:
    named = [change_key(house, key) for _ in range(2)]

    assert len(set(named)) == 2 and str(key.read().verifier) == named[-1] and problems(house) == []
    assert len(list(key.path.parent.glob("checkpoint-key.retired-*"))) == 2


@pytest.mark.parametrize(("who", "refused"), [("lena", NotAllowed), ("ruth", NotAllowed), ("aoife", NotAllowed), ("nobody", NotThere)])
def test_only_administrators_change_the_key(house: House, key: KeyFile, signed: Checkpoint, who: str, refused: type[Exception]) -> None:
    before = size(house)

    with pytest.raises(refused):
        change_key(house, key, who)

    assert size(house) == before and not key.following.exists()


def test_there_is_nothing_to_change_before_the_first_head(house: House, key: KeyFile) -> None:
    with pytest.raises(Conflict, match="No key signs heads yet"):
        change_key(house, key)
    assert not key.path.exists() and not key.following.exists()


def test_a_change_that_was_interrupted_after_its_entry_is_finished_by_whoever_signs_next(house: House, key: KeyFile) -> None:
    sign(house, key)
    old = key.path.read_bytes()
    new_key = change_key(house, key)
    new = key.path.read_bytes()
    key.path.write_bytes(old)
    key.following.write_bytes(new)
    key.following.chmod(0o600)
    grow(house)

    sign(house, key)

    assert str(key.read().verifier) == new_key and not key.following.exists() and problems(house) == []


def test_a_key_that_the_ledger_does_not_name_signs_nothing(house: House, key: KeyFile, signed: Checkpoint) -> None:
    grow(house)
    key.path.unlink()
    KeyFile(key.path, key_name(signed)).made()

    with pytest.raises(KeyUnusable, match=r"and the ledger names governance\.local/.* since entry"):
        sign(house, key)
    assert len(kept(house)) == 1


def test_a_lost_key_is_not_replaced_in_silence_but_by_a_change_that_says_why(house: House, key: KeyFile, signed: Checkpoint) -> None:
    grow(house)
    key.path.unlink()
    with pytest.raises(KeyUnusable, match="rotate-key"):
        sign(house, key)
    assert not key.path.exists()

    new_key = change_key(house, key)

    assert str(key.read().verifier) == new_key and key.read().name == key_name(signed)
    assert [row.id for row in kept(house)] == [0, 1] and problems(house) == []


@ON_SQLITE
def test_the_key_is_not_changed_over_a_ledger_that_does_not_fit(house: House, key: KeyFile, signed: Checkpoint, tmp_path: Path) -> None:
    grow(house, 3)
    before = size(house)
    assert alter(house.ledger.engines, str(ALTERED["a header"]))

    with pytest.raises(NotSigned):
        change_key(house, key)
    assert size(house) == before and len(kept(house)) == 1


@ON_SQLITE
def test_the_key_is_not_changed_where_nobody_can_read_which_one_it_was(
    house: House, key: KeyFile, signed: Checkpoint, tmp_path: Path
) -> None:
    before = size(house)
    for name in ("the entry that names the key, unreadable", "the entry that names the key"):
        assert alter(house.ledger.engines, str(ALTERED[name]))
        with pytest.raises(NotSigned):
            change_key(house, key)
    assert size(house) == before and not key.following.exists()


def test_a_ledger_goes_by_one_name(tmp_path: Path, house: House, key: KeyFile, signed: Checkpoint) -> None:
    """Another ledger's checkpoint, signed by its own key, says nothing about this one."""
    folder = tmp_path / "other"
    folder.mkdir(mode=0o700)
    engines = open_engines(folder, synchronous="OFF")
    other = House(ledger_of(engines))
    found(other.ledger)
    row = sign(other, KeyFile(folder / "checkpoint-key"))
    verifier = KeyFile(folder / "checkpoint-key").read().verifier
    engines.close()

    with house.read() as session:
        said = [str(problem) for problem in verify(session, since=Since(row.note.encode(), verifier)).problems]
    assert any("and this ledger is governance.local/" in problem for problem in said)


def test_a_key_file_that_cannot_be_written_beside_keeps_no_head(house: House, signed: Checkpoint, key: KeyFile) -> None:
    grow(house)
    last = key.path.with_name(f"checkpoint-key.last-{signed.key_id}")
    shutil.copy(last, last.with_name("kept"))
    last.with_name(f"{last.name}.new").mkdir()

    with pytest.raises(KeyUnusable):
        sign(house, key)
    assert len(kept(house)) == 1

    last.with_name(f"{last.name}.new").rmdir()
    assert sign(house, key).id == 1
