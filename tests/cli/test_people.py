"""`governance people import`: the links are written once, to a file that only its owner reads."""

import csv
from pathlib import Path

from governance.models.directory import Person
from tests.cli.running import run
from tests.cli.test_initiative import house
from tests.services.conftest import House
from tests.sheets import PEOPLE

__all__ = ["house"]


def test_a_dry_run_says_everything_and_writes_nothing(house: House, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(PEOPLE)

    answer = run(tmp_path / "instance", "people", "import", str(tmp_path / "people.csv"), "--by", "omar", "--dry-run")

    assert answer.returncode == 1 and "4 rows: 2 imported, 1 updated, 0 unchanged, 1 refused. Units to open: 1." in answer.stdout
    assert "line 5: refused: There is no role “projekt lead”" in answer.stdout
    with house.read() as session:
        assert session.get(Person, "ada.lind") is None


def test_it_imports_and_writes_the_links(house: House, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(PEOPLE)
    words = ("people", "import", str(tmp_path / "people.csv"), "--by", "omar", "--partial")
    links = tmp_path / "links.csv"

    without = run(tmp_path / "instance", *words)
    assert without.returncode == 1 and "--links" in without.stderr
    answer = run(tmp_path / "instance", *words, "--links", str(links))

    assert answer.returncode == 0 and "1 set-up link is in" in answer.stdout, answer.stderr
    assert links.stat().st_mode & 0o077 == 0
    with links.open(encoding="utf-8", newline="") as listed:
        [row] = csv.DictReader(listed)
    assert row["short name"] == "ada.lind" and "/set-password/" in row["set-up link"]
    again = run(tmp_path / "instance", *words, "--links", str(links))
    assert again.returncode == 1 and "ada.lind" in links.read_text(encoding="utf-8")
    assert run(tmp_path / "instance", *words).stdout.endswith("Done. Nobody is new.\n")
    with house.read() as session:
        assert session.get(Person, "ada.lind") is not None
