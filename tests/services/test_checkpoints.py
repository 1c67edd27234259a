"""Heads are signed only over what was read and hashed again, by one signer at a time, with the key that the ledger names."""

import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from governance.domain.errors import Conflict, NotAllowed, NotThere
from governance.ledger import fresh, heads, read, tree
from governance.ledger.checkpoint import open_checkpoint
from governance.ledger.keys import KeyFile, KeyUnusable, NotSigned
from governance.ledger.log import SYSTEM, Actor, Auth
from governance.ledger.note import read_verifier
from governance.ledger.verify import verify
from governance.ledger.verify_heads import Since
from governance.models.ledger import Checkpoint, Leaf
from governance.services import checkpoints, directory
from governance.services.opening import DATABASE, ledger_of, open_engines
from tests.ledger import independent_notes
from tests.services.conftest import START, House, found, house
from tests.tampering import ON_SQLITE, alter

__all__ = ["house"]

MINUTE = timedelta(minutes=1)


@pytest.fixture
def key(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "checkpoint-key")


@pytest.fixture
def signed(house: House, key: KeyFile) -> Checkpoint:
    """The first head, over the founding of the house."""
    return sign(house, key)


def sign(house: House, key: KeyFile) -> Checkpoint:
    row = checkpoints.sign(house.ledger, key, house.now)
    assert row is not None
    return row


def grow(house: House, count: int = 1) -> None:
    for _ in range(count):
        number = size(house)
        house.act("omar", lambda log, number=number: directory.open_unit(log, f"unit-{number}", f"Unit {number}"))


def size(house: House) -> int:
    with house.read() as session:
        return read.size(session)


def count(house: House) -> int:
    with house.read() as session:
        return session.scalar(select(func.count()).select_from(Checkpoint)) or 0


def kept(house: House) -> list[Checkpoint]:
    with house.read() as session:
        return list(session.scalars(select(Checkpoint).order_by(Checkpoint.id)))


def change_key(house: House, key: KeyFile, who: str = "omar") -> str:
    auth = Auth("command line", house.now, "cli")
    return str(checkpoints.change_key(house.ledger, key, Actor(who), auth, "it leaked", house.now))


def problems(house: House) -> list[str]:
    with house.read() as session:
        return [str(problem) for problem in verify(session).problems]


def test_the_first_head_names_its_key_in_the_ledger_and_covers_that_entry(house: House, signed: Checkpoint, key: KeyFile) -> None:
    with house.read() as session:
        (named,) = heads.keys(session)
        last, root = read.entry(session, signed.size - 1), read.head(session).root

    assert (last.kind, last.actor, last.stream, named.entry) == ("ledger.key_changed", "system", "settings/ledger", signed.size - 1)
    assert named.verifier == str(key.read().verifier)
    assert (signed.id, signed.root, signed.key_id) == (0, root, key.read().verifier.id.hex())
    assert independent_notes.head_of(signed.note.encode(), named.verifier) == (key.read().name, signed.size, root)
    assert problems(house) == []


def test_nothing_new_is_no_new_head_and_every_head_is_kept(house: House, signed: Checkpoint, key: KeyFile) -> None:
    assert sign(house, key).id == 0
    grow(house)
    second = sign(house, key)
    grow(house, 3)
    third = sign(house, key)

    assert [(row.id, row.size) for row in kept(house)] == [(0, signed.size), (1, signed.size + 1), (2, signed.size + 4)]
    assert (second.id, third.id) == (1, 2) and problems(house) == []


def test_a_ledger_without_entries_is_not_signed(tmp_path: Path, key: KeyFile) -> None:
    engines = open_engines(tmp_path, synchronous="OFF")

    assert checkpoints.sign(ledger_of(engines), key, START) is None
    with Session(engines.reader) as session:
        assert read.size(session) == 0 and not checkpoints.is_due(session, START)
    engines.close()
    assert not key.path.exists()


def test_the_worker_signs_what_is_new_after_a_minute(house: House, key: KeyFile) -> None:
    def due(later: timedelta = timedelta()) -> bool:
        with house.read() as session:
            return checkpoints.is_due(session, house.now + later)

    assert due()
    sign(house, key)
    assert not due(MINUTE * 5)
    with house.ledger.writing(Actor("omar"), house.now) as log:
        directory.open_unit(log, "new", "New")
    assert not due(MINUTE / 2) and due(MINUTE)
    assert due(-MINUTE), "a clock that was set back does not stop the signing"


