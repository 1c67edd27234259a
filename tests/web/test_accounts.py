"""Signing in and out, passwords, the demo people, and the first page of an empty instance."""

import dataclasses
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from governance.app import create_app
from governance.demo.loader import PASSWORD_FILE
from governance.ledger.log import SYSTEM, Actor
from governance.models.accounts import Account, SetupLink, WebSession
from governance.services import accounts, directory
from governance.storage.engines import Busy, DiskFull
from governance.web.guard import TOKEN
from tests.web.browser import PASSWORD, Browser, Site, fails_after, site, text_of

__all__ = ["site"]

NEW = "amber lantern drifts over 7 fjords"
LENA = "lena@nordhaven.example"
ELSEWHERE = {"environ_base": {"REMOTE_ADDR": "10.1.2.3"}}


def visitor(site: Site) -> Browser:
    """Somebody who has not signed in, with the sign-in page open."""
    browser = Browser(site.app.test_client())
    browser.get("/sign-in")
    return browser


def sign_in(site: Site, email: str = LENA, password: str = PASSWORD, path: str = "/sign-in") -> Browser:
    browser = visitor(site)
    assert browser.post(path, email=email, password=password).status_code == 303
    return browser


def token_of(browser: Browser) -> str | None:
    with browser.client.session_transaction() as session:
        return session.get(TOKEN)


def sessions(site: Site, person: str = "lena") -> int:
    with site.house.read() as session:
        return session.scalar(select(func.count()).select_from(WebSession).where(WebSession.person_id == person)) or 0


# Signing in


def test_somebody_signs_in_and_lands_where_they_wanted_to_go(site: Site) -> None:
    browser = visitor(site)

    asked = browser.get("/portfolio?q=claims")
    assert asked.status_code == 303 and asked.headers["Location"] == "/sign-in?next=/portfolio?q%3Dclaims"
    answer = browser.post(asked.headers["Location"], email=LENA, password=PASSWORD)

    assert answer.status_code == 303 and answer.headers["Location"] == "/portfolio?q=claims"
    assert browser.get("/portfolio").status_code == 200


@pytest.mark.parametrize("email", [LENA.upper(), f"  {LENA} "])
def test_an_address_is_taken_however_it_is_written(site: Site, email: str) -> None:
    assert token_of(sign_in(site, email))


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("nobody@nordhaven.example", PASSWORD),
        (LENA, "wrong horse 99 battery"),
        (LENA, PASSWORD.upper()),
        (LENA, f"{PASSWORD} "),
        (LENA, "x" * 10_000),
        ("lena@nordhaven.example' OR '1'='1", PASSWORD),
        ("mallory@nordhaven.example", PASSWORD),
        ("joao@nordhaven.example", PASSWORD),
    ],
    ids=["unknown", "wrong", "case", "space", "long", "injection", "no password yet", "disabled"],
)
def test_whatever_was_wrong_the_answer_is_the_same(site: Site, email: str, password: str) -> None:
    with site.house.ledger.writing(SYSTEM, site.house.now) as log:
        log.session.get_one(Account, "mallory").password = None
    site.house.act("omar", lambda log: directory.disable_person(log, "joao", "left"))

    browser = visitor(site)
    answer = browser.post("/sign-in", email=email, password=password)

    assert answer.status_code == 422 and accounts.refuse_sign_in().message in text_of(answer)
    assert password not in answer.text.replace(email, "")
    assert token_of(browser) is None


def test_what_is_left_out_is_named_at_its_field(site: Site) -> None:
    answer = visitor(site).post("/sign-in", email="", password="")

    assert answer.status_code == 422
    assert 'href="#email"' in answer.text and 'href="#password"' in answer.text and "<title>Error:" in answer.text


def test_after_five_wrong_passwords_the_right_one_is_refused_for_a_quarter_of_an_hour(site: Site) -> None:
    browser = visitor(site)
    for _ in range(5):
        browser.post("/sign-in", email=LENA, password="wrong horse 99 battery")

    assert browser.post("/sign-in", email=LENA, password=PASSWORD).status_code == 422
    with site.house.read() as session:
        until = session.get_one(Account, "lena").locked_until
        assert until is not None and timedelta(minutes=14) < until - datetime.now(UTC) <= timedelta(minutes=15)
    assert "locked" in site.browser("ruth").get("/ledger?kind=person.locked").text

    with site.house.ledger.writing(SYSTEM, site.house.now) as log:
        log.session.get_one(Account, "lena").locked_until = datetime.now(UTC) - timedelta(seconds=1)
    assert browser.post("/sign-in", email=LENA, password=PASSWORD).status_code == 303


