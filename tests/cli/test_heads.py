"""`governance log checkpoint`, `verify --since` and `rotate-key`, as an administrator and an auditor use them."""

import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from governance.ledger.log import SYSTEM, Actor
from governance.services import directory
from governance.services.opening import DATABASE, ledger_of, open_engines
from tests.cli.running import program, run
from tests.ledger import independent_notes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An instance with an administrator."""
    found = tmp_path / "instance"
    write(found, first=True)
    return found


def write(folder: Path, name: str = "claims", *, first: bool = False) -> None:
    engines = open_engines(folder, synchronous="OFF")
    with ledger_of(engines).writing(SYSTEM if first else Actor("omar"), datetime.now(UTC)) as log:
        if first:
            organisation = directory.OrganisationSettings("Nordhaven", "Europe/Copenhagen")
            profile = directory.Profile("Omar", "Head", "claims")
            directory.found(log, organisation, ("claims", "Claims"), "omar", profile, "omar@nordhaven.example")
        else:
            directory.open_unit(log, name, name.title())
    engines.close()


def said(folder: Path, *words: str, code: int = 0, **environment: str) -> str:
    answer = run(folder, *words, **environment)
    assert answer.returncode == code, answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
    return answer.stdout if code == 0 else answer.stderr


def key_of(folder: Path) -> str:
    with sqlite3.connect(folder / DATABASE) as connection:
        (body,) = connection.execute("SELECT body FROM leaf WHERE kind = 'ledger.key_changed' ORDER BY \"index\" DESC").fetchone()
    connection.close()
    return str(body.decode().split('"verifier":"')[1].split('"')[0])


def alter(folder: Path, *statements: str) -> None:
    with sqlite3.connect(folder / DATABASE) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert connection.execute(statement).rowcount
        for _, sql in guards:
            connection.execute(sql)
    connection.close()


def test_a_head_is_signed_printed_kept_and_verified(folder: Path, tmp_path: Path) -> None:
    note = said(folder, "log", "checkpoint")

    assert independent_notes.head_of(note.encode(), key_of(folder))
    assert said(folder, "log", "checkpoint") == note, "nothing is new"
    write(folder, "energy")
    out = tmp_path / "kept"
    assert "The head over" in said(folder, "log", "checkpoint", "--out", str(out))
    assert out.read_text() != note and independent_notes.head_of(out.read_bytes(), key_of(folder))
    assert ", 2 signed heads: 0 problems." in said(folder, "log", "verify")
    assert "File exists" in said(folder, "log", "checkpoint", "--out", str(out), code=1)


def test_the_settings_name_the_ledger_and_the_file_of_its_key(folder: Path, tmp_path: Path) -> None:
    named = {"GOVERNANCE_ORIGIN": "governance.example.org/ledger", "GOVERNANCE_CHECKPOINT_KEY": str(tmp_path / "key")}

    assert said(folder, "log", "checkpoint", **named).startswith("governance.example.org/ledger\n")
    assert (tmp_path / "key").exists() and not (folder / "checkpoint-key").exists()
    write(folder, "energy")
    assert "A ledger keeps its name" in said(folder, "log", "checkpoint", code=1, **{**named, "GOVERNANCE_ORIGIN": "another.example"})
    assert "No such file" in said(folder, "log", "checkpoint", code=1)


def test_many_processes_that_sign_at_once_keep_one_head_by_one_key(folder: Path) -> None:
    started = [
        subprocess.Popen(words, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for words, given in [program(folder, "log", "checkpoint") for _ in range(5)]
    ]
    answers = [process.communicate(timeout=120) for process in started]

    assert [process.returncode for process in started] == [0] * 5, answers
    assert len({out for out, _ in answers}) == 1
    assert ", 1 signed head: 0 problems." in said(folder, "log", "verify")
    assert {file.name for file in folder.glob("checkpoint-key*")} == {
        "checkpoint-key",
        f"checkpoint-key.last-{key_of(folder).split('+')[1]}",
    }


def test_a_ledger_without_entries_has_nothing_to_sign(tmp_path: Path) -> None:
    assert "nothing to sign" in said(tmp_path, "log", "checkpoint", code=1)
    assert not (tmp_path / "checkpoint-key").exists()


def test_an_earlier_checkpoint_shows_that_nothing_was_cut_off_or_written_anew(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    said(folder, "log", "checkpoint", "--out", str(kept))
    write(folder, "energy")

    own = said(folder, "log", "verify", "--since", str(kept))
    pinned = said(folder, "log", "verify", "--since", str(kept), "--key", key_of(folder))

    for answer in (own, pinned):
        assert "entries that the checkpoint of governance.local/" in answer and "are there as they were signed" in answer
    assert "taken from this ledger itself" in own and "taken from this ledger itself" not in pinned
    another = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert "No known key signed the note" in said(folder, "log", "verify", "--since", str(kept), "--key", another, code=1)


def test_an_earlier_checkpoint_names_a_cut_and_a_fork(folder: Path, tmp_path: Path) -> None:
    said(folder, "log", "checkpoint")
    key = key_of(folder)
    with sqlite3.connect(folder / DATABASE) as now, sqlite3.connect(tmp_path / "older") as older:
        now.backup(older)
    write(folder, "energy")
    kept = tmp_path / "kept"
    said(folder, "log", "checkpoint", "--out", str(kept))
    for beside in folder.glob(f"{DATABASE}*"):
        beside.unlink()
    (tmp_path / "older").rename(folder / DATABASE)
    (folder / DATABASE).chmod(0o600)

    assert "0 problems" in said(folder, "log", "verify"), "the older state fits itself"
    cut = said(folder, "log", "verify", "--since", str(kept), "--key", key, code=1)
    write(folder, "fraud")
    fork = said(folder, "log", "verify", "--since", str(kept), "--key", key, code=1)

    assert "cut off or rolled back to an earlier state" in cut
    assert "forked or altered since" in fork
    assert "rolled back or replaced" in said(folder, "log", "checkpoint", code=1), "and no head of it is signed by the same key"


def test_a_row_that_was_altered_before_signing_is_not_signed(folder: Path) -> None:
    said(folder, "log", "checkpoint")
    write(folder, "energy")
    alter(folder, "UPDATE leaf SET header = CAST(replace(CAST(header AS TEXT), 'omar', 'lena') AS BLOB) WHERE actor = 'omar'")

    refused = said(folder, "log", "checkpoint", code=1)

    assert "Nothing is signed" in refused and len(refused.splitlines()) == 1
    with sqlite3.connect(folder / DATABASE) as connection:
        assert connection.execute("SELECT (SELECT count(*) FROM checkpoint), (SELECT why FROM signing_refusal)").fetchone() == (
            1,
            refused[:-1],
        )
    connection.close()


def test_another_key_follows_and_both_are_verified(folder: Path) -> None:
    said(folder, "log", "checkpoint")
    old = key_of(folder)

    answer = said(folder, "log", "rotate-key", "--by", "omar", "--reason", "The disk was sold.")

    assert answer == f"From now on heads are signed by this key: {key_of(folder)}\n" and key_of(folder) != old
    assert "0 problems" in said(folder, "log", "verify")
    assert independent_notes.head_of(said(folder, "log", "checkpoint").encode(), key_of(folder))
    assert {file.name.split("-")[1].split(".")[-1] for file in folder.glob("checkpoint-key*")} == {"key", "last", "retired"}


@pytest.mark.parametrize(
    ("by", "sentence"), [("nobody", "There is no person nobody."), ("tom", "Only somebody with the role admin can change the key")]
)
def test_who_may_not_change_the_key_is_told_so(folder: Path, by: str, sentence: str) -> None:
    engines = open_engines(folder, synchronous="OFF")
    with ledger_of(engines).writing(Actor("omar"), datetime.now(UTC)) as log:
        directory.register_person(log, "tom", directory.Profile("Tom", "Clerk", "claims"), "tom@nordhaven.example")
    engines.close()
    said(folder, "log", "checkpoint")
    before = key_of(folder)

    assert sentence in said(folder, "log", "rotate-key", "--by", by, "--reason", "x", code=1)
    assert key_of(folder) == before


@pytest.mark.parametrize(
    "words",
    [
        ["verify", "--since", "/does/not/exist"],
        ["verify", "--since", "/tmp"],
        ["verify", "--key", "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"],
        ["verify", "--since", "{file}", "--key", "words"],
        ["verify", "--since", "{file}", "--key", ""],
        ["verify", "--since", "{file}", "--key", "\udcff+00000000+AAAA"],
        ["checkpoint", "--out", "/tmp"],
        ["rotate-key", "--by", "omar", "--reason", " \t"],
        ["rotate-key", "--by", "omar", "--reason", "x" * 2_001],
        ["rotate-key", "--by", "system", "--reason", "x"],
    ],
    ids=lambda words: " ".join(words)[:50].encode("ascii", "replace").decode(),
)
def test_a_wrong_command_line_is_answered_with_how_to_use_it(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "file").write_text("words")
    answer = run(tmp_path / "instance", "log", *(word.format(file=tmp_path / "file") for word in words))

    assert answer.returncode == 2
    assert "Usage: governance log" in answer.stderr and "Traceback" not in answer.stderr
    assert not (tmp_path / "instance").exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"words\n", b"\xff" * 100, b"x" * 1_100_000, b"a\n01\nAAAA\n\n\xe2\x80\x94 a AAAAAAAA\n"],
    ids=["nothing", "words", "no text", "much", "half"],
)
def test_a_file_that_is_no_checkpoint_is_named_as_such(folder: Path, tmp_path: Path, content: bytes) -> None:
    said(folder, "log", "checkpoint")
    (tmp_path / "file").write_bytes(content)

    answer = said(folder, "log", "verify", "--since", str(tmp_path / "file"), code=1)

    assert answer.startswith("the checkpoint given, note: it proves nothing here: ") and len(answer.splitlines()) == 1


def test_a_checkpoint_that_nobody_may_write_to_is_said_in_a_sentence(folder: Path) -> None:
    assert "No such file or directory: /does/not/exist/file." in said(folder, "log", "checkpoint", "--out", "/does/not/exist/file", code=1)


def test_a_reason_with_half_a_sign_is_kept_as_what_can_be_kept(folder: Path) -> None:
    said(folder, "log", "checkpoint")
    said(folder, "log", "rotate-key", "--by", "omar", "--reason", "it \udcff leaked")

    assert "0 problems" in said(folder, "log", "verify")
