"""The page of a piece of evidence: what it says, and what a team can do with it."""

import pytest

from governance.domain.evidence_scope import Scope
from governance.domain.vocabulary import EvidenceKind, Function
from governance.models.answers import Answer
from governance.services import initiatives
from tests.services.conftest import ask
from tests.services.test_evidence import ITEM, KEY, add, rested_on, supersede
from tests.services.test_sharing import DATA, OTHER, hide, reuse, share, shared, stop
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


OFFERS = f"/initiatives/{KEY}/checklist/G1/{ITEM}/reuse"
FITS = "Both run on the same extract."


@pytest.fixture
def two(site: Site) -> Site:
    ask(site.house)
    site.house.register()
    return site


def test_from_one_initiative_to_the_checklist_of_another(two: Site) -> None:
    lena, source = two.browser("lena"), add(two.house, key=OTHER)
    answer = lena.post(f"/evidence/{source}/share", dataset="Claims of 2025", model_version="", purpose="Triage")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/evidence/{source}")
    assert "Nobody uses it yet" in text_of(lena.get(f"/evidence/{source}"))
    assert OFFERS in lena.get(f"/initiatives/{KEY}/checklist/G1").text
    assert source in lena.get(f"{OFFERS}?q=claims").text and source not in lena.get(f"{OFFERS}?q=energy").text

    read = Scope("Claims of 2025", purpose="Triage").digest
    answer = lena.post(f"{OFFERS}/{source}", same=["dataset", "purpose"], reason=FITS, seen=read)

    assert answer.status_code == 303
    checklist = lena.get(answer.headers["Location"])
    made = "AI-0001.E-11"
    assert f'checked id="{ITEM}-evidence-0" name="{ITEM}-evidence" type="checkbox" value="{made}"' in checklist.text
    page = text_of(lena.get(f"/evidence/{made}"))
    assert "It comes from another initiative" in page and source in page and FITS in page and "confirmed to be the same, by Lena" in page
    assert "Used by 1 other initiative" in text_of(lena.get(f"/evidence/{source}"))

    assert lena.post(f"/evidence/{source}/stop-sharing", why="The extract had a fault.").status_code == 303
    assert "Its source is no longer shared" in text_of(lena.get(f"/evidence/{made}"))
    assert source not in lena.get(OFFERS).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason": FITS}, "Confirm that the data set is the same, or use other evidence."),
        ({"same": ["dataset"], "reason": FITS}, "Confirm that the purpose is the same, or use other evidence."),
        ({"same": ["dataset", "purpose"]}, "Say why it shows what is asked here."),
        (
            {"same": ["dataset", "purpose", "model_version", "x"], "reason": "x"},
            "Say why it shows what is asked here, in 3 to 4,000 signs.",
        ),
    ],
)
def test_what_is_not_confirmed_is_not_used_and_nothing_typed_is_lost(two: Site, typed: dict[str, object], sentence: str) -> None:
    source = shared(two.house)

    answer = two.browser("lena").post(f"{OFFERS}/{source}", seen=DATA.digest, **typed)

    assert answer.status_code == 422 and sentence in answer.text and str(typed.get("reason", "")) in answer.text


def test_the_words_of_a_statement_are_those_of_whoever_stated_them(two: Site) -> None:
    """Who brings it into another initiative states nothing."""
    source = add(two.house, EvidenceKind.ATTESTATION, who="mara", key=OTHER)
    share(two.house, source, who="mara")
    made = reuse(two.house, source, who="tom")

    page = text_of(two.browser("lena").get(f"/evidence/{made}"))

    assert "Mara states" in page and "Tom states" not in page
    assert "Brought here Tom" in page and "added there by Mara" in page
    hide(two.house, lead="mara")
    page = text_of(two.browser("mallory").get(f"/evidence/{made}"))
    assert "Mara states" in page and "of an initiative that you do not see" in page and "added there" not in page


