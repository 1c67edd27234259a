"""What stands around the program keeps its word: the wheel, the lock files, the README, the commands that install and check."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement

from governance import settings
from governance.cli.main import COMMANDS, governance
from governance.paths import PACKAGE

ROOT = PACKAGE.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = ("requirements.lock", "requirements-test.lock")


def locked(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))


def section(title: str) -> str:
    return README.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def test_the_wheel_carries_templates_and_policies_and_finds_them(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    [wheel] = tmp_path.glob("governance-*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")

    ask = "from governance.paths import *; print(templates_directory(), policies_directory())"
    found = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, 'site'); {ask}"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )

    templates, policies = map(Path, found.stdout.split())
    for shipped, name in ((templates, "templates"), (policies, "policies")):
        assert tmp_path / shipped == tmp_path / "site" / "governance" / name
        assert files(tmp_path / shipped) == files(ROOT / name) != set()
    strange = {name for name in files(tmp_path / "site") if "tests" in name or "instance" in name}
    assert {name for name in strange if not re.match(r"governance/policies/[\w-]+/tests/[\w-]+\.yaml$", name)} == set()
    assert strange, "a policy travels with its test cases"


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_versions_and_hashes_and_no_index(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    assert not re.search(r"://|--(extra-)?index|--find-links|^-e|@ file", text, re.MULTILINE)
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9-]+==\S+", entry) and "--hash=sha256:" in entry, entry.splitlines()[0]


def test_what_is_tested_is_what_runs() -> None:
    run, test = (locked(name) for name in LOCKS)

    assert run.items() <= test.items()


@pytest.mark.parametrize("wanted", [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]])
def test_what_the_project_asks_for_is_locked_in_a_version_that_it_takes(wanted: str) -> None:
    asked = Requirement(wanted)
    found = locked(LOCKS[wanted not in PROJECT["dependencies"]])

    assert found[asked.name] in asked.specifier


def test_every_path_in_the_readme_is_there() -> None:
    named = {path for path in re.findall(r"`([a-z][\w./-]*(?:/|\.py|\.md|\.toml))`", README) if "//" not in path}

    assert len(named) >= 15
    assert {path for path in named if not (ROOT / path).exists() and not (PACKAGE / path).exists()} == set()


def commands(group: click.Group, words: str = "governance") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{words} {name}")
        else:
            yield f"{words} {name}"


def test_the_readme_lists_every_command_and_no_other() -> None:
    listed = re.findall(r"^(governance(?: [a-z][a-z-]*)+)", section("Command line"), re.MULTILINE)

    assert set(listed) == set(commands(governance))
    assert {words.split()[1] for words in listed} == set(COMMANDS)


def test_the_readme_lists_every_setting_and_no_other() -> None:
    assert re.findall(r"^\| `([A-Z_]+)`", section("Settings"), re.MULTILINE) == list(settings.NAMES)


def test_make_without_a_target_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    said = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, check=True, capture_output=True, text=True).stdout

    targets = re.findall(r"^([a-z]+):", makefile, re.MULTILINE)
    assert set(re.findall(r"make ([a-z]+)", said)) == set(targets) >= {"help", "run", "test", "lint", "fmt", "bench", "campaign"}


@pytest.mark.parametrize("script", [".ci/run", "scripts/bootstrap", "scripts/lock"])
def test_scripts_run_as_they_are_and_stop_at_the_first_error(script: str) -> None:
    file = ROOT / script

    assert os.access(file, os.X_OK)
    assert re.search(r"^set -eu", file.read_text(encoding="utf-8"), re.MULTILINE)
    subprocess.run(["sh" if script != ".ci/run" else "bash", "-n", str(file)], check=True)


SKIPS = {
    "a_mark": "import pytest\n@pytest.mark.skip(reason='later')\ndef test_it(): pass\n",
    "a_call": "import pytest\ndef test_it(): pytest.skip('later')\n",
    "a_module": "import pytest\npytest.skip('later', allow_module_level=True)\n",
    "a_missing_library": "import pytest\npytest.importorskip('unheard_of')\ndef test_it(): pass\n",
}


def test_in_ci_a_skipped_test_has_failed(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_bytes((ROOT / "tests" / "conftest.py").read_bytes())
    (tmp_path / "test_passing.py").write_text("def test_it(): pass\n", encoding="utf-8")
    for name, source in SKIPS.items():
        (tmp_path / f"test_{name}.py").write_text(source, encoding="utf-8")
    quietly = ["-q", "-p", "no:cacheprovider", "--continue-on-collection-errors", "--rootdir", str(tmp_path)]

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *quietly, str(tmp_path)],
        cwd=tmp_path, env={**os.environ, "CI": "true"}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    refused = set(re.findall(r"^test_(\w+)\.py\S* was skipped, and nothing may be skipped here", ran.stdout, re.MULTILINE))
    assert ran.returncode not in {0, 5} and refused == SKIPS.keys(), ran.stdout
    assert re.search(r"^1 failed, 1 passed, 3 errors in ", ran.stdout, re.MULTILINE), ran.stdout


def test_nothing_committed_names_an_index_or_a_folder_of_somebodys_machine() -> None:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    texts = {name: (ROOT / name).read_bytes() for name in names if name and (ROOT / name).is_file()}
    unwanted = re.compile(rb"pypi\.org|pythonhosted|registry\.npmjs|/home/[a-z]+/|/root/")

    assert {name for name, text in texts.items() if unwanted.search(text) and name != "tests/test_house.py"} == set()
