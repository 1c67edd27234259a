"""Archives that are no backup, or no longer: each refused in one sentence, and nothing is written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from governance.archive import rows
from governance.archive.reading import NotABackup
from governance.models.base import Base
from governance.models.ledger import Leaf, Stamp
from governance.services import checkpoints
from governance.services.opening import ledger_of, open_engines
from tests import databases
from tests.archive import spoiled_wrapping
from tests.archive.conftest import LOGO, NOW, Instance, lived_in
from tests.archive.spoiled_contents import LATE, pressed
from tests.archive.spoiling import FAULTS, IMPORTS, Archive, with_row
from tests.prepared import Prepared

__all__ = ["spoiled_wrapping"]


@dataclass
class Target:
    """An empty instance, and a good archive to spoil."""

    instance: Instance
    good: Path

    def at(self, folder: Path) -> Instance:
        """With no file beside it yet."""
        return Instance(folder, self.instance.ledger)

    def holds(self) -> dict[str, int]:
        """How many rows each table has, where it has any."""
        with Session(self.instance.engines.reader) as session:
            found = {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in Base.metadata.sorted_tables}
            assert session.scalar(select(Stamp.restored)) is None
        return {name: count for name, count in found.items() if count}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, prepared: Prepared) -> Iterator[Target]:
    """One for all faults: it stays empty."""
    engine, folder = str(request.param), tmp_path_factory.mktemp("target")
    (folder / "source").mkdir()
    with prepared.engines("sqlite", folder / "source", lived_in) as (engines, _):
        source = Instance(folder / "source", ledger_of(engines))
        source.content.put(LOGO)
        checkpoints.sign(source.ledger, source.key, NOW)
        source.backup(folder / "good.zip")
    server: databases.Server | None = request.getfixturevalue("postgresql") if engine == "postgresql" else None
    engines = open_engines(folder / "target", server.make() if server else None, synchronous="OFF")
    yield Target(Instance(folder / "target", ledger_of(engines)), folder / "good.zip")
    engines.close()


@pytest.mark.parametrize("name", FAULTS)
def test_a_spoiled_archive_is_refused_in_a_sentence_and_nothing_is_written(target: Target, tmp_path: Path, name: str) -> None:
    said, spoil = FAULTS[name]
    file = tmp_path / "spoiled.zip"
    file.write_bytes(spoil(Archive.of(target.good)))

    with pytest.raises(NotABackup, match=said) as refused:
        target.at(tmp_path).restore(file)

    assert spoil in LATE or not (tmp_path / "content").exists()
    assert re.fullmatch(r"[A-Z'][^\n]{20,450}\.", refused.value.message), refused.value.message
    assert target.holds() == {"stamp": 1}


def test_an_account_of_an_import_that_swells_is_refused(target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup may hold lines of many megabytes, and each of their bytes may stand for a thousand."""
    monkeypatch.setattr(rows, "LARGEST_ACCOUNT", 1_000_000)
    told = pressed(b'{"rows":[],"new_units":{},"blank":0}' + b" " * 2_000_000)
    (tmp_path / "swells.zip").write_bytes(with_row(Archive.of(target.good), IMPORTS, told=told))

    with pytest.raises(NotABackup, match="Row 1 of import_job"):
        target.at(tmp_path).restore(tmp_path / "swells.zip")
    assert target.holds() == {"stamp": 1}


def test_what_was_taken_apart_and_put_together_again_is_restored(target: Target, tmp_path: Path) -> None:
    """So the refusals above are about their faults."""
    archive = Archive.of(target.good)
    archive.fit_ledger()
    (tmp_path / "again.zip").write_bytes(archive.zipped())

    target.at(tmp_path).restore(tmp_path / "again.zip")

    with Session(target.instance.engines.reader) as session:
        assert session.scalar(select(func.count()).select_from(Leaf)) == archive.manifest["size"]
