"""`governance policy test`: what it says in each format, and how it ends."""

import json
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from subprocess import CompletedProcess
from xml.etree import ElementTree

import pytest

from governance.paths import policies_directory
from tests.cli.running import run

SHIPPED = policies_directory() / "stage-gates"
G2 = "tests/G2.yaml"
Answer = CompletedProcess[str]
Try = Callable[..., Answer]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped policy with the cases of its retirement gate, which are few."""
    copy = Path(copytree(SHIPPED, tmp_path / "policy"))
    for path in (copy / "tests").iterdir():
        if path.name not in ("bases.yaml", "C2.yaml"):
            path.unlink()
    return copy


@pytest.fixture
def attempt(tmp_path: Path, folder: Path) -> Try:
    def start(*words: str, path: Path = folder) -> Answer:
        return run(tmp_path / "instance", "policy", "test", str(path), *words)

    return start


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def looser(folder: Path) -> Path:
    """Retirement no longer asks for revoked keys at any price."""
    change(
        folder, "gates/C2.yaml", "metric: live_credentials, comparator: eq, value: 0", "metric: live_credentials, comparator: lte, value: 1"
    )
    return folder


def test_a_policy_that_is_as_its_cases_say_ends_with_0(attempt: Try, folder: Path) -> None:
    answer = attempt()

    assert answer.returncode == 0 and answer.stderr == ""
    first, second = answer.stdout.splitlines()
    assert first == f"{folder}: Stage gates for AI initiatives 1.0.0, 20 cases, none failed."
    assert second.startswith("Covered: check 30 of 279, threshold 8 of 174, condition ")


def test_a_difference_says_case_and_place_and_what_was_expected_and_found(attempt: Try, looser: Path) -> None:
    answer = attempt()

    lines = answer.stdout.splitlines()
    assert answer.returncode == 1
    assert any(
        line.startswith(f"{looser}/tests/C2.yaml:") and line.endswith(": c2-just-beyond: What misses its limit by a little is not met")
        for line in lines
    )
    place = lines.index("    item C2-06")
    assert lines[place + 1 : place + 3] == [
        "      expected  not_met because 1 against exactly 0",
        "      found     met",
    ]
    assert lines[-2].endswith("20 cases, 2 failed.")


def test_one_case_can_be_tried_alone(attempt: Try, looser: Path) -> None:
    assert attempt("--case", "c2-everything").returncode == 0
    answer = attempt("--case", "c2-everything", "--case", "c2-just-beyond")

    assert answer.returncode == 1 and "2 cases, 1 failed" in answer.stdout and "Covered" not in answer.stdout


def test_one_file_of_cases_can_be_tried_alone(attempt: Try, folder: Path) -> None:
    (folder / "tests" / "mine.yaml").write_text("cases: [{id: mine, title: Mine, like: plain, gate: G1, expect: {passes: false}}]")

    answer = attempt(path=folder / "tests" / "mine.yaml")

    assert answer.returncode == 1 and "1 case, 1 failed" in answer.stdout and "no: " not in answer.stdout
    assert attempt(path=folder / "tests" / "C2.yaml").returncode == 0


def test_what_no_case_looks_at_is_named_and_can_be_required(attempt: Try) -> None:
    named = attempt("--coverage")
    required = attempt("--require-coverage")

    assert named.returncode == 0 and required.returncode == 1
    assert "  not covered: check G2-07: never failed" in named.stdout.splitlines()
    assert "  not covered: band medium: never reached" in required.stdout.splitlines()
    assert "check C2-01" not in named.stdout


def test_the_shipped_policy_is_covered_whole(attempt: Try) -> None:
    answer = attempt("--require-coverage", path=SHIPPED)

    assert answer.returncode == 0, answer.stdout


def test_as_json(attempt: Try, looser: Path) -> None:
    answer = attempt("--format", "json")

    told = json.loads(answer.stdout)
    [policy] = told["policies"]
    failed = {case["id"]: case for case in policy["cases"] if not case["passed"]}
    assert answer.returncode == 1 and told["passed"] is False
    assert policy["policy"]["id"] == "ai-stage-gates" and len(policy["policy"]["digest"]) == 64
    assert len(policy["cases"]) == 20 and set(failed) == {"c2-just-beyond", "c2-below-nothing"}
    assert failed["c2-just-beyond"]["file"] == "tests/C2.yaml" and failed["c2-just-beyond"]["line"] > 1
    assert failed["c2-just-beyond"]["differences"][0] == {
        "field": "item C2-06",
        "expected": "not_met because 1 against exactly 0",
        "found": "met",
    }
    assert policy["coverage"]["band"] == {"reached": 0, "of": 3}
    assert {"kind": "band", "where": "low", "never": "never reached"} in policy["not_covered"]


def test_json_says_that_all_is_well_or_what_kept_it_from_being_tried(attempt: Try, folder: Path) -> None:
    assert json.loads(attempt("--format", "json").stdout)["passed"] is True
    (folder / "tests" / "C2.yaml").write_text("cases: [{}]")

    told = json.loads(attempt("--format", "json").stdout)
    assert told["passed"] is False and told["policies"][0]["cases"] == []
    assert told["policies"][0]["problems"][0]["file"] == "tests/C2.yaml"


def test_as_junit(attempt: Try, looser: Path) -> None:
    change(looser, "tests/C2.yaml", "What misses its limit by a little is not met", '"Less < more & \\a bell"')

    answer = attempt("--format", "junit")

    [suite] = ElementTree.fromstring(answer.stdout)
    assert answer.returncode == 1
    assert (suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("errors")) == (str(looser), "20", "2", "0")
    cases = {str(case.get("name")): case for case in suite}
    failure = cases["c2-just-beyond: Less < more & \N{REPLACEMENT CHARACTER} bell"].find("failure")
    assert failure is not None and failure.get("message") == "item C2-06: expected not_met because 1 against exactly 0, found met"
    assert "found     met" in str(failure.text)
    assert cases["c2-everything: Where everything applies at a high tier, each function is asked for its own"].find("failure") is None


def test_junit_counts_what_kept_it_from_being_tried(attempt: Try, folder: Path) -> None:
    (folder / "tests" / "C2.yaml").write_text("cases: [{}]")

    [suite] = ElementTree.fromstring(attempt("--format", "junit").stdout)

    assert int(str(suite.get("errors"))) == len(suite.findall("testcase/error")) > 0


def test_a_broken_file_names_its_place_and_nothing_is_tried(attempt: Try, folder: Path) -> None:
    change(folder, "tests/C2.yaml", "like: everything", "like: everythin")

    answer = attempt()

    assert answer.returncode == 1 and "Traceback" not in answer.stderr
    assert answer.stdout.splitlines() == [
        f"{folder}/tests/C2.yaml:6:9: there is no case “everythin” (did you mean “everything”?)",
        f"{folder}: nothing was tried, 1 fault.",
    ]


def test_a_broken_policy_is_not_tried(attempt: Try, folder: Path) -> None:
    change(folder, "gates/C2.yaml", "owner: business", "owner: bussiness")

    answer = attempt()

    assert answer.returncode == 1 and answer.stdout.splitlines()[-1] == f"{folder}: nothing was tried, 1 fault."
    assert f"{folder}/gates/C2.yaml:" in answer.stdout and "did you mean “business”?" in answer.stdout


def test_a_policy_without_cases_is_not_tested(attempt: Try, folder: Path) -> None:
    for path in (folder / "tests").iterdir():
        path.unlink()

    answer = attempt()

    assert answer.returncode == 1 and answer.stdout.startswith(f"{folder}/tests:1:1: no cases here\n")


def test_several_policies_are_tried_and_one_that_fails_is_enough(tmp_path: Path, looser: Path) -> None:
    sound = Path(copytree(SHIPPED, tmp_path / "sound"))

    answer = run(tmp_path / "instance", "policy", "test", str(sound), str(looser))

    assert answer.returncode == 1
    assert f"{sound}: Stage gates for AI initiatives 1.0.0, 252 cases, none failed." in answer.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--case", "c2-everythin"], "there is no case “c2-everythin” (did you mean “c2-everything”?)."),
        (["--format", "xml"], "'xml' is not one of"),
        (["--case", "c2-everything", "--require-coverage"], "leave one of them out."),
    ],
)
def test_a_wrong_command_line_ends_with_2(attempt: Try, words: list[str], said: str) -> None:
    answer = attempt(*words)

    assert answer.returncode == 2 and said in answer.stderr and answer.stdout == ""


def test_a_file_that_is_no_file_of_cases_is_a_wrong_command_line(attempt: Try, folder: Path, tmp_path: Path) -> None:
    answer = attempt(path=folder / "policy.yaml")

    assert answer.returncode == 2 and "is neither the folder of a policy nor a file in its folder “tests”." in answer.stderr
    assert attempt(path=tmp_path / "nowhere").returncode == 2