def test_large_ranges_are_read_in_batches(house: House, key: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "BATCH", 4)
    grow(house, 3)
    sign(house, key)
    grow(house, 9)

    with house.read() as session:
        assert sign(house, key).root == read.head(session).root
    assert problems(house) == []


NEWEST = '"index" = (SELECT max("index") - 1 FROM leaf)'
ALTERED = {
    "a header": f"UPDATE leaf SET header = CAST(replace(CAST(header AS TEXT), 'omar', 'lena') AS BLOB) WHERE {NEWEST}",
    "a header and its hash": None,
    "a body": f"UPDATE leaf SET body = CAST(replace(CAST(body AS TEXT), 'Unit', 'Gang') AS BLOB) WHERE {NEWEST}",
    "a hash": f"UPDATE leaf SET hash = zeroblob(32) WHERE {NEWEST}",
    "a stream": f"UPDATE leaf SET stream = 'unit/ghost' WHERE {NEWEST}",
    "a number in a stream": f"UPDATE leaf SET seq = seq + 1 WHERE {NEWEST}",
    "a kind": f"UPDATE leaf SET kind = 'unit.renamed' WHERE {NEWEST}",
    "a moment": f"UPDATE leaf SET at = '2020-01-01T00:00:00.000000Z' WHERE {NEWEST}",
    "a moment that is none": f"UPDATE leaf SET at = 'yesterday' WHERE {NEWEST}",
    "who it was": f"UPDATE leaf SET actor = 'lena' WHERE {NEWEST}",
    "a text that is no text": f"UPDATE leaf SET actor = CAST(x'ff' AS TEXT) WHERE {NEWEST}",
    "bytes that are a text": f"UPDATE leaf SET header = CAST(header AS TEXT) WHERE {NEWEST}",
    "a removed entry": f"DELETE FROM leaf WHERE {NEWEST}",
    "a node": "UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND position = (SELECT max(position) FROM node WHERE level = 1)",
    "a removed node": "DELETE FROM node WHERE level = 1 AND position = (SELECT max(position) FROM node WHERE level = 1)",
    "an invented node": "INSERT INTO node SELECT 1, max(position) + 1, zeroblob(32) FROM node WHERE level = 1",
    "an invented node far above": "INSERT INTO node VALUES (9, 0, zeroblob(32))",
    "a subtree below the last head": "UPDATE node SET hash = zeroblob(32) WHERE level = (SELECT max(level) FROM node)",
    "a removed subtree below the last head": "DELETE FROM node WHERE level = (SELECT max(level) FROM node)",
    "every entry from the middle of the last head on": 'DELETE FROM leaf WHERE "index" > 20',
    "every entry": "DELETE FROM leaf",
    "the root of the last head": "UPDATE checkpoint SET root = zeroblob(32)",
    "the size of the last head": "UPDATE checkpoint SET size = size - 1",
    "the moment of the last head": "UPDATE checkpoint SET at = 'yesterday'",
    "the size of the last head, no number": "UPDATE checkpoint SET size = 'many'",
    "the note of the last head, no text": "UPDATE checkpoint SET note = CAST(note AS BLOB)",
    "the note of the last head, no text at all": "UPDATE checkpoint SET note = CAST(x'ff' AS TEXT)",
    "the note of the last head": "UPDATE checkpoint SET note = replace(note, 'governance', 'Governance')",
    "the key of the last head": "UPDATE checkpoint SET key_id = '00000000'",
    "the entry that names the key": "UPDATE leaf SET body = CAST(replace(CAST(body AS TEXT), '+A', '+B') AS BLOB) WHERE kind = 'ledger.key_changed'",
    "the entry that names the key, unreadable": "UPDATE leaf SET body = x'00' WHERE kind = 'ledger.key_changed'",
    "a key that nobody named": "DELETE FROM leaf WHERE kind = 'ledger.key_changed'",
}
"""What is altered by raw SQL between appending and signing: 3 entries after the first head, the middle one of them among it."""