def test_a_right_password_clears_the_wrong_ones_before_it(site: Site) -> None:
    browser = visitor(site)
    for _ in range(4):
        browser.post("/sign-in", email=LENA, password="wrong horse 99 battery")
    assert site.failures("lena") == 4

    browser.post("/sign-in", email=LENA, password=PASSWORD)

    assert site.failures("lena") == 0


def test_a_form_without_its_token_signs_nobody_in(site: Site) -> None:
    client = site.app.test_client()

    assert client.post("/sign-in", data={"email": LENA, "password": PASSWORD}).status_code == 400
    assert client.get("/").status_code == 303


# Sessions


def test_each_sign_in_makes_a_new_session_and_ends_the_one_before(site: Site) -> None:
    browser = sign_in(site)
    first = token_of(browser)
    with browser.client.session_transaction() as session:
        session["planted"] = "by somebody else"

    browser.get("/sign-in")
    browser.post("/sign-in", email=LENA, password=PASSWORD)

    assert token_of(browser) not in (None, first) and sessions(site) == 1
    with browser.client.session_transaction() as session:
        assert "planted" not in session


def test_only_the_hash_of_a_session_is_stored(site: Site) -> None:
    token = token_of(sign_in(site))

    with site.house.read() as session:
        kept = session.scalars(select(WebSession.token)).one()
    assert token is not None and kept == accounts.hashed(token) != token


def test_a_session_ends_with_signing_out_also_for_who_copied_the_cookie(site: Site) -> None:
    browser = sign_in(site)
    thief = Browser(site.app.test_client())
    with thief.client.session_transaction() as session:
        session[TOKEN] = token_of(browser)
    assert thief.get("/").status_code == 200

    browser.get("/")
    assert browser.post("/sign-out").headers["Location"] == "/sign-in"

    assert thief.get("/").status_code == 303 and browser.get("/").status_code == 303


def test_signing_out_is_never_a_link(site: Site) -> None:
    browser = sign_in(site)

    assert browser.get("/sign-out").status_code == 405
    assert browser.get("/").status_code == 200


def test_a_session_ends_with_its_time_and_with_the_account(site: Site) -> None:
    browser = sign_in(site)
    site.house.act("omar", lambda log: directory.disable_person(log, "lena", "left"))
    assert browser.get("/").status_code == 303

    site.house.act("omar", lambda log: directory.enable_person(log, "lena"))
    browser = sign_in(site)
    with site.house.ledger.writing(SYSTEM, site.house.now) as log:
        for row in log.session.scalars(select(WebSession)):
            row.ends_at = datetime.now(UTC) - timedelta(seconds=1)
    assert browser.get("/").status_code == 303


def test_a_session_that_ended_with_the_account_does_not_come_back_with_it(site: Site, link: str) -> None:
    before = site.browser("mallory")
    assert before.get("/").status_code == 200

    site.house.act("omar", lambda log: directory.disable_person(log, "mallory", "left"))
    assert sessions(site, "mallory") == 0
    site.house.act("omar", lambda log: directory.enable_person(log, "mallory"))

    assert before.get("/").status_code == 303
    assert before.get(link).status_code == 409, "nor does a link that was under way"


def test_a_forged_cookie_is_nobody(site: Site) -> None:
    browser = Browser(site.app.test_client())
    for forged in ("x", "' OR 1=1 --", ["list"], {"a": 1}, 7, None):
        with browser.client.session_transaction() as session:
            session[TOKEN] = forged
        assert browser.get("/").status_code == 303


# Setting a password


@pytest.fixture
def link(site: Site) -> str:
    """A set-up link of Mallory's."""
    return link_of(site, "mallory")


def link_of(site: Site, person: str) -> str:
    with site.house.ledger.writing(Actor("omar"), datetime.now(UTC)) as log:
        return f"/set-password/{accounts.make_setup_link(log, person)}"


