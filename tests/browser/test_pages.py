"""Every page as every role: no axe violation in light and dark, no console error under the content security policy."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Browser, expect

from tests.browser import pages
from tests.browser.axe import Looker
from tests.browser.conftest import Served, serve
from tests.browser.pages import CAST, ELSEWHERE, NOT_PAGES, NOWHERE, WIDEST, Portfolio
from tests.demo.conftest import Demo, demo

pytestmark = pytest.mark.browser

__all__ = ["demo"]


@pytest.fixture(scope="module")
def portfolio(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portfolio]:
    found = pages.copied(demo.folder, tmp_path_factory.mktemp("portfolio"))
    pages.enrich(found)
    yield found
    found.engines.close()


@pytest.fixture(scope="module")
def shown(portfolio: Portfolio, chromium: Browser) -> Iterator[Served]:
    with serve(portfolio.folder, chromium, portfolio.engines) as site:
        yield site


@pytest.fixture(scope="module")
def addresses(shown: Served, portfolio: Portfolio) -> dict[str, list[str]]:
    return pages.addresses(shown.app, portfolio)


def test_every_get_route_is_walked_or_is_no_page(shown: Served, addresses: dict[str, list[str]]) -> None:
    asked = {rule.endpoint for rule in shown.app.url_map.iter_rules() if "GET" in (rule.methods or set())}

    assert asked == addresses.keys() | NOT_PAGES | ELSEWHERE
    assert not [endpoint for endpoint, found in addresses.items() if not found], "each has an address"


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """The pages that were looked at, whoever it was."""
    return set()


@pytest.mark.parametrize("role", CAST)
def test_no_violation_and_no_console_error(
    shown: Served, portfolio: Portfolio, addresses: dict[str, list[str]], seen: set[str], role: str
) -> None:
    allowed = portfolio.open_to(CAST[role])
    with shown.at(CAST[role]) as page:
        looker = Looker(page, seen)
        for endpoint, paths in addresses.items():
            for path in paths:
                check_answer(looker.visit(path), allowed=endpoint in allowed, known=role != "nobody")
        for path in NOWHERE:
            assert looker.visit(path).status in (200, 403, 404), path
    assert not looker.found, "\n".join(looker.found)


def check_answer(answer: APIResponse, *, allowed: bool, known: bool) -> None:
    """A page, or one that says what is not open to this reader; whoever is not signed in is led to sign in."""
    text = answer.text()
    assert answer.status in ((200, 403, 404, 409, 422) if allowed else (403,) if known else (200,)), (answer.url, answer.status)
    assert allowed or known or "/sign-in" in answer.url, answer.url
    assert text.count("<h1") == 1 and 'id="main"' in text, answer.url


@pytest.mark.parametrize("width", [390, 800, 1000, 1280])
def test_nothing_is_wider_than_the_screen(shown: Served, addresses: dict[str, list[str]], width: int) -> None:
    wide = []
    with shown.at(WIDEST, width=width) as page:
        for path in [found[0] for found in addresses.values() if found]:
            page.goto(path)
            if page.evaluate("() => document.documentElement.scrollWidth") > width:
                wide.append(path)
    assert not wide


def test_the_sign_in_page_offers_the_demo_people(shown: Served) -> None:
    with shown.at(None) as page:
        page.goto("/sign-in")
        page.get_by_role("button", name="Enter as Ines Okafor").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_every_icon_that_is_named_is_drawn() -> None:
    from governance.paths import PACKAGE, templates_directory
    from governance.reads.marks import MARKS
    from governance.words import WORDS

    drawn = set(re.findall(r'symbol id="([^"]+)"', (PACKAGE / "static" / "icons.svg").read_text(encoding="utf-8")))
    named = {said.shape for words in WORDS.values() for said in words.values()} | {mark.shape for mark in MARKS.values()}
    for template in Path(templates_directory()).rglob("*.html"):
        if "packs" not in template.parts:
            named |= set(re.findall(r'icon\("([a-z-]+)"', template.read_text(encoding="utf-8")))
    assert named <= drawn, named - drawn
