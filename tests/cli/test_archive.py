"""`governance backup`, `restore` and `export` as an administrator types them."""

import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from governance.ledger.log import SYSTEM
from governance.models.accounts import Account
from governance.services import directory
from governance.services.opening import ledger_of, open_engines
from tests.cli.running import Said, run

SENTENCE = re.compile(r"[A-Z][^\n]{10,500}\.\n")


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """An instance with an administrator."""
    folder = tmp_path / "instance"
    engines = open_engines(folder)
    with ledger_of(engines).writing(SYSTEM, datetime(2026, 9, 1, tzinfo=UTC)) as log:
        settings = directory.OrganisationSettings("Nordhaven", "Europe/Copenhagen")
        profile = directory.Profile("Omar", "Administrator", "claims")
        directory.found(log, settings, ("claims", "Claims"), "omar", profile, "omar@nordhaven.example")
        log.session.execute(update(Account).values(password="a hash"))
    engines.close()
    return folder


def test_a_backup_is_made_restored_and_verified(instance: Path, tmp_path: Path) -> None:
    file, there = tmp_path / "kept.zip", tmp_path / "there"

    made = run(instance, "backup", str(file))
    restored = run(there, "restore", str(file))
    verified, replayed = run(there, "log", "verify"), run(there, "log", "replay", "--check")

    assert (made.returncode, restored.returncode, verified.returncode, replayed.returncode) == (0, 0, 0, 0), made.stderr + restored.stderr
    root = re.findall("root ([0-9a-f]{64})", made.stdout + restored.stdout + verified.stdout)
    assert len(root) == 3 and len(set(root)) == 1
    assert "The keys of the instance folder are not in it" in made.stdout
    assert (
        "until its administrator has confirmed the recovery" in restored.stdout and "everything was read again and fits" in restored.stdout
    )
    assert made.stderr == restored.stderr == "", "progress is for terminals"


def test_on_a_terminal_it_says_how_far_it_is(instance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Said, "isatty", lambda _: True)

    said = run(instance, "backup", str(tmp_path / "kept.zip")).stderr

    assert "reads and hashes the ledger" in said and said.endswith("\r\x1b[K")


def test_what_is_there_is_never_overwritten(instance: Path, tmp_path: Path) -> None:
    file = tmp_path / "kept.zip"
    file.write_text("the one from yesterday")

    answer = run(instance, "backup", str(file))

    assert answer.returncode == 1 and answer.stderr == f"File exists: {file}.\n"
    assert file.read_text() == "the one from yesterday"


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (lambda file: None, "No such file or directory"),
        (lambda file: file.write_bytes(b"words"), "is not a ZIP archive"),
        (lambda file: zipfile.ZipFile(file, "w").close(), "no manifest.json"),
    ],
    ids=["nothing", "words", "an empty archive"],
)
def test_what_is_no_backup_is_refused_in_a_sentence(tmp_path: Path, prepare: object, said: str) -> None:
    prepare(tmp_path / "kept.zip")  # type: ignore[operator]

    answer = run(tmp_path / "there", "restore", str(tmp_path / "kept.zip"))

    assert answer.returncode == 1 and said in answer.stderr and answer.stderr.count("\n") == 1


def test_a_record_is_not_mixed_with_another(instance: Path, tmp_path: Path) -> None:
    assert run(instance, "backup", str(tmp_path / "kept.zip")).returncode == 0

    answer = run(instance, "restore", str(tmp_path / "kept.zip"))

    assert answer.returncode == 1 and SENTENCE.search(answer.stderr) and "empty instance" in answer.stderr


def test_everything_is_exported_to_an_empty_folder_only(instance: Path, tmp_path: Path) -> None:
    first, second = (run(instance, "export", "all", str(tmp_path / "everything"), "--no-reports") for _ in range(2))

    assert first.returncode == 0 and "Begin with" in first.stdout, first.stderr
    assert (tmp_path / "everything" / "README.html").is_file()
    assert second.returncode == 1 and SENTENCE.fullmatch(second.stderr) and "not empty" in second.stderr
