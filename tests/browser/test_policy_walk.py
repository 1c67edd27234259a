"""A compliance officer who has never seen YAML finds a rule, sees who changed it last and why, changes it, and another one publishes it."""

import pytest
from playwright.sync_api import Page, expect

from governance.models.policies import PublishedPolicy
from governance.policy.loader import parse_policy
from governance.reads import policies
from governance.services import policies as publishing
from tests.browser.conftest import PASSWORD, Served
from tests.services.conftest import TEXTS, House

pytestmark = pytest.mark.browser

REASON = "Two drills this year took longer than customers could wait."
BEFORE = "The audit found that a way back had never been tried."


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_a_question_to_a_published_change(served: Served, scripts: bool) -> None:
    assert served.house is not None
    earlier(served.house)
    with served.at("aoife", scripts=scripts) as page:
        finds_what_it_has_to_show(page)
        sees_who_changed_it_last_and_why(page)
        changes_the_limit(page)
        looks_at_the_draft_and_undoes_one(page)
        proposes_it(page)
    with served.at("second", scripts=scripts) as page:
        publishes_it(page)
    with served.at("aoife", scripts=scripts) as page:
        finds_the_new_limit(page)
    only_that_value_changed(served.house)


def test_what_a_seat_looks_at_is_changed_without_its_file(served: Served) -> None:
    assert served.house is not None
    with served.at("aoife", scripts=False) as page:
        page.goto("/policy/gates/G2")
        page.get_by_role("link", name="Change the seat IT operations").click()
        page.get_by_label("Box 2 to tick").fill("")
        page.get_by_label("New box 1").fill("I have asked the night shift.")
        page.get_by_label("New box 2").fill("x" * 301)
        page.get_by_role("button", name="Put it on my draft").click()
        expect(page.get_by_role("alert")).to_contain_text("New box 2: use at most 300 signs.")
        expect(page.get_by_label("New box 1")).to_have_value("I have asked the night shift.")
        page.get_by_label("New box 2").fill("")
        page.get_by_role("button", name="Put it on my draft").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("2 changes on your draft")
        effects = page.get_by_role("region", name="Changes: Review to Limited production G2")
        for said in ("Stricter", "Looser", "I have asked the night shift.", "I have seen an alarm reach the person who is on call."):
            expect(effects).to_contain_text(said)
        page.get_by_role("button", name="Undo Seat: IT operations, Box taken away").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("1 change on your draft")
        expect(page.get_by_role("region", name="Changes: Review to Limited production G2")).not_to_contain_text("Looser")


def earlier(house: House) -> None:
    """What was published before, so that there is somebody to find."""
    texts = {**TEXTS, "policy.yaml": TEXTS["policy.yaml"].replace('version: "1.0.0"', 'version: "1.0.1"', 1)}
    texts["gates/G2.yaml"] = texts["gates/G2.yaml"].replace("max_age_days: 90", "max_age_days: 80", 1)
    proposal = house.propose(texts, "aoife", BEFORE)
    house.act("second", lambda log: publishing.publish(log, proposal), proof=True)


def finds_what_it_has_to_show(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Policies", exact=True).click()
    page.get_by_role("link", name="Every check by gate, function and risk tier").click()
    page.get_by_label("Gate", exact=True).select_option("G2")
    page.get_by_label("Function", exact=True).select_option("it_ops")
    page.get_by_label("Risk tier", exact=True).select_option("high")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("9 checks of IT operations for Review to Limited production, at high risk")
    drill = page.get_by_role("article", name="Rollback or kill switch drilled")
    for said in ("How long to go back to the previous state", "drill log", "at most 15 minutes", "Blocking", "at most 60 days old"):
        expect(drill).to_contain_text(said)


def sees_who_changed_it_last_and_why(page: Page) -> None:
    expect(page.locator("main")).to_contain_text("Second published version 1.0.1")
    expect(page.locator("main")).to_contain_text(BEFORE)


def changes_the_limit(page: Page) -> None:
    page.get_by_role("link", name="Change the check Rollback or kill switch drilled").click()
    page.get_by_label("Limit at high risk").fill("soon")
    page.get_by_label("Days it stays fresh").fill("45")
    page.get_by_role("button", name="Put it on my draft").click()
    expect(page.get_by_role("alert")).to_contain_text("Limit at high risk: enter a number")
    expect(page.get_by_label("Days it stays fresh")).to_have_value("45")
    page.get_by_label("Limit at high risk").fill("5")
    page.get_by_role("button", name="Put it on my draft").click()


def looks_at_the_draft_and_undoes_one(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("2 changes on your draft")
    effects = page.get_by_role("region", name="Changes: Review to Limited production G2")
    expect(effects).to_contain_text("15 minutes")
    expect(effects).to_contain_text("5 minutes")
    expect(effects).to_contain_text("Stricter")
    page.get_by_role("button", name="Undo Rollback or kill switch drilled, Days it stays fresh").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 change on your draft")


def proposes_it(page: Page) -> None:
    expect(page.get_by_label("Name of the new version")).to_have_value("1.1.0")
    page.get_by_label("Reason").fill(REASON)
    page.get_by_role("button", name="Propose to the other officers").click()
    expect(page.get_by_role("status")).to_contain_text("Your changes are proposed")
    expect(page.get_by_role("heading", level=1)).to_contain_text("You propose")
    expect(page.get_by_role("button", name="Decide with your password")).to_have_count(0)


def publishes_it(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Publish or decline version 1.1.0 of the policy").click()
    expect(page.locator("main")).to_contain_text(REASON)
    page.get_by_label("Publish", exact=True).check()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Decide with your password").click()
    expect(page.get_by_role("status")).to_contain_text("Version 1.1.0 is in force")


def finds_the_new_limit(page: Page) -> None:
    page.goto("/policy/checks?gate=G2&function=it_ops&tier=high")
    expect(page.get_by_role("article", name="Rollback or kill switch drilled")).to_contain_text("at most 5 minutes")
    expect(page.locator("main")).to_contain_text(REASON)
    page.goto("/policy/draft")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your draft is empty")


def only_that_value_changed(house: House) -> None:
    """Every comment and every other line of the files is what it was."""
    with house.read() as session:
        published = policies.current(session)
        row = session.get_one(PublishedPolicy, published.digest)
        texts = policies.texts(session, row)
    changed = {
        name: [(old, new) for old, new in zip(TEXTS[name].split("\n"), texts[name].split("\n"), strict=True) if old != new]
        for name in TEXTS
    }
    assert {name: len(lines) for name, lines in changed.items() if lines} == {"policy.yaml": 1, "gates/G2.yaml": 2}
    assert parse_policy(texts).version == "1.1.0"
