"""Lists and overviews take the same number of statements at 20 and at 2,000 initiatives, and no more than 15."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from governance.domain.vocabulary import Visibility
from governance.models.directory import Person
from governance.services import initiatives
from governance.services.initiatives import Description
from tests.web.browser import Site, site

__all__ = ["site"]

PAGES = [
    "/",
    "/portfolio",
    "/portfolio/table",
    "/portfolio/table?q=claims&sort=waits",
    "/portfolio/export.csv",
    "/initiatives/AI-0001",
    "/packs",
    "/ledger",
]
BUDGET = 15


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def register(site: Site, count: int) -> None:
    """Many initiatives in one transaction."""
    intake = Description("Claims and more", "Scores new motor claims for the adjusters.", "claims", "lena", Visibility.ORGANISATION)

    def do(log: object) -> None:
        for _ in range(count):
            initiatives.register(log, intake)  # type: ignore[arg-type]

    site.house.act("lena", do)


def statements(site: Site) -> dict[str, int]:
    browser = site.browser("aoife")
    browser.get("/")
    found = {}
    for path in PAGES:
        with counted(site.house.ledger.engines.reader) as seen:
            assert browser.get(path).status_code == 200
        found[path] = len([statement for statement in seen if not statement.startswith("BEGIN")])
    return found


def test_pages_keep_to_their_budget_whatever_the_size(site: Site, tmp_path: Path) -> None:
    register(site, 20)
    small = statements(site)
    register(site, 1_980)
    large = statements(site)

    assert small == large
    assert max(large.values()) <= BUDGET, large
    with site.house.read() as session:
        assert session.get(Person, "lena") is not None


@pytest.mark.parametrize(
    "path",
    ["/portfolio/table?page=2", "/portfolio/table?page=999999", "/portfolio/table?page=x", "/portfolio?stage=nowhere&tier=9&sort=;drop"],
)
def test_odd_questions_get_a_page(site: Site, path: str) -> None:
    register(site, 60)

    assert site.browser("aoife").get(path).status_code == 200
