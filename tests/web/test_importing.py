"""The import page: what would become of every row, exactly that on confirmation by the worker, and the list of one's own imports."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from governance.jobs import imports as working
from governance.models.initiatives import Initiative
from governance.models.jobs import ImportJob
from governance.models.ledger import Leaf
from governance.reads import importing as reading
from governance.reads import imports as reading_of_imports
from governance.services import directory
from governance.storage.slate import slate_of
from governance.web import importing
from tests.sheets import BAD, MAPPING, ROWS, inventory, sheet
from tests.web.browser import Browser, Site, site, text_of
from tests.web.loaded import IMPORT, hand_over

__all__ = ["site"]


def send(site: Site, browser: Browser, content: bytes, mapping: str = MAPPING, name: str = "list.csv", **typed: object) -> str:
    """Hand a file over, and let the worker read it."""
    path = hand_in(browser, content, mapping, name, **typed)
    assert let_the_worker_work(site)
    return path


def hand_in(browser: Browser, content: bytes, mapping: str = MAPPING, name: str = "list.csv", **typed: object) -> str:
    browser.get("/import")
    both = {"file": (io.BytesIO(content), name), "mapping": (io.BytesIO(mapping.encode()), "map.yaml")}
    answer = browser.post("/import", **both, **typed)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"])


def confirmed(page: str, **typed: object) -> dict[str, object]:
    expected = re.search(r'name="expected"[^>]* value="([0-9a-f]{64})"', page)
    assert expected
    return {"expected": expected.group(1), **typed}


def let_the_worker_work(site: Site) -> bool:
    parts = site.app.extensions["governance"]
    return working.work(parts.ledger, parts.content, slate_of(parts.settings.instance))


def count(site: Site) -> tuple[int, int]:
    with site.house.read() as session:
        return session.scalar(select(func.count()).select_from(Leaf)) or 0, session.scalar(
            select(func.count()).select_from(Initiative)
        ) or 0


def test_an_officer_previews_confirms_follows_and_sees_what_became_of_it(site: Site) -> None:
    browser = site.browser("aoife")
    assert "Import from a spreadsheet" in browser.get("/portfolio").text
    before = count(site)

    path = send(site, browser, sheet())
    page = browser.get(path)
    assert "3 of 3 rows would be imported or updated" in text_of(page) and "2 units will be opened" in text_of(page)
    assert "thrown away with its file on" in text_of(page)

    answer = browser.post(path, **confirmed(page.text))
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    under_way = browser.get(path)
    assert "Waits for the worker" in text_of(under_way) and "progress.js" in under_way.text and 'id="progress"' in under_way.text
    assert count(site) == before, "nothing happens in the request"
    assert browser.post(path, **confirmed(page.text)).status_code == 409

    assert let_the_worker_work(site) and not let_the_worker_work(site)
    after = browser.get(path)
    assert "3 initiatives imported, 0 updated" in text_of(after) and 'href="/initiatives/AI-0001"' in after.text
    assert count(site)[1] == 3
    assert browser.post(path, **confirmed(page.text)).status_code == 409 and browser.post(f"{path}/again").status_code == 409
    assert not let_the_worker_work(site) and count(site)[1] == 3


def test_a_file_is_read_by_the_worker_and_how_far_it_is_stands_on_the_page(site: Site) -> None:
    browser, slate = site.browser("aoife"), slate_of(site.app.extensions["governance"].settings.instance)
    path = hand_in(browser, sheet())
    waits = browser.get(path)
    assert "list.csv is being read" in text_of(waits) and "Waits for the worker" in text_of(waits)
    assert "progress.js" in waits.text and 'id="progress"' in waits.text
    assert "Being read" in browser.get("/import?state=being_read").text and "No import fits." in text_of(
        browser.get("/import?state=previewed")
    )
    assert "Not read" in browser.get("/import").text and ",Being read,,,,,," in browser.get("/import?format=csv").text
    assert browser.get(f"{path}?format=csv").status_code == 409
    assert "is being read again" in text_of(browser.post(path, expected="", partial="y")), "there is nothing to confirm yet"

    assert working.claim(site.house.ledger, site.house.now)
    assert "Reads the file" in text_of(browser.get(path))
    slate.tell(path.rsplit("/", 1)[1], 1, 3)
    assert "1 of 3 rows compared with the record" in text_of(browser.get(path))
    slate.tell(path.rsplit("/", 1)[1], 3, 3)
    assert "Writes down what was found" in text_of(browser.get(path))


def test_how_far_the_worker_is_stands_on_the_page(site: Site) -> None:
    browser, slate = site.browser("aoife"), slate_of(site.app.extensions["governance"].settings.instance)
    path = send(site, browser, sheet())
    browser.post(path, **confirmed(browser.get(path).text))
    assert working.claim(site.house.ledger, site.house.now)

    said = {}
    for done, total in ((0, 0), (1, 3), (3, 3)):
        if total:
            slate.tell(path.rsplit("/", 1)[1], done, total)
        said[done] = browser.get(path).text

    assert "Reads the file and compares it with the record" in said[0] and "value=" not in said[0].split("<progress")[1].split(">")[0]
    assert "1 of 3 rows imported" in said[1] and 'max="3" value="1"' in said[1]
    assert "Works out what waits for whom" in said[3] and 'max="3" value="3"' in said[3]


def test_refused_rows_are_listed_and_left_out_only_in_so_many_words(site: Site) -> None:
    browser = site.browser("aoife")
    path = send(site, browser, sheet(*ROWS, BAD))
    page = browser.get(path)
    assert "3 of 4 rows would be imported or updated, 1 is refused" in text_of(page) and "Nobody who can sign in here" in text_of(page)

    refused = browser.post(path, **confirmed(page.text))
    assert refused.status_code == 422 and "nothing was imported" in text_of(refused) and not let_the_worker_work(site)
    assert browser.post(path, **confirmed(page.text, partial="y")).status_code == 303
    assert let_the_worker_work(site)
    assert "3 initiatives imported, 0 updated. 1 row left out" in text_of(browser.get(path)) and count(site)[1] == 3


def test_a_file_that_changes_nothing_cannot_be_confirmed(site: Site) -> None:
    browser = site.browser("aoife")
    path = send(site, browser, sheet())
    browser.post(path, **confirmed(browser.get(path).text))
    let_the_worker_work(site)

    again = send(site, browser, sheet())
    page = browser.get(again)

    assert "Nothing to import from 3 rows" in text_of(page) and "Import exactly this" not in page.text
    with site.house.read() as session:
        digest = session.get_one(ImportJob, again.rsplit("/", 1)[1]).told_digest
    assert "changes anything" in text_of(browser.post(again, expected=digest))


def test_what_is_more_than_can_be_kept_is_refused_in_a_sentence(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = site.browser("aoife")
    monkeypatch.setattr(reading_of_imports, "LARGEST_ACCOUNT", 1_000)
    path = send(site, browser, sheet())

    page = text_of(browser.get(path))
    assert "Nothing was imported from list.csv" in page and "Split the file" in page and "Handed over" in page
    assert browser.get(f"{path}?format=csv").status_code == 409 and not let_the_worker_work(site)

    monkeypatch.undo()
    assert browser.post(f"{path}/again").status_code == 303 and let_the_worker_work(site)
    assert "3 of 3 rows would be imported" in text_of(browser.get(path))


@contextmanager
def never_worked_out(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As long as this lasts, whoever works an account out fails."""

    def refuse(*_: object) -> None:
        raise AssertionError("worked out again")

    with monkeypatch.context() as patched:
        patched.setattr(reading, "account", refuse)
        yield


