"""The page of a gate request: what it says, what is refused, what changed and which sign-offs fell."""

import pytest

from governance.domain.vocabulary import AnswerState, Decision, Function, RequestState, Visibility
from governance.services import gates, initiatives
from tests.web.browser import Site, reviewed, site, text_of

__all__ = ["reviewed", "site"]

PAGE = "/requests/AI-0001.G1-1"


def test_a_lead_opens_a_request_and_is_told_what_is_missing(site: Site) -> None:
    site.house.register()
    browser = site.browser("lena")

    answer = browser.post("/initiatives/AI-0001/requests/G1")

    assert (answer.status_code, answer.location) == (303, PAGE)
    page = browser.get(PAGE)
    assert "Not submitted yet" in text_of(page)
    assert 'href="/initiatives/AI-0001/checklist/G1?open=G1-04#G1-04"' in page.text


def test_an_unfinished_request_is_refused_with_the_complete_list_and_the_note_is_kept(site: Site) -> None:
    site.house.register()
    site.house.open()
    site.house.complete(leave=frozenset({"G1-04", "G1-06"}))

    answer = site.browser("lena").post(f"{PAGE}/submit", **{"submit-reason": "All <i>done</i>, I think."})

    assert answer.status_code == 422
    assert "2 points are still open" in text_of(answer)
    for item in ("G1-04", "G1-06"):
        assert f'href="/initiatives/AI-0001/checklist/G1?open={item}#{item}"' in answer.text
    assert "All &lt;i&gt;done&lt;/i&gt;, I think." in answer.text
    assert site.house.state() is RequestState.DRAFT


def test_a_complete_request_goes_to_review(site: Site) -> None:
    site.house.register()
    site.house.open()
    site.house.complete()
    browser = site.browser("lena")

    answer = browser.post(f"{PAGE}/submit", **{"submit-reason": "Ready."})

    assert answer.status_code == 303
    page = text_of(browser.get(PAGE))
    assert "Waiting for data science, IT operations, business and compliance" in page
    assert "Everybody signs exactly this" in page
    assert "“Ready.”" in page


def test_the_page_says_whose_turn_it_is_to_each_reader(reviewed: Site) -> None:
    assert "Your turn" in text_of(reviewed.browser("mina").get(PAGE))
    assert "Your turn" not in text_of(reviewed.browser("lena").get(PAGE))
    assert "Your decision" not in text_of(reviewed.browser("mara").get(PAGE))


def test_somebody_who_cannot_sign_is_told_why_and_who_can(reviewed: Site) -> None:
    reviewed.house.sign(Function.BUSINESS, who="second")

    page = text_of(reviewed.browser("second").get(PAGE))

    assert "You cannot sign" in page
    assert "You have signed another seat of this request" in page
    assert "Aoife can" in page


def test_a_sign_off_that_fell_names_the_section_and_what_changed_in_it(reviewed: Site) -> None:
    reviewed.house.sign(Function.IT_OPS)
    reviewed.house.sign(Function.BUSINESS)

    reviewed.house.answer_item("G1-11")

    page = text_of(reviewed.browser("lena").get(PAGE))
    assert "No longer counts: the IT operations part changed after it was signed." in page
    assert "No longer counts: the business part" not in page
    assert "The record changed after the dossier was frozen: submit it again" in page
    assert "Changed in the record since revision 1 was submitted" in page


def test_submitting_again_shows_what_changed_and_keeps_the_other_sign_offs(reviewed: Site) -> None:
    reviewed.house.sign(Function.BUSINESS)
    reviewed.house.sign(Function.IT_OPS, Decision.REQUEST_CHANGES)
    browser = reviewed.browser("lena")
    assert "Changes are asked for: you can submit again" in text_of(browser.get(PAGE))

    reviewed.house.answer_item("G1-11")
    answer = browser.post(f"{PAGE}/submit", **{"submit-reason": "The drill was repeated."})

    assert answer.status_code == 303
    page = text_of(browser.get(PAGE))
    assert "What changed since revision 1" in page
    assert (
        "Target architecture and cost sketch G1-11 Answer given"
        in page.split("What changed since revision 1")[1].split("checks are met")[0]
    )
    assert "1 of 4" in page  # business still counts
    assert "Its request for changes was answered by revision 2" in page or "the IT operations part changed" in page


