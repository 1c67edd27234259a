"""The pages of waivers: asking, the two signatures, the list; and that a waived check says until when, why, and what is done instead."""

from datetime import timedelta

import pytest

from governance.domain.checklist import Evaluated
from governance.domain.checks import Checked
from governance.domain.text import day_in_words
from governance.domain.vocabulary import AnswerState, Applies, EvidenceKind, Tier, Visibility, WaiverDecision, WaiverSeat, WaiverState
from governance.jobs import waivers as duty
from governance.models.waivers import Waiver
from governance.services import answers, gates, initiatives
from governance.web.check_rows import tally
from governance.words import word
from tests.domain.samples import planned
from tests.prepared import begun
from tests.services.conftest import House, evidence
from tests.services.test_waivers import ID, ITEM, KEY, RUNNING, ask, at_risk, changed, day_after, grant, sign
from tests.web.browser import PASSWORD, Site, site, text_of, two_hours_ago

__all__ = ["site"]

SAID = {"reason": "The owner is on leave.", "control": "Ten cases a week by hand.", "scope": "Model 1.x", "owner": "lena"}


@begun("site", two_hours_ago)
def unmet(house: House) -> None:
    house.register()
    house.open()
    house.answer_item(ITEM, AnswerState.NOT_MET)


def last_day(site: Site, days: int = 60) -> str:
    return (site.house.now.date() + timedelta(days=days)).isoformat()


def row(house: House) -> Waiver:
    with house.read() as session:
        return session.get_one(Waiver, ID)


def test_from_the_checklist_to_two_signatures_in_the_browser(unmet: Site) -> None:
    lena = unmet.browser("lena")
    assert "Ask for a waiver" in lena.get(f"/initiatives/{KEY}/checklist/G1").text

    answer = lena.post(f"/initiatives/{KEY}/waivers/{ITEM}", **SAID, expires=last_day(unmet))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/waivers/{ID}")
    for who, seat in (("mina", "owner"), ("aoife", "compliance")):
        browser = unmet.browser(who)
        assert f"/waivers/{ID}#{seat}" in browser.get("/").text, "it stands on their list"
        assert "Your turn" in browser.get(f"/waivers/{ID}").text
        assert browser.post(f"/waivers/{ID}/sign/{seat}", decision="grant", password=PASSWORD).status_code == 303

    assert row(unmet.house).state is WaiverState.IN_FORCE
    until = day_in_words(row(unmet.house).expires)
    for path in (f"/initiatives/{KEY}/checklist/G1", f"/requests/{KEY}.G1-1"):
        page = text_of(lena.get(path))
        assert until in page and ID in page and SAID["reason"] in page and SAID["control"] in page, path
    assert "1 is waived" in text_of(lena.get(f"/requests/{KEY}.G1-1")) and "1 is waived" in text_of(
        lena.get(f"/initiatives/{KEY}/checklist/G1")
    )
    assert "Without it: not met" in text_of(lena.get(f"/initiatives/{KEY}/checklist/G1"))
    page = text_of(lena.get(f"/waivers/{ID}"))
    assert "Mina" in page and "Aoife" in page and "by password" in page and SAID["scope"] in page


def test_a_wrong_password_signs_nothing_and_loses_nothing(unmet: Site) -> None:
    ask(unmet.house)
    browser = unmet.browser("mina")
    browser.get(f"/waivers/{ID}")

    answer = browser.post(f"/waivers/{ID}/sign/owner", decision="decline", reason="Not enough.", password="wrong")

    assert answer.status_code == 422 and "Nothing was signed" in answer.text and "Not enough." in answer.text
    assert row(unmet.house).signatures == []


