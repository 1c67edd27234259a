"""Signing off through the pages: who may, what is asked, what is kept, what is counted."""

import re

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from governance.domain.vocabulary import Decision, Function, RequestState, Stage
from governance.ledger.log import SYSTEM
from governance.models.accounts import Account
from governance.models.findings import Finding
from governance.models.gates import SignOff
from governance.paths import policies_directory
from governance.policy.loader import load_policy
from governance.services import accounts
from governance.words import word
from tests.services.conftest import REVIEWERS
from tests.web.browser import PASSWORD, Browser, Site, reviewed, site, text_of

__all__ = ["reviewed", "site"]

SEATS = "/requests/AI-0001.G1-1/seats"
GATE = load_policy(policies_directory() / "stage-gates").policy.gates["G1"]
UNTOUCHED = {"reason": "", "finding": "", "severity": "", "item": "", "owner": "lena"}
"""What a browser sends for the fields that nobody touched."""


def every_box(seat: str) -> list[str]:
    return [look.id for asked in GATE.seats if asked.id == seat for look in asked.looks_at]


def sign(site: Site, browser: Browser, seat: str, password: str = PASSWORD, **typed: object) -> TestResponse:
    given = {**UNTOUCHED, "decision": "approve", "seen": site.dossier(), "looked_at": every_box(seat), **typed}
    return browser.post(f"{SEATS}/{seat}/sign", password=password, **given)


def sign_offs(site: Site) -> int:
    with site.house.read() as session:
        return session.scalar(select(func.count()).select_from(SignOff)) or 0


def test_four_people_sign_and_the_initiative_advances(reviewed: Site) -> None:
    for function, person in REVIEWERS.items():
        browser = reviewed.browser(person)
        oath = browser.post(
            f"{SEATS}/{function.value}",
            **{**UNTOUCHED, "decision": "approve", "reason": "Looked at it.", "seen": reviewed.dossier()},
            looked_at=every_box(function.value),
        )
        assert oath.status_code == 200
        assert "I, " + person.capitalize() in text_of(oath)
        assert word(Decision.APPROVE).meaning in text_of(oath)

        answer = sign(reviewed, browser, function.value)
        assert answer.status_code == 303

    assert reviewed.house.stage() == Stage.REVIEW
    assert "is now in review" in text_of(browser.get(answer.location))


def test_nothing_is_preselected(reviewed: Site) -> None:
    page = reviewed.browser("rafael").get(f"{SEATS}/data_science").text

    assert 'type="radio"' in page
    assert "checked" not in page


def test_what_the_seat_looks_at_stands_above_the_judgement(reviewed: Site) -> None:
    browser = reviewed.browser("mina")

    for page in (browser.get(f"{SEATS}/it_ops"), browser.get("/requests/AI-0001.G1-1")):
        assert [text_of(page).count(look.text) for look in GATE.seats[1].looks_at] == [1, 1]
        assert page.text.index('id="looked_at-1"') < page.text.index('name="decision"')
        assert GATE.seats[0].looks_at[0].text not in text_of(page), "that is for another seat"


@pytest.mark.parametrize("step", ["", "/sign"])
@pytest.mark.parametrize(("ticked", "box", "said"), [([], 0, "2 of them are open"), (["running"], 1, "one of them is open")])
def test_nobody_approves_with_a_box_left_open_and_nothing_typed_is_lost(
    reviewed: Site, step: str, ticked: list[str], box: int, said: str
) -> None:
    given = {**UNTOUCHED, "decision": "approve", "reason": "It runs well.", "seen": reviewed.dossier(), "looked_at": ticked}

    answer = reviewed.browser("mina").post(f"{SEATS}/it_ops{step}", password=PASSWORD, **given)

    assert answer.status_code == 422 and sign_offs(reviewed) == 0
    [link] = re.findall(rf'<a href="#looked_at-{box}">([^<]*)</a>', answer.text)
    assert said in link
    boxes = re.findall(r'<input [^>]*name="looked_at"[^>]*>', answer.text)
    assert ["checked" in one for one in boxes] == [one in ticked for one in ("running", "exit")]
    assert ">\r\nIt runs well.</textarea>" in answer.text or ">It runs well.</textarea>" in answer.text.replace("\r\n", "")


