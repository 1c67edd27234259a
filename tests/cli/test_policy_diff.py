"""`governance policy diff`: folders and published policies side by side, for people and for programs."""

import json
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest

from governance.paths import policies_directory
from governance.policy.loader import digest_of, load_policy
from governance.services.opening import ledger_of, open_engines
from tests.cli.running import run
from tests.services.conftest import House, found

SHIPPED = policies_directory() / "stage-gates"
OLD = digest_of(load_policy(SHIPPED).texts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped policy with a looser limit, a stricter clock, and a long text that changed."""
    folder = Path(copytree(SHIPPED, tmp_path / "policy"))
    edit(folder / "policy.yaml", 'version: "1.0.0"', 'version: "1.1.0"')
    edit(folder / "policy.yaml", "low: 90, medium: 60", "low: 45, medium: 60")
    edit(folder / "gates" / "G2.yaml", "comparator: gte, value: 0.99", "comparator: gte, value: {low: 0.95, medium: 0.99, high: 0.99}")
    edit(
        folder / "gates" / "G2.yaml",
        "on a frozen test set no older than the limit",
        "on a frozen test set that nobody used before, not too old",
    )
    return folder


@pytest.fixture
def instance(tmp_path: Path, folder: Path) -> Path:
    """An instance that published the shipped policy and then the other one."""
    engines = open_engines(tmp_path / "instance", synchronous="OFF")
    found(ledger_of(engines))
    House(ledger_of(engines)).publish(load_policy(folder).texts)
    engines.close()
    return tmp_path / "instance"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_differs_is_told_by_gate_and_check_in_short_lines(tmp_path: Path, folder: Path) -> None:
    answer = run(tmp_path, "policy", "diff", str(SHIPPED), str(folder))

    assert (answer.returncode, answer.stderr) == (1, "")
    head, _, body = answer.stdout.partition("\n\n")
    assert (
        head
        == f"From Stage gates for AI initiatives 1.0.0 ({OLD[:12]})\nto   Stage gates for AI initiatives 1.1.0 ({digest_of(load_policy(folder).texts)[:12]})"
    )
    assert body == (
        "The policy itself\n"
        "    Neither   Version: 1.0.0 → 1.1.0\n"
        "\n"
        "Review to Limited production (G2)\n"
        "  Performance in deployment-like conditions (G2-01)\n"
        "    Unclear   Evidence expected:\n"
        "              from  evaluation report with CI on a frozen test set no older than the limit\n"
        "              to    evaluation report with CI on a frozen test set that nobody used before, not too\n"
        "                    old\n"
        "  Data contract in force (G2-04)\n"
        "    Looser    Limit (pass rate of the contract checks), low risk: 99\u202f% → 95\u202f%\n"
        "\n"
        "Days and weeks\n"
        "    Stricter  A sign-off holds for, low risk: 90 days → 45 days\n"
        "\n"
        "4 changes: 1 stricter, 1 looser, 1 neither, 1 unclear.\n"
    )


def test_programs_get_closed_words_and_exact_numbers(tmp_path: Path, folder: Path) -> None:
    answer = run(tmp_path, "policy", "diff", str(SHIPPED), str(folder), "--format", "json")
    found = json.loads(answer.stdout)

    assert answer.returncode == 1
    assert found["before"]["digest"] == OLD and found["after"]["version"] == "1.1.0"
    assert found["counts"] == {"stricter": 1, "looser": 1, "neither": 1, "unclear": 1}
    [limit] = [change for change in found["changes"] if change["kind"] == "threshold.value"]
    assert limit == {
        "kind": "threshold.value",
        "effect": "looser",
        "gate": "G2",
        "part": "G2-04",
        "title": "Data contract in force",
        "detail": "contract_check_pass_rate",
        "tiers": ["low"],
        "unit": "share",
        "before": "0.99",
        "after": "0.95",
        "words": {"what": "Limit (pass rate of the contract checks), low risk", "before": "99\u202f%", "after": "95\u202f%"},
    }


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_difference_ends_with_0(tmp_path: Path, form: str) -> None:
    answer = run(tmp_path, "policy", "diff", str(SHIPPED), str(SHIPPED), "--format", form)

    assert answer.returncode == 0
    assert "The same texts." in answer.stdout if form == "text" else json.loads(answer.stdout)["changes"] == []


def test_comments_alone_are_said_to_be_no_difference(tmp_path: Path) -> None:
    folder = Path(copytree(SHIPPED, tmp_path / "policy"))
    edit(folder / "facts.yaml", "facts:", "# reviewed\nfacts:")
    answer = run(tmp_path, "policy", "diff", str(SHIPPED), str(folder))

    assert answer.returncode == 0 and answer.stdout.endswith("No rule differs: only comments, layout or file names do.\n")


@pytest.mark.parametrize("old", ["1.0.0", OLD, OLD[:8]])
def test_a_published_policy_is_named_by_its_version_or_digest(instance: Path, old: str) -> None:
    answer = run(instance, "policy", "diff", old, "current")

    assert answer.returncode == 1 and "1 looser" in answer.stdout
    assert run(instance, "policy", "diff", old, str(SHIPPED)).returncode == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("9.9.9", "9.9.9 is no folder. No policy was ever published under this name."),
        ("abcdef", "abcdef is no folder. No policy was ever published under this name."),
        (OLD[:5], f"{OLD[:5]} is no folder. No policy was ever published under this name."),
        ("%", "% is no folder. No policy was ever published under this name."),
        ("\udcff", "'\\udcff' is no folder. No policy was ever published under this name."),
    ],
)
def test_a_name_of_no_policy_ends_with_2_and_a_sentence(instance: Path, name: str, said: str) -> None:
    answer = run(instance, "policy", "diff", name, "current")

    assert (answer.returncode, answer.stdout, answer.stderr) == (2, "", f"{said}\n")


def test_a_version_of_two_policies_is_asked_for_by_digest(instance: Path, folder: Path) -> None:
    edit(folder / "facts.yaml", "facts:", "# reviewed\nfacts:")
    engines = open_engines(instance, synchronous="OFF")
    House(ledger_of(engines), datetime.now(UTC)).publish(load_policy(folder).texts)
    engines.close()
    answer = run(instance, "policy", "diff", "1.0.0", "1.1.0")

    assert answer.returncode == 2
    assert answer.stderr.startswith("1.1.0 is no folder. 2 published policies are meant by this: 1.1.0 (") and answer.stderr.endswith(
        "Name one by its digest.\n"
    )


def test_where_nothing_is_published_nothing_is_made(tmp_path: Path) -> None:
    answer = run(tmp_path / "nowhere", "policy", "diff", "current", str(SHIPPED))

    assert answer.returncode == 2 and answer.stderr.endswith("has no record of published policies.\n")
    assert not (tmp_path / "nowhere" / "governance.sqlite3").exists()


def test_a_folder_with_faults_ends_with_2_and_all_of_them(tmp_path: Path, folder: Path) -> None:
    edit(folder / "gates" / "G2.yaml", "severity: blocking", "severity: blockin")
    edit(folder / "facts.yaml", "type: bool", "type: boo")
    answer = run(tmp_path, "policy", "diff", str(SHIPPED), str(folder))

    lines = answer.stderr.splitlines()
    assert answer.returncode == 2 and len(lines) == 2
    assert lines[0].startswith(f"{folder}/facts.yaml:") and lines[1].startswith(f"{folder}/gates/G2.yaml:") and "did you mean" in lines[1]


def test_an_unknown_format_is_a_wrong_command_line(tmp_path: Path) -> None:
    assert run(tmp_path, "policy", "diff", str(SHIPPED), str(SHIPPED), "--format", "xml").returncode == 2