def test_declining_asks_for_a_reason(unmet: Site) -> None:
    ask(unmet.house)
    browser = unmet.browser("mina")
    browser.get(f"/waivers/{ID}")

    answer = browser.post(f"/waivers/{ID}/sign/owner", decision="decline", password=PASSWORD)

    assert answer.status_code == 422 and "Say why you decline" in answer.text
    assert browser.post(f"/waivers/{ID}/sign/owner", decision="decline", reason="Not enough.", password=PASSWORD).status_code == 303
    assert "Declined" in text_of(browser.get(f"/waivers/{ID}"))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"expires": ""}, "Enter its last day."),
        ({"expires": "2199-01-01"}, "at the latest"),
        ({"owner": ""}, "Choose an owner."),
        ({"reason": ""}, "Say why."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(unmet: Site, changed: dict[str, str], sentence: str) -> None:
    lena = unmet.browser("lena")
    lena.get(f"/initiatives/{KEY}/waivers/{ITEM}")

    answer = lena.post(f"/initiatives/{KEY}/waivers/{ITEM}", **{**SAID, "expires": last_day(unmet), **changed})

    assert answer.status_code == 422 and sentence in answer.text and SAID["control"] in answer.text


@pytest.mark.parametrize(("who", "status"), [("lena", 303), ("tom", 403), ("mina", 403), ("ruth", 403)])
def test_whoever_asked_withdraws_it(unmet: Site, who: str, status: int) -> None:
    ask(unmet.house)
    browser = unmet.browser(who)
    browser.get(f"/waivers/{ID}")

    assert browser.post(f"/waivers/{ID}/withdraw", why="No longer needed.").status_code == status


def test_who_may_not_sign_is_told_who_can_and_sees_no_form(unmet: Site) -> None:
    ask(unmet.house)

    page = unmet.browser("lena").get(f"/waivers/{ID}")

    assert "Mina" in text_of(page) and "/sign/" not in page.text


def test_a_renewal_says_that_it_needs_new_evidence(unmet: Site) -> None:
    grant(unmet.house)
    lena, path = unmet.browser("lena"), f"/initiatives/{KEY}/waivers/{ITEM}"
    assert "There is none yet" in lena.get(path).text

    piece = str(unmet.house.act("lena", lambda log: answers.add_evidence(log, KEY, evidence(EvidenceKind.LINK, unmet.house.now))))

    assert f'value="{piece}"' in lena.get(path).text and "There is none yet" not in lena.get(path).text
    assert lena.post(path, **SAID, expires=last_day(unmet), evidence=piece).status_code == 303


def test_what_holds_an_initiative_says_so_with_its_owner_and_leads_to_the_waiver(site: Site) -> None:
    site.house.register()
    site.house.bring_in()
    grant(site.house, RUNNING)
    duty.watch(site.house.ledger, day_after(site.house, 20))

    page = site.browser("aoife").get(f"/initiatives/{KEY}")

    assert "By Lena: evidence that meets the check" in text_of(page) and f'href="/waivers/{ID}"' in page.text
    assert "By you: evidence" in text_of(site.browser("lena").get(f"/initiatives/{KEY}"))
    assert "The program" in text_of(site.browser("lena").get(f"/initiatives/{KEY}/findings"))


def test_the_list_is_searched_filtered_sorted_and_exported(unmet: Site) -> None:
    grant(unmet.house)
    browser = unmet.browser("aoife")

    for query in ("", "?q=triage", "?q=g1-11", "?q=lena", "?state=in_force", "?function=it_ops", "?sort=asked&down=1"):
        assert ID in browser.get(f"/waivers{query}").text, query
    for query in ("?q=nothing", "?state=expired", "?function=business"):
        assert ID not in text_of(browser.get(f"/waivers{query}")), query
    assert "nobody here knows it: state" in text_of(browser.get("/waivers?state=nope"))
    export = browser.get("/waivers/export.csv?state=in_force")
    assert export.mimetype == "text/csv" and f"{ID},{KEY}" in export.text
    assert ID not in browser.get("/waivers/export.csv?state=asked").text


def test_of_a_hidden_initiative_neither_page_nor_list_nor_file_tells_anything(unmet: Site) -> None:
    ask(unmet.house)
    hidden = initiatives.Description("Claims triage", "Scores new motor claims.", "claims", "lena", Visibility.NAMED)
    unmet.house.act("lena", lambda log: initiatives.describe(log, KEY, hidden))
    browser = unmet.browser("mina")

    assert browser.get(f"/waivers/{ID}").status_code == 404
    assert ID not in browser.get("/waivers").text and ID not in browser.get("/waivers/export.csv").text
    assert browser.post(f"/waivers/{ID}/sign/owner", decision="grant", password=PASSWORD).status_code == 404
    assert browser.get("/waivers/AI-0001.W-9").status_code == 404


def checked(state: AnswerState, applies: Applies = Applies.YES) -> Checked:
    return Checked(planned(applies=applies), None, Evaluated(state))


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([AnswerState.MET] * 3, "All 3 checks are met"),
        ([AnswerState.MET], "1 of 1 checks are met"),
        ([], "0 of 0 checks are met"),
        ([AnswerState.MET, AnswerState.WAIVED], "1 of 2 checks are met, 1 is waived"),
        (
            [AnswerState.STALE, AnswerState.MET, AnswerState.STALE, AnswerState.INCONCLUSIVE],
            "1 of 4 checks are met, 1 is inconclusive, 2 are stale",
        ),
        ([AnswerState.NOT_MET, AnswerState.NOT_STARTED], "0 of 2 checks are met, 1 is not started, 1 is not met"),
    ],
)
def test_every_state_of_a_check_is_told_apart(states: list[AnswerState], said: str) -> None:
    assert tally([*map(checked, states), checked(AnswerState.NOT_APPLICABLE, Applies.NO)]) == said


def test_an_auditor_reads_the_list(unmet: Site) -> None:
    ask(unmet.house)
    sign(unmet.house, WaiverSeat.OWNER, "mina", WaiverDecision.GRANT)

    assert word(WaiverState.ASKED).label in text_of(unmet.browser("ruth").get("/waivers"))


def test_asking_twice_loses_nothing_that_was_typed(unmet: Site) -> None:
    mara = unmet.browser("mara")
    ask(unmet.house)

    answer = mara.post(f"/initiatives/{KEY}/waivers/{ITEM}", **SAID, expires=last_day(unmet))

    assert answer.status_code == 422 and f"{ID} is asked for already" in text_of(answer)
    assert all(text in answer.text for text in SAID.values()) and last_day(unmet) in answer.text


def test_the_page_says_that_the_tier_cut_it_short_and_that_its_check_asks_something_else(unmet: Site) -> None:
    grant(unmet.house, days=180)
    lena = unmet.browser("lena")
    asked_until = day_in_words(row(unmet.house).asked_until)
    before = text_of(lena.get(f"/waivers/{ID}"))
    assert "the tier allows no more" not in before and "waives nothing" not in before
    at_risk(unmet.house, Tier.HIGH)
    unmet.house.act("lena", lambda log: gates.withdraw(log, f"{KEY}.G1-1", "not yet"))
    unmet.house.publish(changed(f"    - id: {ITEM}\n", 'question: "', 'question: "Another duty: '))

    page = text_of(lena.get(f"/waivers/{ID}"))

    assert f"the tier allows no more, {asked_until} was asked for" in page
    assert "it waives nothing where the present rule judges" in page
