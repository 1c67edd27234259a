"""The main navigation marks the entry that a page is part of."""

import re

import pytest

from tests.web.browser import Site, site

__all__ = ["site"]

PARTS = (
    ("lena", "/policy", "Policies"),
    ("lena", "/policy/checks", "Policies"),
    ("aoife", "/policy/draft", "Policies"),
    ("aoife", "/policies/moves", "Policies"),
    ("aoife", "/frameworks", "Policies"),
    ("aoife", "/frameworks/NIST-AI-RMF", "Policies"),
    ("aoife", "/frameworks/NIST-AI-RMF/attest/GOVERN-2.3", "Policies"),
    ("aoife", "/frameworks/NIST-AI-RMF/clause?id=GOVERN-2.3", "Policies"),
    ("lena", "/portfolio", "Portfolio"),
    ("lena", "/initiatives/new", "Portfolio"),
    ("aoife", "/import", "Portfolio"),
    ("omar", "/people", "People"),
    ("omar", "/people-import", "People"),
)


@pytest.fixture
def engine() -> str:
    """What is in a menu is read from no table."""
    return "sqlite"


def test_the_entry_that_a_page_is_part_of_is_marked_and_its_way_begins_there(site: Site) -> None:
    marked, begins = [], []
    for who, path, _ in PARTS:
        answer = site.browser(who).get(path)
        assert answer.status_code == 200, (path, answer.status)
        marked.append((who, path, "".join(re.findall(r'<nav [^>]*>.*?aria-current="page">([A-Za-z ]+)', answer.text, re.S)[:1])))
        crumb = re.search(r'class="crumb".*?<a href="[^"]*">([A-Za-z ]+)</a>', answer.text, re.S)
        begins.append((who, path, crumb[1] if crumb else marked[-1][2]))

    assert marked == begins == list(PARTS)