def test_what_is_shared_for_something_else_by_now_is_read_again(two: Site) -> None:
    """Nobody confirmed that the new words hold here, so no box is ticked, and the reason is kept."""
    source, lena = shared(two.house), two.browser("lena")
    assert f'value="{DATA.digest}"' in lena.get(f"{OFFERS}/{source}").text
    stop(two.house, source)
    share(two.house, source, Scope("Claims of 2019", purpose="Fraud"))
    stale = {"same": ["dataset", "purpose"], "reason": FITS, "seen": DATA.digest}

    answer = lena.post(f"{OFFERS}/{source}", **stale)

    assert answer.status_code == 422 and "changed while you were reading" in answer.text
    assert FITS in answer.text and "Claims of 2019" in answer.text
    assert 'value="dataset"' in answer.text and " checked" not in answer.text
    read = {**stale, "seen": Scope("Claims of 2019", purpose="Fraud").digest}
    assert lena.post(f"{OFFERS}/{source}", **read).status_code == 303


def test_another_model_version_is_refused_in_a_sentence(two: Site) -> None:
    source = shared(two.house, Scope(model_version="7"))
    lena = two.browser("lena")
    assert "for AI-0001, 1.0 is named" in text_of(lena.get(f"{OFFERS}/{source}"))

    answer = lena.post(f"{OFFERS}/{source}", reason=FITS, seen=Scope(model_version="7").digest)

    assert answer.status_code == 422 and "is about model version 7; the model version named for AI-0001 is version 1.0." in answer.text


@pytest.mark.parametrize(
    ("path", "typed", "sentence"),
    [
        ("share", {"dataset": "", "purpose": ""}, "Say for what"),
        ("share", {"dataset": "x" * 201}, "Write at most 200"),
        ("stop-sharing", {"why": "Gone."}, "It is not shared"),
    ],
)
def test_what_cannot_be_shared_or_withdrawn_comes_back(two: Site, path: str, typed: dict[str, str], sentence: str) -> None:
    piece = add(two.house, key=OTHER)

    answer = two.browser("lena").post(f"/evidence/{piece}/{path}", **typed)

    assert answer.status_code == 422 and sentence in answer.text
    assert all(value in answer.text for value in typed.values())


def test_who_may_not_see_an_initiative_sees_nothing_of_its_evidence(two: Site) -> None:
    """Neither in the list, nor on the page of a piece that comes from it, nor by its address; and how many use it is no secret."""
    house, source = two.house, shared(two.house)
    made = reuse(house, source)
    house.act("lena", lambda log: initiatives.name_team(log, KEY, Function.BUSINESS, "joao", None, 4))
    hide(house, OTHER)
    joao = two.browser("joao")

    assert source not in joao.get(OFFERS).text
    assert joao.get(f"{OFFERS}/{source}").status_code == joao.get(f"/evidence/{source}").status_code == 404
    page = text_of(joao.get(f"/evidence/{made}"))
    assert "of an initiative that you do not see" in page and "Fraud scores" not in page

    hide(house, KEY)
    hide(house, OTHER, lead="mara")
    house.act("mara", lambda log: initiatives.name_viewer(log, OTHER, "mallory"))
    page = text_of(two.browser("mallory").get(f"/evidence/{source}"))
    assert "Used by 1 other initiative" in page and "1 that you do not see" in page and made not in page


def test_who_is_not_on_the_team_uses_nothing_of_others(two: Site) -> None:
    source = shared(two.house)
    for who in ("mina", "aoife"):
        assert two.browser(who).get(OFFERS).status_code == 403
        assert two.browser(who).post(f"{OFFERS}/{source}", same=["dataset", "purpose"], reason=FITS).status_code == 403


@pytest.mark.parametrize(("gate", "item", "status"), [("G9", ITEM, 404), ("G1", "G2-01", 404), ("G1", "G1-02", 422)])
def test_there_is_no_evidence_for_what_is_not_asked_or_answers_itself(two: Site, gate: str, item: str, status: int) -> None:
    assert two.browser("lena").get(f"/initiatives/{KEY}/checklist/{gate}/{item}/reuse").status_code == status
