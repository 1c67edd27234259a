"""The main job, end to end, in a browser: from registration through the first gate to the report. With and without scripts."""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from governance.demo.papers import paper
from tests.browser.conftest import PASSWORD, Served
from tests.services.conftest import ASKED, LOW, REVIEWERS, STATEMENTS, TEAM

pytestmark = pytest.mark.browser

VALUES = {
    "G1-01": ["14"],
    "G1-06": ["0.03"],
    "G1-08": ["0.88", "0.80"],
    "G1-09": ["0.88", "0.88"],
    "G1-17": ["0"],
}
ITEMS = ["G1-01", "G1-03", "G1-04", "G1-05", "G1-06", "G1-08", "G1-09", "G1-10", "G1-11", "G1-15", "G1-16", "G1-17"]
TODAY = datetime.now(UTC).date().isoformat()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_registration_to_the_report(served: Served, tmp_path: Path, scripts: bool) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(paper("A paper", ["fictional"]))

    with served.at("lena", scripts=scripts) as page:
        register(page)
        tier(page)
        team(page)
        ask(page)
        refused_with_the_list(page)
        for item in ITEMS:
            answer(page, item, file)
        submit(page)
    with served.at("mina", scripts=scripts) as page:
        decide(page, "IT operations", "Request changes", "show the exit path")
    with served.at("lena", scripts=scripts) as page:
        answer(page, "G1-11", file, again=True)
        submit(page)
        expect(page.locator("main")).to_contain_text("Data science")
    for function, person in REVIEWERS.items():
        with served.at(person, scripts=scripts) as page:
            decide(page, function.value, "Approve", "")
    assert served.house is not None and served.house.stage() == "review"
    with served.at("ruth", scripts=scripts) as page:
        report(served, page, tmp_path)


def register(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Register an initiative").click()
    page.get_by_label("Name", exact=True).fill("Claims triage")
    page.get_by_label("What it does").fill("Scores new motor claims, so that simple ones are paid at once.")
    page.get_by_role("button", name="Register the initiative").click()
    expect(page.get_by_role("status")).to_contain_text("AI-0001 is registered")


def tier(page: Page) -> None:
    for question, option in {**LOW, **STATEMENTS}.items():
        page.locator(f"#q-{question}-{option}").check()
    page.get_by_role("button", name="Save the answers").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    for fact, value in ASKED.items():
        said = {True: "yes", False: "no"}.get(value, str(value))  # type: ignore[arg-type]
        page.locator(f"#q-{fact}-{said}").check()
    page.get_by_role("button", name="Save the answers").click()
    expect(page.get_by_role("status")).to_contain_text("The risk tier is low")


def team(page: Page) -> None:
    page.goto("/initiatives/AI-0001/team")
    for function, person in TEAM.items():
        page.locator(f"#{function.value}-person").select_option(person)
    page.get_by_role("button", name="Save the team").click()
    expect(page.get_by_role("status")).to_contain_text("The team is recorded")
    page.goto("/initiatives/AI-0001/model")
    page.get_by_label("Model version").fill("1.0")
    page.get_by_role("button", name="Save the version").click()
    expect(page.get_by_role("status")).to_contain_text("The model version is recorded")


def ask(page: Page) -> None:
    page.goto("/initiatives/AI-0001")
    page.get_by_role("button", name="Ask to pass gate G1").click()
    expect(page).to_have_url(re.compile(r"^[^/]+//[^/]+/requests/AI-0001\.G1-1$"))


def refused_with_the_list(page: Page) -> None:
    submit_button(page)
    summary = page.locator(".problem")
    expect(summary).to_contain_text("G1-04")
    expect(summary).to_contain_text("G1-16")
    expect(summary.locator("li")).to_have_count(len(ITEMS) - 1)  # the advisory check never blocks


def answer(page: Page, item: str, file: Path, *, again: bool = False) -> None:
    page.goto(f"/initiatives/AI-0001/checklist/G1#{item}")
    form = page.locator(f'form[action$="/{item}"]')
    if not form.is_visible():
        page.locator("details.item", has=form).locator("summary").first.click()
    form.locator(f'[name="{item}-claim"][value="met"]').check()
    for row, value in enumerate(VALUES.get(item, [])):
        fill(form, item, row, value)
    adding = form.locator("details.more > summary").first
    if adding.count() and not form.locator(f'[name="{item}-effective"]').is_visible():
        adding.click()
    evidence(form, item, file, again)
    form.get_by_role("button", name="Save answer").click()
    expect(page.get_by_role("status")).to_contain_text(f"Saved {item}")
    expect(page.locator(".problem")).to_have_count(0)


def fill(form: object, item: str, row: int, value: str) -> None:
    typed = {"value": value, "unit": "share", "n": "5000", "low": "0.86", "high": "0.90", "measured": TODAY, "source": "run 7"}
    for name, text in typed.items():
        field = form.locator(f'[name="{item}-{row}-{name}"]')  # type: ignore[attr-defined]
        if field.count():
            field.fill(text)
    good = form.locator(f'[name="{item}-{row}-good"]')  # type: ignore[attr-defined]
    if good.count():
        good.select_option("up")


def evidence(form: object, item: str, file: Path, again: bool) -> None:
    locator = form.locator  # type: ignore[attr-defined]
    if locator(f'[name="{item}-file"]').count():
        locator(f'[name="{item}-file"]').set_input_files(file)
    elif locator(f'[name="{item}-address"]').count():
        locator(f'[name="{item}-address"]').fill("https://evidence.example/run-7")
    else:
        locator(f'[name="{item}-statement"]').fill("I confirm that every hard stop was looked at.")
    locator(f'[name="{item}-title"]').fill("A newer paper" if again else "A fictional paper")
    if not locator(f'[name="{item}-effective"]').input_value():
        locator(f'[name="{item}-effective"]').fill(TODAY)


def submit_button(page: Page) -> None:
    page.locator('form[action$="/submit"] button[type="submit"]').first.click()


def submit(page: Page) -> None:
    page.goto("/requests/AI-0001.G1-1")
    submit_button(page)
    expect(page.locator(".chip")).to_contain_text("In review")
    expect(page.locator(".problem")).to_have_count(0)


def decide(page: Page, seat: str, decision: str, reason: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="Review").first.click()
    page.wait_for_url("**/requests/AI-0001.G1-1*")  # all() asks at once and would count the boxes of the page before
    panel = page.locator("#decide, .panel").first
    for box in panel.get_by_role("checkbox").all():
        box.check()
    panel.get_by_label(decision, exact=True).check()
    panel.get_by_label("Reason", exact=True).fill(reason)
    panel.get_by_role("button", name="Continue to signing").click()
    page.get_by_label("Password").first.fill("not my password at all")
    page.get_by_role("button", name="Sign with your password").click()
    expect(page.locator(".problem")).to_be_visible()
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Sign with your password").click()
    expect(page.get_by_role("status")).to_be_visible()


def report(served: Served, page: Page, folder: Path) -> None:
    page.goto("/packs")
    page.locator("#report-initiative").select_option("AI-0001")
    page.get_by_role("button", name="Issue the pack").click()
    expect(page.locator("h1")).to_contain_text("The evidence pack is being made")
    served.let_the_worker_work()
    page.goto("/packs")
    with page.expect_download() as started:
        page.get_by_role("link", name="Download Evidence report of AI-0001").click()
    started.value.save_as(folder / "report.pdf")
    text = subprocess.run(["pdftotext", folder / "report.pdf", "-"], capture_output=True, text=True, check=True).stdout
    for person in REVIEWERS.values():
        assert person.capitalize() in text
    assert "show the exit path" in text
