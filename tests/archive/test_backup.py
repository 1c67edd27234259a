"""Backups: everything is in them and comes back, on either engine, also while others write; damage is never passed on in silence."""

import hashlib
import secrets
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock, Thread

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from governance.archive import parts
from governance.archive.reading import NotABackup
from governance.domain.errors import Conflict
from governance.events.directory import SettingsChanged, UnitOpened, UnitRenamed
from governance.ledger import rebuild
from governance.ledger.log import SYSTEM, Ledger
from governance.ledger.rebuild import Damaged
from governance.ledger.verify import verify
from governance.models.accounts import Account, SetupLink, WebSession
from governance.models.base import Base
from governance.models.jobs import ImportJob, Job
from governance.models.ledger import Checkpoint, Leaf, Node
from governance.models.summary import Summary
from governance.reads import imports, recovery
from tests.archive.conftest import LOGO, LOGO_DIGEST, NOW, OTHER, SECRET, Elsewhere, Instance
from tests.tampering import alter, tampering

DECIDED = {
    "account": "kept: passwords and addresses are nowhere else",
    "checkpoint": "kept, as the ledger",
    "import_job": "kept: what somebody handed over or confirmed goes on after a restore",
    "job": "kept: what somebody asked for is done after a restore",
    "leaf": "kept, as the ledger",
    "policy_draft": "kept: what an officer has changed and shown to nobody yet is nowhere else",
    "words": "kept, as the ledger",
    "cursor": "left out",
    "delivery": "left out",
    "idempotency": "left out",
    "node": "left out",
    "passing": "left out",
    "policy_job": "left out",
    "setup_link": "left out",
    "signing_refusal": "left out",
    "stamp": "left out",
    "summary": "left out",
    "waiting": "left out",
    "web_session": "left out",
}
"""Every table that no event changes. A new one is in every backup by itself; here somebody says that this is meant, or leaves it out."""


def test_of_every_table_somebody_decided_whether_a_backup_holds_it() -> None:
    found = {table.name for table in Base.metadata.sorted_tables if not table.info.get("governed")}
    kept = {table.name for table in parts.kept(Base.metadata)} | set(parts.OF_THE_LEDGER)

    assert found == set(DECIDED)
    assert kept == {name for name, said in DECIDED.items() if said.startswith("kept")}
    assert set(parts.LEFT_OUT) == {name for name, said in DECIDED.items() if said == "left out"}


def rows(instance: Instance, kind: type[Base]) -> list[dict[str, object]]:
    table = Base.metadata.tables[kind.__tablename__]
    with Session(instance.engines.reader) as session:
        return [dict(row) for row in session.execute(select(table).order_by(*table.primary_key)).mappings()]