@ON_SQLITE
@pytest.mark.parametrize("name", ALTERED)
def test_nothing_is_signed_over_what_was_altered(house: House, signed: Checkpoint, key: KeyFile, tmp_path: Path, name: str) -> None:
    grow(house, 3)
    (last,) = key.path.parent.glob("checkpoint-key.last-*")
    last.unlink()  # what lies beside the key is not what notices
    statement = ALTERED[name]
    if statement is None:
        rehash(house)
    else:
        assert alter(house.ledger.engines, statement)

    with pytest.raises(NotSigned):
        checkpoints.sign_or_say_why(house.ledger, key, house.now)

    assert count(house) == 1 and not last.exists()
    with house.read() as session:
        refusal = heads.refusal(session)
        assert refusal is not None and refusal.why
        assert checkpoints.is_due(session, house.now), "it is looked at again"


def test_entries_that_were_cut_off_below_the_last_head_are_said_to_be(house: House, key: KeyFile, tmp_path: Path) -> None:
    sign(house, key)
    grow(house, 5)
    assert sign(house, key).size == 40
    assert alter(house.ledger.engines, 'DELETE FROM leaf WHERE "index" > 36')

    with pytest.raises(NotSigned, match="The last head covers 40 entries, and there are 37: the last ones were cut off"):
        sign(house, key)


def test_a_whole_batch_that_is_missing_is_said_to_be(house: House, key: KeyFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "BATCH", 4)
    grow(house, 5)
    sign(house, key)
    grow(house, 8)
    assert alter(
        house.ledger.engines, 'DELETE FROM leaf WHERE "index" >= 40 AND "index" < 44', "DELETE FROM node WHERE (position << level) >= 40"
    )

    with pytest.raises(NotSigned, match="Entries between 40 and 44 are missing"):
        sign(house, key)


def rehash(house: House) -> None:
    """Somebody who knows how leaves are hashed: the header is replaced and its hash worked out anew, the nodes above are not."""
    with house.read() as session:
        changed = read.entry(session, read.size(session) - 2).header_bytes.replace(b"omar", b"lena")
    leaf = f"actor = 'lena', header = x'{changed.hex()}', hash = x'{tree.leaf_hash(changed).hex()}'"
    assert alter(house.ledger.engines, f"UPDATE leaf SET {leaf} WHERE {NEWEST}")


def test_a_refusal_ends_with_the_next_head(house: House, signed: Checkpoint, key: KeyFile) -> None:
    grow(house)
    moved = key.path.rename(key.path.with_name("elsewhere"))
    for _ in range(2):
        with pytest.raises(KeyUnusable):
            checkpoints.sign_or_say_why(house.ledger, key, house.now)
        house.now += MINUTE
    with house.read() as session:
        refusal = heads.refusal(session)
    assert refusal is not None and refusal.since == house.now - 2 * MINUTE and "No such file" in refusal.why

    moved.rename(key.path)
    checkpoints.sign_or_say_why(house.ledger, key, house.now)

    with house.read() as session:
        assert heads.refusal(session) is None
    assert len(kept(house)) == 2


def test_many_signers_at_once_keep_one_head(house: House, key: KeyFile) -> None:
    url = house.ledger.engines.url
    database = url if url.get_backend_name() == "postgresql" else None
    ledgers = [ledger_of(open_engines(key.path.parent, database, synchronous="OFF")) for _ in range(4)]
    for step in range(5):
        grow(house)
        with ThreadPoolExecutor(8) as pool:
            rows = list(pool.map(lambda number: checkpoints.sign(ledgers[number % 4], key, house.now), range(8)))
        assert all(row is not None for row in rows)
        assert len(kept(house)) == step + 1

    for ledger in ledgers:
        ledger.engines.close()
    with house.read() as session:
        assert len(heads.keys(session)) == 1
    assert problems(house) == []


