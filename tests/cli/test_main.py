"""The command line: every command is there, and every refusal is one sentence and exit code 1."""

from pathlib import Path

import click
import pytest

from governance.cli.main import COMMANDS, Context, governance
from tests.cli.running import run, started


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_in_the_table_is_there_and_says_what_it_does(name: str) -> None:
    command = governance.get_command(click.Context(governance), name)

    assert command is not None and command.name == name and command.get_short_help_str()


def test_the_help_lists_every_command(tmp_path: Path) -> None:
    answer = started(tmp_path, "--help")

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


def test_a_process_of_its_own_answers_as_it_does_here(tmp_path: Path) -> None:
    for words in (["log", "verify"], ["log", "verify", "--since", "/dev/null"], ["log"]):
        alone, here = started(tmp_path, *words), run(tmp_path, *words)
        assert (alone.returncode, alone.stdout, alone.stderr) == (here.returncode, here.stdout, here.stderr)
