"""What was altered, cut off or rolled back gets no head, and a head that somebody kept names it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from governance.ledger import fresh, heads, read, tree
from governance.ledger.keys import KeyFile, NotSigned
from governance.ledger.note import read_verifier
from governance.ledger.verify import verify
from governance.ledger.verify_heads import Since
from governance.models.ledger import Checkpoint
from governance.services import checkpoints
from governance.services.opening import DATABASE, ledger_of, open_engines
from tests.services.conftest import House, house
from tests.services.heads import ALTERED, NEWEST, change_key, count, grow, kept, key, problems, sign, signed
from tests.tampering import ON_SQLITE, alter

__all__ = ["house", "key", "signed"]


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
