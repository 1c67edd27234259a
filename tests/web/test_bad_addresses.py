"""Bad addresses: ids of nothing and of something else, and whatever stands after the question mark. And nothing is left out of the tables."""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from flask import Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import TestResponse
from wtforms.fields.core import UnboundField

from governance.app import create_app
from governance.permissions import ROUTES, Permission
from governance.services.opening import ledger_of
from governance.settings import Settings
from governance.web.forms import Form
from tests.prepared import Prepared
from tests.services.conftest import House
from tests.web import hostile
from tests.web.acts import ACTS, APART, encoded, open_form
from tests.web.browser import Browser, Site, asked
from tests.web.loaded import Loaded, site_in
from tests.web.test_bad_input import REFUSED, badly_refused, raw, wrong
from tests.web.test_doors import FILLED

ELSEWHERE = {"kpi", "code"}
"""Asked for only by gates behind the first (the field is like `unit`), and only where others can reach an empty instance (`test_setup`)."""
PART = re.compile(r"<(?:[^:>]+:)?(\w+)>")
WHO = {
    Permission.VOUCH: "aoife",
    Permission.ATTEST: "aoife",
    Permission.DECIDE_RULES: "aoife",
    Permission.ADMINISTER: "omar",
    Permission.READ_LEDGER: "aoife",
    Permission.READ_PACKS: "aoife",
    Permission.ISSUE_TRAIL: "aoife",
}
"""Who gets past the door; Lena does elsewhere."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    with site_in(tmp_path_factory.mktemp("loaded")) as site:
        yield site


@pytest.fixture(scope="module")
def browsers(house: Loaded) -> dict[str, Browser]:
    found = {who: house.browser(who) for who in ("omar", "aoife", "lena")}
    for browser in found.values():
        browser.get("/")
    house.keep()
    return found


def test_every_form_of_the_application_is_in_the_table(house: Loaded) -> None:
    assert {act.endpoint for act in ACTS} == {rule.endpoint for rule in house.app.url_map.iter_rules() if "POST" in (rule.methods or set())}


def test_every_field_of_every_form_class_is_on_a_page_that_the_table_opens(house: Loaded) -> None:
    shown = {name for act in ACTS if act.endpoint not in APART for name in open_form(house, act).form.controls}
    shown |= {name for act in ACTS if act.endpoint in APART for name in act.typed}

    for kind in subclasses(Form):
        fields = [name for name in dir(kind) if isinstance(getattr(kind, name), UnboundField)]
        parts = [name for name in fields if getattr(kind, name).field_class.__name__ == "FormField"]
        missing = [name for name in fields if name not in parts and not any(f"-{one}".endswith(f"-{name}") for one in shown)]
        assert set(missing) <= ELSEWHERE, (kind.__name__, missing)


def subclasses(kind: type) -> Iterator[type]:
    """Those of the product; other tests make forms too."""
    for found in kind.__subclasses__():
        if found.__module__.startswith("governance."):
            yield found
        yield from subclasses(found)


def test_addresses_of_nothing_are_refused_in_a_sentence(house: Loaded, browsers: dict[str, Browser]) -> None:
    for rule in house.app.url_map.iter_rules():
        browser = browsers[WHO.get(ROUTES[rule.endpoint], "lena")]
        for path in strange(rule.rule):
            for method in (rule.methods or set()) & {"GET", "POST"}:
                answer = browser.post(path) if method == "POST" else browser.get(path)
                assert answer.status_code in REFUSED | {303, 308}, (method, path[:80], answer.status_code)
                if "static" not in rule.endpoint and answer.status_code in REFUSED:
                    assert not [*badly_refused(house, answer), *raw(answer)], (method, path[:80], answer.text[-400:])
                assert not house.wrote() or not house.changed(), (method, path)


def strange(rule: str) -> Iterator[str]:
    """The address with one part after the other replaced."""
    for odd in PART.findall(rule):
        for value in hostile.IDS:
            parts = {**FILLED, odd: value}
            yield PART.sub(lambda found, parts=parts: parts[found[1]], rule)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site on each engine, for what one of them takes and the other does not."""
    folder = tmp_path_factory.mktemp("either")
    with prepared.engines(request.param, folder, asked) as (engines, now):
        yield Site(create_app(Settings(folder, "k" * 40), engines), House(ledger_of(engines), now))


def test_a_nul_in_an_address_names_nothing(either: Site) -> None:
    browsers = {who: either.browser(who) for who in ("omar", "aoife", "lena")}
    tried = 0

    for rule in either.app.url_map.iter_rules():
        browser = browsers[WHO.get(ROUTES[rule.endpoint], "lena")]
        for path in with_a_nul(rule.rule):
            for method in (rule.methods or set()) & {"GET", "POST"}:
                answer = browser.post(path) if method == "POST" else browser.get(path)
                assert answer.status_code == 404 and "\0" not in answer.text, (method, path, answer.status_code)
                tried += 1
    assert tried > 300
    assert browsers["lena"].get("/initiatives/AI-0001").status_code == 200  # so the addresses above are those of something


