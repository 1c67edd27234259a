"""The largest import that is taken comes back from a backup: whatever may be handed over can be kept, and whatever is kept can be restored."""

import hashlib
import secrets
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.archive import backup, parts, reading
from governance.archive.backup import TooLong
from governance.domain import table
from governance.domain.errors import RuleBroken
from governance.domain.importing import LARGEST_ACCOUNT, LARGEST_PRESSED, Account, Outcome, Row, RowSays
from governance.models.jobs import ImportJob
from governance.reads import imports as kept
from governance.web import uploads
from governance.web.importing import LARGEST_MAPPING
from tests.archive.conftest import NOW, Elsewhere, Instance
from tests.services.conftest import House
from tests.sheets import sheet, source
from tests.web.loaded import previewed

SCALE = 64
"""Everything at its bounds takes half a minute; this part of it shows the same."""

OTHER_COLUMNS = 8_192
"""Bytes that the other columns of an import take in a line, and more."""


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def house(instance: Instance) -> House:
    return House(instance.ledger, NOW)


@pytest.fixture
def scaled(monkeypatch: pytest.MonkeyPatch) -> int:
    """The bounds of an account and of a line, all smaller by one factor."""
    line = parts.LONGEST_LINE // SCALE + OTHER_COLUMNS
    monkeypatch.setattr(backup, "LONGEST_LINE", line)
    monkeypatch.setattr(reading, "LONGEST_LINE", line)
    monkeypatch.setattr(kept, "LARGEST_ACCOUNT", LARGEST_ACCOUNT // SCALE)
    monkeypatch.setattr(kept, "LARGEST_PRESSED", LARGEST_PRESSED // SCALE)
    return uploads.LARGEST_SHEET // SCALE


def hand_over(house: House, content: bytes, account: Account, mapping: bytes = b"") -> str:
    given = replace(source(content), mapping=mapping, mapping_digest=hashlib.sha256(mapping).hexdigest())
    told = kept.told(account, 0, NOW)
    return str(house.act("aoife", lambda log: previewed(log, "list.csv", given, told)))


def comes_back(instance: Instance, there: Instance, file: Path, import_id: str, content: bytes) -> Account:
    instance.backup(file)
    there.restore(file)
    with Session(there.engines.reader) as session:
        assert kept.source(session, import_id).content == content
        return kept.account(session, session.get_one(ImportJob, import_id))


def saying(size: int) -> Account:
    """An account that hardly packs, of about so many bytes packed."""
    return Account((Row(RowSays(2, ("1",), name=secrets.token_urlsafe(size)), Outcome.IMPORTED),), {}, 0)


def test_what_is_at_every_bound_comes_back(house: House, instance: Instance, elsewhere: Elsewhere, tmp_path: Path, scaled: int) -> None:
    content, account = secrets.token_bytes(scaled), saying(LARGEST_PRESSED // SCALE * 97 // 100)
    assert len(kept.pack(account)) > LARGEST_PRESSED // SCALE * 95 // 100

    import_id = hand_over(house, content, account, secrets.token_bytes(LARGEST_MAPPING // SCALE))

    assert comes_back(instance, elsewhere("sqlite"), tmp_path / "kept.zip", import_id, content) == account


def test_a_whole_file_of_one_key_comes_back(
    house: House, instance: Instance, elsewhere: Elsewhere, tmp_path: Path, scaled: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = table.MOST_ROWS // SCALE
    monkeypatch.setattr(table, "MOST_ROWS", rows)
    wide = scaled // rows - 60
    content = sheet(
        *(f"1;{secrets.token_hex(wide // 4)};{secrets.token_hex(wide // 4)};;Motor claims;lena;Trial;;yes;none" for _ in range(rows))
    )
    assert scaled * 8 // 10 < len(content) <= scaled
    with house.read() as session:
        told = kept.tell(session, "aoife", house.now, source(content))

    import_id = str(house.act("aoife", lambda log: previewed(log, "list.csv", source(content), told)))

    account = comes_back(instance, elsewhere("sqlite"), tmp_path / "kept.zip", import_id, content)
    assert account.counted(Outcome.REFUSED) == rows
    assert account.rows[0].why == (f"Its key stands in line 3, 4, 5 and {rows - 4:,} more too: none of them is taken.",)


def test_an_account_that_cannot_be_kept_is_refused_in_a_sentence(house: House, instance: Instance, scaled: int) -> None:
    for account in (saying(LARGEST_PRESSED // SCALE + 10_000), Account(saying(10).rows * (LARGEST_ACCOUNT // SCALE // 200), {}, 0)):
        with pytest.raises(RuleBroken, match="Split the file"):
            hand_over(house, b"x", account)
    with house.read() as session:
        assert len(session.scalars(select(ImportJob)).all()) == 1, "the one of the instance"


def test_a_row_that_could_not_be_restored_stops_the_backup(
    house: House, instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_over(house, secrets.token_bytes(200_000), saying(10))
    instance.backup(tmp_path / "kept.zip")
    with reading.opened(tmp_path / "kept.zip") as archive:
        longest = max(map(len, archive.lines("tables/import_job.jsonl")))
    for module in (backup, reading):
        monkeypatch.setattr(module, "LONGEST_LINE", longest)
    instance.backup(tmp_path / "just.zip")
    with reading.opened(tmp_path / "just.zip") as archive:
        archive.check()

    monkeypatch.setattr(backup, "LONGEST_LINE", longest - 1)
    for damaged in (False, True):
        with pytest.raises(TooLong, match=r"Line \d of tables/import_job\.jsonl would have .* nothing was written"):
            instance.backup(tmp_path / "longer.zip", damaged=damaged)
    assert sorted(file.name for file in tmp_path.glob("*.zip")) == ["just.zip", "kept.zip"]


def test_the_bounds_leave_room_for_one_another() -> None:
    """Bytes that cannot be pressed grow a little; base64 makes four of three."""
    pressed = (uploads.LARGEST_SHEET + LARGEST_MAPPING) * 1.001 + LARGEST_PRESSED

    assert pressed * 4 / 3 + OTHER_COLUMNS < parts.LONGEST_LINE
