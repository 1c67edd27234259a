"""`governance policy check` for people, programs, code scanners and pull requests; and its exit codes."""

import json
import os
import random
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

from governance.cli.policy_formats import WARNINGS
from governance.paths import policies_directory
from governance.policy.codes import MEANINGS, Code
from governance.policy.schema import FILE
from tests.cli.running import run as started_in
from tests.policy.test_broken import CASES, HERE, change

SHIPPED = str(policies_directory() / "stage-gates")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / "base", tmp_path / "policy"))


def run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return started_in(folder.parent / "instance", "policy", "check", str(folder), *words)


def spoil(folder: Path) -> None:
    """Two errors and a warning."""
    change(folder, next(case for case in CASES if case["fault"] == "an unknown function"))
    change(folder, next(case for case in CASES if case["fault"] == "a highest score that is none"))
    change(folder, {"file": "gates/G2.yaml", "find": "when: \"tier == 'high'\"}", "put": 'when: "false"}'})


def test_errors_come_in_the_order_of_the_files_and_warnings_after(folder: Path) -> None:
    spoil(folder)

    answer = run(folder)

    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.splitlines() == [
        f"{folder}/gates/G1.yaml:27:14: unknown word “data_sience” for owner (did you mean “data_science”?)",
        f"{folder}/policy.yaml:40:14: the questions add up to 4 points at most, not 5",
        f"{folder}/gates/G2.yaml:13:89: warning: never holds, whatever the facts and the tier: the seat security never applies",
    ]


def test_a_sound_policy_is_one_line_and_a_warning_fails_only_when_asked(folder: Path) -> None:
    assert (run(folder).returncode, run(folder, "--strict").returncode) == (0, 0)
    change(folder, {"file": "gates/G2.yaml", "find": "when: \"tier == 'high'\"}", "put": 'when: "false"}'})

    answer, strict = run(folder), run(folder, "--strict")

    assert (answer.returncode, strict.returncode) == (0, 1)
    assert answer.stdout == strict.stdout == f"{folder}: A small policy 1, 7 checks at 2 gates, no faults, 1 warning.\n"
    assert answer.stderr.count("warning: ") == 1


def test_several_folders_are_checked_in_one_run(folder: Path) -> None:
    spoil(folder)

    answer = run(folder, SHIPPED)

    assert answer.returncode == 1 and len(answer.stderr.splitlines()) == 3
    assert answer.stdout.startswith(f"{SHIPPED}: Stage gates for AI initiatives")


def test_json_says_everything_a_program_needs(folder: Path) -> None:
    spoil(folder)

    answer = run(folder, SHIPPED, "--format", "json")

    broken, sound = json.loads(answer.stdout)["policies"]
    assert (answer.returncode, answer.stderr) == (1, "")
    assert (broken["errors"], broken["warnings"], broken["digest"]) == (2, 1, None)
    assert (sound["id"], sound["version"], sound["items"], sound["problems"]) == ("ai-stage-gates", "1.0.0", 93, [])
    assert re.fullmatch("[0-9a-f]{64}", sound["digest"])
    assert broken["problems"][0] == {
        "file": f"{folder}/gates/G1.yaml",
        "line": 27,
        "column": 14,
        "severity": "error",
        "code": "unknown-word",
        "message": "unknown word “data_sience” for owner (did you mean “data_science”?)",
    }


