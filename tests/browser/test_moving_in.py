"""A company moves in: an empty instance, its people from a list, its initiatives from a spreadsheet, one with a paper, a first request."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from governance.demo.papers import paper
from governance.services.opening import open_engines
from tests.browser.conftest import Served, serve
from tests.services.conftest import ASKED, LOW, STATEMENTS
from tests.sheets import HEADER, MAPPING

pytestmark = pytest.mark.browser

SECRET = "quiet harbour otters 41"
PEOPLE = """\
short name,name,title,unit,unit name,e-mail,roles,functions
,,,motor-claims,Motor claims,,,
lena,Lena Fischer,Head of motor claims,motor-claims,,lena@example.org,project lead,
aoife,Aoife Lynch,Compliance,motor-claims,,aoife@example.org,"compliance officer, reviewer",compliance
"""
ROWS = [f"{number};Claims helper {number};Helps with motor claims.;A hint;Motor claims;lena;Trial;;no;" for number in range(1, 10)]
BAD = "10;Claims helper 10;Helps with motor claims.;A hint;Motor claims;lena;Paused;;no;"


@pytest.fixture
def empty(tmp_path: Path, chromium: Browser) -> object:
    engines = open_engines(tmp_path / "instance", synchronous="OFF")
    with serve(tmp_path / "instance", chromium, engines) as site:
        yield site
    engines.close()


def test_from_nothing_to_the_first_request(empty: Served, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "list.csv").write_text("\n".join([HEADER, *ROWS, BAD]), encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "minutes.pdf").write_bytes(paper("Minutes of the board", ["fictional"]))

    with empty.at(None) as page:
        first_admin(page)
        settings(page)
        links = people(page, tmp_path / "people.csv")
    with empty.at(None) as page:
        password(page, links["aoife"])
        sign_in(page, "aoife@example.org")
        spreadsheet(empty, page, tmp_path)
        bring_in(page, tmp_path / "minutes.pdf")
    with empty.at(None) as page:
        password(page, links["lena"])
        sign_in(page, "lena@example.org")
        first_request(page)


def first_admin(page: Page) -> None:
    page.goto("/")
    typed = {"organisation": "Nordhaven", "time_zone": "Europe/Copenhagen", "unit_name": "Office", "unit": "office", "name": "Omar Said"}
    typed |= {"title": "Administrator", "person": "omar", "email": "omar@example.org", "password": SECRET, "again": SECRET}
    for name, text in typed.items():
        page.locator(f'[name="{name}"]').fill(text)
    page.get_by_role("button", name="Set up and sign in").click()
    expect(page.get_by_role("navigation").first).to_contain_text("People")


def settings(page: Page) -> None:
    page.goto("/settings")
    page.get_by_label("Holidays").fill("2027-01-01")
    page.get_by_role("button", name="Save the settings").click()
    expect(page.locator("main")).to_contain_text("1 holiday on record")


def people(page: Page, file: Path) -> dict[str, str]:
    page.goto("/people")
    page.get_by_role("link", name="Import a list").click()
    page.get_by_label("List").set_input_files(file)
    page.get_by_role("button", name="Show the preview").click()
    expect(page.locator("h1")).to_have_text("3 of 3 rows would change something")
    page.get_by_role("button", name="Import what is shown").click()
    expect(page.locator("h1")).to_have_text("3 rows imported, 0 updated")
    cells = page.get_by_label("Set-up links").locator("tbody tr").all_inner_texts()
    found = {person: link for row in cells for person, link in [re.search(r"\n(\w+)\s.*/set-password/(\S+)", row, re.DOTALL).groups()]}  # type: ignore[union-attr]
    assert found.keys() == {"lena", "aoife"}
    return found


def password(page: Page, secret: str) -> None:
    page.goto(f"/set-password/{secret}")
    page.locator('[name="password"]').fill(SECRET)
    page.locator('[name="again"]').fill(SECRET)
    page.locator('main form button[type="submit"]').click()


def sign_in(page: Page, address: str) -> None:
    page.goto("/sign-in")
    page.locator('[name="email"]').fill(address)
    page.locator('[name="password"]').fill(SECRET)
    page.locator('main form button[type="submit"]').first.click()
    expect(page.get_by_role("navigation").first).to_contain_text("My work")


def spreadsheet(site: Served, page: Page, folder: Path) -> None:
    page.goto("/portfolio")
    page.get_by_role("link", name="Import from a spreadsheet").click()
    page.get_by_label("Spreadsheet").set_input_files(folder / "list.csv")
    page.get_by_label("Mapping").set_input_files(folder / "mapping.yaml")
    page.get_by_role("button", name="Show the preview").click()
    expect(page.locator("h1")).to_have_text("9 of 10 rows would be imported or updated, 1 is refused")
    expect(page.locator("main")).to_contain_text("The mapping does not know the stage “Paused”.")
    page.get_by_role("button", name="Import what is shown").click()
    expect(page.locator(".problem")).to_contain_text("nothing was imported")
    page.get_by_label("Leave out the refused rows").check()
    page.get_by_role("button", name="Import what is shown").click()
    expect(page.get_by_role("status")).to_contain_text("Waits for the worker")
    site.let_the_worker_work()
    expect(page.locator("h1")).to_have_text("9 initiatives imported, 0 updated. 1 row left out")  # by itself, with scripts
    page.get_by_role("link", name="Claims helper 1", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Claims helper 1")


def bring_in(page: Page, file: Path) -> None:
    page.goto("/initiatives/AI-0001")
    page.get_by_role("link", name="Bring it in as found").click()
    page.get_by_label("Stage as found").select_option("limited_production")
    page.get_by_label("In this stage since").fill("2024-05-03")
    page.get_by_label("On whose word").fill("Ada Lind")
    page.get_by_label("What they are").fill("head of claims")
    page.get_by_label("On what it rests").fill("The board took it on in 2024.")
    page.get_by_label("Regular here by").fill((datetime.now(UTC).date() + timedelta(days=90)).isoformat())
    page.get_by_label("Paper", exact=True).set_input_files(file)
    page.get_by_label("Approved on").fill("2024-05-02")
    page.get_by_label("Approved by").fill("Ada Lind")
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_role("note")).to_contain_text("Approved before this system, not signed here.")
    expect(page.locator("#before")).to_contain_text("minutes.pdf")


def first_request(page: Page) -> None:
    page.goto("/initiatives/AI-0001/facts")
    for question, option in {**LOW, **STATEMENTS}.items():
        page.locator(f"#q-{question}-{option}").check()
    page.get_by_role("button", name="Save the answers").click()
    for fact, value in ASKED.items():
        said = {True: "yes", False: "no"}.get(value, str(value))  # type: ignore[call-overload]
        page.locator(f"#q-{fact}-{said}").check()
    page.get_by_role("button", name="Save the answers").click()
    page.goto("/initiatives/AI-0001")
    page.get_by_role("button", name="Ask to pass gate G3").click()
    expect(page.locator("main")).to_contain_text("Found in limited production. Approved before this system, not signed here")