def test_a_setup_link_sets_a_password_once_and_ends_every_session(site: Site, link: str) -> None:
    before = site.browser("mallory")
    browser = Browser(site.app.test_client())
    assert "Mallory" in text_of(browser.get(link))

    answer = browser.post(link, password=NEW, again=NEW)

    assert answer.status_code == 303 and "Your password is set" in text_of(browser.get("/"))
    assert before.get("/").status_code == 303
    assert sign_in(site, "mallory@nordhaven.example", NEW).get("/").status_code == 200
    assert browser.get(link).status_code == 409 and browser.post(link, password=NEW, again=NEW).status_code == 409


@pytest.mark.parametrize("why", [DiskFull(), Busy()], ids=["no room", "no turn"])
@pytest.mark.parametrize("committed", [0, 1, 2])
def test_a_password_by_link_is_set_with_its_session_or_not_at_all(site: Site, link: str, committed: int, why: Exception) -> None:
    browser = Browser(site.app.test_client())
    browser.get(link)
    fails_after(site, committed, why)

    answer = browser.post(link, password=NEW, again=NEW)

    is_set = browser.get(link).status_code == 409
    assert is_set == (committed > 0)
    assert ("Nothing was changed" in text_of(answer)) != is_set
    assert browser.get("/profile").status_code == (200 if is_set else 303), "signed in, where it was set"


@pytest.mark.parametrize("why", [DiskFull(), Busy()], ids=["no room", "no turn"])
@pytest.mark.parametrize("committed", [0, 1, 2, 3])
def test_a_password_is_changed_with_its_session_or_not_at_all(site: Site, committed: int, why: Exception) -> None:
    """The first transaction counts the try."""
    browser = sign_in(site)
    browser.get("/profile")
    before = password_of(site)
    fails_after(site, committed, why)

    answer = browser.post("/profile", old=PASSWORD, password=NEW, again=NEW)

    is_changed = password_of(site) != before
    assert is_changed == (committed > 1)
    assert ("Nothing was changed" in text_of(answer)) != is_changed
    assert browser.get("/profile").status_code == 200, "still signed in, whichever it was"


def password_of(site: Site) -> str | None:
    with site.house.read() as session:
        return session.get_one(Account, "lena").password


def test_a_link_dies_with_its_time_with_a_newer_one_and_is_never_guessed(site: Site, link: str) -> None:
    browser = Browser(site.app.test_client())
    assert browser.get("/set-password/guessed").status_code == 409
    newer = link_of(site, "mallory")
    assert browser.get(link).status_code == 409 and browser.get(newer).status_code == 200

    with site.house.ledger.writing(SYSTEM, datetime.now(UTC)) as log:
        log.session.scalars(select(SetupLink)).one().expires_at = datetime.now(UTC) - timedelta(seconds=1)
    assert browser.get(newer).status_code == 409


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("short 1 one", "short 1 one", "12 to 256 signs"),
        ("x" * 257, "x" * 257, "12 to 256 signs"),
        ("passwordpassword", "passwordpassword", "among the first that others try"),
        ("mallory nordhaven", "mallory nordhaven", "among the first that others try"),
        ("mallorynordhaven", "mallorynordhaven", "among the first that others try"),
        (NEW, NEW + "!", "The two entries differ"),
        ("", "", "Enter a password."),
    ],
    ids=["short", "long", "common", "about them", "nothing else", "differ", "empty"],
)
def test_a_password_that_will_not_do_is_refused_with_what_does(site: Site, link: str, password: str, again: str, said: str) -> None:
    browser = Browser(site.app.test_client())
    browser.get(link)

    answer = browser.post(link, password=password, again=again)

    assert answer.status_code == 422 and said in text_of(answer)
    assert f'value="{password}"' not in answer.text or not password
    assert browser.get(link).status_code == 200, "the link still works"


def test_the_profile_says_in_words_what_somebody_may_do(site: Site) -> None:
    said = text_of(site.browser("aoife").get("/profile"))

    assert "Compliance officer" in said and "Compliance, all units" in said and "Europe/Copenhagen" in said
    assert "No function" in text_of(site.browser("ruth").get("/profile"))


def test_changing_the_password_asks_for_the_old_one_and_signs_out_everywhere_else(site: Site) -> None:
    browser, elsewhere = sign_in(site), sign_in(site)
    browser.get("/profile")

    wrong = browser.post("/profile", old="not this one at all 3", password=NEW, again=NEW)
    assert wrong.status_code == 422 and "not the password you have now" in text_of(wrong) and site.failures("lena") == 1
    assert elsewhere.get("/").status_code == 200

    assert browser.post("/profile", old=PASSWORD, password=NEW, again=NEW).status_code == 303
    assert "Your password is changed" in text_of(browser.get("/"))
    assert elsewhere.get("/").status_code == 303
    assert visitor(site).post("/sign-in", email=LENA, password=PASSWORD).status_code == 422


