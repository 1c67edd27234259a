"""`governance framework`: the list, the coverage, the import; a refusal is a sentence and leaves no file."""

import csv
import io
import json
import os
from pathlib import Path

import pytest

from governance.services import attestations
from governance.services.attestations import NewAttestation
from governance.services.opening import ledger_of, open_engines
from tests.cli.running import run
from tests.policy.catalogues import CISO, as_bytes, oscal
from tests.services.conftest import House, ask, found


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A request in review, and a clause that two officers attested."""
    folder = tmp_path_factory.mktemp("instance")
    engines = open_engines(folder, synchronous="OFF")
    house = House(ledger_of(engines))
    found(house.ledger)
    ask(house)
    given = NewAttestation(
        "NIST-AI-RMF", "GOVERN-2.3", "The board decides on each.", house.now.date().replace(year=2028), address="https://minutes.example/"
    )
    house.act("aoife", lambda log: attestations.attest(log, given), proof=True)
    house.act("second", lambda log: attestations.confirm(log, "AT-1"), proof=True)
    engines.close()
    return folder


def test_the_list_names_every_catalogue_with_its_version_and_state(instance: Path) -> None:
    said = run(instance, "framework", "list")

    assert (said.returncode, said.stderr) == (0, "")
    lines = {line.split()[0]: line for line in said.stdout.splitlines()}
    assert len(lines) == 16
    assert lines["NIST-AI-RMF"].startswith("NIST-AI-RMF 1.0 (current): 49 of 72 clauses served, ")
    assert lines["NIST-AI-RMF"].endswith(", 1 attested")
    assert "(superseded by SR-26-2)" in lines["SR-11-7"]
    assert "(current, dates to verify)" in lines["EU-AI-ACT"]


def test_the_coverage_of_a_catalogue_in_three_forms(instance: Path) -> None:
    text = run(instance, "framework", "coverage", "NIST-AI-RMF")
    made = json.loads(run(instance, "framework", "coverage", "NIST-AI-RMF", "--format", "json").stdout)
    rows = list(csv.DictReader(io.StringIO(run(instance, "framework", "coverage", "NIST-AI-RMF", "--format", "csv").stdout)))

    assert text.returncode == 0 and len(text.stdout.splitlines()) == 73
    assert "  GOVERN-2.3  attested: executives own deployment-risk decisions. Served by nobody; AT-1 in force" in text.stdout
    assert len(made) == len(rows) == 72
    assert [{name: str(value) for name, value in row.items()} for row in made] == rows
    one = next(row for row in made if row["clause"] == "MAP-1.1")
    assert (one["state"], one["initiatives (gate passed)"], one["initiatives (met now)"]) == ("evidenced", 0, 1)


def test_the_list_in_other_forms(instance: Path) -> None:
    made = json.loads(run(instance, "framework", "list", "--format", "json").stdout)
    rows = list(csv.DictReader(io.StringIO(run(instance, "framework", "list", "--format", "csv").stdout)))

    assert [row["framework"] for row in made] == [row["framework"] for row in rows]
    assert {row["framework"]: row["state"] for row in made}["SR-11-7"] == "superseded"


def test_an_unknown_catalogue_is_refused_with_those_there_are(instance: Path) -> None:
    said = run(instance, "framework", "coverage", "NIST")

    assert said.returncode == 1
    assert said.stderr.startswith("The policy in force has no framework “NIST”. It has NIST-AI-RMF, ")


@pytest.mark.parametrize(("name", "content"), [("code.json", as_bytes(oscal())), ("code.yaml", CISO.encode())])
def test_an_import_writes_a_file_and_says_what_it_left_out(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)

    said = run(tmp_path, "framework", "import", str(tmp_path / name), "--out", str(tmp_path / "out.yaml"), "--id", "HARBOUR")

    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("HARBOUR: ") and "Left out: " in said.stdout
    assert "may be copyright" in said.stdout
    assert (tmp_path / "out.yaml").read_text(encoding="utf-8").count('- id: "HARBOUR"') == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "out.yaml"])


def test_titles_are_kept_where_somebody_says_that_they_may_be(tmp_path: Path) -> None:
    (tmp_path / "code.yaml").write_text(CISO, encoding="utf-8")

    said = run(tmp_path, "framework", "import", str(tmp_path / "code.yaml"), "--out", str(tmp_path / "out.yaml"), "--with-text")

    assert "copyright" not in said.stdout
    assert '"1.1": "Moor the model"' in (tmp_path / "out.yaml").read_text(encoding="utf-8")


def test_a_refusal_names_every_fault_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "code.json").write_bytes(as_bytes({"catalog": {"uuid": "x"}}))

    said = run(tmp_path, "framework", "import", str(tmp_path / "code.json"), "--out", str(tmp_path / "out.yaml"))

    assert said.returncode == 1 and said.stdout == ""
    assert said.stderr.splitlines() == [
        "code.json was not imported: 2 faults.",
        "  catalog.uuid: a UUID is expected, not “x”",
        "  catalog: missing key “metadata”",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["code.json"]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "code.yaml").write_text(CISO, encoding="utf-8")
    (tmp_path / "out.yaml").write_text("mine", encoding="utf-8")

    said = run(tmp_path, "framework", "import", str(tmp_path / "code.yaml"), "--out", str(tmp_path / "out.yaml"))

    assert said.returncode == 1 and "is there already" in said.stderr
    assert (tmp_path / "out.yaml").read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["code.yaml", "out.yaml"]


def test_what_never_ends_and_what_cannot_be_written_get_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "code.yaml").write_text(CISO, encoding="utf-8")
    os.mkfifo(tmp_path / "pipe")

    for file, out in (("pipe", "out.yaml"), ("code.yaml", "nowhere/out.yaml")):
        said = run(tmp_path, "framework", "import", str(tmp_path / file), "--out", str(tmp_path / out))
        assert said.returncode == 1 and len(said.stderr.splitlines()) == 1, said.stderr
    assert not (tmp_path / "out.yaml").exists()