def test_a_backup_goes_into_the_other_engine_and_back_and_is_the_same(
    instance: Instance, engine: str, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    first = instance.backup(tmp_path / "first.zip")
    there = elsewhere(OTHER[engine])
    there.restore(tmp_path / "first.zip")
    second = there.backup(tmp_path / "second.zip")
    back = elsewhere(engine)
    back.restore(tmp_path / "second.zip")

    assert first.size > 20 and first.root == second.root and len(rows(instance, Checkpoint)) == 1
    assert first.parts == second.parts, "byte for byte"
    for found in (there, back):
        with Session(found.engines.reader) as session:
            assert rebuild.check(session) == []
            assert verify(session, found.content).problems == ()
        for kind in (Leaf, Node, Account, ImportJob, Job, Checkpoint):
            assert rows(found, kind) == rows(instance, kind)
        [handed_over] = rows(found, ImportJob)
        with Session(found.engines.reader) as session:
            assert imports.source(session, str(handed_over["id"])).content == b"x" * 3_000_000
        assert {row["initiative_key"] for row in rows(found, Summary)} == {"AI-0001"}
        assert rows(found, WebSession) == rows(found, SetupLink) == []
        assert found.content.read(LOGO_DIGEST) == LOGO


def test_an_archive_is_for_its_owner_and_holds_what_its_manifest_says_and_no_secret_but_the_hashes(
    instance: Instance, tmp_path: Path
) -> None:
    (instance.folder / "secret-key").write_text("a key that stays here")
    signer = (instance.folder / "checkpoint-key").read_bytes().strip()
    made = instance.backup(tmp_path / "kept.zip")

    assert (tmp_path / "kept.zip").stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(tmp_path / "kept.zip") as archive:
        assert archive.testzip() is None
        names = [part.name for part in made.parts]
        assert archive.namelist() == [*names, "manifest.json"]
        assert names == [
            "leaves.jsonl",
            "words.jsonl",
            *(f"tables/{name}.jsonl" for name in ("account", "checkpoint", "import_job", "job", "policy_draft")),
            f"content/{LOGO_DIGEST}",
        ]
        found = {name: archive.read(name) for name in names}
    for part in made.parts:
        assert hashlib.sha256(found[part.name]).hexdigest() == part.sha256 and len(found[part.name]) == part.bytes
        assert part.count == found[part.name].count(b"\n") or part.name.startswith("content/")
    assert SECRET in found["tables/account.jsonl"].decode() and b"a key that stays here" not in b"".join(found.values())
    assert signer and signer not in b"".join(found.values())
    [session] = rows(instance, WebSession)
    assert str(session["token"]).encode() not in b"".join(found.values())


def test_two_backups_of_one_record_differ_in_their_time_only(instance: Instance, tmp_path: Path) -> None:
    instance.backup(tmp_path / "one.zip")
    instance.backup(tmp_path / "two.zip")

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@pytest.mark.parametrize("there", ["a file", "a link that leads nowhere"])
def test_a_backup_never_overwrites(instance: Instance, tmp_path: Path, there: str) -> None:
    target = tmp_path / "kept.zip"
    if there == "a file":
        target.write_text("the one from yesterday")
    else:
        target.symlink_to(tmp_path / "gone")
    before = sorted(tmp_path.iterdir())

    with pytest.raises(FileExistsError):
        instance.backup(target)
    assert sorted(tmp_path.iterdir()) == before


def test_what_appears_under_the_name_in_the_meantime_stays(instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "kept.zip"

    def put_something_there(self: Path, other: Path) -> None:
        target.write_text("of somebody who was quicker")
        raise FileExistsError(17, "File exists", str(target))

    monkeypatch.setattr(Path, "hardlink_to", put_something_there)
    with pytest.raises(FileExistsError):
        instance.backup(target)
    assert target.read_text() == "of somebody who was quicker" and len(list(tmp_path.iterdir())) == 2


def test_a_disk_without_second_names_takes_a_backup_too(instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, other: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    instance.backup(tmp_path / "kept.zip")

    assert zipfile.is_zipfile(tmp_path / "kept.zip") and len(list(tmp_path.iterdir())) == 2


def gone(instance: Instance) -> None:
    (instance.folder / "content" / LOGO_DIGEST[:2] / LOGO_DIGEST).unlink()


def changed(instance: Instance) -> None:
    (instance.folder / "content" / LOGO_DIGEST[:2] / LOGO_DIGEST).write_bytes(LOGO + b"!")


def altered(instance: Instance) -> None:
    alter(instance.engines, 'UPDATE leaf SET header = body WHERE "index" = 3')


@pytest.mark.parametrize(("damage", "said"), [(gone, "is gone"), (changed, "no longer has the bytes"), (altered, "entry 3")])
def test_damage_stops_a_backup_and_nothing_is_left(instance: Instance, tmp_path: Path, damage: object, said: str) -> None:
    damage(instance)  # type: ignore[operator]

    with pytest.raises(Damaged, match=said) as refused:
        instance.backup(tmp_path / "kept.zip")
    assert "\n" not in str(refused.value) and str(refused.value).endswith(".")
    assert list(tmp_path.iterdir()) == [instance.folder]


@pytest.mark.parametrize("damage", [gone, changed])
def test_a_lost_file_is_listed_where_damage_is_to_be_kept_and_comes_back_as_lost(
    instance: Instance, engine: str, elsewhere: Elsewhere, tmp_path: Path, damage: object
) -> None:
    damage(instance)  # type: ignore[operator]
    made = instance.backup(tmp_path / "kept.zip", damaged=True)
    there = elsewhere(engine)

    assert [fault.split(":")[0] for fault in made.damage] == [f"file {LOGO_DIGEST[:12]}, content"]
    with pytest.raises(NotABackup, match="--damaged"):
        there.restore(tmp_path / "kept.zip")
    there.restore(tmp_path / "kept.zip", damaged=True)
    with Session(there.engines.reader) as session:
        assert [problem.column for problem in verify(session, there.content).problems] == ["content"]


def test_an_altered_entry_is_kept_as_it_is_and_never_restored(
    instance: Instance, engine: str, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    altered(instance)
    made = instance.backup(tmp_path / "kept.zip", damaged=True)

    assert any(fault.startswith("entry 3, hash") for fault in made.damage)
    with pytest.raises(NotABackup, match="entry 3"):
        elsewhere(engine).restore(tmp_path / "kept.zip", damaged=True)


def test_an_entry_that_was_altered_into_another_event_is_not_restored_either(
    instance: Instance, engine: str, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    with Session(instance.engines.reader) as session:
        leaf = session.scalars(select(Leaf).where(Leaf.kind == "person.registered").limit(1)).one()
    with tampering(instance.engines) as connection:
        connection.execute(update(Leaf).where(Leaf.index == leaf.index).values(body=leaf.body.replace(b"invented", b"promoted")))
    made = instance.backup(tmp_path / "kept.zip", damaged=True)
    there = elsewhere(engine)

    assert [fault.split(":")[0] for fault in made.damage] == [f"entry {leaf.index}, body"]
    with pytest.raises(NotABackup, match="never where an entry was altered"):
        there.restore(tmp_path / "kept.zip")
    with pytest.raises(NotABackup, match=f"does not verify.* entry {leaf.index}, body"):
        there.restore(tmp_path / "kept.zip", damaged=True)


def test_what_columns_repeat_wrongly_comes_back_as_the_header_says(
    instance: Instance, engine: str, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    alter(instance.engines, "UPDATE leaf SET at = 'yesterday' WHERE \"index\" = 3")
    made = instance.backup(tmp_path / "kept.zip", damaged=True)
    there = elsewhere(engine)

    assert [fault.split(":")[0] for fault in made.damage] == ["entry 3, at"]
    there.restore(tmp_path / "kept.zip", damaged=True)
    with Session(there.engines.reader) as session:
        assert not verify(session, there.content).problems


def test_only_an_empty_instance_is_filled(instance: Instance, engine: str, elsewhere: Elsewhere, tmp_path: Path) -> None:
    instance.backup(tmp_path / "kept.zip")
    there = elsewhere(engine)
    there.restore(tmp_path / "kept.zip")
    before = {kind: rows(there, kind) for kind in (Leaf, Account)}

    for filled in (instance, there):
        with pytest.raises(Conflict, match="empty instance"):
            filled.restore(tmp_path / "kept.zip")
    assert {kind: rows(there, kind) for kind in (Leaf, Account)} == before


def test_an_empty_record_can_be_kept_and_restored(elsewhere: Elsewhere, engine: str, tmp_path: Path) -> None:
    made = elsewhere(engine).backup(tmp_path / "kept.zip")
    there = elsewhere(engine)
    there.restore(tmp_path / "kept.zip")

    with Session(there.engines.reader) as session:
        assert made.size == 0 and (recovery.restored(session) or {}).get("size") == 0


# Under load


@dataclass
class Writers:
    """People who go on recording, and what they were told was recorded."""

    ledger: Ledger
    instance: Instance
    acknowledged: dict[int, bytes] = field(default_factory=dict)
    stop: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    @contextmanager
    def at_work(self, count: int = 3) -> Iterator[None]:
        threads = [Thread(target=self._work, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop.set()
            for thread in threads:
                thread.join()

    def _work(self, number: int) -> None:
        while not self.stop.is_set():
            digest, _ = self.instance.content.put(secrets.token_bytes(200))
            with self.ledger.writing(SYSTEM, datetime.now(UTC)) as log:
                logo = SettingsChanged(name="Nordhaven", time_zone="UTC", holidays=[], logo=digest)
                made = [
                    log.record(UnitRenamed(unit=f"unit-{number}", name=secrets.token_hex(4)), f"unit/unit-{number}"),
                    log.record(logo, "settings/organisation"),
                ]
                hashes = {index: bytes(log.session.get_one(Leaf, index).hash) for index in made}
            with self.lock:
                self.acknowledged |= hashes
            time.sleep(0.004)

    def told(self) -> dict[int, bytes]:
        with self.lock:
            return dict(self.acknowledged)

    def told_more_than(self, count: int) -> dict[int, bytes]:
        """What they were told, as soon as that is more than ``count`` entries: they are at work, however slow the machine."""
        deadline = time.monotonic() + 60
        while len(told := self.told()) <= count:
            assert time.monotonic() < deadline, "nobody recorded anything"
            time.sleep(0.005)
        return told


def check_cycles(cycles: int, engine: str, elsewhere: Elsewhere, folder: Path) -> None:
    """Backup while others record; every entry that was acknowledged before it began is in what is restored, with its file."""
    busy = elsewhere(engine)
    ledger = Ledger(busy.engines)
    with ledger.writing(SYSTEM, NOW) as log:
        for number in range(3):
            log.record(UnitOpened(unit=f"unit-{number}", name="Claims"), f"unit/unit-{number}")
    writers, meanwhile = Writers(ledger, busy), 0
    for cycle in range(cycles):
        writers.stop.clear()
        with writers.at_work():
            before = writers.told_more_than(len(writers.told()))
            made = busy.backup(folder / f"{cycle}.zip")
            after = writers.told()
        there = elsewhere(engine)
        there.restore(folder / f"{cycle}.zip")
        with Session(there.engines.reader) as session:
            restored = {index: bytes(found) for index, found in session.execute(select(Leaf.index, Leaf.hash))}
            assert rebuild.check(session) == []
        assert before and before.items() <= restored.items(), "0 lost"
        assert made.size == len(restored) >= 3 + len(before)
        meanwhile += len(after) - len(before)
    assert meanwhile, "others did write while backups were made"


def test_ten_backups_under_load_lose_nothing(engine: str, elsewhere: Elsewhere, tmp_path: Path) -> None:
    check_cycles(10, engine, elsewhere, tmp_path)


@pytest.mark.campaign
def test_fifty_backups_under_load_lose_nothing(engine: str, elsewhere: Elsewhere, tmp_path: Path) -> None:
    check_cycles(50, engine, elsewhere, tmp_path)