def test_sarif_names_rules_levels_and_regions(folder: Path) -> None:
    spoil(folder)
    (folder / "näme, 100%.yaml").write_text("gate: 1\n", encoding="utf-8")

    log = json.loads(run(folder, "--format", "sarif").stdout)

    [one] = log["runs"]
    rules = one["tool"]["driver"]["rules"]
    assert (log["version"], one["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    assert [rule["id"] for rule in rules] == [code.value for code in Code]
    assert [(result["ruleId"], result["level"]) for result in one["results"]] == [
        ("unknown-word", "error"), ("wrong-type", "error"), ("max-score", "error"), ("always-false", "warning"),
    ]  # fmt: skip
    for result in one["results"]:
        [place] = result["locations"]
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] and result["message"]["text"]
        assert rules[result["ruleIndex"]]["defaultConfiguration"]["level"] == result["level"]
        address = place["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"file:///[A-Za-z0-9/._~%-]+", address) and Path(unquote(address).removeprefix("file://")).exists()
        assert min(place["physicalLocation"]["region"].values()) >= 1


def test_commands_for_a_pull_request_are_escaped(folder: Path) -> None:
    odd = folder / "a,b:c%.yaml"
    odd.write_text('"100%\\r\\n::error::x": 1\n', encoding="utf-8")

    answer = run(folder, "--format", "github")

    [line] = answer.stdout.splitlines()
    file = f"{folder}/a,b:c%.yaml".replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    assert line.startswith(f"::error file={file},line=1,col=1,title=unknown-key::unknown key “100%25")
    assert "\r" not in line and answer.returncode == 1


def test_a_sound_policy_has_no_commands(folder: Path) -> None:
    assert run(folder, "--format", "github").stdout == ""


@pytest.mark.parametrize("shape", ["text", "json", "sarif", "github"])
def test_whatever_stands_in_a_file_no_sign_of_it_steers_a_terminal(folder: Path, shape: str) -> None:
    (folder / "\x1b[31m\n.yaml").write_text('"\\e[2J\\u202e": 1\n' + "x" * 5_000 + ": 1\n", encoding="utf-8")

    answer = run(folder, "--format", shape)

    assert answer.returncode == 1
    written = answer.stdout + answer.stderr
    assert all(sign.isprintable() or sign == "\n" for sign in written)
    assert max(map(len, written.splitlines())) < 600


def test_a_file_that_nobody_may_read_is_an_error(folder: Path) -> None:
    if os.geteuid() == 0:  # root reads everything, so what cannot be read is a link that leads in a circle
        (folder / "facts.yaml").symlink_to("facts.yaml")
    else:
        (folder / "facts.yaml").write_text("facts: {}\n", encoding="utf-8")
        (folder / "facts.yaml").chmod(0)

    answer = run(folder)

    assert answer.returncode == 1
    assert re.fullmatch(rf"{folder}/facts\.yaml:1:1: cannot be read: .+\n", answer.stderr)


SCRAPS = [
    b"\0", b"\xff", b"\xed\xa0\x80", b"9" * 5_000, b"&a ", b"*a ", b"!!python/object:os.system ", b"[", b"{", b"]", b"}", b"\t", b": ", b"- ",
    b"? ", b"|\n", b"'", b'"', b"<<: ", b"\xef\xbb\xbf", b"---\n", "\u202e".encode(), b"null", b"{}", b"[1, 2]", b"-0", b"#", b"\r", b'"\\ud800"',
]  # fmt: skip


def spoilt(text: bytes, chance: random.Random) -> bytes:
    """A file that somebody dropped: something inserted, cut out, cut off, or lines that changed places."""
    place, lines = chance.randrange(len(text) + 1), text.split(b"\n")
    match chance.randrange(5):
        case 0:
            return text[:place] + chance.choice(SCRAPS) + text[place:]
        case 1:
            return text[:place] + text[place + chance.randrange(60) :]
        case 2:
            return text[:place]
        case 3:
            del lines[chance.randrange(len(lines))]
            return b"\n".join(lines)
        case _:
            chance.shuffle(lines)
            return b"\n".join(lines)


@pytest.mark.parametrize("seed", range(60))
def test_whatever_the_bytes_the_answer_is_a_list_of_problems(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    for path in sorted(folder.rglob("*.yaml")):
        for _ in range(chance.randrange(3)):
            path.write_bytes(spoilt(path.read_bytes(), chance))

    answer = run(folder, "--format", "json")

    [found] = json.loads(answer.stdout)["policies"]
    assert answer.returncode == (found["errors"] > 0) and answer.stderr == ""
    assert all(problem["line"] >= 1 and problem["column"] >= 1 and problem["message"] for problem in found["problems"])


def test_a_file_named_from_here_has_an_address_from_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(folder)
    monkeypatch.chdir(folder.parent)

    log = json.loads(started_in(folder.parent / "instance", "policy", "check", "policy", "--format", "sarif").stdout)

    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "policy/gates/G1.yaml"


def test_the_schema_that_is_printed_is_the_one_beside_the_policies(tmp_path: Path) -> None:
    answer = started_in(tmp_path / "instance", "policy", "schema")

    assert (answer.returncode, answer.stdout) == (0, (policies_directory() / FILE).read_text(encoding="utf-8"))
    assert not (tmp_path / "instance").exists()


def test_every_code_has_a_meaning_and_the_warnings_are_the_last_seven() -> None:
    assert set(MEANINGS) == set(Code)
    assert set(list(Code)[-7:]) == WARNINGS
