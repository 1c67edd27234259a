"""The command line: every command is there, and every refusal is one sentence and exit code 1."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from governance.cli.main import COMMANDS, Context, governance


def program(folder: Path, *words: str, **environment: str) -> tuple[list[str], dict[str, str]]:
    """The command line and the environment of a process of its own, as a person starts it."""
    unset = {"INSTANCE", "PORT", "DEMO"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GOVERNANCE_") and name not in unset}
    given = {**kept, "GOVERNANCE_INSTANCE": str(folder), **environment}
    return [sys.executable, "-c", "from governance.cli.main import main; main()", *words], given


def run(folder: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    started, given = program(folder, *words, **environment)
    return subprocess.run(started, env=given, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_in_the_table_is_there_and_says_what_it_does(name: str) -> None:
    command = governance.get_command(click.Context(governance), name)

    assert command is not None and command.name == name and command.get_short_help_str()


def test_the_help_lists_every_command(tmp_path: Path) -> None:
    answer = run(tmp_path, "--help")

    assert answer.returncode == 0, answer.stderr
    assert set(COMMANDS) <= {line.split()[0] for line in answer.stdout.splitlines() if line.strip()}


def test_a_new_instance_verifies_and_replays_without_a_difference(tmp_path: Path) -> None:
    verified, replayed = run(tmp_path, "log", "verify"), run(tmp_path, "log", "replay", "--check")

    assert (verified.returncode, replayed.returncode) == (0, 0), verified.stderr + replayed.stderr
    assert verified.stdout.startswith("0 entries, root e3b0c442") and "0 problems" in verified.stdout
    assert replayed.stdout.startswith("0 differences")


def test_what_is_shared_lies_in_the_folder_that_the_command_line_names(tmp_path: Path) -> None:
    context = Context(tmp_path / "chosen")

    assert context.settings.instance == tmp_path / "chosen"
    assert context.ledger.engines is context.engines
    context.engines.close()


@pytest.mark.parametrize(
    ("words", "environment", "said"),
    [
        (["log", "verify"], {"GOVERNANCE_PROT": "1"}, "Did you mean GOVERNANCE_PORT?"),
        (["log", "verify"], {"PORT": "many"}, "PORT is a whole number"),
        (["serve"], {"DEMO": "perhaps"}, "DEMO is 0 or 1"),
        (["log", "verify"], {"GOVERNANCE_INSTANCE": "/dev/null"}, "File exists: /dev/null"),
    ],
    ids=" ".join,
)
def test_a_refusal_is_a_sentence(tmp_path: Path, words: list[str], environment: dict[str, str], said: str) -> None:
    answer = run(tmp_path, *words, **environment)

    assert answer.returncode == 1
    assert said in answer.stderr and "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    "words", [["unheard-of"], ["log"], ["log", "replay", "--chek"], ["policy", "check", "/does/not/exist"]], ids=" ".join
)
def test_a_wrong_command_line_is_answered_with_how_to_use_it(tmp_path: Path, words: list[str]) -> None:
    answer = run(tmp_path, *words)

    assert answer.returncode == 2
    assert "Usage: governance" in answer.stderr and "Traceback" not in answer.stderr
