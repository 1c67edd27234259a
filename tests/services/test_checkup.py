"""The check-up: each check passes in a sound house, and names what is wrong in one that is not."""

import os
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from governance.domain.deliveries import DeliveryState
from governance.domain.vocabulary import Function
from governance.ledger import read
from governance.ledger.keys import KeyFile
from governance.ledger.log import SYSTEM
from governance.models.jobs import ImportJob
from governance.models.ledger import Leaf
from governance.models.outbox import Delivery
from governance.reads import queue
from governance.services import checkpoints, checkup, directory, imports, packs
from governance.services.checkup import Checked, Grade, Instance
from governance.storage.content import content_of
from tests.services.conftest import REVIEWERS, House
from tests.sheets import source
from tests.tampering import alter, tampering
from tests.web.loaded import IMPORT, hand_over


@pytest.fixture
def instance(house: House, tmp_path: Path) -> Instance:
    key = KeyFile(tmp_path / "checkpoint-key", "governance.example/test")
    checkpoints.sign(house.ledger, key, house.now)
    return Instance(tmp_path, house.ledger.engines, content_of(tmp_path), key, house.now + timedelta(minutes=1))


def found(instance: Instance, what: str) -> Checked:
    return next(checked for checked in checkup.everything(instance) if checked.what == what)


def test_in_a_sound_house_everything_is_good_and_said_in_words(instance: Instance) -> None:
    checked = list(checkup.everything(instance))

    assert {one.grade for one in checked} == {Grade.GOOD}, checked
    assert [one.what for one in checked] == ["the database", "the store of files", *checkup.CHECKS]
    assert all(one.found.endswith(".") and not one.do for one in checked)


def test_a_clock_behind_the_newest_entry_is_wrong(instance: Instance) -> None:
    checked = found(replace(instance, now=instance.now - timedelta(hours=1)), "the clock")

    assert checked.grade is Grade.BAD and "NTP" in checked.do


def test_entries_that_nobody_signed_are_a_warning(house: House, instance: Instance) -> None:
    house.register()
    later = replace(instance, now=house.now + timedelta(minutes=10))

    checked = found(later, "signed heads")

    assert checked.grade is Grade.WARNING and "governance worker" in checked.do


def test_another_key_than_the_ledger_names_is_wrong(instance: Instance, tmp_path: Path) -> None:
    other = KeyFile(tmp_path / "another-key", "governance.example/test")
    other.made()

    checked = found(replace(instance, key=other), "signed heads")

    assert checked.grade is Grade.BAD and "Put that one back" in checked.do


def test_an_entry_of_a_key_that_cannot_be_read_is_wrong(house: House, instance: Instance) -> None:
    with tampering(house.ledger.engines) as connection:
        connection.execute(update(Leaf).where(Leaf.kind == "ledger.key_changed").values(body=b"{"))

    checked = found(instance, "signed heads")

    assert checked.grade is Grade.BAD and "cannot be read" in checked.found and "governance log verify" in checked.do


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("at", "'yesterday'", "its at is not what its header says"),
        ("body", "X'7B'", "its body cannot be read"),
        ("body", "X'7B7D'", "its body is not the one that its header names"),
        ("header", "X'80'", "its header cannot be read"),
        ("kind", "'zzz'", "its kind is not what its header says"),
    ],
)
def test_an_entry_that_was_altered_under_a_signed_head_is_named(instance: Instance, column: str, value: str, said: str) -> None:
    value = value if instance.engines.writer.dialect.name == "sqlite" else re.sub(r"X'(.*)'", r"'\\x\1'::bytea", value)
    alter(instance.engines, f'UPDATE leaf SET {column} = {value} WHERE "index" = 3')

    checked = {one.what: one for one in checkup.everything(instance)}

    wrong = checked["the entries"]
    assert wrong.grade is Grade.BAD and f"the first of them entry 3: {said}." in wrong.found and "governance log verify" in wrong.do
    if column == "at":
        assert "It cannot be looked at: An entry has 'yesterday' for its moment" in checked["the clock"].found


def test_what_was_looked_at_is_said(house: House, instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    with house.read() as session:
        size = read.size(session)
    assert f"The newest {size} of {size} entries were read" in found(instance, "the entries").found

    monkeypatch.setattr(checkup, "LOOKED_AT", 2)
    alter(instance.engines, "UPDATE leaf SET actor = 'mallory' WHERE \"index\" = 3")

    checked = found(instance, "the entries")
    assert checked.grade is Grade.GOOD and f"The newest 2 of {size} entries were read" in checked.found and "log verify" in checked.found


def test_a_key_that_others_can_read_is_wrong(instance: Instance) -> None:
    instance.key.path.chmod(0o644)

    checked = found(instance, "signed heads")

    assert checked.grade is Grade.BAD and "chmod 600" in checked.found


def test_reports_that_wait_too_long_show_that_no_worker_is_at_work(house: House, instance: Instance) -> None:
    house.act("ruth", lambda log: packs.ask_for_trail(log, date(2020, 1, 1), date(2020, 1, 1)))

    assert found(replace(instance, now=house.now + timedelta(minutes=2)), "the worker").grade is Grade.GOOD
    checked = found(replace(instance, now=house.now + timedelta(minutes=6)), "the worker")
    assert checked.grade is Grade.BAD and "governance worker" in checked.do


def test_an_import_that_waits_too_long_shows_the_same_and_one_that_nobody_confirmed_does_not(house: House, instance: Instance) -> None:
    hand_over(house, given=source())
    later = replace(instance, now=house.now + timedelta(hours=1))
    assert found(later, "the worker").grade is Grade.GOOD

    with house.read() as session:
        expected = session.get_one(ImportJob, IMPORT).told_digest
    house.act("aoife", lambda log: imports.confirm(log, IMPORT, expected, partial=False))

    assert found(later, "the worker").grade is Grade.BAD and "1 reports and imports wait, the oldest" in found(later, "the worker").found
    with house.read() as session:
        assert queue.unfinished(session) == 1


def test_a_function_that_nobody_holds_is_a_warning(house: House, instance: Instance) -> None:
    house.act("omar", lambda log: directory.disable_person(log, REVIEWERS[Function.DATA_SCIENCE], "left"))

    checked = found(instance, "the policy")

    assert checked.grade is Grade.WARNING and "data science" in checked.found


def test_what_cannot_be_looked_at_is_not_in_order(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_disk(_: os.PathLike[str]) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("shutil.disk_usage", no_disk)

    checked = found(instance, "the disk")

    assert checked.grade is Grade.BAD and "Input/output error" in checked.found


@pytest.mark.parametrize("state", [DeliveryState.WAITING, DeliveryState.GIVEN_UP])
def test_mail_that_does_not_leave_is_a_warning(house: House, instance: Instance, state: DeliveryState) -> None:
    at = instance.now - timedelta(minutes=10)
    with house.ledger.writing(SYSTEM, house.now) as log:
        log.session.add(
            Delivery(id="1", follower="mail", leaf=0, recipient="mina", message_id="<1@x>", state=state, made_at=at, next_try_at=at)
        )

    checked = found(instance, "mail")

    assert checked.grade is Grade.WARNING and "Settings, Mail" in checked.do
