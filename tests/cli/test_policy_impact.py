"""`governance policy impact`: what a folder would change for the requests of an instance, for people and for programs."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from governance.domain.vocabulary import Function
from governance.paths import policies_directory
from governance.services.opening import open_engines
from tests.cli.running import run
from tests.cli.test_policy_diff import edit
from tests.services.conftest import submitted

SHIPPED = policies_directory() / "stage-gates"


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """An instance with a request in review that IT operations has approved."""
    engines = open_engines(tmp_path / "instance", synchronous="OFF")
    submitted(engines).sign(Function.IT_OPS)
    engines.close()
    return tmp_path / "instance"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped policy, one check of IT operations asked in other words."""
    folder = Path(copytree(SHIPPED, tmp_path / "policy"))
    edit(folder / "gates" / "G1.yaml", 'question: "Can this run here', 'question: "Does this run here')
    return folder


def test_it_tells_what_would_lapse_and_why(instance: Path, folder: Path) -> None:
    answer = run(instance.parent, "--instance", str(instance), "policy", "impact", str(folder))

    assert (answer.returncode, answer.stderr) == (0, "")
    lines = answer.stdout.splitlines()
    assert lines[0] == "Of 1 initiative: 1 sign-off would lapse."
    assert lines[3] == "Open requests: 1. Initiatives without one: 0. No change: 0."
    assert lines[5:] == [
        "AI-0001.G1-1  Claims triage (in review)",
        "    When it is moved",
        "    + Lapses: the sign-off of IT operations by Mina, because the section of IT operations changes",
    ]


def test_the_same_policy_changes_nothing_and_all_are_listed_only_when_asked_for(instance: Path) -> None:
    few = run(instance.parent, "--instance", str(instance), "policy", "impact", str(SHIPPED))
    every = run(instance.parent, "--instance", str(instance), "policy", "impact", str(SHIPPED), "--all")

    assert few.returncode == 0 and few.stdout.startswith("Nothing would change for 1 initiative.") and "AI-0001" not in few.stdout
    assert "AI-0001.G1-1  Claims triage (in review)" in every.stdout


def test_programs_read_it_as_json(instance: Path, folder: Path) -> None:
    answer = run(instance.parent, "--instance", str(instance), "policy", "impact", str(folder), "--format", "json")

    found = json.loads(answer.stdout)
    [one] = found["impacts"]
    assert (one["request"], one["state"], one["marks"]) == ("AI-0001.G1-1", "in_review", ["lapses", "loses"])
    assert [(lapse["seat"], lapse["sections"]) for lapse in one["lapses"]] == [("it_ops", ["it_ops"])]
    assert found["counts"]["lapses"] == 1 and found["counts"]["blocked"] == 0


def test_a_policy_with_a_fault_is_refused_with_its_place(instance: Path, folder: Path) -> None:
    edit(folder / "gates" / "G1.yaml", "owner: it_ops", "owner: it_opps")

    answer = run(instance.parent, "--instance", str(instance), "policy", "impact", str(folder))

    assert answer.returncode == 1 and not answer.stdout and "gates/G1.yaml:" in answer.stderr
