"""The page of a piece of evidence: what it says, and what a team can do with it."""

import pytest

from governance.models.answers import Answer
from tests.services.conftest import ask
from tests.services.test_evidence import ITEM, KEY, add, rested_on, supersede
from tests.web.browser import Site, site, text_of

__all__ = ["site"]

WHY = "The run was repeated on the new server."


@pytest.fixture
def answered(site: Site) -> tuple[Site, str, str]:
    """A check that is answered, the piece it rests on, and a newer one."""
    ask(site.house)
    return site, rested_on(site.house, ITEM), add(site.house)


def test_a_newer_piece_takes_the_place_and_every_page_says_so(answered: tuple[Site, str, str]) -> None:
    site, old, newer = answered
    lena = site.browser("lena")
    assert "Put a newer piece in its place" in lena.get(f"/evidence/{old}").text

    answer = lena.post(f"/evidence/{old}/supersede", successor=newer, reason=WHY)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/evidence/{old}")
    page = text_of(lena.get(f"/evidence/{old}"))
    assert f"Superseded by {newer} on" in page and WHY in page and "Put a newer piece" not in page
    assert f"In the place of {old}" in text_of(lena.get(f"/evidence/{newer}"))
    checklist = text_of(lena.get(f"/initiatives/{KEY}/checklist/G1"))
    assert f"{old} was superseded by {newer} on" in checklist and "Stale" in checklist


def test_the_form_of_the_check_holds_the_newer_piece_ready(answered: tuple[Site, str, str]) -> None:
    site, old, newer = answered
    supersede(site.house, old, newer)

    page = site.browser("lena").get(f"/initiatives/{KEY}/checklist/G1").text

    assert f'name="{ITEM}-evidence" type="checkbox" value="{newer}"' in page.replace(" checked", "")
    assert f'value="{old}"' not in page
    with site.house.read() as session:
        assert session.get_one(Answer, (KEY, ITEM)).evidence == [old], "ready, but not answered"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason": WHY}, "Choose the newer piece."),
        ({"successor": "AI-0001.E-999", "reason": WHY}, "Choose evidence of AI-0001."),
        ({"successor": "AI-0001.E-1"}, "Say why it is superseded."),
        ({"successor": "", "reason": ""}, "Choose the newer piece."),
    ],
)
def test_what_is_missing_comes_back_with_what_was_typed(answered: tuple[Site, str, str], typed: dict[str, str], sentence: str) -> None:
    site, old, _ = answered

    answer = site.browser("lena").post(f"/evidence/{old}/supersede", **typed)

    assert answer.status_code == 422 and sentence in answer.text
    assert typed.get("reason", "") in answer.text


def test_what_was_superseded_meanwhile_keeps_what_was_typed(answered: tuple[Site, str, str]) -> None:
    site, old, newer = answered
    lena = site.browser("lena")
    lena.get(f"/evidence/{old}")
    supersede(site.house, old, newer, who="tom")

    answer = lena.post(f"/evidence/{old}/supersede", successor=newer, reason=WHY)

    assert answer.status_code == 422 and "Supersede that one" in answer.text and WHY in answer.text


@pytest.mark.parametrize(("who", "status"), [("mina", 403), ("ruth", 403), ("mallory", 403)])
def test_who_is_not_on_the_team_reads_and_sees_no_form(answered: tuple[Site, str, str], who: str, status: int) -> None:
    site, old, newer = answered
    browser = site.browser(who)

    assert "/supersede" not in browser.get(f"/evidence/{old}").text
    assert browser.post(f"/evidence/{old}/supersede", successor=newer, reason=WHY).status_code == status
