"""Importing people on the page: the preview, the confirmation, and the links that are shown once."""

import base64
import io
import re

import pytest

from governance.models.directory import Person
from tests.sheets import PEOPLE
from tests.web.browser import Browser, Site, site, text_of

__all__ = ["site"]


def preview(browser: Browser, content: bytes = PEOPLE) -> str:
    browser.get("/people-import")
    answer = browser.post("/people-import", file=(io.BytesIO(content), "people.csv"))
    assert answer.status_code == 200, text_of(answer)
    return str(answer.text)


def carried(page: str, **typed: object) -> dict[str, object]:
    found = {name: re.search(rf'name="{name}"[^>]* value="([^"]+)"', page) for name in ("content", "expected")}
    return {name: match[1] for name, match in found.items() if match} | typed


def test_an_administrator_previews_confirms_and_gets_the_links_once(site: Site) -> None:
    browser = site.browser("omar")
    assert "Import a list" in browser.get("/people").text
    page = preview(browser)
    assert "3 of 4 rows would change something, 1 is refused" in page and "did you mean “project lead”?" in page
    with site.house.read() as session:
        assert session.get(Person, "ada.lind") is None

    assert browser.post("/people-import/confirm", **carried(page)).status_code == 422
    done = browser.post("/people-import/confirm", **carried(page, partial="y"))

    assert done.status_code == 200 and "shown once" in text_of(done)
    link = re.search(r"/set-password/([\w-]+)", done.text)
    assert link and Browser(site.app.test_client()).get(f"/set-password/{link[1]}").status_code == 200
    again = browser.post("/people-import/confirm", **carried(page, partial="y"))
    assert again.status_code == 422 and "Something changed since the preview" in text_of(again)


def test_the_links_come_as_a_file_where_that_is_asked_for(site: Site) -> None:
    browser = site.browser("omar")

    answer = browser.post("/people-import/confirm", **carried(preview(browser), partial="y", as_file="y"))

    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    header, row = answer.text.splitlines()
    assert header == "short name,name,e-mail,set-up link" and row.startswith("ada.lind,Ada Lind,ada.lind@nordhaven.example,http")


@pytest.mark.parametrize("content", ["", "not base64", base64.b64encode(b"no,list").decode()])
def test_a_list_that_did_not_come_along_is_asked_for_again(site: Site, content: str) -> None:
    browser = site.browser("omar")
    browser.get("/people-import")

    answer = browser.post("/people-import/confirm", content=content, expected="x")

    assert answer.status_code == 303 and "The list did not come along" in text_of(browser.get(answer.headers["Location"]))


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "The file is empty."), (b"a,b\n1,2", "The column “short name” is missing."), (b"\xff", "is not utf-8")]
)
def test_what_is_no_list_is_refused(site: Site, content: bytes, said: str) -> None:
    browser = site.browser("omar")
    browser.get("/people-import")

    answer = browser.post("/people-import", file=(io.BytesIO(content), "people.csv"))

    assert answer.status_code == 422 and said in text_of(answer)


def test_the_example_is_a_list_that_can_be_imported(site: Site) -> None:
    browser = site.browser("omar")

    page = preview(browser, browser.get("/people-import/example.csv").data)
    assert "1 of 1 row would change something" in page


@pytest.mark.parametrize("who", ["aoife", "lena", "ruth"])
def test_only_administrators_reach_it(site: Site, who: str) -> None:
    assert site.browser(who).get("/people-import").status_code == 403
