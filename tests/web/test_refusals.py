"""What people read when something cannot be: what did not happen, why, and where to go."""

import errno
import io
import os
import secrets
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from wtforms import PasswordField

from governance.domain.vocabulary import AnswerState
from governance.ledger import rebuild
from governance.ledger.read import head
from governance.ledger.verify import verify
from governance.services import attestations, exclusions, policies, waivers
from governance.storage import engines as storage
from governance.web.forms import Form
from governance.web.refusals import NAMED, NOT_WORDS
from governance.web.settings import PNG, PNG_ENDS
from tests.disks import no_room
from tests.services.test_exclusions import ID as EXCLUSION
from tests.services.test_exclusions import propose
from tests.services.test_waivers import ID as WAIVER
from tests.services.test_waivers import ITEM, ask
from tests.web.browser import PASSWORD, Browser, Site, reviewed, site, text_of
from tests.web.test_policies import STRICTER

__all__ = ["reviewed", "site"]


def test_a_dead_set_up_link_says_so_and_what_to_do(site: Site) -> None:
    answer = Browser(site.app.test_client()).get("/set-password/used-already")

    assert answer.status_code == 409
    assert "This link no longer works" in text_of(answer) and "ask your administrator for a new link" in text_of(answer)
    assert 'href="/sign-in"' in answer.text


def test_a_decision_that_is_not_asked_for_leads_to_its_request(reviewed: Site) -> None:
    answer = reviewed.browser("lena").get("/requests/AI-0001.G1-1/seats/business")

    assert answer.status_code == 403
    assert 'href="/requests/AI-0001.G1-1">Look at the request</a>' in answer.text


def test_what_somebody_may_not_see_leads_nowhere_near_it(site: Site) -> None:
    assert "Look at the request" not in site.browser("lena").get("/requests/AI-0009.G1-1/seats/business").text


def test_a_record_that_somebody_else_writes_to_says_when_to_try_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = site.browser("omar")
    browser.get("/settings")
    monkeypatch.setattr(storage, "BUSY_MS", 20)

    with site.house.ledger.engines.turn():
        answer = browser.post("/settings", name="Nordhaven", time_zone="Europe/Copenhagen")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "This was not saved" in text_of(answer) and "load this page again" in text_of(answer)


def test_a_full_disk_is_said_and_the_same_form_goes_through_once_there_is_room(reviewed: Site, caplog: pytest.LogCaptureFixture) -> None:
    engines, browser = reviewed.house.ledger.engines, reviewed.browser("mina")
    with reviewed.house.read() as session:
        before = head(session)
    remark, typed = "/requests/AI-0001.G1-1/comments", {"once": "0" * 32, "comment-reason": ""}

    with no_room(engines):
        answers = []
        for number in range(400):
            typed = {"once": f"{number:032x}", "comment-reason": secrets.token_hex(1_950)}  # nothing that a database could press
            answers.append(browser.post(remark, **typed))
            if answers[-1].status_code != 303:
                break
        with reviewed.house.read() as session:
            full = head(session)
            assert not verify(session).problems and not rebuild.check(session)
    assert answers[-1].status_code == 507 and full.size == before.size + len(answers) - 1
    seen = text_of(answers[-1])
    assert "There is no room for this" in seen and "Nothing was changed." in seen and "An administrator has to make room" in seen
    assert [record.levelname for record in caplog.records if "disk is full" in record.message] == ["CRITICAL"]

    assert [browser.post(remark, **typed).status_code for _ in range(2)] == [303, 303]
    with reviewed.house.read() as session:
        assert head(session).size == full.size + 1 and not verify(session).problems


def test_a_full_disk_of_the_files_is_said_too(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room_for(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room_for)
    answer = site.browser("omar").post(
        "/settings",
        name="Nordhaven",
        time_zone="Europe/Copenhagen",
        logo=(io.BytesIO(PNG + b"\0\0\0\rIHDR" + PNG_ENDS), "logo.png"),
    )

    assert answer.status_code == 507 and "there was no room for this file" in text_of(answer)


@pytest.mark.parametrize(("code", "status"), [(errno.ENOSPC, 507), (errno.EDQUOT, 507), (errno.EIO, 500)])
def test_what_had_no_room_on_its_way_here_is_said_and_other_faults_are_ours(
    site: Site, monkeypatch: pytest.MonkeyPatch, code: int, status: int
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError(code, "the folder for what is on its way")

    monkeypatch.setattr("governance.web.portfolio.render_template", broken)
    site.app.config["PROPAGATE_EXCEPTIONS"] = False

    assert site.browser("omar").get("/portfolio").status_code == status


def test_a_settled_request_names_no_field_that_its_page_no_longer_has(reviewed: Site) -> None:
    answer = reviewed.browser("aoife").post("/requests/AI-0001.G1-1/close")

    assert answer.status_code in (409, 422) and 'href="#close-reason"' not in answer.text


WORDS = "A careful reason, which took an hour <b>to</b> write."


@pytest.mark.parametrize("of", ["waiver", "exclusion", "proposal", "attestation"])
def test_words_whose_form_does_not_come_back_stand_on_the_page(site: Site, of: str) -> None:
    """Somebody else was faster: what was decided meanwhile has no form any more."""
    house = site.house
    house.register()
    house.open()
    path, fields = {
        "waiver": (f"/waivers/{WAIVER}/sign/owner", {"decision": "decline", "reason": WORDS}),
        "exclusion": (f"/exclusions/{EXCLUSION}/decide", {"decision": "decline", "reason": WORDS}),
        "proposal": ("/policies/proposals/P-1/decide", {"decision": "decline", "why": WORDS}),
        "attestation": ("/attestations/AT-1/withdraw", {"reason": WORDS}),
    }[of]
    who = {"waiver": "mina"}.get(of, "aoife")
    browser = site.browser(who)
    match of:
        case "waiver":
            house.answer_item(ITEM, AnswerState.NOT_MET)
            ask(house)
            house.act("lena", lambda log: waivers.withdraw(log, WAIVER, "not needed"))
        case "exclusion":
            propose(house)
            house.act("lena", lambda log: exclusions.withdraw(log, EXCLUSION, "it applies"))
        case "proposal":
            house.propose(STRICTER, "second")
            house.act("second", lambda log: policies.withdraw(log, "P-1", "not needed any more"))
        case "attestation":
            new = attestations.NewAttestation(
                "NIST-AI-RMF", "GOVERN-2.3", "Signed by the board.", house.now.date() + timedelta(days=90), None, "https://x.example/board"
            )
            house.act("second", lambda log: attestations.attest(log, new), proof=True)
            house.act("second", lambda log: attestations.withdraw(log, "AT-1", "it was wrong"))

    answer = browser.post(path, **fields, password=PASSWORD)

    assert answer.status_code == 409
    assert "What you wrote" in text_of(answer) and WORDS in unescape(answer.text), "escaped, and whole"
    assert PASSWORD not in answer.text


def test_no_field_of_a_password_is_ever_shown_again() -> None:
    fields = {
        name for form in every_form(Form) for name, field in vars(form).items() if getattr(field, "field_class", None) is PasswordField
    }

    assert fields and {part for name in fields for part in NAMED.split(name)} <= NOT_WORDS


def every_form(of: type[Form]) -> Iterator[type[Form]]:
    for form in of.__subclasses__():
        yield form
        yield from every_form(form)
