"""My work: whoever may end a wait sees it, and nobody else."""

import pytest

from governance.domain.vocabulary import Decision, Function
from tests.web.browser import Site, site, text_of

__all__ = ["site"]


@pytest.fixture
def asked(site: Site) -> Site:
    site.house.register()
    site.house.open()
    site.house.complete()
    site.house.submit()
    return site


@pytest.mark.parametrize(
    ("who", "count"),
    [("rafael", 1), ("mina", 1), ("joao", 1), ("aoife", 1), ("second", 2), ("lena", 0), ("mallory", 0), ("elsewhere", 0), ("ruth", 0)],
)
def test_a_seat_waits_for_those_who_may_take_it(asked: Site, who: str, count: int) -> None:
    assert text_of(asked.browser(who).get("/")).count("Sign off G1 as") == 2 * count


def test_who_signed_one_seat_is_not_asked_for_another(asked: Site) -> None:
    asked.house.sign(Function.BUSINESS, who="second")

    assert "Sign off G1" not in text_of(asked.browser("second").get("/"))


def test_a_request_for_changes_waits_for_the_lead(asked: Site) -> None:
    asked.house.sign(Function.IT_OPS, Decision.REQUEST_CHANGES)

    said = text_of(asked.browser("lena").get("/"))
    assert "Answer the request for changes on G1" in said and "You lead it" in said


def test_after_a_reject_compliance_may_close(asked: Site) -> None:
    asked.house.sign(Function.IT_OPS, Decision.REJECT)

    assert "Close G1" in text_of(asked.browser("aoife").get("/"))


def test_an_empty_page_says_what_to_do_next(site: Site) -> None:
    assert "Register an initiative" in text_of(site.browser("lena").get("/"))
    assert "evidence packs" in text_of(site.browser("ruth").get("/"))
    assert "Look at the people" in text_of(site.browser("omar").get("/"))
