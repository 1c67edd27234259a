"""The overview of an initiative, and the settings of the organisation, as their readers see them."""

import pytest

from tests.web.browser import Site, reviewed, site, text_of

__all__ = ["reviewed", "site"]


@pytest.mark.parametrize(("who", "by"), [("lena", "By Aoife or Second"), ("aoife", "By you or Second")])
def test_what_waits_for_a_function_names_who_can_end_it(reviewed: Site, who: str, by: str) -> None:
    assert f"Sign off G1 as Compliance {by}. Since" in text_of(reviewed.browser(who).get("/initiatives/AI-0001"))


def test_nobody_is_named_who_may_not_sign(reviewed: Site) -> None:
    page = text_of(reviewed.browser("lena").get("/initiatives/AI-0001"))

    assert "Elsewhere" not in page, "holds business, but for another unit"


def test_holidays_are_listed_in_order_and_said_to_be_kept_only(site: Site) -> None:
    browser = site.browser("omar")
    browser.get("/settings")
    browser.post("/settings", name="Nordhaven", time_zone="Europe/Copenhagen", holidays="2026-12-25\n2026-12-24")

    page = text_of(browser.get("/settings"))

    assert "2 holidays on record Thu 24 Dec 2026 Fri 25 Dec 2026" in page
    assert "nothing counts them yet" in page


def test_findings_say_first_how_many_are_open(reviewed: Site) -> None:
    browser = reviewed.browser("aoife")
    assert "No findings yet" in text_of(browser.get("/initiatives/AI-0001/findings"))

    browser.post("/initiatives/AI-0001/findings", finding="The drill failed.", severity="high", owner="lena")

    assert "1 of 1 finding is open" in text_of(browser.get("/initiatives/AI-0001/findings"))
