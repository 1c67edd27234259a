"""The ledger explorer: who may, finding, one entry with its proof, and a sentence for every kind."""

import csv
import io

import pytest
from sqlalchemy import select, update

from governance.ledger import read
from governance.ledger.book import KINDS
from governance.models.ledger import Leaf
from governance.reads import sentences
from governance.services import gates, initiatives
from tests.tampering import tampering
from tests.web.browser import Site, reviewed, site, text_of

__all__ = ["reviewed", "site"]


def test_every_kind_of_entry_has_a_sentence() -> None:
    assert sentences.DEEDS.keys() == KINDS.keys()


def test_every_entry_of_a_whole_walk_reads_as_a_sentence(reviewed: Site) -> None:
    reviewed.house.sign_all()

    with reviewed.house.read() as session:
        told = [sentences.sentence(entry, {"lena": "Lena"}) for entry in read.entries(session)]

    assert not [sentence for sentence in told if "recorded “" in sentence or "{" in sentence]
    assert "Lena submitted request AI-0001.G1-1: revision 1, put before 4 seats" in told
    assert "The program moved AI-0001 to review" in told


@pytest.mark.parametrize(
    ("person", "status"), [("ruth", 200), ("aoife", 200), ("lena", 403), ("rafael", 403), ("omar", 403), ("mallory", 403)]
)
@pytest.mark.parametrize("path", ["/ledger", "/ledger/0", "/ledger.csv"])
def test_only_auditors_and_compliance_read_it(site: Site, person: str, status: int, path: str) -> None:
    assert site.browser(person).get(path).status_code == status


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("initiative=ai-0001", "registered AI-0001", "opened the unit"),
        ("stream=unit", "opened the unit", "registered AI-0001"),
        ("kind=team.named", "in AI-0001", "registered AI-0001"),
        ("person=omar", "let Rafael sign", "registered AI-0001"),
        ("text=scores%20new", "registered AI-0001", "opened the unit"),
        ("text=100%25", "No entry fits", "registered AI-0001"),
        ("until=2000-01-01", "No entry fits", "registered AI-0001"),
    ],
)
def test_entries_are_found(site: Site, query: str, there: str, gone: str) -> None:
    site.house.register()

    page = text_of(site.browser("ruth").get(f"/ledger?{query}")).split("No entry fits")[-1 if "No entry" not in there else 0]
    whole = text_of(site.browser("ruth").get(f"/ledger?{query}"))

    assert there in whole
    assert gone not in page


def test_older_entries_follow_without_a_gap(reviewed: Site) -> None:
    browser = reviewed.browser("ruth")
    with reviewed.house.read() as session:
        size = read.head(session).size

    first = browser.get("/ledger").text
    second = browser.get(f"/ledger?before={size - 50}").text

    assert f'href="/ledger/{size - 50}"' in first
    assert f'href="/ledger/{size - 51}"' not in first
    assert f'href="/ledger/{size - 51}"' in second


def test_an_entry_shows_what_it_changed_and_its_place(reviewed: Site) -> None:
    reviewed.house.act("lena", lambda log: initiatives.name_model(log, "AI-0001", "2.0"))
    with reviewed.house.read() as session:
        last = read.entries(session, limit=1)[0]
        root = read.head(session).root.hex()

    page = reviewed.browser("ruth").get(f"/ledger/{last.index}")

    seen = text_of(page)
    assert "Lena named “2.0” as the model version of AI-0001 to be judged" in seen
    assert "model version 1.0 2.0" in seen
    assert f"This entry is in the ledger of {last.index + 1} entries." in seen
    assert last.hash.hex() in seen
    assert root in seen
    assert f'rel="prev" href="/ledger/{last.index - 1}"' in page.text


def test_an_entry_that_was_tampered_with_is_named(reviewed: Site) -> None:
    with tampering(reviewed.house.ledger.engines) as connection:
        header = connection.execute(select(Leaf.header).where(Leaf.kind == "gate.submitted")).scalar_one()
        connection.execute(update(Leaf).where(Leaf.kind == "gate.submitted").values(header=header.replace(b"lena", b"mara")))
    with reviewed.house.read() as session:
        index = session.scalars(select(Leaf.index).where(Leaf.kind == "gate.submitted")).one()

    assert "The proof does not hold" in text_of(reviewed.browser("ruth").get(f"/ledger/{index}"))


def test_the_export_holds_every_entry_that_fits_and_no_formula(reviewed: Site) -> None:
    reviewed.house.act("mina", lambda log: gates.comment(log, "AI-0001.G1-1", "=1+1"))

    answer = reviewed.browser("ruth").get("/ledger.csv?kind=gate.commented")

    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0][:3] == ["entry", "time (UTC)", "stream"]
    assert [row[4] for row in rows[1:]] == ["gate.commented"]
    assert not [cell for row in rows for cell in row if cell.startswith("=")]


def test_reading_the_ledger_adds_nothing_to_it(site: Site) -> None:
    browser = site.browser("ruth")
    with site.house.read() as session:
        before = read.head(session)

    for path in ("/ledger", "/ledger/3", "/ledger.csv"):
        browser.get(path)

    with site.house.read() as session:
        assert read.head(session) == before
