"""A policy from a folder: what cannot be read is said, and nothing is silently left out."""

import re
import shutil
from pathlib import Path

import pytest

from governance.paths import policies_directory
from governance.policy.loader import digest_of, load_policy, parse_policy
from governance.policy.problems import PolicyError

SHIPPED = policies_directory() / "stage-gates"
TEXTS = dict(load_policy(SHIPPED).texts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "policy"))


def problems(folder: Path) -> list[str]:
    with pytest.raises(PolicyError) as error:
        load_policy(folder)
    return [str(problem) for problem in error.value.problems]


def test_the_shipped_policy_is_read_from_every_file_below_its_folder() -> None:
    loaded = load_policy(SHIPPED)

    below = {path.relative_to(SHIPPED).as_posix() for path in SHIPPED.rglob("*.yaml")}
    assert set(loaded.texts) == {name for name in below if not name.startswith("tests/")} < below
    assert loaded.policy.digest == digest_of(loaded.texts)
    assert loaded.policy == parse_policy(loaded.texts)


def test_the_days_on_which_evidence_is_told_are_those_of_the_policy_or_the_usual_ones_where_it_has_no_reminders() -> None:
    other = TEXTS["policy.yaml"].replace("evidence_expiry: {days_before: [30, 7]}", "evidence_expiry: {days_before: [60, 1]}")
    without = re.sub(r"(?m)^reminders:\n(  .*\n)+", "", TEXTS["policy.yaml"])

    told = [parse_policy({**TEXTS, "policy.yaml": text}).evidence_told_before for text in (TEXTS["policy.yaml"], other, without)]

    assert told == [(30, 7), (60, 1), (30, 7)] and "reminders" not in without


def test_a_folder_that_is_not_there_or_empty_is_no_policy(tmp_path: Path) -> None:
    assert problems(tmp_path) == [f"{tmp_path}:1:1: no .yaml file here"]
    assert problems(tmp_path / "absent") == [f"{tmp_path / 'absent'}:1:1: no .yaml file here"]


def test_bytes_that_are_not_utf_8_are_named_beside_every_other_fault(folder: Path) -> None:
    (folder / "gates" / "G1.yaml").write_bytes(b"gate: \xff\n")
    (folder / "facts.yaml").write_bytes("facts: é".encode("latin-1"))
    (folder / "tiering.yaml").write_text("a: 1\na: 2\n", encoding="utf-8")

    assert problems(folder) == [
        "facts.yaml:1:1: not UTF-8 at byte 7",
        "gates/G1.yaml:1:1: not UTF-8 at byte 6",
        "tiering.yaml:1:1: unknown key “a”",
        "tiering.yaml:2:1: duplicate key “a” (first on line 1)",
    ]


def test_a_byte_order_mark_is_refused(folder: Path) -> None:
    (folder / "facts.yaml").write_bytes(b"\xef\xbb\xbf" + (folder / "facts.yaml").read_bytes())

    assert problems(folder) == ["facts.yaml:1:1: starts with a byte order mark: save it as plain UTF-8"]


def test_a_link_that_leads_nowhere_is_not_a_gate_less(folder: Path) -> None:
    (folder / "gates" / "C1.yaml").unlink()
    (folder / "gates" / "C1.yaml").symlink_to(folder / "absent.yaml")

    assert problems(folder) == ["gates/C1.yaml:1:1: cannot be read: No such file or directory"]


def test_a_link_in_a_circle_and_a_link_to_a_folder_are_not_read(folder: Path) -> None:
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    (folder / "more.yaml").symlink_to(folder / "gates")

    assert [problem.split(":")[0] for problem in problems(folder)] == ["loop.yaml", "more.yaml"]


def test_a_link_to_a_file_is_that_file(folder: Path, tmp_path: Path) -> None:
    moved = (folder / "facts.yaml").rename(tmp_path / "facts.yaml")
    (folder / "facts.yaml").symlink_to(moved)

    assert load_policy(folder).policy == load_policy(SHIPPED).policy


@pytest.mark.parametrize("name", ["G4.yml", "G4.YAML", "G4.YML"])
def test_an_ending_that_nobody_reads_is_a_fault(folder: Path, name: str) -> None:
    (folder / "gates" / name).write_text("gate: {}\n", encoding="utf-8")

    assert problems(folder) == [f"gates/{name}:1:1: name it G4.yaml: only files with this ending are read"]


def test_other_files_folders_and_what_lies_in_tests_are_no_part_of_it(folder: Path) -> None:
    (folder / "README.md").write_text("a: &x", encoding="utf-8")
    (folder / "old.yaml").mkdir()
    (folder / "tests" / "broken.yaml").write_text("a: &x", encoding="utf-8")

    assert load_policy(folder).texts == TEXTS


def test_line_ends_do_not_change_a_policy(folder: Path) -> None:
    for path in folder.rglob("*.yaml"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert load_policy(folder).policy == load_policy(SHIPPED).policy


def test_the_digest_names_every_file_and_every_byte() -> None:
    digests = {digest_of(TEXTS), digest_of({}), digest_of({**TEXTS, "z.yaml": ""})}
    digests |= {digest_of({**TEXTS, name: text + " "}) for name, text in TEXTS.items()}

    assert len(digests) == 3 + len(TEXTS)
    assert digest_of(TEXTS) == digest_of(dict(reversed(TEXTS.items())))


@pytest.mark.parametrize("key", ["policy", "limits", "signoffs", "findings", "attribution", "freshness", "pilot", "app_sources", "facts", "risk_tiering", "frameworks"])  # fmt: skip
def test_a_policy_without_a_section_says_so(key: str) -> None:
    texts = {name: _without(text, key) for name, text in TEXTS.items()}

    with pytest.raises(PolicyError, match=f"the policy says nothing about “{key}”"):
        parse_policy({name: text for name, text in texts.items() if text.strip()})


def _without(text: str, key: str) -> str:
    """The text of a file without one of its top keys."""
    kept, inside = [], False
    for line in text.splitlines(keepends=True):
        if not line.startswith((" ", "#", "\n", "-", "]", "}")):
            inside = line.startswith(f"{key}:")
        if not inside:
            kept.append(line)
    return "".join(kept) if any(line[:1].isalpha() for line in kept) else ""


def test_a_section_that_stands_in_two_files_is_a_fault_of_the_second() -> None:
    with pytest.raises(PolicyError, match=r"z\.yaml:1:1: “pilot” stands in policy\.yaml already"):
        parse_policy({**TEXTS, "z.yaml": "pilot: {default_weeks: 1, max_weeks: 2}\n"})


def test_no_gate_at_all_is_a_fault() -> None:
    with pytest.raises(PolicyError, match="the policy has no gate"):
        parse_policy({name: text for name, text in TEXTS.items() if not name.startswith("gates/")})


@pytest.mark.parametrize("text", ["", "# nothing\n", "- 1\n", "a\n", "1\n", "~\n"])
def test_a_file_that_holds_no_keys_is_a_fault(text: str) -> None:
    with pytest.raises(PolicyError, match=r"^z\.yaml:1:1: a policy file holds keys and values$"):
        parse_policy({**TEXTS, "z.yaml": text})
