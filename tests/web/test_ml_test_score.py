"""The page of the ML Test Score: filled in bit by bit, nothing typed is lost, and the check it answers leads there."""

from governance.domain.ml_test_score import TESTS
from tests.web.browser import Site, site, text_of

__all__ = ["site"]

PATH = "/initiatives/AI-0001/ml-test-score"


def whole(practice: str) -> dict[str, object]:
    return {f"{test}-{name}": value for test in TESTS for name, value in (("practice", practice), ("proof", f"https://ci.example/{test}"))}


def test_it_is_filled_in_bit_by_bit(site: Site) -> None:
    site.house.register()
    lena = site.browser("lena")
    assert "No test is answered yet" in text_of(lena.get(PATH))

    assert lena.post(PATH, **{"data-1-practice": "manual", "data-1-proof": "the wiki"}).status_code == 303
    part = lena.get(PATH)
    assert lena.post(PATH, **whole("manual")).status_code == 303
    done = lena.get(PATH)

    assert "Saved. 27 tests still to answer." in text_of(part) and 'value="the wiki"' in part.text
    assert "Saved. The score is 3.5 points." in text_of(done) and "The lowest of the four sums counts" in text_of(done)
    assert "Filled in by Lena" in text_of(done) and "for model 1.0" in text_of(done)


def test_what_was_typed_comes_back_with_what_is_wrong(site: Site) -> None:
    site.house.register()
    lena = site.browser("lena")

    answer = lena.post(PATH, **{"data-1-practice": "automated", "data-2-proof": "a proof of nothing", "data-3-practice": "not_done"})

    assert answer.status_code == 422
    assert "data-2: choose how it is done" in text_of(answer) and 'href="#t-data-2"' in answer.text
    assert 'value="a proof of nothing"' in answer.text and 'id="data-3-not_done" value="not_done" checked' in answer.text
    again = lena.post(PATH, **{"data-1-practice": "automated"})
    assert again.status_code == 422 and "data-1: say where to see it" in text_of(again)
    assert "No test is answered yet" in text_of(lena.get(PATH))


def test_others_read_it_and_the_check_leads_to_it(site: Site) -> None:
    site.house.register()
    page = site.browser("joao").get(PATH)

    assert "The lead and the team fill this in" in text_of(page) and "Save the form" not in page.text
    assert f'href="{PATH}"' in site.browser("lena").get("/initiatives/AI-0001/checklist/G3").text
