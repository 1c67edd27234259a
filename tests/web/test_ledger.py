"""The ledger explorer: who may, finding, one entry with its proof, and a sentence for every kind."""

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import select, update

from governance.ledger import checkpoint, read, tree
from governance.ledger.book import KINDS
from governance.ledger.keys import KeyFile, NotSigned
from governance.ledger.log import UNPROVED, Actor, Auth
from governance.models.ledger import Checkpoint, Leaf
from governance.reads import sentences
from governance.services import checkpoints, directory, gates, initiatives
from tests.ledger import independent_notes
from tests.tampering import ON_SQLITE, alter, tampering
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


@pytest.fixture
def key(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "checkpoint-key")


def sign(site: Site, key: KeyFile) -> Checkpoint:
    row = checkpoints.sign(site.house.ledger, key, site.house.now)
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("person", "status"), [("ruth", 200), ("aoife", 200), ("lena", 403), ("rafael", 403), ("omar", 403), ("mallory", 403)]
)
@pytest.mark.parametrize("path", ["/ledger/checkpoint", "/ledger/0.tlog-proof"])
def test_only_who_reads_the_ledger_downloads_heads_and_proofs(site: Site, key: KeyFile, person: str, status: int, path: str) -> None:
    sign(site, key)

    assert site.browser(person).get(path).status_code == status


def test_the_page_says_who_signed_what_and_when(site: Site, key: KeyFile) -> None:
    browser = site.browser("ruth")
    assert "No head of the ledger is signed yet." in text_of(browser.get("/ledger"))

    row = sign(site, key)
    site.house.act("omar", lambda log: directory.open_unit(log, "fraud", "Fraud"))
    seen = text_of(browser.get("/ledger"))

    assert f"Last signed head: entry {row.size - 1} and all before it" in seen
    assert "1 newer entry not yet under one" in seen and str(key.read().verifier) in seen
    assert "No head is signed since" not in seen


def test_the_page_says_since_when_and_why_nothing_is_signed(site: Site, key: KeyFile) -> None:
    key.path.mkdir(mode=0o700)
    with pytest.raises(NotSigned):
        checkpoints.sign_or_say_why(site.house.ledger, key, site.house.now)

    seen = text_of(site.browser("ruth").get("/ledger"))

    assert "No head is signed since" in seen and "Is a directory" in seen


def test_the_head_that_is_downloaded_is_the_one_that_was_signed(site: Site, key: KeyFile) -> None:
    row = sign(site, key)

    answer = site.browser("ruth").get("/ledger/checkpoint")

    assert independent_notes.head_of(answer.data, str(key.read().verifier)) == (key.read().name, row.size, row.root)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="checkpoint-{row.size}.txt"'
    assert answer.mimetype == "text/plain" and answer.headers["Cache-Control"] == "no-store"


def test_the_proof_of_an_entry_verifies_without_the_server(site: Site, key: KeyFile) -> None:
    row = sign(site, key)
    site.house.act("omar", lambda log: directory.open_unit(log, "fraud", "Fraud"))
    browser = site.browser("ruth")

    for index in (0, 7, row.size - 1):
        answer = browser.get(f"/ledger/{index}.tlog-proof")
        with site.house.read() as session:
            header = read.entry(session, index).header_bytes
        head = checkpoint.verify_proof(answer.data, tree.leaf_hash(header), [key.read().verifier])
        assert (head.size, head.root) == (row.size, row.root)
        assert f"/ledger/{index}.tlog-proof" in browser.get(f"/ledger/{index}").text


def test_an_entry_that_no_head_covers_has_no_proof_yet(site: Site, key: KeyFile) -> None:
    browser = site.browser("ruth")
    assert "No head of the ledger is signed yet" in text_of(browser.get("/ledger/0.tlog-proof"))
    row = sign(site, key)
    site.house.act("omar", lambda log: directory.open_unit(log, "fraud", "Fraud"))

    answer = browser.get(f"/ledger/{row.size}.tlog-proof")

    assert answer.status_code == 404 and "is not under one yet" in text_of(answer)
    assert browser.get(f"/ledger/{row.size + 1}.tlog-proof").status_code == 404
    assert "It is under the next one that is signed." in text_of(browser.get(f"/ledger/{row.size}"))


DAMAGE = {
    "the note": "UPDATE checkpoint SET note = replace(note, 'governance', 'Governance')",
    "the moment": "UPDATE checkpoint SET at = 'yesterday'",
    "the size": "UPDATE checkpoint SET size = 'many'",
    "a note that is no text": "UPDATE checkpoint SET note = CAST(note AS BLOB)",
    "the root": "UPDATE checkpoint SET root = zeroblob(32)",
    "a subtree": "UPDATE node SET hash = zeroblob(32) WHERE level = (SELECT max(level) FROM node)",
    "a removed subtree": "DELETE FROM node WHERE level = (SELECT max(level) FROM node)",
    "the naming of the key": "DELETE FROM leaf WHERE kind = 'ledger.key_changed'",
    "a key that is none": """UPDATE leaf SET body = CAST('{"verifier":"x"}' AS BLOB) WHERE kind = 'ledger.key_changed'""",
}


@ON_SQLITE
@pytest.mark.parametrize("statement", DAMAGE.values(), ids=list(DAMAGE))
def test_a_head_that_does_not_fit_is_said_to_and_not_handed_out(site: Site, key: KeyFile, statement: str) -> None:
    sign(site, key)
    site.house.act("omar", lambda log: directory.open_unit(log, "fraud", "Fraud"))
    browser = site.browser("ruth")
    assert browser.get("/ledger/checkpoint").status_code == 200
    assert alter(site.house.ledger.engines, statement)

    for path in ("/ledger/checkpoint", "/ledger/0.tlog-proof"):
        answer = browser.get(path)
        assert answer.status_code == 409 and "The last signed head does not fit the ledger" in text_of(answer)
    assert "The last signed head does not fit the ledger." in text_of(browser.get("/ledger"))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE leaf SET header = (SELECT header FROM leaf WHERE \"index\" = 0) WHERE \"index\" = 7", "Entry 7 is not what was signed"),
        ("UPDATE leaf SET hash = (SELECT hash FROM leaf WHERE \"index\" = 0) WHERE \"index\" = 6", "Entry 7 is not what was signed"),
        ("DELETE FROM node WHERE level = 1", "The last signed head does not fit the ledger"),
    ],
)  # fmt: skip
def test_a_proof_that_does_not_hold_is_not_handed_out(site: Site, key: KeyFile, statement: str, said: str) -> None:
    sign(site, key)
    assert alter(site.house.ledger.engines, statement)

    answer = site.browser("ruth").get("/ledger/7.tlog-proof")

    assert answer.status_code == 409 and said in text_of(answer)


def test_the_entry_that_names_a_key_reads_as_a_sentence(site: Site, key: KeyFile) -> None:
    row = sign(site, key)
    before = key.read().verifier
    auth = Auth(UNPROVED, site.house.now, "cli")
    after = checkpoints.change_key(site.house.ledger, key, Actor("omar"), auth, "The disk was sold.", site.house.now)
    browser = site.browser("ruth")

    first, second = (text_of(browser.get(f"/ledger/{index}")) for index in (row.size - 1, row.size))

    assert f"The program named {before.name}+{before.id.hex()} as the key that signs heads of the ledger" in first
    assert f"Omar named {after.name}+{after.id.hex()} as the key that signs heads of the ledger, in the place of the one before" in second
    assert "without proof of identity" in second and "“The disk was sold.”" in second
