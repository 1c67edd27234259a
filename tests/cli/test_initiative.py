"""`governance initiative import`: the same account whether it is a dry run or not, and nothing by accident."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from governance.ledger import rebuild
from governance.ledger.read import entries
from governance.models.initiatives import Initiative
from governance.models.ledger import Leaf
from governance.services.opening import ledger_of, open_engines
from governance.storage.content import ContentStore
from tests.cli.running import run
from tests.services.conftest import House, found
from tests.sheets import BAD, MAPPING, ROWS, files, sheet


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    engines = open_engines(tmp_path / "instance", synchronous="OFF")
    found(ledger_of(engines))
    yield House(ledger_of(engines))
    engines.close()


def count(house: House) -> tuple[int, int]:
    with house.read() as session:
        return session.scalar(select(func.count()).select_from(Leaf)) or 0, session.scalar(
            select(func.count()).select_from(Initiative)
        ) or 0


def test_a_dry_run_says_everything_and_writes_nothing(house: House, tmp_path: Path) -> None:
    before, (file, mapping) = count(house), files(tmp_path)

    answer = run(tmp_path / "instance", "initiative", "import", file, "--mapping", mapping, "--by", "aoife", "--dry-run")

    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == "3 rows: 3 imported, 0 updated, 0 unchanged, 0 refused. Units to open: 2.\n"
    assert count(house) == before and not (tmp_path / "instance" / "content").exists()


def test_it_imports_and_the_ledger_verifies_with_the_file_kept(house: House, tmp_path: Path) -> None:
    file, mapping = files(tmp_path)
    words = ("initiative", "import", file, "--mapping", mapping, "--by", "aoife")

    first = run(tmp_path / "instance", *words)
    assert first.returncode == 0 and first.stdout.endswith("Done.\n"), first.stderr
    second = run(tmp_path / "instance", *words)
    assert "0 imported, 0 updated, 3 unchanged, 0 refused." in second.stdout

    verified = run(tmp_path / "instance", "log", "verify")
    assert verified.returncode == 0 and "0 problems" in verified.stdout, verified.stderr
    with house.read() as session:
        assert rebuild.check(session) == []
        [kept] = {entry.body["file"] for entry in entries(session, limit=20) if entry.kind == "initiative.imported"}
        [last] = entries(session, limit=1)
        assert last.header["auth"]["method"] == "command line"
    assert ContentStore(tmp_path / "instance" / "content").read(kept) == sheet()


def test_a_refused_row_stops_it_unless_it_is_left_out_in_so_many_words(house: House, tmp_path: Path) -> None:
    before, (file, mapping) = count(house), files(tmp_path, sheet(*ROWS, BAD))
    words = ("initiative", "import", file, "--mapping", mapping, "--by", "aoife", "--account", str(tmp_path / "account.csv"))

    stopped = run(tmp_path / "instance", *words)
    assert stopped.returncode == 1 and "line 5: refused: Nobody who can sign in here is called “nobody.known”." in stopped.stdout
    assert stopped.stderr == "Rows are refused, so nothing is imported. Mend the file, or leave them out with --partial.\n"
    assert count(house) == before

    assert run(tmp_path / "instance", *words, "--partial").returncode == 0
    assert count(house)[1] == before[1] + 3
    with (tmp_path / "account.csv").open(encoding="utf-8", newline="") as listing:
        rows = list(csv.DictReader(listing))
    assert [(row["line"], row["outcome"]) for row in rows] == [("2", "imported"), ("3", "imported"), ("4", "imported"), ("5", "refused")]


def test_faults_of_a_mapping_are_all_said_with_their_lines(house: House, tmp_path: Path) -> None:
    file, mapping = files(tmp_path, mapping=MAPPING.replace("item: G1-07", "item: G1-77").replace("columns: [Title]", "columns: [Titel]"))

    answer = run(tmp_path / "instance", "initiative", "import", file, "--mapping", mapping, "--by", "aoife")

    assert answer.returncode == 1 and answer.stdout == ""
    assert f"{mapping}:6:20: the file has no such column (did you mean “Title”?)" in answer.stderr and f"{mapping}:20:12:" in answer.stderr


@pytest.mark.parametrize("who", ["lena", "omar"])
def test_only_officers_import(house: House, tmp_path: Path, who: str) -> None:
    before, (file, mapping) = count(house), files(tmp_path)

    answer = run(tmp_path / "instance", "initiative", "import", file, "--mapping", mapping, "--by", who)

    assert answer.returncode == 1 and answer.stderr == "Only somebody with the role compliance officer can import initiatives.\n"
    assert count(house) == before
