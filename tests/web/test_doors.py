"""The doors: every route declared, nobody where they do not belong, no form without its token, nothing cached, nothing scripted."""

import re
from collections.abc import Iterator

import pytest

from governance.domain.findings import NewFinding
from governance.domain.vocabulary import FindingSeverity, Role, Visibility
from governance.permissions import HOLDERS, ROUTES, Permission
from governance.policy.loader import digest_of
from governance.services import findings, initiatives
from tests.prepared import begun
from tests.services.conftest import TEXTS, House
from tests.web.browser import Site, site, text_of, two_hours_ago
from tests.web.loaded import IMPORT

__all__ = ["site"]

CAST = {
    None: frozenset(),
    "mallory": frozenset(),
    "lena": {Role.PROJECT_LEAD},
    "joao": {Role.REVIEWER},
    "aoife": {Role.REVIEWER, Role.COMPLIANCE_OFFICER},
    "ruth": {Role.AUDITOR},
    "omar": {Role.ADMIN},
}
FILLED = {
    "key": "AI-0001",
    "gate": "G1",
    "gate_id": "G1",
    "request_id": "AI-0001.G1-1",
    "seat_id": "business",
    "finding_id": "AI-0001.F-1",
    "item": "G1-04",
    "item_id": "G1-04",
    "evidence_id": "AI-0001.E-1",
    "person_id": "joao",
    "person": "joao",
    "role": "reviewer",
    "function": "business",
    "unit": "claims",
    "pack_id": "AI-0001.P-0",
    "job_id": "0",
    "delivery_id": "0123456789abcdef",
    "index": "3",
    "secret": "x",
    "filename": "app.css",
    "import_id": IMPORT,
    "digest": digest_of(TEXTS),
    "waiver_id": "AI-0001.W-1",
    "exclusion_id": "AI-0001.N-1",
    "seat": "owner",
    "framework_id": "NIST-AI-RMF",
    "attestation_id": "AT-1",
    "clause_id": "GOVERN-1.2",
    "proposal_id": "P-1",
}


@begun("site", two_hours_ago)
def hidden(house: House) -> None:
    """A complete request of an initiative that only its team may see."""
    house.register()
    house.open()
    house.complete()
    house.submit()
    description = initiatives.Description("Claims triage", "Scores new motor claims for the adjusters.", "claims", "lena", Visibility.NAMED)
    house.act("lena", lambda log: initiatives.describe(log, "AI-0001", description))


def addresses(site: Site) -> Iterator[tuple[str, str, str]]:
    """(endpoint, method, address) of every route, filled in."""
    for rule in site.app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda found: FILLED[found.group(1)], rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield rule.endpoint, method, path


def test_the_table_and_the_routes_are_the_same(site: Site) -> None:
    assert {rule.endpoint for rule in site.app.url_map.iter_rules()} == ROUTES.keys()


@pytest.mark.parametrize("who", CAST, ids=str)
def test_nobody_gets_where_their_roles_do_not_lead(hidden: Site, who: str | None) -> None:
    browser = hidden.browser(who) if who else None
    client = browser.client if browser else hidden.app.test_client()
    if browser:
        browser.get("/")
    for endpoint, method, path in addresses(hidden):
        permission = ROUTES[endpoint]
        if endpoint in ("accounts.sign_out", "accounts.demo_sign_in") or "static" in endpoint:
            continue
        answer = client.open(path, method=method, data={"csrf_token": browser.token if browser else ""} if method == "POST" else None)
        allowed = permission in (Permission.PUBLIC,) or (
            who is not None and (permission is Permission.SIGNED_IN or bool(HOLDERS.get(permission, frozenset()) & CAST[who]))
        )
        if not allowed:
            assert answer.status_code in (303, 400, 403, 404), (who, method, path, answer.status_code)
            assert answer.status_code != 303 or "/sign-in" in answer.headers["Location"], (who, method, path)
        else:
            assert answer.status_code < 500, (who, method, path, answer.status_code)


@pytest.mark.parametrize("who", ["joao", "mallory", "omar"])
def test_somebody_who_may_not_see_an_initiative_finds_no_trace_of_it(hidden: Site, who: str) -> None:
    browser = hidden.browser(who)

    for endpoint, method, path in addresses(hidden):
        if method == "GET" and "AI-0001" in path:
            assert browser.get(path).status_code in (403, 404), path
    for path in ("/", "/portfolio", "/portfolio/table", "/portfolio/table?q=claims", "/portfolio/export.csv", "/portfolio?q=triage"):
        assert "Claims triage" not in browser.get(path).text, path


@pytest.mark.parametrize("who", ["lena", "aoife", "ruth"])
def test_who_may_see_it_does(hidden: Site, who: str) -> None:
    assert "Claims triage" in hidden.browser(who).get("/portfolio").text


def test_every_form_refuses_a_missing_or_foreign_token(hidden: Site) -> None:
    for who in ("lena", "aoife", "omar"):
        client = hidden.browser(who).client
        for endpoint, method, path in addresses(hidden):
            if method == "POST":
                assert client.post(path, data={}).status_code in (400, 403, 404), (who, path)
                assert client.post(path, data={"csrf_token": "forged"}).status_code in (400, 403, 404), (who, path)
                assert client.post(path, json={"csrf_token": "forged"}).status_code == 415, (who, path)


