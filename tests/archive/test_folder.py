"""The export: whole, readable with nothing of ours, explained, and safe to open."""

import csv
import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from governance.archive import lists
from governance.archive.folder import Exported, export
from governance.domain.errors import RuleBroken
from governance.ledger import read
from governance.ledger.rebuild import Damaged
from governance.models.base import governed_classes, table_of
from governance.models.gates import SignOff
from governance.models.initiatives import Initiative
from governance.models.ledger import Leaf
from governance.paths import policies_directory
from governance.services import directory
from governance.storage.content import ContentStore
from tests.archive import reading_an_export
from tests.archive.conftest import LOGO_DIGEST, NOW, Instance, quiet
from tests.demo.conftest import Demo, demo
from tests.services.conftest import House
from tests.tampering import tampering

__all__ = ["demo"]


def exported(instance: Instance, target: Path, *, reports: bool = False, damaged: bool = False) -> Exported:
    return export(instance.engines, instance.content, target, NOW, quiet, reports=reports, damaged=damaged)


def test_the_demo_is_read_by_a_script_that_knows_only_the_standard_library(demo: Demo, tmp_path: Path) -> None:
    target = tmp_path / "everything"
    export(demo.engines, ContentStore(demo.folder / "content"), target, NOW, quiet, reports=False, damaged=False)

    ran = subprocess.run(
        [sys.executable, "-I", "-S", reading_an_export.__file__, str(target)], capture_output=True, text=True, check=False, cwd="/"
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)

    with demo.read() as session:
        head = read.head(session)
        query = select(SignOff.request_id, SignOff.seat, SignOff.decision, SignOff.name)
        signed = {(request, seat, decision.value, name) for request, seat, decision, name in session.execute(query)}
        assert (found["entries"], found["root"]) == (head.size, head.root.hex())
        assert set(map(tuple, found["signed"])) == signed != set()
        for kind in governed_classes():
            assert found["lists"][lists.name_of(table_of(kind))] == session.scalar(select(func.count()).select_from(kind)), kind
    assert found["files"] > 100 and "omar.said" in found["administrators"]


def test_standard_tools_check_what_the_page_says(instance: Instance, tmp_path: Path) -> None:
    target = tmp_path / "everything"
    exported(instance, target)
    page = (target / "README.html").read_text(encoding="utf-8")
    commands = [unescape(text) for text in re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)]

    sums, header, body, root = commands
    assert subprocess.run(sums, shell=True, cwd=target, capture_output=True, check=False).returncode == 0
    said = subprocess.run([sys.executable, "-I", "-c", root], cwd=target, capture_output=True, text=True, check=True).stdout
    assert said.strip() in page
    [first, *_] = (target / "ledger" / "events.jsonl").read_text(encoding="utf-8").splitlines()
    for command in (header, body):
        assert command.startswith("head -n 1 ledger/events.jsonl | jq ")
    assert reading_an_export.read(target)["heads"] == 1
    assert reading_an_export.sha256(b"\x00" + json.loads(first)["header"].encode()) == json.loads(first)["hash"]


def test_the_page_tells_of_every_file_and_folder(instance: Instance, tmp_path: Path) -> None:
    target = tmp_path / "everything"
    exported(instance, target)
    page = (target / "README.html").read_text(encoding="utf-8")

    for path in target.rglob("*"):
        name = path.relative_to(target).as_posix()
        if path.is_file() and name != "README.html" and not name.startswith(("content/", "policies/", "ledger/checkpoints/")):
            assert name in page, name
    for folder in ("content/", "policies/", "ledger/checkpoints/"):
        assert folder in page
    assert "passwords, sessions, set-up links, and the keys" in page and "<script" not in page


