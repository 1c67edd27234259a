"""The pages of what was approved before this system: the form, its paper, and that every page says it."""

import io

import pytest

from governance.domain.vocabulary import Stage
from tests.web.browser import Site, site, text_of
from tests.web.hostile import PDF

__all__ = ["site"]

SAID = "Approved before this system, not signed here"
GOOD = {
    "stage": "limited_production",
    "since": "2023-05-03",
    "said_by": "Ada Lind",
    "said_as": "head of claims",
    "reason": "The board took it on.",
}


def until(site: Site) -> str:
    return site.house.now.date().replace(year=site.house.now.year + 1).isoformat()


def test_an_officer_brings_in_with_a_paper_and_every_page_says_so(site: Site) -> None:
    site.house.register()
    browser = site.browser("aoife")
    assert "Bring it in as found" in browser.get("/initiatives/AI-0001").text
    browser.get("/initiatives/AI-0001/bring-in")
    paper = {"file": (io.BytesIO(PDF), "minutes.pdf"), "approved_on": "2023-05-02", "approved_by": "Ada Lind"}

    answer = browser.post("/initiatives/AI-0001/bring-in", **GOOD, **paper, regularise_by=until(site))

    assert answer.status_code == 303
    for path in ("", "/facts", "/findings", "/describe", "/checklist/G3"):
        who = site.browser("lena") if path == "/describe" else browser
        assert SAID in text_of(who.get(f"/initiatives/AI-0001{path}")), path
    page = text_of(browser.get("/initiatives/AI-0001"))
    assert "minutes.pdf" in page and "on the word of Ada Lind, head of claims" in page and "Bring it in as found" not in page
    for path in ("/portfolio", "/portfolio/table", "/portfolio?origin=due"):
        assert SAID in text_of(browser.get(path)), path
    assert ",due," in browser.get("/portfolio/export.csv").text
    assert SAID not in text_of(browser.get("/portfolio/table?origin=overdue"))
    assert "Make it regular" in text_of(site.browser("lena").get("/"))


def test_the_request_and_the_decision_say_it(site: Site) -> None:
    site.house.register()
    site.house.bring_in(stage=Stage.PILOT)
    site.house.open()
    site.house.complete()
    site.house.submit()

    for path in ("/requests/AI-0001.G1-1", "/requests/AI-0001.G1-1/seats/business"):
        assert SAID in text_of(site.browser("joao").get(path)), path


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"regularise_by": ""}, "Enter a day after today"),
        ({"since": "2199-01-01"}, "Enter since when"),
        ({"stage": "retired"}, "Leave the day empty"),
        ({"approved_by": "Ada Lind"}, "Choose the file to add"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(site: Site, changed: dict[str, str], sentence: str) -> None:
    site.house.register()
    browser = site.browser("aoife")
    browser.get("/initiatives/AI-0001/bring-in")

    answer = browser.post("/initiatives/AI-0001/bring-in", **{**GOOD, "regularise_by": until(site), **changed})

    assert answer.status_code == 422 and sentence in answer.text and "The board took it on." in answer.text
    assert site.house.stage() == "pilot"


@pytest.mark.parametrize(("who", "status"), [("lena", 403), ("omar", 403), ("ruth", 403), ("rafael", 403), ("second", 200)])
def test_only_officers_reach_the_form(site: Site, who: str, status: int) -> None:
    site.house.register()

    assert site.browser(who).get("/initiatives/AI-0001/bring-in").status_code == status
    assert ("Bring it in as found" in site.browser(who).get("/initiatives/AI-0001").text) is (status == 200)


def test_another_officer_records_it_as_regular(site: Site) -> None:
    site.house.register()
    site.house.bring_in()
    assert "Record that it is regular here" not in site.browser("aoife").get("/initiatives/AI-0001").text
    browser = site.browser("second")

    assert "Record that it is regular here" in browser.get("/initiatives/AI-0001").text
    assert "There is no evidence of its own yet" in browser.get("/initiatives/AI-0001/regularise").text