def test_rows_are_filtered_paged_and_exported_from_what_was_kept(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, path = site.browser("aoife"), f"/import/{hand_over(site.house, given=inventory('mara'))}"
    with never_worked_out(monkeypatch):
        whole = text_of(browser.get(path))
        assert "2,049 of 2,133 rows would be imported or updated, 84 are refused" in whole and "1 to 100 of 2,133 rows" in whole
        assert "Mara leads what the file names nobody for." in whole
        assert "1 to 84 of 84 rows" in text_of(browser.get(f"{path}?outcome=refused"))
        assert "2,101 to 2,133 of 2,133 rows" in text_of(browser.get(f"{path}?page=99"))
        assert len(browser.get(f"{path}?format=csv").text.splitlines()) >= 2_134


def test_what_moved_since_the_preview_is_said_refused_and_shown_anew(site: Site) -> None:
    browser = site.browser("aoife")
    path = send(site, browser, sheet())
    page = browser.get(path)
    assert "Work the preview out again" not in page.text
    site.house.act("omar", lambda log: directory.disable_person(log, "mara", "left"))
    assert "Work the preview out again" in browser.get(path).text

    browser.post(path, **confirmed(page.text))
    assert let_the_worker_work(site)
    refused = browser.get(path)
    assert "Something changed since the preview" in text_of(refused) and count(site)[1] == 0

    assert browser.post(f"{path}/again").headers["Location"] == path and let_the_worker_work(site)
    anew = browser.get(path)
    assert "2 of 3 rows would be imported or updated, 1 is refused" in text_of(anew) and "Something changed" not in text_of(anew)
    stale = browser.post(path, **confirmed(page.text, partial="y"))
    assert stale.status_code == 422 and "Something changed since the preview" in text_of(stale), "the account that was seen is another one"
    browser.post(path, **confirmed(anew.text, partial="y"))
    assert let_the_worker_work(site) and count(site)[1] == 2


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
    assert "You have not imported anything yet." in text_of(browser.get("/import"))


def test_a_mapping_has_an_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = site.browser("aoife")
    browser.get("/import")
    monkeypatch.setattr(importing, "LARGEST_MAPPING", 1_000)
    padded = f"# {'x' * 1_000}\n{MAPPING}".encode()

    answer = browser.post("/import", file=(io.BytesIO(sheet()), "list.csv"), mapping=(io.BytesIO(padded), "map.yaml"))

    assert answer.status_code == 422 and "It is larger than 1 kB. Split it." in text_of(answer)


def test_both_files_are_asked_for(site: Site) -> None:
    browser = site.browser("aoife")
    browser.get("/import")

    answer = text_of(browser.post("/import"))
    assert "Choose the spreadsheet." in answer and "Choose the mapping." in answer


def test_ones_own_imports_are_listed_searched_sorted_and_exported(site: Site) -> None:
    browser = site.browser("aoife")
    first = send(site, browser, sheet(), name="claims 2025.csv")
    send(site, browser, sheet(*ROWS, BAD), name="=energy.csv")
    browser.post(first, **confirmed(browser.get(first).text))
    hand_over(site.house, "second")

    whole = browser.get("/import").text
    assert whole.index("=energy.csv") < whole.index("claims 2025.csv") and "1 to 2 of 2 imports" in text_of(browser.get("/import"))
    assert "Being imported" in whole and "Previewed" in whole
    by_title = browser.get("/import?sort=title&down=1").text
    assert by_title.index("claims 2025.csv") < by_title.index("=energy.csv")
    for asked in ("q=claims", "state=under_way"):
        found = browser.get(f"/import?{asked}").text
        assert "claims 2025.csv" in found and "=energy.csv" not in found
    assert "No import fits." in text_of(browser.get("/import?q=nothing-of-this-name"))
    lines = browser.get("/import?format=csv").text.splitlines()
    assert len(lines) == 3 and "'=energy.csv" in lines[1] and "Being imported" in lines[2]


@pytest.mark.parametrize("path", ["/import/x", f"/import/{IMPORT}", "/import/x/y"])
def test_what_was_never_handed_over_is_not_there(site: Site, path: str) -> None:
    assert site.browser("aoife").get(path).status_code == 404


def test_an_import_is_for_whoever_handed_it_over(site: Site) -> None:
    hand_over(site.house, "second")
    browser = site.browser("aoife")

    asked = [browser.get(f"/import/{IMPORT}"), browser.post(f"/import/{IMPORT}", expected="x"), browser.post(f"/import/{IMPORT}/again")]

    assert [answer.status_code for answer in asked] == [404] * 3
    assert site.browser("second").get(f"/import/{IMPORT}").status_code == 200


@pytest.mark.parametrize("who", ["lena", "omar", "ruth", "rafael"])
def test_only_officers_import(site: Site, who: str) -> None:
    assert site.browser(who).get("/import").status_code == 403
    assert "Import from a spreadsheet" not in site.browser(who).get("/portfolio").text


def test_the_example_can_be_downloaded(site: Site) -> None:
    answer = site.browser("aoife").get("/import/example.yaml")

    assert answer.text.startswith("# How the rows") and "attachment" in answer.headers["Content-Disposition"]