def test_everything_is_for_its_owner_only_and_policies_are_as_published(instance: Instance, tmp_path: Path) -> None:
    target = tmp_path / "everything"
    exported(instance, target)

    for path in [target, *target.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
    [policy] = (target / "policies").iterdir()
    shipped = policies_directory() / "stage-gates"
    found = {path.relative_to(policy).as_posix(): path.read_text(encoding="utf-8") for path in policy.rglob("*.yaml")}
    assert found == {name: (shipped / name).read_text(encoding="utf-8") for name in found} and len(found) > 5


def test_no_cell_is_a_formula_and_words_stand_beside_their_digests(instance: Instance, tmp_path: Path) -> None:
    House(instance.ledger, NOW).act("omar", lambda log: directory.open_unit(log, "odd", "=cmd|' /C calc'!A0"))
    target = tmp_path / "everything"
    exported(instance, target)

    units = reading_an_export.table(target / "lists" / "units.csv")
    assert {row["name"] for row in units} >= {"'=cmd|' /C calc'!A0", "Claims"}
    for path in target.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as opened:
            assert not [cell for row in csv.reader(opened) for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    [tom] = [row for row in reading_an_export.table(target / "lists" / "people.csv") if row["id"] == "tom"]
    assert (tom["email"], tom["roles"], tom["unit_name"]) == ("tom@nordhaven.example", "admin", "Claims")
    assert "folded" not in tom


def test_every_governed_table_has_a_list_of_its_own_name() -> None:
    found = [lists.name_of(table_of(kind)) for kind in governed_classes()]

    assert len(set(found)) == len(found)
    assert set(lists.NAMES) <= {table_of(kind).name for kind in governed_classes()}


def test_a_folder_that_is_not_empty_is_refused_and_left_alone(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "letter.txt").write_text("words")

    with pytest.raises(RuleBroken, match="not empty"):
        exported(instance, tmp_path / "there")
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("is_there", [True, False])
def test_damage_stops_it_and_leaves_nothing_unless_it_is_to_be_kept(instance: Instance, tmp_path: Path, is_there: bool) -> None:
    (instance.folder / "content" / LOGO_DIGEST[:2] / LOGO_DIGEST).unlink()
    target = tmp_path / "everything"
    if is_there:
        target.mkdir()

    with pytest.raises(Damaged, match="is gone"):
        exported(instance, target)
    assert target.exists() is is_there and not (is_there and list(target.iterdir()))

    made = exported(instance, target, damaged=True)
    assert len(made.faults) == 1
    assert "What is damaged" in (target / "README.html").read_text(encoding="utf-8")
    [row] = reading_an_export.table(target / "content.csv")
    assert row["size"] == "gone" and row["where used"] == "the logo of the organisation"


@pytest.mark.parametrize("reports", [False, True])
def test_an_entry_whose_body_cannot_be_read_is_kept_as_it_is_and_said(instance: Instance, tmp_path: Path, reports: bool) -> None:
    with tampering(instance.engines) as connection:
        connection.execute(update(Leaf).where(Leaf.kind == "initiative.registered").values(body=b"{"))
        [index] = connection.execute(select(Leaf.index).where(Leaf.kind == "initiative.registered")).scalars()
    target = tmp_path / "everything"
    with pytest.raises(Damaged, match=f"entry {index}, body"):
        exported(instance, target)

    made = exported(instance, target, reports=reports, damaged=True)

    assert any(fault.startswith(f"entry {index}, body") for fault in made.faults)
    assert [path.name for path in (target / "reports").glob("*")] == (["AI-0001.pdf"] if reports else [])
    kept = (target / "ledger" / "events.jsonl").read_text(encoding="utf-8").splitlines()[index]
    assert json.loads(kept)["body"] == "{"
    assert f"entry {index}, body" in (target / "README.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_every_initiative_has_a_report_or_a_line_that_says_why_not(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    House(instance.ledger, NOW).register()
    with Session(instance.engines.reader) as session:
        assert session.scalars(select(Initiative.key)).all() == ["AI-0001", "AI-0002"]
    from governance.archive import folder
    from governance.packs.pdf import CannotPrint, Printed
    from governance.packs.record import InitiativeRecord
    from governance.packs.render import Progress, render_initiative

    def once(record: InitiativeRecord, progress: Progress) -> Printed:
        if record.initiative.key == "AI-0002":
            raise CannotPrint("no font has this sign\nat all")
        return render_initiative(record, progress)

    monkeypatch.setattr(folder, "render_initiative", once)
    target = tmp_path / "everything"
    made = exported(instance, target, reports=True)

    assert (target / "reports" / "AI-0001.pdf").read_bytes().startswith(b"%PDF")
    assert reading_an_export.table(target / "reports" / "not-printed.csv") == [
        {"initiative": "AI-0002", "why": "no font has this sign at all"}
    ]
    assert made.faults == ["AI-0002 could not be printed: no font has this sign at all"]
    reading_an_export.read(target)