def test_entries_that_come_while_a_head_is_worked_out_wait_for_the_next(
    house: House, key: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(house, key)
    grow(house)
    honest = checkpoints._signer

    def meanwhile(*given: object) -> object:
        grow(house)
        return honest(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(checkpoints, "_signer", meanwhile)
    row = sign(house, key)

    assert row.size == size(house) - 1 and problems(house) == []


def test_a_head_that_was_signed_meanwhile_is_not_signed_again(house: House, key: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    sign(house, key)
    grow(house)
    honest = checkpoints._signer

    def meanwhile(*given: object) -> object:
        monkeypatch.setattr(checkpoints, "_signer", honest)
        sign(house, key)
        grow(house)
        return honest(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(checkpoints, "_signer", meanwhile)
    sign(house, key)

    assert [row.id for row in kept(house)] == [0, 1] and problems(house) == []


def test_kept_heads_are_append_only(house: House, signed: Checkpoint) -> None:
    attempts = [
        "UPDATE checkpoint SET size = 99",
        "DELETE FROM checkpoint",
        "INSERT INTO checkpoint SELECT id + 1, size + 1, root, note, at, key_id FROM checkpoint",
        "INSERT INTO checkpoint SELECT * FROM checkpoint",
    ]
    for attempt in attempts:
        with pytest.raises(DatabaseError), house.ledger.engines.writer.begin() as connection:
            connection.execute(text(attempt))

    assert len(kept(house)) == 1


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


def key_name(row: Checkpoint) -> str:
    return row.note.split("\n", maxsplit=1)[0]


@pytest.fixture
def older(house: House, key: KeyFile, signed: Checkpoint, tmp_path: Path) -> Iterator[House]:
    """The house over a copy of the database from before the second head; the key and what lies beside it are of now."""
    copy = tmp_path / "copy"
    copy.mkdir(mode=0o700)
    with sqlite3.connect(tmp_path / DATABASE) as now, sqlite3.connect(copy / DATABASE) as then:
        now.backup(then)
    (copy / DATABASE).chmod(0o600)
    grow(house, 2)
    sign(house, key)
    engines = open_engines(copy, synchronous="OFF")
    yield House(ledger_of(engines), house.now)
    engines.close()


@ON_SQLITE
def test_a_database_that_was_rolled_back_below_what_the_key_signed_gets_no_other_head(older: House, key: KeyFile) -> None:
    grow(older)
    with pytest.raises(checkpoints.RolledBack, match="rolled back or replaced"):
        sign(older, key)
    grow(older, 5)
    with pytest.raises(checkpoints.RolledBack, match="others now"):
        sign(older, key)
    assert len(kept(older)) == 1

    change_key(older, key)

    assert len(kept(older)) == 2 and problems(older) == []


@ON_SQLITE
def test_a_kept_checkpoint_names_a_rollback_a_fork_and_a_cut(older: House, house: House, key: KeyFile, tmp_path: Path) -> None:
    last = kept(house)[-1]
    own = read_verifier(str(key.read().verifier))

    def said(over: House, note: str, known: object = own) -> str:
        with over.read() as session:
            return " | ".join(str(problem) for problem in verify(session, since=Since(note.encode(), known)).problems)  # type: ignore[arg-type]

    assert said(house, last.note) == said(house, kept(house)[0].note) == said(older, kept(house)[0].note) == ""
    assert "cut off or rolled back to an earlier state" in said(older, last.note)
    grow(older, 2)
    assert "the ledger was forked or altered since" in said(older, last.note)
    assert "No known key signed" in said(
        house, last.note, read_verifier("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    )
    assert alter(house.ledger.engines, "DELETE FROM checkpoint WHERE id = 1")
    assert "not among the heads that were kept" in said(house, last.note)
    assert alter(
        house.ledger.engines, 'DELETE FROM leaf WHERE "index" = (SELECT max("index") FROM leaf)', "DELETE FROM node WHERE level > 0"
    )
    assert "cut off or rolled back" in said(house, last.note)


def test_without_a_key_of_ones_own_the_ledgers_word_is_taken(house: House, key: KeyFile, signed: Checkpoint) -> None:
    with house.read() as session:
        report = verify(session, since=Since(signed.note.encode()))
        other = verify(session, since=Since(signed.note.replace(f"\n{signed.size}\n", "\n1\n").encode()))

    assert not report.problems and report.since is not None and report.since.size == signed.size
    assert other.since is None and "it proves nothing here" in str(other.problems[0])


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


def test_a_head_is_signed_within_one_short_turn_of_the_writer(house: House, key: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading and hashing waits for nobody and keeps nobody waiting: it holds no lock."""
    sign(house, key)
    grow(house)
    honest = fresh.examine

    def while_somebody_writes(session: Session) -> fresh.Examined:
        with house.ledger.writing(SYSTEM, house.now):
            return honest(session)

    monkeypatch.setattr(checkpoints, "examine", while_somebody_writes)

    assert sign(house, key).size == size(house)


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


def test_the_clock_of_signing_is_utc(house: House, key: KeyFile) -> None:
    row = sign(house, key)

    assert row.at == house.now.astimezone(UTC) and row.at < datetime.now(UTC) + timedelta(days=3650)
