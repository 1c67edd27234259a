"""The pages of proposals that a check does not apply: from the checklist to what compliance says."""

import pytest

from governance.domain.vocabulary import Visibility
from governance.services import initiatives
from tests.prepared import begun
from tests.services.conftest import House
from tests.services.test_exclusions import ID, ITEM, KEY, propose, shown, state_of
from tests.web.browser import PASSWORD, Site, site, text_of, two_hours_ago

__all__ = ["site"]

WHY = "There is no such source here."


@begun("site", two_hours_ago)
def draft(house: House) -> None:
    house.register()
    house.open()


def test_from_the_checklist_to_what_compliance_confirms(draft: Site) -> None:
    lena, aoife = draft.browser("lena"), draft.browser("aoife")
    assert f"/initiatives/{KEY}/exclusions/{ITEM}" in lena.get(f"/initiatives/{KEY}/checklist/G1").text
    answer = lena.post(f"/initiatives/{KEY}/exclusions/{ITEM}", reason=WHY)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/exclusions/{ID}")
    assert "waits for compliance" in text_of(lena.get(f"/initiatives/{KEY}/checklist/G1"))
    assert f"/exclusions/{ID}" in aoife.get("/").text, "it stands on their list"
    assert WHY in text_of(aoife.get(f"/exclusions/{ID}"))

    assert aoife.post(f"/exclusions/{ID}/decide", decision="confirm", password=PASSWORD).status_code == 303

    assert state_of(draft.house) == "not_applicable"
    page = text_of(lena.get(f"/initiatives/{KEY}/checklist/G1"))
    assert f"compliance confirmed that it does not apply ({ID})" in page
    page = text_of(lena.get(f"/exclusions/{ID}"))
    assert "Confirmed" in page and "Aoife" in page and "by password" in page
    assert lena.post(f"/exclusions/{ID}/withdraw", why="It applies.").status_code == 303
    assert state_of(draft.house) == "not_started"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"decision": "confirm", "password": "wrong"}, "Nothing was decided"),
        ({"decision": "decline", "password": PASSWORD}, "Say why you decline"),
        ({"password": PASSWORD}, "Choose a decision."),
        ({"decision": "confirm"}, "Enter your password."),
    ],
)
def test_what_is_missing_or_wrong_decides_nothing(draft: Site, typed: dict[str, str], sentence: str) -> None:
    propose(draft.house)
    browser = draft.browser("aoife")
    browser.get(f"/exclusions/{ID}")

    answer = browser.post(f"/exclusions/{ID}/decide", **typed)

    assert answer.status_code == 422 and sentence in answer.text
    assert shown(draft.house) == "proposed"


def test_who_holds_no_compliance_reads_and_sees_no_form(draft: Site) -> None:
    propose(draft.house)

    for who in ("mina", "ruth", "tom"):
        page = draft.browser(who).get(f"/exclusions/{ID}")
        assert page.status_code == 200 and "/decide" not in page.text


def test_a_proposal_without_a_reason_comes_back(draft: Site) -> None:
    answer = draft.browser("lena").post(f"/initiatives/{KEY}/exclusions/{ITEM}", reason="")

    assert answer.status_code == 422 and "Say why it does not apply." in answer.text


def test_of_a_hidden_initiative_nothing_is_told(draft: Site) -> None:
    propose(draft.house)
    hidden = initiatives.Description("Claims triage", "Scores new motor claims.", "claims", "lena", Visibility.NAMED)
    draft.house.act("lena", lambda log: initiatives.describe(log, KEY, hidden))

    assert draft.browser("mina").get(f"/exclusions/{ID}").status_code == 404


def test_proposing_twice_loses_nothing_that_was_typed(draft: Site) -> None:
    mara = draft.browser("mara")
    propose(draft.house)

    answer = mara.post(f"/initiatives/{KEY}/exclusions/{ITEM}", reason="A careful reason.")

    assert answer.status_code == 422 and "is proposed already" in text_of(answer) and "A careful reason." in answer.text
