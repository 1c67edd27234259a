"""Imports by the worker: what was confirmed is carried out once, in the name of whoever confirmed it, or refused in a sentence and not at all."""

import json
import os
import re
import signal
import subprocess
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from governance.domain.errors import Conflict, RuleBroken
from governance.domain.importing import Account, ImportState, Outcome
from governance.domain.vocabulary import Role
from governance.jobs import imports as working
from governance.jobs import leases
from governance.ledger import rebuild
from governance.ledger.log import SYSTEM, Log
from governance.models.initiatives import Initiative
from governance.models.jobs import ImportJob
from governance.models.ledger import Leaf
from governance.reads import importing as working_out
from governance.reads import imports as reading
from governance.reads import queue
from governance.reads.previews import Source
from governance.services import directory, imports
from governance.storage.content import ContentStore, ContentUnreachable
from governance.storage.engines import Busy, DiskFull
from governance.storage.slate import Slate, slate_of
from tests.jobs.conftest import eventually, workers_of
from tests.services.conftest import TEXTS, House
from tests.sheets import BAD, ROWS, sheet, source
from tests.web.loaded import come_from_a_backup, hand_over

ID = "fedcba9876543210"


@pytest.fixture
def slate(tmp_path: Path) -> Slate:
    return slate_of(tmp_path)


def confirm(house: House, *, partial: bool = False, import_id: str = ID) -> None:
    expected = row(house, import_id).told_digest
    house.act("aoife", lambda log: imports.confirm(log, import_id, expected, partial=partial))


@pytest.fixture
def confirmed(house: House) -> House:
    """An import of three rows waits for the worker."""
    hand_over(house, given=source())
    confirm(house)
    return house


def row(house: House, import_id: str = ID) -> ImportJob:
    with house.read() as session:
        return session.get_one(ImportJob, import_id)


def state(house: House) -> ImportState:
    return reading.state(row(house))


def look_again(house: House) -> None:
    with house.read() as session:
        told = reading.tell(session, "aoife", house.now, reading.source(session, ID))

    def do(log: Log) -> None:
        imports.look_again(log, ID)
        imports.keep(log.session.get_one(ImportJob, ID), told)

    house.act("aoife", do)


def counted(house: House) -> tuple[int, int]:
    """Entries and initiatives; the tables are what the ledger says."""
    with house.read() as session:
        assert rebuild.check(session) == []
        leaves, found = (session.scalar(select(func.count()).select_from(kind)) or 0 for kind in (Leaf, Initiative))
    return leaves, found


def kept(content: ContentStore, given: Source) -> list[bool]:
    return [content.has(digest) for digest in (given.digest, given.mapping_digest)]


def test_what_was_confirmed_is_carried_out_in_the_name_of_who_confirmed_it(confirmed: House, content: ContentStore, slate: Slate) -> None:
    before, given = counted(confirmed), source()
    assert kept(content, given) == [False, False], "nothing is among the files while nothing names it"

    assert working.work(confirmed.ledger, content, slate) and not working.work(confirmed.ledger, content, slate)

    done = row(confirmed)
    assert state(confirmed) is ImportState.DONE and done.failed is None and (done.imported, done.updated, done.refused) == (3, 0, 0)
    assert counted(confirmed)[1] == 3 and kept(content, given) == [True, True] and slate.told(ID) is None
    with confirmed.read() as session:
        assert [one.initiative for one in reading.account(session, done).rows] == ["AI-0001", "AI-0002", "AI-0003"]
        assert session.scalars(select(ImportJob.sheet)).one() is None and session.scalars(select(ImportJob.mapped)).one() is None
        headers = [json.loads(found) for found in session.scalars(select(Leaf.header).where(Leaf.index >= before[0]))]
    assert {header["actor"]["id"] for header in headers} == {"aoife"} and len({header["act"] for header in headers}) == 1
    assert {tuple(header["actor"]["functions"]) for header in headers} == {("compliance",)}