# The demo people


@pytest.fixture
def demo(site: Site) -> Site:
    """The same house, as a demo on this machine."""
    settings = directory.OrganisationSettings("Nordhaven", "Europe/Copenhagen", demo=True)
    site.house.act("omar", lambda log: directory.change_settings(log, settings))
    (site.app.extensions["governance"].settings.instance / PASSWORD_FILE).write_text("amber-fjord-osprey-12\n")
    return site


def test_a_demo_person_enters_with_one_click_and_reads_the_password_that_signing_asks_for(demo: Site) -> None:
    browser = visitor(demo)
    page = browser.get("/sign-in")
    assert "Lena" in page.text and "amber-fjord-osprey-12" in page.text

    assert browser.post("/demo-sign-in", person="lena").status_code == 303

    assert browser.get("/profile").text.count("Lena")


@pytest.mark.parametrize("person", ["", "nobody", "system", "joao"])
def test_only_demo_people_who_may_enter_are_offered(demo: Site, person: str) -> None:
    demo.house.act("omar", lambda log: directory.disable_person(log, "joao", "left"))

    assert visitor(demo).post("/demo-sign-in", person=person).status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "10.1.2.3:8000", "localhost.evil.example", "[::2]:8000", "127.0.0.1.evil.example:80"])
def test_another_name_for_this_machine_gets_no_demo_sign_in(demo: Site, host: str) -> None:
    browser = visitor(demo)

    assert "amber-fjord" not in browser.client.get("/sign-in", headers={"Host": host}).text
    answer = browser.client.post("/demo-sign-in", data={"csrf_token": browser.token, "person": "omar"}, headers={"Host": host})
    assert answer.status_code in (400, 404)


@pytest.mark.parametrize("change", [{"host": "0.0.0.0"}, {"demo": False}], ids=["open to the network", "no demo"])
def test_demo_sign_in_is_for_a_demo_on_this_machine_only(demo: Site, change: dict[str, object]) -> None:
    settings = dataclasses.replace(demo.app.extensions["governance"].settings, **change)
    site = Site(create_app(settings, demo.house.ledger.engines), demo.house)
    browser = visitor(site)

    assert "amber-fjord" not in browser.get("/sign-in").text
    assert browser.post("/demo-sign-in", person="omar").status_code == 404


def test_demo_sign_in_is_not_for_other_machines(demo: Site) -> None:
    browser = visitor(demo)
    sent = {"csrf_token": browser.token, "person": "omar"}

    assert "amber-fjord" not in browser.client.get("/sign-in", **ELSEWHERE).text
    assert browser.client.post("/demo-sign-in", data=sent, **ELSEWHERE).status_code == 404
    forged = {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"}
    assert browser.client.post("/demo-sign-in", data=sent, headers=forged, **ELSEWHERE).status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"X-Forwarded-Proto": "https"},
        {"X-Forwarded-Host": "localhost"},
        {"x-forwarded-anything": ""},
        {"Forwarded": "for=203.0.113.9"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
    ],
    ids=lambda sent: next(iter(sent)),
)
def test_behind_a_proxy_of_the_same_machine_there_is_no_demo_sign_in(demo: Site, sent: dict[str, str]) -> None:
    browser = visitor(demo)

    page = browser.client.get("/sign-in", headers=sent)
    assert page.status_code == 200 and "amber-fjord" not in page.text and "demo people" not in page.text
    entered = browser.client.post("/demo-sign-in", data={"csrf_token": browser.token, "person": "omar"}, headers=sent)
    assert entered.status_code == 404


def test_a_proxy_that_speaks_as_no_browser_does_is_noticed_too(demo: Site) -> None:
    page = visitor(demo).client.get("/sign-in", environ_overrides={"SERVER_PROTOCOL": "HTTP/1.0"})

    assert page.status_code == 200 and "amber-fjord" not in page.text


def test_pages_of_nobody_say_nothing_about_people(site: Site) -> None:
    for path in ("/sign-in", "/set-password/x", "/no-such-page", "/people", "/profile"):
        page = Browser(site.app.test_client()).get(path)
        assert not re.search("Omar|Lena|Nordhaven.example", page.text), path
