"""Mail as administrators see it, the switch of each person, and where the links of mails lead."""

import re
from dataclasses import replace
from datetime import timedelta
from email.headerregistry import Address

import pytest
from sqlalchemy import select
from werkzeug.routing import MapAdapter

from governance.domain.deliveries import DeliveryState
from governance.ledger.log import SYSTEM
from governance.models.accounts import Account
from governance.models.ledger import Leaf
from governance.models.outbox import Delivery
from governance.paths import templates_directory
from governance.storage.mail_address import MailServer
from tests.web.browser import Site, reviewed, site, text_of

__all__ = ["reviewed", "site"]

REFUSED = "550 5.1.1 nobody of this name <script>alert(1)</script>"


def keep(site: Site, person: str, state: DeliveryState, why: str | None = REFUSED, tries: int = 1) -> None:
    """A mail about the submission."""
    with site.house.ledger.writing(SYSTEM, site.house.now) as log:
        leaf = log.session.scalars(select(Leaf).where(Leaf.kind == "gate.submitted")).one()
        row = Delivery(
            id=person, follower="mail", leaf=leaf.index, recipient=person, message_id=f"<{person}@x>", state=state, made_at=leaf.at
        )
        row.tries, row.next_try_at, row.last_error = tries, leaf.at + timedelta(minutes=5), why
        log.session.add(row)


def set_up(site: Site) -> None:
    parts = site.app.extensions["governance"]
    server, sender = (
        MailServer("mail.example.org", 465, "tls", "governance", "quiet harbour"),
        Address("Governance", addr_spec="g@example.org"),
    )
    site.app.extensions["governance"] = replace(parts, settings=replace(parts.settings, mail_server=server, mail_from=sender))


def test_administrators_see_who_did_not_get_what_since_when_and_why(reviewed: Site) -> None:
    set_up(reviewed)
    keep(reviewed, "mina", DeliveryState.GIVEN_UP)
    keep(reviewed, "rafael", DeliveryState.WAITING, "450 try later", tries=2)
    keep(reviewed, "joao", DeliveryState.WAITING, None, tries=0)
    keep(reviewed, "lena", DeliveryState.DROPPED, "not any more")
    browser = reviewed.browser("omar")

    answer = browser.get("/settings/mail")

    page = text_of(answer)
    assert "1 mail could not be delivered" in page and "2 mails wait to be sent" in page
    assert "From Governance <g@example.org> through mail.example.org, port 465" in page
    assert "Mina mina@nordhaven.example A gate waits for their sign-off" in page and REFUSED in page and "450 try later" in page
    assert "tried 2 times" in page and page.index("Mina") < page.index("Rafael")
    assert "quiet harbour" not in answer.text and "<script>alert" not in answer.text
    assert "Claims triage" not in page and "AI-0001" not in page, "an administrator is nobody who may see an initiative"
    assert "1 mail could not be delivered" in text_of(browser.get("/settings"))


def test_an_administrator_lets_it_be_tried_again(reviewed: Site) -> None:
    set_up(reviewed)
    keep(reviewed, "mina", DeliveryState.GIVEN_UP)
    browser = reviewed.browser("omar")
    browser.get("/settings/mail")

    answer = browser.post("/settings/mail/mina")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/mail")
    page = text_of(browser.get("/settings/mail"))
    assert "Every mail was delivered or is on its way" in page and "not tried yet" in page
    assert browser.post("/settings/mail/mina").status_code == 409
    assert "could not be delivered" not in text_of(browser.get("/settings"))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_where_no_server_is_set_up_the_page_says_what_to_set(site: Site) -> None:
    page = text_of(site.browser("omar").get("/settings/mail"))

    assert "No mail is sent" in page and "GOVERNANCE_MAIL_URL" in page
    assert "This instance sends no mail yet" in text_of(site.browser("lena").get("/profile"))


def test_everybody_switches_their_own_mails_off_and_on(site: Site) -> None:
    set_up(site)
    browser = site.browser("lena")
    assert "They go to lena@nordhaven.example" in text_of(before := browser.get("/profile"))
    assert re.search(r'<input[^>]*checked[^>]*name="wants_mail"', before.text)

    browser.post("/profile/mail")
    off = browser.get("/profile").text
    assert wants(site) == {"lena": False, "mina": True}
    browser.post("/profile/mail", wants_mail="y")

    assert not re.search(r'<input[^>]*checked[^>]*name="wants_mail"', off)
    assert wants(site) == {"lena": True, "mina": True}


def wants(site: Site) -> dict[str, bool]:
    with site.house.read() as session:
        return {name: session.get_one(Account, name).wants_mail for name in ("lena", "mina")}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_every_link_of_a_mail_leads_to_a_page(site: Site) -> None:
    urls: MapAdapter = site.app.url_map.bind("localhost")
    texts = [file.read_text(encoding="utf-8") for file in (templates_directory() / "mail").glob("*.txt")]
    linked = {link for text in texts for link in re.findall(r"\{\{ site \}\}(/.+)$", text, re.MULTILINE)}
    filled = {re.sub(r"\{\{ [^}]+ \}\}", "AI-0001", link) for link in linked}

    assert {urls.match(path)[0] for path in filled} == {
        "gates.request_page",
        "findings.listing",
        "accounts.profile",
        "waivers.waiver",
        "proposals.page",
        "evidence.statement",
    }