def test_what_is_done_keeps_what_its_page_says_and_no_more(house: House, content: ContentStore, slate: Slate) -> None:
    long = "9;A helper;" + "Helps with claims. " * 50 + ";A hint;Motor claims;lena;Trial;;yes;none"
    hand_over(house, given=source(sheet(*ROWS, BAD, long)))
    with house.read() as session:
        before, size = reading.account(session, row(house)), len(session.scalars(select(ImportJob.told)).one())
    confirm(house, partial=True)
    expected = row(house).told_digest

    working.work(house.ledger, content, slate)

    with house.read() as session:
        after = reading.account(session, row(house))
        assert len(session.scalars(select(ImportJob.told)).one()) < size
    assert row(house).told_digest == expected
    said = [
        [(one.says.line, one.says.key, one.says.name, one.says.stage, one.outcome, one.told) for one in found.rows]
        for found in (before, after)
    ]
    assert said[0] == said[1] and [one.says.since for one in before.rows] == [one.says.since for one in after.rows]
    assert not any(one.stated or one.lead or one.says.summary or one.says.answers or one.says.asked for one in after.rows)


def test_an_account_that_cannot_be_kept_in_the_end_imports_nothing(
    confirmed: House, content: ContentStore, slate: Slate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LARGEST_ACCOUNT", 100)
    before = counted(confirmed)

    assert working.work(confirmed.ledger, content, slate)

    assert "Split the file" in str(row(confirmed).failed) and counted(confirmed) == before


def test_until_it_is_carried_out_nothing_is_in_the_ledger(house: House) -> None:
    before = counted(house)

    hand_over(house, given=source())
    confirm(house)

    assert counted(house) == before


def test_what_is_confirmed_twice_has_one_effect(confirmed: House, content: ContentStore, slate: Slate) -> None:
    for _ in range(2):
        with pytest.raises(Conflict, match="confirmed before"):
            confirm(confirmed)
        working.work(confirmed.ledger, content, slate)

    assert counted(confirmed)[1] == 3


def test_what_is_not_what_was_seen_is_not_confirmed(house: House) -> None:
    hand_over(house, given=source(sheet(*ROWS, BAD)))

    with pytest.raises(Conflict, match="Look at the preview again"):
        house.act("aoife", lambda log: imports.confirm(log, ID, "0" * 64, partial=True))
    with pytest.raises(RuleBroken, match="1 row is refused"):
        confirm(house)
    assert state(house) is ImportState.PREVIEWED


def test_refused_rows_are_left_out_as_confirmed(house: House, content: ContentStore, slate: Slate) -> None:
    hand_over(house, given=source(sheet(*ROWS, BAD)))
    confirm(house, partial=True)

    working.work(house.ledger, content, slate)

    with house.read() as session:
        assert reading.account(session, row(house)).counted(Outcome.REFUSED) == 1
    assert counted(house)[1] == 3


@pytest.mark.parametrize("how", ["the role is withdrawn", "the account is disabled"])
def test_a_right_that_ended_meanwhile_is_asked_again(confirmed: House, content: ContentStore, slate: Slate, how: str) -> None:
    if how == "the role is withdrawn":
        confirmed.act("omar", lambda log: directory.withdraw_role(log, "aoife", Role.COMPLIANCE_OFFICER))
    else:
        confirmed.act("omar", lambda log: directory.disable_person(log, "aoife", "left"))
    before = counted(confirmed)

    assert working.work(confirmed.ledger, content, slate)

    assert state(confirmed) is ImportState.REFUSED and str(row(confirmed).failed).endswith(".")
    assert counted(confirmed) == before and kept(content, source()) == [False, False]


def test_rights_are_asked_within_the_transaction_too(confirmed: House, content: ContentStore, slate: Slate) -> None:
    job = working.claim(confirmed.ledger, datetime.now(UTC))
    assert job
    given, who, checked = working._prepared(confirmed.ledger, job)
    confirmed.act("omar", lambda log: directory.withdraw_role(log, "aoife", Role.COMPLIANCE_OFFICER))
    before = counted(confirmed)

    with pytest.raises(Exception, match="Only somebody with the role compliance officer can import"):
        working.carry_out(confirmed.ledger, job, given, who, slate, checked)
    assert counted(confirmed) == before and row(confirmed).done_at is None


def test_where_the_record_moved_nothing_is_imported_until_it_is_looked_at_again(
    confirmed: House, content: ContentStore, slate: Slate
) -> None:
    confirmed.act("omar", lambda log: directory.disable_person(log, "mara", "left"))
    before = counted(confirmed)

    working.work(confirmed.ledger, content, slate)
    assert "Something changed since the preview" in str(row(confirmed).failed) and counted(confirmed) == before
    assert not working.work(confirmed.ledger, content, slate) and kept(content, source()) == [False, False]

    look_again(confirmed)
    assert state(confirmed) is ImportState.PREVIEWED and row(confirmed).refused == 1
    confirm(confirmed, partial=True)
    working.work(confirmed.ledger, content, slate)
    assert state(confirmed) is ImportState.DONE and counted(confirmed)[1] == 2


def test_under_another_policy_nothing_is_imported_until_it_is_looked_at_again(
    confirmed: House, content: ContentStore, slate: Slate
) -> None:
    """Its rows would fare the same: what was confirmed was confirmed under the other rules all the same."""
    confirmed.publish(newer_policy())
    with confirmed.read() as session:
        assert reading.is_behind(session, row(confirmed), confirmed.now)
    before = counted(confirmed)

    working.work(confirmed.ledger, content, slate)
    assert "Something changed since the preview" in str(row(confirmed).failed) and counted(confirmed) == before

    look_again(confirmed)
    confirm(confirmed)
    assert working.work(confirmed.ledger, content, slate) and counted(confirmed)[1] == 3


def handed_over(house: House) -> str:
    """A file of three rows that nobody has read yet."""
    return str(house.act("aoife", lambda log: imports.hand_over(log, "list.csv", source())))


def test_a_file_is_read_by_the_worker_which_writes_no_entry(house: House, content: ContentStore, slate: Slate) -> None:
    before, made = counted(house), handed_over(house)
    assert reading.state(row(house, made)) is ImportState.BEING_READ
    with house.read() as session, pytest.raises(Conflict, match="was not read, so there is nothing to say"):
        reading.account(session, row(house, made))

    assert working.work(house.ledger, content, slate) and not working.work(house.ledger, content, slate)

    found = row(house, made)
    assert reading.state(found) is ImportState.PREVIEWED and (found.imported, found.refused) == (3, 0)
    assert (found.tries, found.leased_until) == (0, None), "carrying it out begins to count anew"
    assert counted(house) == before and kept(content, source()) == [False, False] and slate.told(made) is None
    with house.read() as session:
        assert len(reading.account(session, found).rows) == 3


def test_whoever_may_import_no_more_has_nothing_read(house: House, content: ContentStore, slate: Slate) -> None:
    made = handed_over(house)
    house.act("omar", lambda log: directory.withdraw_role(log, "aoife", Role.COMPLIANCE_OFFICER))

    assert working.work(house.ledger, content, slate)
    assert "Only somebody with the role compliance officer" in str(row(house, made).failed)
    assert reading.state(row(house, made)) is ImportState.REFUSED


def test_what_was_read_while_it_was_asked_for_anew_is_not_kept(
    house: House, content: ContentStore, slate: Slate, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, told = handed_over(house), reading.tell

    def slowly(*given: object) -> reading.Told:
        found = told(*given)  # type: ignore[arg-type]
        house.act("aoife", lambda log: imports.look_again(log, made))
        return found

    with monkeypatch.context() as patched:
        patched.setattr(reading, "tell", slowly)
        working.work(house.ledger, content, slate)
    assert reading.state(row(house, made)) is ImportState.BEING_READ

    assert working.work(house.ledger, content, slate)
    assert reading.state(row(house, made)) is ImportState.PREVIEWED


def test_what_is_being_read_waits_for_the_worker_since_it_was_handed_over(house: House) -> None:
    made = handed_over(house)
    with house.read() as session:
        assert queue.unfinished(session) == 1 and queue.untouched(session) == (1, row(house, made).asked_at)


def newer_policy() -> dict[str, str]:
    return {name: re.sub(r'^(\s*version:\s*)"?1\.0\.0"?', r"\g<1>1.1.0", text, flags=re.M) for name, text in TEXTS.items()}


def test_a_mapping_that_no_longer_fits_the_policy_is_said(confirmed: House, content: ContentStore, slate: Slate) -> None:
    others = {name: text.replace("G1-07", "G1-97") for name, text in TEXTS.items()}
    confirmed.publish(others)

    working.work(confirmed.ledger, content, slate)

    assert "The mapping does not fit any more. mapping.yaml:" in str(row(confirmed).failed) and "G1-07" in str(row(confirmed).failed)


def test_what_is_on_its_way_or_done_is_not_looked_at_again(confirmed: House, content: ContentStore, slate: Slate) -> None:
    with pytest.raises(Conflict, match="confirmed in the meantime"):
        look_again(confirmed)
    working.work(confirmed.ledger, content, slate)
    with pytest.raises(Conflict, match="carried out already"):
        look_again(confirmed)


def test_a_worker_that_lost_its_lease_imports_nothing(confirmed: House, content: ContentStore, slate: Slate) -> None:
    slow = working.claim(confirmed.ledger, datetime.now(UTC) - leases.LEASE * 2)
    assert slow
    given, who, checked = working._prepared(confirmed.ledger, slow)
    assert working.work(confirmed.ledger, content, slate)
    once = counted(confirmed)

    with pytest.raises(leases.LeaseLost):
        working.carry_out(confirmed.ledger, slow, given, who, slate, checked)
    assert counted(confirmed) == once


def test_a_worker_that_slept_through_a_refusal_and_another_confirmation_imports_nothing(
    confirmed: House, content: ContentStore, slate: Slate
) -> None:
    slow = working.claim(confirmed.ledger, datetime.now(UTC))
    assert slow
    given, who, checked = working._prepared(confirmed.ledger, slow)
    leases.fail(confirmed.ledger, slow, "It was refused.")
    look_again(confirmed)
    confirm(confirmed)
    second = working.claim(confirmed.ledger, datetime.now(UTC))
    assert second and second.tries == slow.tries

    with pytest.raises(leases.LeaseLost):
        working.carry_out(confirmed.ledger, slow, given, who, slate, checked)
    working.carry_out(confirmed.ledger, second, given, who, slate, checked)
    assert counted(confirmed)[1] == 3


def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one whenever an account is worked out."""
    found: list[str] = []
    real = working_out.account

    def account(*given: Any) -> Account:
        found.append("once")
        return real(*given)

    monkeypatch.setattr(working_out, "account", account)
    return found


def test_confirming_reads_no_account(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_over(house, given=source())

    def refuse(_: object) -> Account:
        raise AssertionError("unpacked while others wait")

    monkeypatch.setattr(reading, "unpack", refuse)
    confirm(house)

    assert state(house) is ImportState.UNDER_WAY


def test_the_worker_works_a_preview_out_once_where_nothing_moved(
    confirmed: House, content: ContentStore, slate: Slate, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = worked_out(monkeypatch)

    assert working.work(confirmed.ledger, content, slate) and counted(confirmed)[1] == 3

    assert times == ["once"]


@pytest.mark.parametrize("moved", ["another unit", "who leads one", "the day", "the policy"])
def test_what_moves_between_the_look_and_the_turn_is_seen(
    confirmed: House, slate: Slate, monkeypatch: pytest.MonkeyPatch, moved: str
) -> None:
    job = working.claim(confirmed.ledger, datetime.now(UTC))
    assert job
    given, who, checked = working._prepared(confirmed.ledger, job)
    times = worked_out(monkeypatch)
    if moved == "another unit":
        confirmed.act("omar", lambda log: directory.open_unit(log, "legal", "Legal"))
    elif moved == "who leads one":
        confirmed.act("omar", lambda log: directory.disable_person(log, "mara", "left"))
    elif moved == "the policy":
        confirmed.publish(newer_policy())
    else:
        checked = replace(checked, day=checked.day - timedelta(days=1))

    refused = moved in ("who leads one", "the policy")
    with pytest.raises(Conflict, match="Something changed since the preview") if refused else nullcontext():
        working.carry_out(confirmed.ledger, job, given, who, slate, checked)

    assert times == ["once"] and counted(confirmed)[1] == (0 if refused else 3)


@pytest.mark.parametrize("ends", ["fails", "is released", "rests"])
def test_a_slow_worker_ends_no_try_of_a_later_confirmation(confirmed: House, ends: str) -> None:
    slow = working.claim(confirmed.ledger, datetime.now(UTC))
    assert slow
    leases.fail(confirmed.ledger, slow, "It was refused.")
    look_again(confirmed)
    confirmed.now += timedelta(minutes=1)
    confirm(confirmed)
    second = working.claim(confirmed.ledger, datetime.now(UTC))
    assert second and second.tries == slow.tries

    if ends == "fails":
        leases.fail(confirmed.ledger, slow, "The slow one says no.")
    else:
        (leases.release if ends == "is released" else leases.rest)(confirmed.ledger, slow)

    now = row(confirmed)
    assert (now.failed, now.tries, now.leased_until) == (None, second.tries, second.leased_until)


def test_a_lease_from_a_clock_that_was_far_ahead_keeps_nobody_out(confirmed: House) -> None:
    now = datetime.now(UTC)
    assert working.claim(confirmed.ledger, now + timedelta(days=2))

    found = working.claim(confirmed.ledger, now)

    assert found and found.leased_until == now + leases.LEASE
    assert working.claim(confirmed.ledger, now - leases.LEASE + timedelta(seconds=1)) is None, "a clock that is a little behind"


def test_what_nobody_expected_frees_the_import_for_the_next_try(
    confirmed: House, content: ContentStore, slate: Slate, tmp_path: Path
) -> None:
    (blocked := tmp_path / "content").write_text("a file where the folder has to be")

    with pytest.raises(FileExistsError):
        working.work(confirmed.ledger, content, slate)
    blocked.unlink()

    assert row(confirmed).leased_until is None and state(confirmed) is ImportState.UNDER_WAY
    assert working.work(confirmed.ledger, content, slate) and counted(confirmed)[1] == 3


def test_a_disk_that_is_full_is_no_try_and_the_import_waits_a_minute(
    confirmed: House, content: ContentStore, slate: Slate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_room)
        with pytest.raises(DiskFull):
            working.work(confirmed.ledger, content, slate)

    assert row(confirmed).tries == 0 and counted(confirmed)[1] == 0 and not working.work(confirmed.ledger, content, slate)
    job = working.claim(confirmed.ledger, datetime.now(UTC) + leases.PAUSE + timedelta(seconds=1))
    assert job and job.tries == 1


@pytest.mark.parametrize("why", [ContentUnreachable(), Busy()])
def test_a_store_that_does_not_answer_and_others_who_write_are_no_try(
    confirmed: House, content: ContentStore, slate: Slate, monkeypatch: pytest.MonkeyPatch, why: Exception
) -> None:
    def refuse(_: object) -> None:
        raise why

    with monkeypatch.context() as away:
        away.setattr(content, "put", refuse)
        for _ in range(leases.MOST_TRIES + 1):
            with pytest.raises(type(why)):
                working.work(confirmed.ledger, content, slate)
            assert row(confirmed).tries == 0 and not working.work(confirmed.ledger, content, slate), "it rests"
            pause_is_over(confirmed)

    assert working.work(confirmed.ledger, content, slate) and counted(confirmed)[1] == 3


def pause_is_over(house: House) -> None:
    with house.ledger.engines.writer.begin() as connection:
        connection.execute(update(ImportJob).values(leased_until=None))


@dataclass
class Full:
    """A disk that has room for so many commits, then for none."""

    room: int

    def __call__(self, _: Log) -> None:
        if self.room == 0:
            raise DiskFull
        self.room -= 1


def test_a_disk_that_stays_full_makes_no_try_either_and_what_happened_is_written_once_there_is_room(
    confirmed: House, content: ContentStore, slate: Slate
) -> None:
    full = Full(room=0)
    confirmed.ledger.before_commit.append(full)
    for _ in range(leases.MOST_TRIES + 1):
        full.room = 1  # enough for the lease, and for nothing after it
        with pytest.raises(DiskFull):
            working.work(confirmed.ledger, content, slate)
        assert not working.work(confirmed.ledger, content, slate), "nothing is begun before it is written down how the last try ended"
        full.room = 1
        assert not working.work(confirmed.ledger, content, slate) and row(confirmed).tries == 0
        pause_is_over(confirmed)

    confirmed.ledger.before_commit.remove(full)
    assert working.work(confirmed.ledger, content, slate) and counted(confirmed)[1] == 3


def test_a_refusal_that_finds_no_room_is_written_down_later(confirmed: House, content: ContentStore, slate: Slate) -> None:
    confirmed.act("omar", lambda log: directory.disable_person(log, "mara", "left"))
    full = Full(room=1)
    confirmed.ledger.before_commit.append(full)
    assert working.work(confirmed.ledger, content, slate) and state(confirmed) is ImportState.UNDER_WAY

    confirmed.ledger.before_commit.remove(full)
    working.work(confirmed.ledger, content, slate)

    assert "Something changed since the preview" in str(row(confirmed).failed)


def test_after_three_tries_it_is_given_up_and_can_be_looked_at_again(confirmed: House, content: ContentStore, slate: Slate) -> None:
    now = datetime.now(UTC)
    for _ in range(leases.MOST_TRIES):
        assert working.claim(confirmed.ledger, now)
        now += leases.LEASE * 2

    assert working.claim(confirmed.ledger, now) is None and row(confirmed).failed == leases.GIVEN_UP
    look_again(confirmed)
    confirm(confirmed)
    assert working.work(confirmed.ledger, content, slate) and counted(confirmed)[1] == 3


def test_while_a_restored_record_waits_the_import_waits_too(confirmed: House, content: ContentStore, slate: Slate) -> None:
    come_from_a_backup(confirmed)

    assert not working.work(confirmed.ledger, content, slate)
    assert state(confirmed) is ImportState.UNDER_WAY


def test_a_slate_that_cannot_be_written_keeps_nobody_from_importing(confirmed: House, content: ContentStore, tmp_path: Path) -> None:
    (tmp_path / "at-work").write_text("a file where the folder has to be")

    assert working.work(confirmed.ledger, content, slate_of(tmp_path)) and counted(confirmed)[1] == 3


def test_a_slate_tells_what_was_told_last_and_nothing_that_cannot_be_read(slate: Slate, tmp_path: Path) -> None:
    assert slate.told(ID) is None
    slate.tell(ID, 50, 400)
    slate.tell(ID, 100, 400)
    assert slate.told(ID) == (100, 400)
    for written in (b"", b"1", b"a b", b"\xff 3", b"-1 3", b"1 2 3"):
        (tmp_path / "at-work" / ID).write_bytes(written)
        assert slate.told(ID) is None, written
    slate.wipe(ID)
    slate.wipe(ID)
    assert not list((tmp_path / "at-work").iterdir())


@pytest.mark.parametrize(
    "name", ["../governance.db", "../governance", "", ".", ID.upper(), f"{ID}.new", f"{ID}\n", "0" * 15, "a\0b"], ids=repr
)
def test_a_slate_touches_no_file_that_is_not_called_like_a_job(slate: Slate, tmp_path: Path, name: str) -> None:
    slate.tell(ID, 1, 2)
    for file in ("governance.db", "governance.new", "governance"):
        (tmp_path / file).write_text("3 4")

    slate.tell(name, 5, 6)
    assert slate.told(name) is None
    slate.wipe(name)

    assert {file.read_text() for file in tmp_path.iterdir() if file.is_file()} == {"3 4"} and len(list(tmp_path.iterdir())) == 4
    assert slate.told(ID) == (1, 2) and len(list((tmp_path / "at-work").iterdir())) == 1


def test_an_import_under_a_name_that_leads_elsewhere_takes_no_file_away(
    confirmed: House, content: ContentStore, slate: Slate, tmp_path: Path
) -> None:
    (tmp_path / "record.db").write_text("the record")
    with confirmed.ledger.writing(SYSTEM, confirmed.now) as log:
        log.session.execute(update(ImportJob).values(id="../record.db"))

    assert working.work(confirmed.ledger, content, slate)

    assert (tmp_path / "record.db").read_text() == "the record" and counted(confirmed)[1] == 3


def test_what_nobody_confirms_is_thrown_away_after_a_week_with_its_bytes(house: House, content: ContentStore, slate: Slate) -> None:
    """Five: carried out, under way, refused, waiting for a week and a minute, waiting for a week less a minute."""
    week = datetime.now(UTC) - imports.KEPT_FOR
    for number in range(5):
        hand_over(house, given=source(sheet(ROWS[number % 3])), import_id=str(number))
    for number in "01":
        confirm(house, import_id=number)
    assert working.work(house.ledger, content, slate)
    long_ago = {"confirmed_at": week - timedelta(days=1), "told_at": week - timedelta(days=2)}
    with house.ledger.writing(SYSTEM, datetime.now(UTC)) as log:
        log.session.execute(update(ImportJob).where(ImportJob.id.in_(["0", "1", "2"])).values(long_ago))
        log.session.execute(update(ImportJob).where(ImportJob.id == "2").values(failed="It was refused."))
        log.session.execute(update(ImportJob).where(ImportJob.id == "3").values(told_at=week - timedelta(minutes=1)))
        log.session.execute(update(ImportJob).where(ImportJob.id == "4").values(told_at=week + timedelta(minutes=1)))

    working.throw_away(house.ledger)

    with house.read() as session:
        assert sorted(session.scalars(select(ImportJob.id))) == ["0", "1", "4"]
        assert not imports.are_old(session, datetime.now(UTC))


MANY = 600


def test_a_worker_killed_in_the_middle_leaves_nothing_and_another_does_it_once(
    house: House, tmp_path: Path, slate: Slate, keeper: "subprocess.Popen[bytes]"
) -> None:
    rows = (f"{number};Helper {number};Helps.;A hint;Motor claims;lena;Trial;;no;" for number in range(MANY))
    hand_over(house, given=source(sheet(*rows)))
    eventually(lambda: workers_of(keeper))
    confirm(house)

    eventually(lambda: slate.told(ID) is not None)
    os.kill(workers_of(keeper)[0], signal.SIGKILL)
    eventually(lambda: workers_of(keeper))
    assert counted(house)[1] == 0 and row(house).done_at is None and row(house).tries == 1
    with house.ledger.writing(SYSTEM, datetime.now(UTC)) as log:
        log.session.execute(update(ImportJob).values(leased_until=None))  # as if ten minutes had gone by

    eventually(lambda: row(house).done_at is not None)
    assert counted(house)[1] == MANY and row(house).imported == MANY and row(house).tries == 2
    assert kept(ContentStore(tmp_path / "content"), replace(source(), digest=row(house).sheet_digest)) == [True, True]