def with_a_nul(rule: str) -> Iterator[str]:
    """One part after the other replaced; and after the question mark, as a value and as a name."""
    path = PART.sub(lambda found: FILLED[found[1]], rule)
    yield from (f"{path}?q=%00", f"{path}?page=1&sort=a%00b", f"{path}?%00=1")
    for odd in PART.findall(rule):
        for value in ("%00", f"{FILLED[odd]}%00", f"%00{FILLED[odd]}"):
            parts = {**FILLED, odd: value}
            yield PART.sub(lambda found, parts=parts: parts[found[1]], rule)


TWICE = [act for act in ACTS if act.endpoint in ("findings.answer", "findings.close")]


@pytest.mark.parametrize("act", TWICE, ids=str)
def test_what_belongs_to_another_initiative_is_not_reached_through_this_one(house: Loaded, act: object) -> None:
    opened = open_form(house, act)
    house.keep()

    answer = opened.send(encoded(opened.good), path=opened.path.replace("AI-0001", "AI-0002", 1))

    assert answer.status_code == 404
    assert not house.changed()


@pytest.mark.parametrize(
    ("endpoint", "name", "foreign"),
    [("checklists.answer", "G1-08-evidence", "AI-0001.E-1"), ("findings.answer", "evidence", "AI-0002.E-1")],
    ids=["an answer", "a finding"],
)
def test_evidence_of_another_initiative_proves_nothing_here(house: Loaded, endpoint: str, name: str, foreign: str) -> None:
    opened = open_form(house, next(act for act in ACTS if act.endpoint == endpoint))
    house.keep()

    answer = opened.send(encoded({**opened.good, name: [foreign]}))

    assert answer.status_code == 422
    assert not list(wrong(opened, answer))


class Asked(ImmutableMultiDict[str, str]):
    """Remembers which names a page looks for in its address."""

    names: set[str] = set()

    def get(self, key: str, *rest: object, **given: object) -> object:
        self.names.add(key)
        return super().get(key, *rest, **given)

    def __getitem__(self, key: str) -> str:
        self.names.add(key)
        return super().__getitem__(key)


class Watched(Request):
    parameter_storage_class = Asked


def questions(house: Loaded, browsers: dict[str, Browser]) -> Iterator[tuple[Browser, str, list[str]]]:
    """Every page that reads its address: who may look at it, where it is, and the names it asks for."""
    usual, house.app.request_class = house.app.request_class, Watched
    try:
        for rule in house.app.url_map.iter_rules():
            path = PART.sub(lambda found: FILLED[found[1]], rule.rule)
            if "GET" not in (rule.methods or set()) or "static" in rule.endpoint:
                continue
            Asked.names.clear()
            browser = browsers[WHO.get(ROUTES[rule.endpoint], "lena")]
            browser.get(path)
            if names := sorted(Asked.names):
                yield browser, path, names
    finally:
        house.app.request_class = usual


def test_whatever_stands_after_the_question_mark_is_answered(house: Loaded, browsers: dict[str, Browser]) -> None:
    pages = list(questions(house, browsers))
    assert len(pages) > 8

    for browser, path, names in pages:
        for said, value in hostile.QUERIES.items():
            check_read(browser.get(f"{path}?{query(dict.fromkeys(names, value))}"), f"{path} {said}")
        for name in names:
            for said in hostile.WORST:
                check_read(browser.get(f"{path}?{query({name: hostile.QUERIES[said]})}"), f"{path} {name} {said}")
            check_read(browser.get(f"{path}?{name}=a&{name}=b&{hostile.STEERING}"), f"{path} {name} twice")
    assert not house.changed()


def query(given: dict[str, str]) -> str:
    return urlencode(given, errors="surrogatepass")


def check_read(answer: TestResponse, where: str) -> None:
    assert answer.status_code in (200, 404), (where, answer.status_code)
    assert answer.mimetype == "text/csv" or not list(raw(answer)), where


@pytest.mark.parametrize("said", hostile.TEXTS)
def test_where_somebody_wanted_to_go_never_leads_away(house: Loaded, said: str) -> None:
    opened = open_form(house, next(act for act in ACTS if act.endpoint == "accounts.demo_sign_in"))
    house.keep()

    refused = "\0" in hostile.TEXTS[said]  # such an address is none
    for wanted in (hostile.TEXTS[said], "/" + hostile.TEXTS[said], "//" + hostile.TEXTS[said]):
        answer = opened.send(encoded(opened.good), path=f"{opened.path}?next={quote(wanted, safe='', errors='surrogatepass')}")
        if refused:
            assert answer.status_code == 404
            continue
        assert answer.status_code == 303 and re.match(r"/(?![/\\])", answer.headers["Location"])
        assert "\n" not in answer.headers["Location"] and "Set-Cookie: session" not in str(answer.headers)
    house.put_back()
