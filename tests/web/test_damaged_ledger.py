"""The ledger explorer over entries that somebody damaged: everything else is shown, and what is wrong is said."""

import csv
import io

import pytest
from sqlalchemy import delete, select, update

from governance.ledger import read
from governance.models.ledger import Leaf, Node
from tests.tampering import ON_SQLITE, alter, tampering
from tests.web.browser import Site, reviewed, site, text_of

__all__ = ["reviewed", "site"]

SIGNED = "gate.signed_off"

DAMAGE: dict[str, tuple[dict[str, object], str]] = {
    "a body that is no JSON": ({"body": b"{"}, "its body cannot be read"),
    "a body that is no text": ({"body": b"\xff\xfe\x00"}, "its body cannot be read"),
    "a body of nothing": ({"body": b""}, "its body cannot be read"),
    "a body that is a list": ({"body": b"[1]"}, "its body cannot be read"),
    "a body too deep": ({"body": b"[" * 60_000}, "its body cannot be read"),
    "a body without its facts": ({"body": b"{}"}, "its body is not the one that its header names"),
    "facts of other types": ({"body": b'{"person":["lena"],"name":7}'}, "its body is not the one that its header names"),
    "a header that is no JSON": ({"header": b"\x80"}, "its header cannot be read"),
    "a header without its facts": ({"header": b"{}"}, "its header and its hash do not fit together"),
    "a hash of nothing": ({"hash": b""}, "its header and its hash do not fit together"),
    "another kind": ({"kind": "standing.changed"}, "its kind is not what its header says"),
    "another actor and stream": ({"actor": "nobody", "stream": "unit/none"}, "its stream and actor are not what its header says"),
}


def signed(site: Site) -> int:
    """The entry of the first sign-off."""
    site.house.sign_all()
    with site.house.read() as session:
        index = session.scalars(select(Leaf.index).where(Leaf.kind == SIGNED).order_by(Leaf.index)).first()
    assert index is not None
    return index


def check_it_is_said(site: Site, index: int, said: str) -> None:
    """In the list, its export, on its own page and on those of its initiative; and the entry beside it reads as ever."""
    browser, told = site.browser("ruth"), f"Somebody recorded what cannot be believed any more: entry {index} is damaged, {said}"
    shown = {path: browser.get(path) for path in (f"/ledger?before={index + 2}", f"/ledger/{index}", "/ledger.csv", "/initiatives/AI-0001")}

    assert {path: answer.status_code for path, answer in shown.items()} == dict.fromkeys(shown, 200)
    listed, page = (text_of(shown[path]) for path in (f"/ledger?before={index + 2}", f"/ledger/{index}"))
    assert "Damaged here: 1 entry." in listed and told.removeprefix("Somebody ") in listed
    assert told in page and f"This entry is damaged: {said}." in page and "This cannot be worked out: the entry is damaged." in page
    assert "governance log verify" in listed and "governance doctor" in page and "This entry is in the ledger" not in page
    rows = [row for row in csv.DictReader(io.StringIO(shown["/ledger.csv"].text)) if "damaged" in row["what happened"]]
    assert [(row["entry"], f"{row['who']} {row['what happened']}") for row in rows] == [(str(index), told)]
    assert browser.get(f"/ledger/{index - 1}").status_code == browser.get(f"/ledger/{index + 1}").status_code == 200


@pytest.mark.parametrize(("values", "said"), DAMAGE.values(), ids=list(DAMAGE))
def test_an_entry_that_is_not_what_was_recorded_is_marked_in_words(reviewed: Site, values: dict[str, object], said: str) -> None:
    index = signed(reviewed)
    with tampering(reviewed.house.ledger.engines) as connection:
        connection.execute(update(Leaf).where(Leaf.index == index).values(**values))

    check_it_is_said(reviewed, index, said)


@ON_SQLITE
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("at = 'yesterday'", "its at is not what its header says"),
        ("at = '0001-01-01T00:00:00.000000Z'", "its at is not what its header says"),
        ("seq = 'many'", "its seq is not what its header says"),
        ("body = 'text'", "its body cannot be read"),
        ("header = 'text'", "its header cannot be read"),
        ("hash = 7", "its header and its hash do not fit together"),
    ],
)
def test_a_value_of_another_type_is_marked_too(reviewed: Site, change: str, said: str) -> None:
    index = signed(reviewed)
    assert alter(reviewed.house.ledger.engines, f'UPDATE leaf SET {change} WHERE "index" = {index}')

    check_it_is_said(reviewed, index, said)


def test_what_follows_a_damaged_entry_says_that_its_change_cannot_be_worked_out(reviewed: Site) -> None:
    index = signed(reviewed)
    with tampering(reviewed.house.ledger.engines) as connection:
        connection.execute(update(Leaf).where(Leaf.index == index).values(body=b"{"))

    seen = text_of(reviewed.browser("ruth").get(f"/ledger/{index + 1}"))

    assert "This cannot be worked out: an entry before it in AI-0001 is damaged or gone." in seen
    assert "This entry is in the ledger" in seen and "This entry is damaged" not in seen


def test_the_page_of_an_entry_stands_where_others_and_the_tree_are_gone(reviewed: Site) -> None:
    index = signed(reviewed)
    with tampering(reviewed.house.ledger.engines) as connection:
        connection.execute(delete(Leaf).where(Leaf.stream == "initiative/AI-0001", Leaf.index < index))
        connection.execute(delete(Node))

    seen = text_of(reviewed.browser("ruth").get(f"/ledger/{index}"))

    assert "The proof does not hold." in seen and "an entry before it in AI-0001 is damaged or gone" in seen


def test_nothing_is_marked_where_nothing_was_touched(reviewed: Site) -> None:
    reviewed.house.sign_all()

    with reviewed.house.read() as session:
        assert [entry.damage for entry in read.entries(session) if entry.damage] == []
    assert "damaged" not in text_of(reviewed.browser("ruth").get("/ledger")).lower()
