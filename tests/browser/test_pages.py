"""Every page as every role: no axe violation in light and dark, no console error under the content security policy."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.conftest import Served, serve
from tests.demo.conftest import Demo, demo

pytestmark = pytest.mark.browser

__all__ = ["demo"]

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
PAGES = {
    "ines.okafor": ["/", "/portfolio", "/portfolio/table", "/initiatives/new", "/initiatives/AI-0006", "/initiatives/AI-0006/facts", "/initiatives/AI-0006/findings",
                    "/initiatives/AI-0006/checklist/G2", "/requests/AI-0006.G2-1", "/initiatives/AI-0006/team", "/initiatives/AI-0006/describe", "/initiatives/AI-0006/readers",
                    "/initiatives/AI-0006/model", "/packs", "/profile", "/no-such-page"],
    "lena.fischer": ["/initiatives/AI-0012", "/initiatives/AI-0012/checklist/G1", "/requests/AI-0012.G1-1"],
    "aoife.lynch": ["/", "/policy", "/policy?q=drift", "/policy/gates/G1", "/policy/gates/C1", "/requests/AI-0004.G1-1", "/requests/AI-0004.G1-1/seats/compliance", "/initiatives/AI-0010", "/initiatives/AI-0010/facts"],
    "mina.petrov": ["/", "/requests/AI-0007.G2-1", "/requests/AI-0001.G2-1"],
    "ruth.adler": ["/", "/ledger", "/ledger/740", "/packs", "/requests/AI-0009.G3-1"],
    "omar.said": ["/", "/people", "/people/joao.teles", "/people/add", "/settings"],
}  # fmt: skip
CASES = [(who, path) for who, paths in PAGES.items() for path in paths]


@pytest.fixture(scope="module")
def shown(demo: Demo, chromium: Browser) -> Iterator[Served]:
    with serve(demo.folder, chromium, demo.engines) as site:
        yield site


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("who", PAGES)
def test_no_violation_and_no_console_error(shown: Served, who: str, scheme: str) -> None:
    axe, found = Axe(), []
    with shown.at(who, scheme=scheme) as page:
        page.on("console", lambda message: found.append(f"console: {message.text}") if message.type == "error" else None)
        for path in PAGES[who]:
            answer = page.goto(path)
            assert answer is not None and answer.status in (200, 404), path
            if answer.status == 404:
                found = [said for said in found if "404" not in said]
            page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true })")
            results = axe.run(page, options=RULES)
            found += [f"{path} {one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in results.response["violations"]]
    assert not found, "\n".join(found)


def test_the_sign_in_page_offers_the_demo_people(shown: Served) -> None:
    with shown.at(None) as page:
        page.goto("/sign-in")
        assert not Axe().run(page, options=RULES).response["violations"]
        page.get_by_role("button", name="Enter as Ines Okafor").click()
        assert page.get_by_role("heading", level=1).is_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(shown: Served, width: int) -> None:
    wide = []
    for who, paths in PAGES.items():
        with shown.at(who, width=width) as page:
            for path in paths:
                page.goto(path)
                if page.evaluate("() => document.documentElement.scrollWidth") > width:
                    wide.append(path)
    assert not wide


def test_every_icon_that_is_named_is_drawn(demo: Demo) -> None:
    from governance.paths import PACKAGE, templates_directory
    from governance.reads.sentences import _MARKS
    from governance.words import WORDS

    drawn = set(re.findall(r'symbol id="([^"]+)"', (PACKAGE / "static" / "icons.svg").read_text(encoding="utf-8")))
    named = {said.shape for words in WORDS.values() for said in words.values()} | {mark.shape for mark in _MARKS.values()}
    for template in Path(templates_directory()).rglob("*.html"):
        if "packs" not in template.parts:
            named |= set(re.findall(r'icon\("([a-z-]+)"', template.read_text(encoding="utf-8")))
    assert named <= drawn, named - drawn
