"""The tiering questionnaire on its page, where questions take several answers and some are asked only after others."""

from collections.abc import Sequence

import pytest

from governance.domain.questionnaire import Given
from governance.models.initiatives import Tiering
from tests.prepared import begun
from tests.services.conftest import ASKED, LOW, STATEMENTS, TEXTS, House
from tests.web.browser import Site, site, text_of, two_hours_ago

__all__ = ["site"]

PAGE = "/initiatives/AI-0001/facts"
SEVERAL, AFTER = "    - id: Q4\n      several: worst\n", '    - id: Q5\n      ask_when_answer: {Q2: ["moderate", "high", "very_high"]}\n'


@begun("site", two_hours_ago)
def asked(house: House) -> None:
    """An initiative under a policy whose Q4 takes several answers, and whose Q5 is asked only where people are affected."""
    tiering = TEXTS["tiering.yaml"].replace("    - id: Q4\n", SEVERAL).replace("    - id: Q5\n", AFTER)
    house.publish({**TEXTS, "tiering.yaml": tiering})
    house.register_without_tier()


def said(**changed: Given) -> dict[str, object]:
    """What the form sends: every answer, with these changed."""
    answers: dict[str, Given] = {**LOW, **changed}
    typed: dict[str, object] = {f"q-{name}": list(given) if not isinstance(given, str) else given for name, given in answers.items()}
    typed |= {f"q-{name}": given for name, given in STATEMENTS.items()}
    return typed | {f"q-{name}": {True: "yes", False: "no"}.get(value, value) for name, value in ASKED.items()}  # type: ignore[call-overload]


def kept(site: Site) -> Tiering:
    with site.house.read() as session:
        return session.get_one(Tiering, "AI-0001")


@pytest.mark.parametrize(("chosen", "on_record"), [(["lt100k", "lt1k"], ["lt100k", "lt1k"]), (["none-of-them"], [])])
def test_several_answers_are_kept_and_shown_again(asked: Site, chosen: Sequence[str], on_record: list[str]) -> None:
    lena = asked.browser("lena")
    assert "Choose all that fit" in lena.get(PAGE).text

    answer = lena.post(f"{PAGE}/answers", **said(Q4=chosen))

    assert answer.status_code == 303, text_of(answer)
    assert kept(asked).questions["Q4"] == on_record
    page = lena.get(PAGE).text
    ticked = {key for key in ("lt1k", "lt100k", "gte100k", "none-of-them") if f'value="{key}" checked' in page}
    assert ticked == set(chosen)


def test_what_is_not_asked_is_neither_shown_nor_kept(asked: Site) -> None:
    lena = asked.browser("lena")
    lena.post(f"{PAGE}/answers", **said(Q4=["lt1k"], Q2="none", Q5="yes"))

    assert "Q5" not in kept(asked).questions
    assert 'name="q-Q5"' not in lena.get(PAGE).text

    lena.post(f"{PAGE}/answers", **said(Q4=["lt1k"], Q2="moderate", Q5="yes"))

    assert kept(asked).questions["Q5"] == "yes"
    assert 'name="q-Q5"' in lena.get(PAGE).text


def test_an_unanswered_question_of_several_is_missing_and_none_of_them_is_an_answer(asked: Site) -> None:
    lena = asked.browser("lena")
    lena.post(f"{PAGE}/answers", **said(Q4=[]))
    assert kept(asked).missing == ["Q4"]

    lena.post(f"{PAGE}/answers", **said(Q4=["none-of-them"]))
    assert kept(asked).missing == []


GERMAN = """translation:
  language: de
  name: Deutsch
  texts:
    Q1: Wer entscheidet?
    Q1.recommend: ein Mensch, auf Vorschlag
    FL1: Ist es nach der KI-Verordnung hochriskant?
    facts.eu_market: Wird es in der EU angeboten oder benutzt?
"""


@pytest.fixture
def in_two_languages(site: Site) -> Site:
    site.house.publish({**TEXTS, "de.yaml": GERMAN})
    site.house.register_without_tier()
    return site


def test_the_questions_are_read_in_the_language_that_the_browser_prefers_or_that_was_chosen(in_two_languages: Site) -> None:
    browser = in_two_languages.browser("lena")
    page = "/initiatives/AI-0001/facts"

    preferred = browser.client.get(page, headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}).text
    for words in ("Wer entscheidet?", "Ein Mensch, auf Vorschlag", "Ist es nach der KI-Verordnung hochriskant?", 'lang="de"'):
        assert words in preferred, words
    assert "the policy’s own words" in preferred and "language=en" in preferred

    plain = browser.client.get(page, headers={"Accept-Language": "en-GB"}).text
    assert "Wer entscheidet?" not in plain and "language=de" in plain
    chosen = browser.client.get(f"{page}?language=de", headers={"Accept-Language": "en-GB"}).text
    assert "Wer entscheidet?" in chosen
    own = browser.client.get(f"{page}?language=en", headers={"Accept-Language": "de"}).text
    assert "Wer entscheidet?" not in own


def test_answers_given_in_another_language_are_the_same_record_and_the_language_stays(in_two_languages: Site) -> None:
    browser = in_two_languages.browser("lena")
    browser.get("/initiatives/AI-0001/facts?language=de")

    answer = browser.post("/initiatives/AI-0001/facts/answers?language=de", **said())

    assert (answer.status_code, answer.headers["Location"]) == (303, "/initiatives/AI-0001/facts?language=de")
    assert kept(in_two_languages).questions["Q1"] == "recommend"
    wrong = browser.post("/initiatives/AI-0001/facts/answers?language=de")
    assert wrong.status_code == 422 and "Wer entscheidet?" in wrong.text
