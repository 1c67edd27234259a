"""Every form that comes back, and every refusal: no axe violation in light and dark, no console error, what is wrong on top."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from governance.permissions import ROUTES, Permission
from governance.policy.loader import digest_of
from governance.services.opening import ledger_of, open_engines
from governance.storage import engines as storage
from tests.browser import pages
from tests.browser.axe import Looker
from tests.browser.conftest import Served, serve
from tests.browser.pages import Portfolio
from tests.demo.conftest import Demo, demo
from tests.services.conftest import House
from tests.web.browser import PASSWORD
from tests.web.loaded import restored

pytestmark = pytest.mark.browser

__all__ = ["demo"]

FILLED = {
    "key": "AI-0006",
    "gate": "G2",
    "item": "G2-04",
    "delivery_id": "0123456789abcdef",
    "finding_id": "AI-0006.F-3",
    "request_id": "AI-0006.G2-1",
    "seat_id": "it_ops",
    "person_id": "joao.teles",
    "person": "joao.teles",
    "role": "auditor",
    "function": "compliance",
    "unit": "insurance",
    "waiver_id": "AI-0004.W-1",
    "exclusion_id": "AI-0004.N-1",
    "evidence_id": "AI-0006.E-1",
    "seat": "owner",
    "framework_id": "NIST-AI-RMF",
    "clause_id": "GOVERN-1.2",
    "attestation_id": "AT-3",
    "proposal_id": "P-7",
    "digest": digest_of(pages.eased_again()),
}
OTHERWISE = {"exclusions.propose": {"key": "AI-0004", "item": "G2-07"}, "waivers.ask": {"key": "AI-0004", "item": "G2-05"}, "reusing.reuse": {"item": "G2-03"}, "gates.close": {"request_id": "AI-0004.G1-1"}, "proposals.withdraw": {"proposal_id": "P-8"}, "signing.decide": {"request_id": "AI-0007.G2-1"}, "signing.sign": {"request_id": "AI-0007.G2-1"}}  # fmt: skip
SENDERS = {Permission.VOUCH: "aoife.lynch", Permission.ATTEST: "aoife.lynch", Permission.DECIDE_RULES: "aoife.lynch", Permission.MOVE_REQUESTS: "aoife.lynch", Permission.ADMINISTER: "omar.said", Permission.ISSUE_PACKS: "ruth.adler", Permission.ISSUE_TRAIL: "ruth.adler", Permission.PUBLIC: None}  # fmt: skip
SENT_BY = {
    "signing.decide": "mina.petrov",
    "signing.sign": "mina.petrov",
    "waivers.ask": "sofia.marchetti",
    "exclusions.propose": "sofia.marchetti",
    "exclusions.decide": "aoife.lynch",
    "exclusions.withdraw": "sofia.marchetti",
    "waivers.sign": "mina.petrov",
    "waivers.withdraw": "sofia.marchetti",
    "gates.close": "aoife.lynch",
    "attesting.confirm": "pieter.dewit",
    "findings.close": "aoife.lynch",
}
ELSEWHERE = {"setup.first_admin", "accounts.sign_out"}
"""One is for an empty instance, the other leads to a page that is looked at anyway."""
SEND = """([to, token]) => {
    const form = Object.assign(document.createElement("form"), {method: "post", action: to, enctype: "multipart/form-data"});
    form.append(Object.assign(document.createElement("input"), {name: "csrf_token", value: token}));
    document.body.append(form);
    form.submit();
}"""


@pytest.fixture(scope="module")
def portfolio(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portfolio]:
    found = pages.copied(demo.folder, tmp_path_factory.mktemp("forms"))
    pages.enrich(found)
    yield found
    found.engines.close()


@pytest.fixture(scope="module")
def shown(portfolio: Portfolio, chromium: Browser) -> Iterator[Served]:
    with serve(portfolio.folder, chromium, portfolio.engines) as site:
        yield site


def send(page: Page, path: str, token: str | None = None) -> Response:
    """Post a form with nothing in it but its token, as the page that has the form would."""
    page.goto("/profile")  # where nobody is signed in: the sign-in page
    found = page.locator('input[name="csrf_token"]').first.get_attribute("value")
    with page.expect_navigation() as answered:
        page.evaluate(SEND, [path, found if token is None else token])
    return answered.value


def forms(shown: Served, portfolio: Portfolio) -> Iterator[tuple[str, str]]:
    """(endpoint, address) of everything that can be posted."""
    for rule in shown.app.url_map.iter_rules():
        if "POST" in (rule.methods or set()) and rule.endpoint not in ELSEWHERE:
            piece = portfolio.shared[-1 if rule.endpoint == "reusing.reuse" else 1]
            of_portfolio = {"secret": portfolio.secret, "import_id": portfolio.imports[-1], "evidence_id": piece}
            values = {**FILLED, **of_portfolio, **OTHERWISE.get(rule.endpoint, {})}
            yield rule.endpoint, re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda found: values[found.group(1)], rule.rule)  # noqa: B023


def test_a_form_with_nothing_in_it_comes_back_with_what_is_wrong_or_says_why_it_cannot_be(shown: Served, portfolio: Portfolio) -> None:
    looked, back = set[str](), set[str]()
    with ExitStack() as browsers:
        lookers: dict[str | None, Looker] = {}
        for endpoint, path in forms(shown, portfolio):
            who = SENT_BY.get(endpoint, SENDERS.get(ROUTES[endpoint], "ines.okafor"))
            if who not in lookers:
                lookers[who] = Looker(browsers.enter_context(shown.at(who)))
            looker, page = lookers[who], lookers[who].page
            answer = send(page, path)
            assert answer.status in (200, 404, 409, 422), (endpoint, answer.status)
            if answer.status != 200:
                looker.look(path)
            if page.locator(".problem").count():
                back.add(endpoint)
                assert page.title().startswith("Error: "), endpoint
                anchors = page.locator(".problem a").evaluate_all("links => links.map(link => link.getAttribute('href').split('#')[1])")
                assert all(page.locator(f'[id="{anchor}"]').count() == 1 for anchor in anchors), (endpoint, anchors)
            looked.add(endpoint)
    found = [said for looker in lookers.values() for said in looker.found]
    assert not found, "\n".join(found)
    assert looked == {rule.endpoint for rule in shown.app.url_map.iter_rules() if "POST" in (rule.methods or set())} - ELSEWHERE
    assert back >= COME_BACK, COME_BACK - back


COME_BACK = {
    "accounts.profile",
    "accounts.set_password",
    "accounts.sign_in",
    "checklists.add_evidence",
    "findings.raise_finding",
    "importing.confirm",
    "importing.start",
    "initiatives.describe",
    "initiatives.model",
    "initiatives.readers",
    "intake.register",
    "packs.issue",
    "packs.issue_trail",
    "people.add",
    "people.change",
    "people.disable",
    "people.grant_function",
    "people.grant_role",
    "settings.open_unit",
    "settings.organisation",
    "settings.rename_unit",
    "signing.decide",
    "signing.sign",
    "staffing.start",
}


def test_what_no_form_sends_is_refused_on_a_page_too(shown: Served) -> None:
    with shown.at("ines.okafor") as page:
        looker = Looker(page)
        assert send(page, "/initiatives/new", token="forged").status == 400
        looker.look("a forged form")
        answer = page.goto("/sign-out")
        assert answer is not None and answer.status == 405
        looker.look("an address that is only posted to")
    assert not looker.found, "\n".join(looker.found)


def test_whoever_cannot_write_now_is_told_to_try_again(shown: Served, portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch) -> None:
    with shown.at("ines.okafor") as page, portfolio.engines.turn():
        monkeypatch.setattr(storage, "BUSY_MS", 50)
        looker = Looker(page)
        answer = send(page, "/initiatives/AI-0006/requests/G2")
        assert (answer.status, answer.headers["retry-after"]) == (503, "2")
        assert "This was not saved" in page.locator("h1").inner_text()
        looker.look("busy")
    assert not [said for said in looker.found if "503" not in said], "\n".join(looker.found)


def test_the_set_up_of_an_empty_instance(tmp_path: Path, chromium: Browser) -> None:
    with serve(tmp_path, chromium) as site, site.at(None) as page:
        looker = Looker(page)
        page.goto("/")
        assert page.url.endswith("/setup")
        looker.look("/setup")
        page.get_by_role("button", name="Set up and sign in").click()
        expect(page.locator(".problem li")).to_have_count(9)
        looker.look("/setup, incomplete")
    assert not looker.found, "\n".join(looker.found)


def test_the_recovery_of_a_restored_record(tmp_path: Path, chromium: Browser) -> None:
    engines = open_engines(tmp_path, synchronous="OFF")
    restored(House(ledger_of(engines)))
    with serve(tmp_path, chromium, engines) as site:
        for name, left in (("omar", "2 administrators still have"), ("tom", "1 administrator still has")):
            with site.at(name, width=390) as page:
                looker = Looker(page)
                page.goto("/")
                page.get_by_role("link", name="Recovery").click()
                expect(page.locator("h1")).to_contain_text(left)
                looker.look("/recovery")
                page.get_by_role("button", name="Let the record go on").click()
                expect(page.locator(".problem li")).to_have_count(2)
                looker.look("/recovery, incomplete")
                assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
                page.get_by_label("Reason").fill("The disk failed.")
                page.get_by_label("Your password").fill(PASSWORD)
                page.get_by_role("button", name="Let the record go on").click()
                expect(page.locator("main")).to_contain_text("Your confirmation is recorded")
                looker.look("/recovery, confirmed")
            assert not looker.found, "\n".join(looker.found)
    engines.close()
