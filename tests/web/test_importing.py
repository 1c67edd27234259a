"""The import page: what would become of every row, and exactly that on confirmation."""

import io
import re

import pytest
from sqlalchemy import func, select

from governance.models.initiatives import Initiative
from governance.models.ledger import Leaf
from governance.services import directory
from tests.sheets import BAD, MAPPING, ROWS, inventory, sheet, source
from tests.web.browser import Browser, Site, site, text_of

__all__ = ["site"]


def hand_over(browser: Browser, content: bytes, mapping: str = MAPPING, **typed: object) -> str:
    browser.get("/import")
    both = {"file": (io.BytesIO(content), "list.csv"), "mapping": (io.BytesIO(mapping.encode()), "map.yaml")}
    answer = browser.post("/import", **both, **typed)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"])


def confirmed(page: str, **typed: object) -> dict[str, object]:
    expected = re.search(r'name="expected"[^>]* value="([0-9a-f]{64})"', page)
    assert expected
    return {"expected": expected.group(1), **typed}


def count(site: Site) -> tuple[int, int]:
    with site.house.read() as session:
        return session.scalar(select(func.count()).select_from(Leaf)) or 0, session.scalar(
            select(func.count()).select_from(Initiative)
        ) or 0


def test_an_officer_previews_confirms_and_sees_what_became_of_it(site: Site) -> None:
    browser = site.browser("aoife")
    assert "Import from a spreadsheet" in browser.get("/portfolio").text
    before = count(site)

    path = hand_over(browser, sheet())
    page = browser.get(path)
    assert "3 of 3 rows would be imported or updated" in text_of(page) and "2 units will be opened" in text_of(page)
    assert count(site) == before

    answer = browser.post(path, **confirmed(page.text))
    assert answer.status_code == 303 and count(site)[1] == 3
    after = text_of(browser.get(answer.headers["Location"]))
    assert "3 initiatives imported, 0 updated. 0 rows left out." in after and "Nothing to import from 3 rows" in after
    again = count(site)
    assert browser.post(path, **confirmed(page.text)).status_code == 422
    assert count(site) == again


def test_refused_rows_are_listed_and_left_out_only_in_so_many_words(site: Site) -> None:
    browser = site.browser("aoife")
    path = hand_over(browser, sheet(*ROWS, BAD))
    page = browser.get(path)
    assert "3 of 4 rows would be imported or updated, 1 is refused" in text_of(page) and "Nobody who can sign in here" in text_of(page)

    refused = browser.post(path, **confirmed(page.text))
    assert refused.status_code == 422 and "nothing was imported" in text_of(refused) and count(site)[1] == 0
    assert browser.post(path, **confirmed(page.text, partial="y")).status_code == 303
    assert count(site)[1] == 3


def test_rows_are_filtered_paged_and_exported(site: Site) -> None:
    browser = site.browser("aoife")
    given, store = inventory(), site.app.extensions["governance"].content
    store.put(given.content)
    store.put(given.mapping)
    path = f"/import/{given.digest}/{given.mapping_digest}?lead=mara"

    whole = text_of(browser.get(path))
    assert "2,049 of 2,133 rows would be imported or updated, 84 are refused" in whole and "1 to 100 of 2,133 rows" in whole
    assert "1 to 84 of 84 rows" in text_of(browser.get(f"{path}&outcome=refused"))
    assert "2,101 to 2,133 of 2,133 rows" in text_of(browser.get(f"{path}&page=99"))
    assert len(browser.get(f"{path}&format=csv").text.splitlines()) >= 2_134


def test_what_moved_since_the_preview_is_shown_anew(site: Site) -> None:
    browser = site.browser("aoife")
    path = hand_over(browser, sheet())
    page = browser.get(path).text
    site.house.act("omar", lambda log: directory.disable_person(log, "mara", "left"))

    answer = browser.post(path, **confirmed(page))

    assert answer.status_code == 422 and "Something changed since the preview" in text_of(answer) and count(site)[1] == 0


@pytest.mark.parametrize(
    ("content", "mapping", "said"),
    [
        (sheet(), MAPPING.replace("item: G1-07", "item: G1-77").replace("[Title]", "[Titel]"), "mapping.yaml:6:20"),
        (sheet(), "\x00", "mapping.yaml"),
        (b"\xff\xfe", MAPPING, "The file is not utf-8"),
        (b"", MAPPING, "The file is empty."),
    ],
)
def test_what_cannot_be_read_is_said_and_not_kept(site: Site, content: bytes, mapping: str, said: str) -> None:
    browser = site.browser("aoife")
    browser.get("/import")

    answer = browser.post("/import", file=(io.BytesIO(content), "list.csv"), mapping=(io.BytesIO(mapping.encode()), "map.yaml"))

    assert answer.status_code == 422 and said in text_of(answer)


def test_both_files_are_asked_for(site: Site) -> None:
    browser = site.browser("aoife")
    browser.get("/import")

    answer = text_of(browser.post("/import"))
    assert "Choose the spreadsheet." in answer and "Choose the mapping." in answer


@pytest.mark.parametrize("path", ["/import/x/y", f"/import/{'a' * 64}/{'b' * 64}", f"/import/{source().digest}/{source().mapping_digest}"])
def test_what_was_never_handed_over_is_not_there(site: Site, path: str) -> None:
    assert site.browser("aoife").get(path).status_code == 404


@pytest.mark.parametrize("who", ["lena", "omar", "ruth", "rafael"])
def test_only_officers_import(site: Site, who: str) -> None:
    assert site.browser(who).get("/import").status_code == 403
    assert "Import from a spreadsheet" not in site.browser(who).get("/portfolio").text


def test_the_example_can_be_downloaded(site: Site) -> None:
    answer = site.browser("aoife").get("/import/example.yaml")

    assert answer.text.startswith("# How the rows") and "attachment" in answer.headers["Content-Disposition"]