def test_a_new_request_is_compared_with_the_last_one(reviewed: Site) -> None:
    reviewed.house.act("lena", lambda log: gates.withdraw(log, "AI-0001.G1-1", "not yet"))
    reviewed.house.act("lena", lambda log: initiatives.name_model(log, "AI-0001", "2.0"))
    reviewed.house.open()
    reviewed.house.submit("AI-0001.G1-2")

    page = text_of(reviewed.browser("mina").get("/requests/AI-0001.G1-2"))

    assert "What changed since request 1, which was withdrawn" in page
    assert "Model version 1.0 2.0 Common section" in page


@pytest.mark.parametrize(("deed", "person"), [("withdraw", "lena"), ("close", "aoife")])
def test_ending_a_request_asks_why(reviewed: Site, deed: str, person: str) -> None:
    if deed == "close":
        reviewed.house.sign(Function.IT_OPS, Decision.REJECT)
    browser = reviewed.browser(person)

    assert browser.post(f"{PAGE}/{deed}", **{f"{deed}-reason": ""}).status_code == 422
    assert reviewed.house.state() is RequestState.IN_REVIEW
    assert browser.post(f"{PAGE}/{deed}", **{f"{deed}-reason": "The pilot ends."}).status_code == 303

    expected = {"withdraw": RequestState.WITHDRAWN, "close": RequestState.REJECTED}[deed]
    assert reviewed.house.state() is expected
    assert "“The pilot ends.”" in text_of(browser.get(PAGE))


@pytest.mark.parametrize(
    ("path", "person", "status"),
    [
        ("submit", "mara", 403),
        ("withdraw", "mara", 403),
        ("withdraw", "aoife", 403),
        ("close", "lena", 403),
        ("close", "second", 422),
        ("comments", "ruth", 403),
    ],
)
def test_who_may_not(reviewed: Site, path: str, person: str, status: int) -> None:
    name = "comment" if path == "comments" else path

    answer = reviewed.browser(person).post(f"{PAGE}/{path}", **{f"{name}-reason": "because"})

    assert answer.status_code == status
    assert reviewed.house.state() is RequestState.IN_REVIEW


def test_comments_are_text_whatever_they_contain(reviewed: Site) -> None:
    browser = reviewed.browser("mina")

    answer = browser.post(f"{PAGE}/comments", **{"comment-reason": "<script>alert(1)</script> why 41 minutes?"})

    assert answer.status_code == 303
    page = browser.get(PAGE)
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; why 41 minutes?" in page.text


def test_a_request_of_an_unseen_initiative_looks_like_one_that_does_not_exist(reviewed: Site) -> None:
    hidden = initiatives.Description("Claims triage", "Scores new motor claims for the adjusters.", "claims", "lena", Visibility.NAMED)
    reviewed.house.act("lena", lambda log: initiatives.describe(log, "AI-0001", hidden))
    browser = reviewed.browser("mallory")

    there, nowhere = browser.get(PAGE), browser.get("/requests/AI-9999.G1-1")

    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert text_of(there) == text_of(nowhere)


def test_a_check_that_is_not_met_keeps_the_gate_shut_and_the_page_says_so(site: Site) -> None:
    site.house.register()
    site.house.open()
    site.house.complete(leave=frozenset({"G1-04"}))
    site.house.answer_item("G1-04", AnswerState.NOT_MET)
    site.house.submit()
    site.house.sign_all()

    assert "Every seat has decided, but a check or the standing keeps it shut" in text_of(site.browser("lena").get(PAGE))