def test_what_was_ticked_is_shown_before_signing_and_with_the_sign_off(reviewed: Site) -> None:
    browser, seen = reviewed.browser("mina"), reviewed.dossier()
    running, leave = (look.text for look in GATE.seats[1].looks_at)
    typed = {**UNTOUCHED, "decision": "request_changes", "reason": "Say who leaves.", "seen": seen, "looked_at": ["running"]}

    oath = browser.post(f"{SEATS}/it_ops", **typed)
    again = sign(reviewed, browser, "it_ops", "wrong", **typed)
    assert sign(reviewed, browser, "it_ops", **typed).status_code == 303

    for page in (oath, again):
        assert running in text_of(page) and leave not in text_of(page)
        assert re.findall(r'name="looked_at" value="(\w+)"', page.text) == ["running"]
    assert running in text_of(reviewed.browser("lena").get("/requests/AI-0001.G1-1"))


@pytest.mark.parametrize("step", ["", "/sign"])
def test_a_box_that_is_not_there_is_refused(reviewed: Site, step: str) -> None:
    given = {**UNTOUCHED, "decision": "request_changes", "reason": "No.", "seen": reviewed.dossier(), "looked_at": ["running", "budget"]}

    answer = reviewed.browser("mina").post(f"{SEATS}/it_ops{step}", password=PASSWORD, **given)

    assert answer.status_code == 422 and sign_offs(reviewed) == 0
    assert "Choose from the list." in text_of(answer)


def test_a_wrong_password_signs_nothing_and_keeps_what_was_written(reviewed: Site) -> None:
    browser = reviewed.browser("mina")

    answer = sign(reviewed, browser, "it_ops", "wrong", decision="request_changes", reason="The drill <b>failed</b>.")

    assert answer.status_code == 422
    assert 'name="decision" value="request_changes"' in answer.text
    assert 'name="reason" value="The drill &lt;b&gt;failed&lt;/b&gt;."' in answer.text
    assert 'value="wrong"' not in answer.text
    assert sign_offs(reviewed) == 0
    assert reviewed.failures("mina") == 1


def test_after_five_wrong_passwords_the_right_one_does_not_sign_either(reviewed: Site) -> None:
    browser = reviewed.browser("mina")
    for _ in range(5):
        sign(reviewed, browser, "it_ops", "wrong")

    assert sign(reviewed, browser, "it_ops").status_code == 422
    assert sign_offs(reviewed) == 0


def test_the_password_of_somebody_else_does_not_sign(reviewed: Site) -> None:
    with reviewed.house.ledger.writing(SYSTEM, reviewed.house.now) as log:
        log.session.get_one(Account, "mina").password = accounts.hash_password("another lantern of copper 77")

    assert sign(reviewed, reviewed.browser("mina"), "it_ops").status_code == 422
    assert sign_offs(reviewed) == 0


def test_an_administrator_who_becomes_a_reviewer_by_a_link_signs_nothing_under_way_and_leaves_a_trace(reviewed: Site) -> None:
    omar, taken = reviewed.browser("omar"), Browser(reviewed.app.test_client())
    omar.get("/people/mina")
    omar.post("/people/mina/setup-link")
    link = re.search(r"/set-password/[\w-]+", omar.get("/people/mina").text)
    assert link
    taken.get(link[0])
    assert taken.post(link[0], password=PASSWORD, again=PASSWORD).status_code == 303
    taken.get("/")

    answer = sign(reviewed, taken, "it_ops")

    assert answer.status_code == 403 and "through an administrator's link" in text_of(answer)
    assert sign_offs(reviewed) == 0
    trail = text_of(reviewed.browser("ruth").get("/ledger?stream=person"))
    assert "made a link by which a new password of Mina can be set" in trail
    assert "set the password of Mina through a set-up link" in trail
    assert "A password was last set through a link" in text_of(omar.get("/people/mina"))


