"""The house keeps its shape: imports go down, doors do not know each other, the domain knows nobody."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import governance.models  # noqa: F401 - maps every table
from governance.models.base import governed_classes, table_of
from governance.paths import PACKAGE, templates_directory

ORDER = [
    {"app"},
    {"web", "api", "cli"},
    {"jobs", "demo", "archive"},
    {"services"},
    {"reads"},
    {"events"},
    {"ledger"},
    {"models"},
    {"policy", "packs"},
    {"permissions", "words", "settings", "paths"},
    {"logs"},
    {"storage"},
    {"domain"},
]
"""Each part may import those below it. Parts in one line do not know one another."""

LEVEL = {name: place for place, names in enumerate(ORDER) for name in names}
ALLOWED_UP = {("cli", "app")}
"""`governance serve` builds the application."""

ONLY = {
    "packs": {"domain", "words", "paths"},  # a pure function from a record to a document
    "policy": {"domain", "words"},
    "domain": set[str](),
}
FLASK = re.compile("flask|werkzeug|wtforms|gunicorn")
KNOWS_FLASK = {"app", "web", "api", "cli"}
SQL = re.compile("sqlalchemy|sqlite3|psycopg")
KNOWS_NO_SQL = {"domain", "policy", "packs", "words", "permissions", "settings", "paths"}

LONGEST = 300

GOVERNED = {column.key for kind in governed_classes() for column in table_of(kind).columns}
NOT_ROWS = {
    ("ledger/book.py", "cls.kind"),  # the word of an event class
    ("ledger/replay.py", "shelf.at"),  # the leaf that is being replayed
    ("ledger/replay.py", "shelf.by"),
    ("web/current.py", "g.time_zone"),  # kept for one web request
}
"""What is assigned outside events under the name of a governed column, and is none."""

MODULES = sorted(PACKAGE.rglob("*.py"))
PAGES = sorted(templates_directory().rglob("*.html"))


def inside(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def part(path: Path) -> str:
    return inside(path).split("/")[0].removesuffix(".py")


def parsed(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def imported(path: Path) -> Iterator[str]:
    """What a module imports, also inside functions and for types only."""
    for node in parsed(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"line {node.lineno}: a relative import hides where it leads"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


every_module = pytest.mark.parametrize("path", MODULES, ids=inside)


@every_module
def test_imports_go_down(path: Path) -> None:
    here = part(path)
    for target in imported(path):
        package, there, *_ = [*target.split("."), ""]
        if package != "governance" or there in {here, "__version__"}:
            continue
        assert here in LEVEL and there in LEVEL, f"{here} or {there} has no place in the house yet: give it one above"
        assert LEVEL[here] < LEVEL[there] or (here, there) in ALLOWED_UP, f"{inside(path)} imports {target}"
        assert there in ONLY.get(here, LEVEL), f"{inside(path)} imports {target}"


@every_module
def test_only_doors_know_the_web_framework_and_only_the_lower_floors_the_database(path: Path) -> None:
    for target in imported(path):
        assert part(path) in KNOWS_FLASK or not FLASK.match(target), target
        assert part(path) not in KNOWS_NO_SQL or not SQL.match(target), target
        assert part(path) == "storage" or not target.startswith(("sqlite3", "psycopg", "sqlalchemy.dialects")), target


@pytest.mark.parametrize("path", sorted((PACKAGE / "domain").glob("*.py")), ids=inside)
def test_the_domain_knows_only_the_standard_library_and_itself(path: Path) -> None:
    for target in imported(path):
        assert target.startswith("governance.domain") or target.split(".")[0] in sys.stdlib_module_names, target


@pytest.mark.parametrize("path", [path for path in MODULES if part(path) != "events"], ids=inside)
def test_only_an_event_changes_a_governed_row(path: Path) -> None:
    assigned = {
        ast.unparse(node)
        for node in parsed(path)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del) and node.attr in GOVERNED
    }

    assert {name for name in assigned if not name.startswith("self.") and (inside(path), name) not in NOT_ROWS} == set()


@every_module
def test_what_no_module_does(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    assert len(source.splitlines()) <= LONGEST, "look for the seam and split it there"
    assert not re.search(r"\b[A-Z]\w*\.query\b", source), "read with select()"
    assert part(path) == "storage" or "PRAGMA" not in source
    if part(path) in {"domain", "events", "models", "policy", "packs"}:
        assert not re.search(r"\.now\(|\.today\(|utcnow|time\.time", source), "when is an argument"


@every_module
def test_nothing_is_caught_that_nobody_expected(path: Path) -> None:
    for node in parsed(path):
        if isinstance(node, ast.ExceptHandler):
            anything = node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
            assert not anything or ast.unparse(node.body[-1]) == "raise", f"line {node.lineno} hides a failure"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(templates_directory())))
def test_templates_say_and_do_not_think(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    assert not re.search(r"\|\s*safe\b|autoescape false|\bMarkup\(", source)
    if "packs" not in path.parts:
        assert not re.search(r"<script(?![^>]* src=)| style=|\son\w+=", source), "the content policy would block it"
