"""A restored record takes nothing new until two administrators have confirmed that; what nobody records goes on."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from governance.domain.errors import AwaitsRecovery, Conflict, NotAllowed, RuleBroken
from governance.domain.vocabulary import Role
from governance.events.directory import UnitOpened
from governance.jobs import reports, worker
from governance.ledger import read, rebuild
from governance.ledger.keys import KeyFile, NotSigned
from governance.ledger.log import SYSTEM
from governance.ledger.read import head
from governance.ledger.verify import verify
from governance.models.accounts import Account
from governance.models.jobs import Job
from governance.models.ledger import Leaf, Restored, Stamp
from governance.reads import marks, recovery
from governance.reads.ledger_pages import in_words
from governance.services import accounts, checkpoints, checkup, directory, packs
from governance.services import recovery as confirming
from governance.services.checkup import Grade, Instance
from governance.storage.content import ContentStore
from governance.storage.engines import OtherVersion
from tests.services.conftest import House

MADE = datetime(2026, 8, 30, 22, tzinfo=UTC)


def restored(house: House, *, admins: tuple[str, ...] = ("omar", "tom")) -> House:
    """As if the record had come from a backup just now."""
    for name in admins:
        if name != "omar":
            house.act("omar", lambda log, name=name: directory.grant_role(log, name, Role.ADMIN))
    with house.ledger.writing(SYSTEM, house.now) as log:
        log.session.execute(update(Account).values(password="a hash"))
        found = head(log.session)
        row = Restored(at="2026-09-01T12:00:00Z", made_at=MADE.isoformat(), size=found.size, root=found.root.hex())
        log.session.execute(update(Stamp).values(restored=row))
    return house


def confirm(house: House, who: str, reason: str = "The disk failed.", *, proof: bool = True) -> bool:
    return bool(house.act(who, lambda log: confirming.confirm(log, reason), proof=proof))


def size(house: House) -> int:
    with house.read() as session:
        return head(session).size


def test_nothing_is_recorded_until_two_administrators_have_confirmed(house: House) -> None:
    restored(house)
    before = size(house)

    with pytest.raises(AwaitsRecovery, match="restored from a backup"):
        house.act("omar", lambda log: directory.open_unit(log, "fraud", "Fraud"))
    with pytest.raises(AwaitsRecovery):
        house.act("omar", lambda log: log.record_all([(UnitOpened(unit="fraud", name="Fraud"), "unit/fraud")]))
    assert size(house) == before
    assert confirm(house, "omar") is False
    with pytest.raises(AwaitsRecovery):
        house.act("omar", lambda log: directory.open_unit(log, "fraud", "Fraud"))
    assert confirm(house, "tom", "I compared the root with the last report.") is True
    house.act("omar", lambda log: directory.open_unit(log, "fraud", "Fraud"))

    assert size(house) == before + 3
    with house.read() as session:
        assert recovery.awaited(session, house.now) is None
        assert verify(session).problems == () and rebuild.check(session) == []
        said = [line.deed for line in in_words(session, read.entries(session, Leaf.index >= before, newest_first=False))]
    assert said[:2] == [
        f"confirmed the recovery from the backup of Sun 30 Aug 2026 with {before} entries, confirmation 1 of 2",
        f"confirmed the recovery from the backup of Sun 30 Aug 2026 with {before} entries, confirmation 2 of 2 and opened the record again",
    ]


def test_one_administrator_is_not_two(house: House) -> None:
    restored(house)
    confirm(house, "omar")

    with pytest.raises(Conflict, match="another administrator"):
        confirm(house, "omar")


@pytest.mark.parametrize(
    ("who", "reason", "proof", "refusal"),
    [
        ("lena", "The disk failed.", True, NotAllowed),
        ("aoife", "The disk failed.", True, NotAllowed),
        ("omar", "The disk failed.", False, NotAllowed),
        ("omar", " \n ", True, RuleBroken),
    ],
    ids=["a lead", "a compliance officer", "nobody proved who it is", "no reason"],
)
def test_who_cannot_confirm(house: House, who: str, reason: str, proof: bool, refusal: type[Exception]) -> None:
    restored(house)

    with pytest.raises(refusal):
        confirm(house, who, reason, proof=proof)
    with house.read() as session:
        awaited = recovery.awaited(session, house.now)
    assert awaited is not None and awaited.confirmed == () and awaited.needed == 2


def test_an_open_record_has_nothing_to_confirm(house: House) -> None:
    with pytest.raises(Conflict):
        confirm(house, "omar")


def test_where_nobody_else_can_sign_in_as_administrator_one_is_enough(house: House) -> None:
    """Nobody could add a second one: that would be a new entry."""
    restored(house, admins=("omar",))

    assert confirm(house, "omar") is True


@pytest.mark.parametrize("why", ["disabled", "no password", "role ended"])
def test_an_administrator_who_cannot_sign_in_is_not_waited_for(house: House, why: str) -> None:
    if why == "role ended":
        house.act("omar", lambda log: directory.grant_role(log, "tom", Role.ADMIN, house.now + timedelta(hours=1)))
        house.now += timedelta(hours=2)
        restored(house, admins=("omar",))
    else:
        house.act("omar", lambda log: directory.grant_role(log, "tom", Role.ADMIN))
        if why == "disabled":
            house.act("omar", lambda log: directory.disable_person(log, "tom", "left"))
        restored(house, admins=("omar",))
        if why == "no password":
            with house.ledger.writing(SYSTEM, house.now) as log:
                log.session.execute(update(Account).where(Account.person_id == "tom").values(password=None))

    assert confirm(house, "omar") is True


def test_confirmations_of_an_earlier_restore_do_not_count(house: House) -> None:
    restored(house)
    confirm(house, "omar")
    restored(house, admins=())

    assert confirm(house, "tom") is False


def test_sessions_failures_and_locks_go_on_without_an_entry(house: House) -> None:
    restored(house)
    before = size(house)

    token = str(house.act("system", lambda log: accounts.start_session(log, "lena", timedelta(hours=1))))
    house.act("lena", lambda log: accounts.end_session(log, token))
    for _ in range(accounts.MOST_FAILURES):
        house.act("system", lambda log: accounts.settle_attempt(log, accounts.Proof("lena", False)))

    assert size(house) == before
    with house.read() as session:
        locked = session.get_one(Account, "lena").locked_until
    assert locked is not None and locked > house.now
    assert house.act("system", lambda log: accounts.settle_attempt(log, accounts.Proof("lena", True))) == ""


def test_a_report_that_is_asked_for_waits_and_is_made_when_the_record_is_open(house: House, tmp_path: Path) -> None:
    restored(house)
    content = ContentStore(tmp_path / "content")
    job = str(house.act("ruth", lambda log: packs.ask_for_trail(log, date(2020, 1, 1), date(2020, 1, 1))))

    assert not reports.work(house.ledger, content)
    confirm(house, "omar")
    confirm(house, "tom")
    assert reports.work(house.ledger, content)

    with house.read() as session:
        row = session.get_one(Job, job)
    assert row.done_at is not None and row.tries == 1


def test_no_head_is_signed_before_and_one_is_afterwards(house: House, tmp_path: Path) -> None:
    key = KeyFile(tmp_path / "checkpoint-key")
    restored(house)

    with pytest.raises(NotSigned, match="until its administrators have confirmed"):
        checkpoints.sign_or_say_why(house.ledger, key, house.now)
    worker.sign(house.ledger, key)
    confirm(house, "omar")
    confirm(house, "tom")
    head = checkpoints.sign(house.ledger, key, house.now)

    assert head is not None and head.size == size(house)


def test_the_doctor_says_who_is_waited_for_and_blames_no_worker(house: House, tmp_path: Path) -> None:
    restored(house)
    house.act("ruth", lambda log: packs.ask_for_trail(log, date(2020, 1, 1), date(2020, 1, 1)))
    confirm(house, "omar")
    later = house.now + timedelta(hours=1)
    instance = Instance(tmp_path, house.ledger.engines, ContentStore(tmp_path / "content"), KeyFile(tmp_path / "checkpoint-key"), later)

    waits, worked = (checkup.CHECKS[what](instance) for what in ("the recovery", "the worker"))

    assert waits.grade is Grade.WARNING and "1 of 2 administrators" in waits.found and "“Recovery”" in waits.do
    assert worked.grade is Grade.GOOD and worked.found == "1 reports and imports wait for the recovery to be confirmed."


def test_the_tables_may_be_stored_anew_in_the_meantime(house: House) -> None:
    restored(house)

    assert rebuild.rebuild(house.ledger, house.now) > 0


@pytest.mark.parametrize("change", ["version = 99", "version = 2"])
def test_a_process_of_another_version_writes_nothing(house: House, change: str) -> None:
    before = size(house)
    with house.ledger.engines.writer.begin() as other:
        other.execute(text(f"UPDATE stamp SET {change}"))

    with pytest.raises(OtherVersion):
        house.act("omar", lambda log: directory.open_unit(log, "fraud", "Fraud"))
    with pytest.raises(OtherVersion), house.ledger.writing(SYSTEM, house.now):
        pass
    assert size(house) == before


def test_a_database_that_lost_its_stamp_takes_nothing(house: House) -> None:
    with house.ledger.engines.writer.begin() as other:
        other.execute(text("DELETE FROM stamp"))

    with pytest.raises(OtherVersion):
        house.act("omar", lambda log: directory.open_unit(log, "fraud", "Fraud"))


def test_a_confirmation_has_a_mark_of_its_own(house: House) -> None:
    restored(house, admins=("omar",))
    confirm(house, "omar")

    with Session(house.ledger.engines.reader) as session:
        [entry] = read.entries(session, Leaf.kind == "ledger.recovery_confirmed")
        assert session.scalars(select(Stamp.restored)).one() is None
    assert marks.state_of(entry) == marks.Mark("flag", "warn")