def test_get_changes_nothing(hidden: Site) -> None:
    from governance.ledger.read import head

    with hidden.house.read() as session:
        before = head(session)
    for who in ("lena", "aoife", "omar", "ruth", "joao"):
        browser = hidden.browser(who)
        for _, method, path in addresses(hidden):
            if method == "GET":
                browser.get(path).close()
    with hidden.house.read() as session:
        assert head(session) == before


def test_every_answer_carries_its_headers(hidden: Site) -> None:
    browser = hidden.browser("aoife")
    for path in ("/", "/portfolio", "/ledger", "/no-such-page", "/initiatives/AI-9999"):
        answer = browser.get(path)
        assert (
            "default-src 'none'" in answer.headers["Content-Security-Policy"] and "unsafe" not in answer.headers["Content-Security-Policy"]
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "style=" not in answer.text and "<script" not in answer.text and " onclick" not in answer.text


def test_a_session_ends_with_the_account(hidden: Site) -> None:
    from governance.services import directory

    browser = hidden.browser("joao")
    assert browser.get("/").status_code == 200

    hidden.house.act("omar", lambda log: directory.disable_person(log, "joao", "left"))

    assert browser.get("/").status_code == 303


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/\tevil", "javascript:alert(1)", "evil"]
)
def test_sign_in_leads_nowhere_else(site: Site, wanted: str) -> None:
    from tests.web.browser import PASSWORD, Browser

    browser = Browser(site.app.test_client())
    browser.get("/sign-in")
    answer = browser.post(f"/sign-in?next={wanted}", email="lena@nordhaven.example", password=PASSWORD)

    assert answer.status_code == 303
    assert answer.headers["Location"] in ("/", "/evil"), "a path of this site"


def test_five_wrong_passwords_lock_and_every_failure_says_the_same(site: Site) -> None:
    from tests.web.browser import PASSWORD, Browser

    browser = Browser(site.app.test_client())
    browser.get("/sign-in")
    said = set()
    for email in ["nobody@nordhaven.example", *["lena@nordhaven.example"] * 6]:
        answer = browser.post("/sign-in", email=email, password="wrong horse 99 battery")
        said.add(re.sub(r".*(That address and password[^<]*).*", r"\1", text_of(answer))[:120])
        assert answer.status_code == 422 and email in answer.text
    assert len(said) == 1
    assert browser.post("/sign-in", email="lena@nordhaven.example", password=PASSWORD).status_code == 422


def test_demo_sign_in_is_closed_elsewhere(site: Site) -> None:
    from tests.web.browser import Browser

    browser = Browser(site.app.test_client())
    browser.get("/sign-in")

    assert browser.post("/demo-sign-in", person="omar").status_code == 404


def test_an_unknown_address_keeps_the_menu_of_who_is_signed_in(site: Site) -> None:
    known, stranger = site.browser("lena").get("/nowhere"), site.app.test_client().get("/nowhere")

    assert (known.status_code, stranger.status_code) == (404, 404)
    assert "Sign out" in known.text and "Sign out" not in stranger.text


@pytest.mark.parametrize("who", ["joao", "mallory", "omar"])
def test_what_is_hidden_answers_as_what_does_not_exist(hidden: Site, who: str) -> None:
    finding = NewFinding(FindingSeverity.HIGH, "a secret", "lena")
    hidden.house.act("lena", lambda log: findings.raise_finding(log, "AI-0001", finding))
    browser = hidden.browser(who)
    browser.get("/")

    for endpoint, method, path in addresses(hidden):
        if "AI-0001" in path:
            form = {"csrf_token": browser.token} if method == "POST" else None
            there, gone = (browser.client.open(asked, method=method, data=form) for asked in (path, path.replace("AI-0001", "AI-9999")))
            assert (there.status_code, text_of(there)) == (gone.status_code, text_of(gone).replace("AI-9999", "AI-0001")), endpoint
            assert there.status_code in (403, 404), endpoint


@pytest.mark.parametrize(
    ("who", "method", "path", "said"),
    [
        ("mallory", "GET", "/people", "denied GET people.listing to mallory"),
        ("mara", "POST", "/requests/AI-0001.G1-1/submit", "denied POST gates.submit to mara"),
        ("joao", "GET", "/initiatives/AI-0001", "denied GET initiatives.overview to joao"),
        ("joao", "GET", "/evidence/AI-0001.E-1", "denied GET evidence.statement to joao"),
        ("joao", "POST", "/requests/AI-0001.G1-1/comments", "denied POST gates.comment to joao"),
        ("joao", "GET", "/initiatives/AI-9999", None),
        ("joao", "GET", "/nowhere%0d%0adenied", None),
        ("lena", "GET", "/initiatives/AI-0001", None),
    ],
    ids=str,
)
def test_a_denial_is_logged_wherever_it_was_decided(
    hidden: Site, caplog: pytest.LogCaptureFixture, who: str, method: str, path: str, said: str | None
) -> None:
    browser = hidden.browser(who)
    browser.get("/")

    browser.client.open(path, method=method, data={"csrf_token": browser.token} if method == "POST" else None)

    assert [record.getMessage() for record in caplog.records if record.name == "governance.access"] == ([said] if said else [])
