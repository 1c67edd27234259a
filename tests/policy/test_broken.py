"""Policies with one fault each: exactly that fault, by its code, line and column. And what no policy is: never anything but an answer."""

import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from governance.policy.checking import Checked, check
from governance.policy.codes import Code, Level

HERE = Path(__file__).parent / "broken"
CASES: list[dict[str, str]] = yaml.safe_load((HERE / "cases.yaml").read_text(encoding="utf-8"))
MARK = "‸"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / "base", tmp_path / "policy"))


def said(found: Checked) -> list[str]:
    return [f"{problem.file}:{problem.line}:{problem.column} {problem.code}: {problem.message}" for problem in found.problems]


def change(folder: Path, case: dict[str, str]) -> str:
    """Make the fault, and return where it has to be named."""
    file = folder / case["file"]
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    assert case["find"] in text, case["find"]
    made = text.replace(case["find"], case["put"], 1)
    file.write_text(made.replace(MARK, ""), encoding="utf-8")
    before = made[: made.find(MARK)]
    return case.get("at") or f"{case['file']}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def test_the_policy_they_are_made_from_is_sound() -> None:
    found = check(HERE / "base")

    assert (said(found), found.gates, found.items) == ([], 2, 7)


@pytest.mark.parametrize("case", CASES, ids=[case["fault"] for case in CASES])
def test_one_fault_is_one_error_at_its_place(folder: Path, case: dict[str, str]) -> None:
    where = change(folder, case)

    found = check(folder)

    assert len(found.problems) == 1, said(found)
    [problem] = found.problems
    assert (f"{problem.file}:{problem.line}:{problem.column}", problem.code) == (where, Code(case["code"])), said(found)
    assert case["says"] in problem.message, said(found)


def test_there_are_enough_of_them_and_every_kind_of_error_has_one() -> None:
    elsewhere = {
        Code.NO_FILES,
        Code.UNREADABLE_FILE,
        Code.NOT_UTF8,
        Code.LONE_SURROGATE,
        Code.TOO_LARGE,
        Code.TOO_DEEP,
        Code.TOO_MANY_FAULTS,
    }
    elsewhere |= {
        Code.DOES_NOT_FIT,
        Code.NO_GATE,
        Code.ALWAYS_TRUE,
        Code.ALWAYS_FALSE,
        Code.ITEM_UNREACHED,
        Code.NEVER_PASSES,
        Code.UNUSED_METRIC,
        Code.UNTRANSLATED,
    }

    assert len(CASES) >= 60
    assert {Code(case["code"]) for case in CASES} == set(Code) - elsewhere - {Code.SUPERSEDED_FRAMEWORK}


def not_utf8(folder: Path) -> None:
    (folder / "gates" / "G1.yaml").write_bytes(b"gate: \xff\n")


def nul(folder: Path) -> None:
    (folder / "gates" / "G1.yaml").write_text("gate: {id: \0}\n", encoding="utf-8")


def surrogate(folder: Path) -> None:
    (folder / "gates" / "G1.yaml").write_bytes(b"gate: \xed\xa0\x80\n")


def nested(folder: Path) -> None:
    (folder / "gates" / "G1.yaml").write_text("[" * 999_999, encoding="utf-8")


def nested_by_blanks(folder: Path) -> None:
    lines = (f"{' ' * depth}a:" for depth in range(1_000))
    (folder / "gates" / "G1.yaml").write_text("\n".join(lines), encoding="utf-8")


def two_megabytes(folder: Path) -> None:
    (folder / "gates" / "G1.yaml").write_text("# " + "x" * 2_000_000, encoding="utf-8")


def a_megabyte_whose_line_ends_are_two_signs(folder: Path) -> None:
    (folder / "gates" / "G1.yaml").write_bytes(b"#\r\n" * 333_334)


def without_end(folder: Path) -> None:
    (folder / "gates" / "G1.yaml").unlink()
    (folder / "gates" / "G1.yaml").symlink_to("/dev/zero")


def a_loop_of_links(folder: Path) -> None:
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")


def a_link_to_a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "more.yaml").symlink_to(folder / "pipe")


def a_link_to_a_folder(folder: Path) -> None:
    (folder / "more.yaml").symlink_to(folder / "gates")


