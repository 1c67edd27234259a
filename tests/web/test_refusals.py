"""What people read when something cannot be: what did not happen, why, and where to go."""

import pytest

from governance.storage import engines as storage
from tests.web.browser import Browser, Site, reviewed, site, text_of

__all__ = ["reviewed", "site"]


def test_a_dead_set_up_link_says_so_and_what_to_do(site: Site) -> None:
    answer = Browser(site.app.test_client()).get("/set-password/used-already")

    assert answer.status_code == 409
    assert "This link no longer works" in text_of(answer) and "ask your administrator for a new link" in text_of(answer)
    assert 'href="/sign-in"' in answer.text


def test_a_decision_that_is_not_asked_for_leads_to_its_request(reviewed: Site) -> None:
    answer = reviewed.browser("lena").get("/requests/AI-0001.G1-1/seats/business")

    assert answer.status_code == 403
    assert 'href="/requests/AI-0001.G1-1">Look at the request</a>' in answer.text


def test_what_somebody_may_not_see_leads_nowhere_near_it(site: Site) -> None:
    assert "Look at the request" not in site.browser("lena").get("/requests/AI-0009.G1-1/seats/business").text


def test_a_record_that_somebody_else_writes_to_says_when_to_try_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = site.browser("omar")
    browser.get("/settings")
    monkeypatch.setattr(storage, "BUSY_MS", 20)

    with site.house.ledger.engines.turn():
        answer = browser.post("/settings", name="Nordhaven", time_zone="Europe/Copenhagen")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "This was not saved" in text_of(answer) and "load this page again" in text_of(answer)


def test_a_settled_request_names_no_field_that_its_page_no_longer_has(reviewed: Site) -> None:
    answer = reviewed.browser("aoife").post("/requests/AI-0001.G1-1/close")

    assert answer.status_code in (409, 422) and 'href="#close-reason"' not in answer.text