@pytest.mark.parametrize(
    ("person", "seat", "status"),
    [
        ("lena", "data_science", 403),  # leads it, and submitted it
        ("mara", "business", 403),  # on the team, no function
        ("rafael", "it_ops", 403),  # another function
        ("elsewhere", "business", 403),  # the right function, in another unit
        ("mallory", "business", 403),  # nothing at all
        ("ruth", "compliance", 403),  # an auditor
        ("omar", "compliance", 403),  # an administrator
        ("rafael", "no_such_seat", 404),
    ],
)
@pytest.mark.parametrize("path", ["", "/sign"])
def test_nobody_else_takes_a_seat(reviewed: Site, person: str, seat: str, status: int, path: str) -> None:
    answer = reviewed.browser(person).post(
        f"{SEATS}/{seat}{path}", password=PASSWORD, **{**UNTOUCHED, "decision": "approve", "seen": reviewed.dossier()}
    )

    assert answer.status_code == status
    assert sign_offs(reviewed) == 0


def test_nobody_fills_two_seats(reviewed: Site) -> None:
    browser = reviewed.browser("second")
    assert sign(reviewed, browser, "business").status_code == 303

    answer = sign(reviewed, browser, "compliance")

    assert answer.status_code == 403
    assert "Nobody fills two seats" in text_of(answer)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"decision": ""}, "Choose a decision."),
        ({"decision": "waive"}, ""),
        ({"decision": "request_changes"}, "Say why"),
        ({"decision": "reject", "reason": "no"}, "Describe what is wrong"),
        ({"decision": "reject", "reason": "no", "finding": "It fails.", "severity": ""}, "Choose how severe it is."),
        ({"decision": "reject", "reason": "no", "finding": "It fails.", "severity": "high", "owner": ""}, "Choose who puts it right."),
    ],
)
@pytest.mark.parametrize("path", ["", "/sign"])
def test_an_incomplete_decision_is_asked_for_again(reviewed: Site, typed: dict[str, str], sentence: str, path: str) -> None:
    given = {**UNTOUCHED, "seen": reviewed.dossier(), **typed}

    answer = reviewed.browser("mina").post(f"{SEATS}/it_ops{path}", password=PASSWORD, **given)

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert sign_offs(reviewed) == 0


def test_a_reject_records_its_finding_and_the_page_says_that_it_cannot_pass(reviewed: Site) -> None:
    browser = reviewed.browser("mina")

    answer = sign(
        reviewed, browser, "it_ops", decision="reject", reason="no way back", finding="The drill failed.", severity="high", item="G1-11"
    )

    assert answer.status_code == 303
    assert reviewed.house.state() is RequestState.IN_REVIEW
    with reviewed.house.read() as session:
        raised = session.scalars(select(Finding)).one()
    assert (raised.item, raised.owner_id, raised.function) == ("G1-11", "lena", Function.IT_OPS)
    assert "can no longer pass" in text_of(browser.get(answer.location))


def test_a_dossier_that_moved_on_is_not_signed(reviewed: Site) -> None:
    answer = sign(reviewed, reviewed.browser("mina"), "it_ops", seen="0" * 64)

    assert answer.status_code == 409
    assert sign_offs(reviewed) == 0


def test_reading_a_signing_page_changes_nothing(reviewed: Site) -> None:
    browser = reviewed.browser("mina")

    assert browser.get(f"{SEATS}/it_ops").status_code == 200
    assert browser.get(f"{SEATS}/it_ops/sign").status_code == 303
    assert sign_offs(reviewed) == 0


@pytest.mark.parametrize("step", ["", "/sign"])
def test_without_the_dossier_that_was_read_nothing_is_signed(reviewed: Site, step: str) -> None:
    browser = reviewed.browser("mina")
    given = {**UNTOUCHED, "decision": "approve"}

    answer = browser.post(f"{SEATS}/it_ops{step}", password=PASSWORD, **given)

    assert answer.status_code == 409
    assert "Read it again before you decide" in text_of(answer)
    assert sign_offs(reviewed) == 0