def bombs(folder: Path) -> None:
    lines = ["a0: &a0 [lol]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))]
    (folder / "more.yaml").write_text("\n".join(lines), encoding="utf-8")


def a_name_that_is_no_text(folder: Path) -> None:
    (folder / "gates" / "G1.yaml").rename(folder / "gates" / "\udcff.yaml")


BYTES: list[tuple[Callable[[Path], None], str, Code]] = [
    (not_utf8, "gates/G1.yaml:1:1", Code.NOT_UTF8),
    (nul, "gates/G1.yaml:1:12", Code.YAML_SYNTAX),
    (surrogate, "gates/G1.yaml:1:1", Code.NOT_UTF8),
    (nested, "gates/G1.yaml:1:41", Code.TOO_DEEP),
    (nested_by_blanks, "gates/G1.yaml:41:41", Code.TOO_DEEP),
    (two_megabytes, "gates/G1.yaml:1:1", Code.TOO_LARGE),
    (a_megabyte_whose_line_ends_are_two_signs, "gates/G1.yaml:1:1", Code.TOO_LARGE),
    (without_end, "gates/G1.yaml:1:1", Code.UNREADABLE_FILE),
    (a_loop_of_links, "loop.yaml:1:1", Code.UNREADABLE_FILE),
    (a_link_to_a_pipe, "more.yaml:1:1", Code.UNREADABLE_FILE),
    (a_link_to_a_folder, "more.yaml:1:1", Code.UNREADABLE_FILE),
    (a_name_that_is_no_text, "gates/\udcff.yaml:1:1", Code.UNREADABLE_FILE),
]


@pytest.mark.parametrize(("made", "where", "code"), BYTES, ids=[made.__name__ for made, _, _ in BYTES])
def test_what_cannot_be_read_is_one_error_and_no_follow_up(folder: Path, made: Callable[[Path], None], where: str, code: Code) -> None:
    made(folder)

    found = check(folder)

    assert [(f"{problem.file}:{problem.line}:{problem.column}", problem.code) for problem in found.problems] == [(where, code)], said(found)


def test_a_bomb_of_aliases_costs_nothing_and_is_named_once(folder: Path) -> None:
    bombs(folder)

    found = check(folder)

    assert [problem.line for problem in found.problems if problem.code is Code.ANCHOR_OR_ALIAS] == [1]
    assert {problem.file for problem in found.problems} == {"more.yaml"}


def test_a_file_with_very_many_faults_is_answered_with_the_first_of_them(folder: Path) -> None:
    (folder / "more.yaml").write_text("".join(f"facs{n}: 1\n" for n in range(20_000)), encoding="utf-8")

    found = check(folder)

    assert len(found.problems) == 201
    assert {problem.code for problem in found.problems} == {Code.UNKNOWN_KEY, Code.TOO_MANY_FAULTS}


TWELVE = [
    "an unknown function", "a misspelt key that is needed", "an unknown key", "an item id twice", "an unknown framework", "an unknown fact",
    "no sample at all", "a seat that does not see what it judges", "on for true", "an unknown comparator", "a duplicate key",
    "an unknown record of the program",
]  # fmt: skip


def test_twelve_faults_of_one_file_are_twelve_errors_in_one_run(folder: Path) -> None:
    for name in TWELVE:
        change(folder, next(case for case in CASES if case["fault"] == name))

    found = check(folder)

    by_name: dict[str, Any] = {case["fault"]: case for case in CASES}
    assert sorted(problem.code for problem in found.problems) == sorted(by_name[name]["code"] for name in TWELVE), said(found)
    assert {problem.file for problem in found.problems} == {"gates/G1.yaml"}


OPENING = {Code.DUPLICATE_ID, Code.FOREIGN_LETTER, Code.WRONG_TYPE, Code.WRONG_VALUE, Code.UNKNOWN_WORD, Code.MISSING_KEY}
WHOLE_FILE = {
    Code.YAML_SYNTAX, Code.TAB, Code.BYTE_ORDER_MARK, Code.NOT_KEYS_AND_VALUES, Code.FILE_ENDING, Code.MISSING_SECTION, Code.SECTION_TWICE,
    Code.ANCHOR_OR_ALIAS,
}  # fmt: skip
"""Faults that concern a file as a whole, or leave open what names there are."""


@pytest.mark.parametrize("seed", range(80))
def test_no_fault_hides_another_and_none_is_named_twice(folder: Path, seed: int) -> None:
    """Two to four faults at once are as many errors, of which those of names may wait while something that declares names is broken."""
    chance = random.Random(seed)
    apart = [case for case in CASES if Code(case["code"]) not in WHOLE_FILE]
    made: list[dict[str, str]] = []
    for case in chance.sample(apart, chance.randrange(2, 5)):
        if (folder / case["file"]).exists() and case["find"] in (folder / case["file"]).read_text(encoding="utf-8"):
            change(folder, case)
            made.append(case)

    errors = [problem.code.value for problem in check(folder).problems if problem.severity is Level.ERROR]

    missing = Counter(case["code"] for case in made) - Counter(errors)
    waits = any(Code(case["code"]) in OPENING for case in made)
    assert not Counter(errors) - Counter(case["code"] for case in made), said(check(folder))
    assert not missing or (
        waits and all(code.startswith(("unknown-", "fact-", "comparator-", "band-", "gate-", "cycle")) for code in missing)
    ), missing
