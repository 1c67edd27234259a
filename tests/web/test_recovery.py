"""A restored record on pages: everybody is told, nobody can add to it, and administrators confirm that it may go on."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from governance.domain.vocabulary import Role
from governance.ledger.read import head
from governance.services import directory
from tests.web.browser import PASSWORD, Browser, Site, reviewed, site, text_of
from tests.web.loaded import come_from_a_backup

__all__ = ["reviewed", "site"]

NOTICE = "This record was restored from a backup and takes nothing new until its administrators have confirmed that."


@pytest.fixture
def restored(reviewed: Site) -> Site:
    reviewed.house.now = datetime.now(UTC)
    reviewed.house.act("omar", lambda log: directory.grant_role(log, "tom", Role.ADMIN))
    come_from_a_backup(reviewed.house)
    return reviewed


def size(site: Site) -> int:
    with site.house.read() as session:
        return head(session).size


def confirm(browser: Browser, reason: str = "The disk failed.", password: str = PASSWORD) -> tuple[int, str]:
    browser.get("/recovery")
    answer = browser.post("/recovery", reason=reason, password=password)
    return answer.status_code, answer.headers.get("Location", "") or text_of(answer)


@pytest.mark.parametrize("who", ["lena", "aoife", "ruth", "omar"])
def test_every_page_tells_everybody(restored: Site, who: str) -> None:
    browser = restored.browser(who)

    for path in ("/", "/portfolio", "/initiatives/AI-0001", "/profile", "/no-such-page"):
        assert NOTICE in text_of(browser.get(path)), path
    assert NOTICE in text_of(Browser(restored.app.test_client()).get("/sign-in"))
    assert ('href="/recovery"' in browser.get("/").text) is (who == "omar")


def test_an_open_record_says_nothing(site: Site) -> None:
    assert NOTICE not in text_of(site.browser("omar").get("/"))
    assert site.browser("omar").get("/recovery").status_code == 404


def test_what_would_be_recorded_is_refused_with_what_to_do(restored: Site) -> None:
    before = size(restored)
    browser = restored.browser("lena")
    browser.get("/requests/AI-0001.G1-1")

    answer = browser.post("/requests/AI-0001.G1-1/comments", **{"comment-reason": "Look at the drill."})

    assert answer.status_code == 503
    assert "The record takes nothing new yet" in text_of(answer) and "Ask them to open the page “Recovery”." in text_of(answer)
    assert size(restored) == before


def test_people_sign_in_and_out_and_ask_for_reports(restored: Site) -> None:
    browser = Browser(restored.app.test_client())
    browser.get("/sign-in")
    assert browser.post("/sign-in", email="lena@nordhaven.example", password=PASSWORD).status_code == 303
    browser.get("/packs")
    asked = browser.post("/packs", initiative="AI-0001")
    assert asked.status_code == 303 and browser.get(asked.headers["Location"]).status_code == 200
    assert browser.post("/sign-out").status_code == 303
    assert browser.get("/").status_code == 303


def test_two_administrators_open_it(restored: Site) -> None:
    omar, tom = restored.browser("omar"), restored.browser("tom")
    page = text_of(omar.get("/recovery"))
    assert "2 administrators still have to confirm" in page and "1 day before it was restored" in page

    assert confirm(omar, "The disk failed; <b>nobody</b> worked that night.") == (303, "/recovery")
    page = omar.get("/recovery")
    assert "1 administrator still has to confirm" in text_of(page) and "You have confirmed this recovery." in text_of(page)
    assert "&lt;b&gt;nobody&lt;/b&gt;" in page.text and 'name="password"' not in page.text
    assert confirm(omar)[0] == 409
    assert confirm(tom, "I compared the root.") == (303, "/")

    assert "the record is open again" in text_of(tom.get("/"))
    assert NOTICE not in text_of(omar.get("/"))
    assert "confirmed the recovery from the backup of" in text_of(restored.browser("aoife").get("/ledger"))
    lena = restored.browser("lena")
    lena.get("/requests/AI-0001.G1-1")
    assert lena.post("/requests/AI-0001.G1-1/comments", **{"comment-reason": "Look at the drill."}).status_code == 303


def test_a_wrong_password_is_counted_records_nothing_and_keeps_the_reason(restored: Site) -> None:
    before, browser = size(restored), restored.browser("omar")

    status, page = confirm(browser, "The disk failed in the night.", "not this one, 41")

    assert status == 422 and "That is not your password" in page and "The disk failed in the night." in page
    assert (size(restored), restored.failures("omar")) == (before, 1)


@pytest.mark.parametrize("who", ["lena", "aoife", "ruth"])
def test_nobody_else_sees_or_confirms_it(restored: Site, who: str) -> None:
    browser = restored.browser(who)
    browser.get("/")

    assert browser.get("/recovery").status_code == 403
    assert browser.post("/recovery", reason="The disk failed.", password=PASSWORD).status_code == 403


def test_a_program_whose_database_was_upgraded_says_so_and_writes_nothing(site: Site) -> None:
    browser = site.browser("omar")
    browser.get("/settings")
    with site.house.ledger.engines.writer.begin() as other:
        other.execute(text("UPDATE stamp SET version = version + 1"))
    before = size(site)

    answer = browser.post("/settings/units", unit="fraud", name="Fraud")

    assert answer.status_code == 503 and "Another version of the program has taken over" in text_of(answer)
    assert size(site) == before
