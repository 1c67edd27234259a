"""Heads are signed only over what was read and hashed again, by one signer at a time, with the key that the ledger names."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from governance.ledger import fresh, heads, read
from governance.ledger.keys import KeyFile, KeyUnusable
from governance.ledger.log import SYSTEM, Actor
from governance.models.ledger import Checkpoint
from governance.services import checkpoints, directory
from governance.services.opening import ledger_of, open_engines
from tests.ledger import independent_notes
from tests.services.conftest import START, House, house
from tests.services.heads import MINUTE, grow, kept, key, problems, sign, signed, size

__all__ = ["house", "key", "signed"]


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


def test_the_clock_of_signing_is_utc(house: House, key: KeyFile) -> None:
    row = sign(house, key)

    assert row.at == house.now.astimezone(UTC) and row.at < datetime.now(UTC) + timedelta(days=3650)
