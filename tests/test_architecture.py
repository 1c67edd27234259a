"""The house keeps its shape: imports go down, doors do not know each other, the domain knows nobody."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from governance.paths import PACKAGE, templates_directory

ORDER = [
    {"app"},
    {"web", "cli"},
    {"jobs", "demo"},
    {"services"},
    {"reads"},
    {"events"},
    {"ledger"},
    {"models"},
    {"policy", "packs"},
    {"permissions", "words", "settings", "paths"},
    {"storage"},
    {"domain"},
]
LEVEL = {name: place for place, names in enumerate(ORDER) for name in names}
ALLOWED_UP = {("cli", "app"), ("web", "demo")}
"""`governance serve` builds the application; the sign-in page shows the demo's password."""
MODULES = sorted(PACKAGE.rglob("*.py"))


def part(module: str) -> str:
    return module.split(".")[1]


def name_of(path: Path) -> str:
    return ".".join(("governance", *path.relative_to(PACKAGE).with_suffix("").parts))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    name = name_of(path)
    if name.count(".") < 1 or name == "governance.__init__":
        return
    here = part(name)
    for target in imported(path):
        if target.startswith("governance.") and len(target.split(".")) > 1 and part(target) in LEVEL and part(target) != here:
            there = part(target)
            assert LEVEL[here] < LEVEL[there] or (here, there) in ALLOWED_UP, f"{name} imports {target}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "domain").glob("*.py")), ids=lambda path: path.name)
def test_the_domain_knows_only_the_standard_library_and_itself(path: Path) -> None:
    for target in imported(path):
        assert target.startswith("governance.domain") or target.split(".")[0] in sys.stdlib_module_names, target


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_no_module_does(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    assert len(source.splitlines()) <= 320
    assert ".query." not in source and "except Exception" not in source and "except:" not in source
    if "events" not in path.parts:
        assert not re.search(r"(?<!self)\.(stage|standing|state) = ", source), "only an event changes a governed row"
    if "domain" in path.parts or "events" in path.parts or "models" in path.parts:
        assert "datetime.now" not in source and "time.time" not in source


@pytest.mark.parametrize(
    "path", sorted(templates_directory().rglob("*.html")), ids=lambda path: str(path.relative_to(templates_directory()))
)
def test_templates_say_and_do_not_think(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    assert "|safe" not in source and "| safe" not in source and "autoescape false" not in source
    if "packs" not in path.parts:
        assert "<script" not in source and " style=" not in source and not re.search(r"\son\w+=", source)
