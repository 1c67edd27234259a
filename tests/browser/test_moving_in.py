"""A company moves in: an empty instance, its people from a list, its initiatives from a spreadsheet, one with a paper, a first request.

And it could leave again: everything is exported, and read by a script that knows nothing of this program. With and without scripts in the browser.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from governance.demo.papers import paper
from governance.services.opening import open_engines
from tests.archive import reading_an_export
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


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_nothing_to_the_first_request_and_out_again(empty: Served, tmp_path: Path, scripts: bool) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "list.csv").write_text("\n".join([HEADER, *ROWS, BAD]), encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "minutes.pdf").write_bytes(paper("Minutes of the board", ["fictional"]))

    with empty.at(None, scripts=scripts) as page:
        first_admin(page)
        settings(page)
        links = people(page, tmp_path / "people.csv")
    with empty.at(None, scripts=scripts) as page:
        password(page, links["aoife"])
        sign_in(page, "aoife@example.org")
        spreadsheet(empty, page, tmp_path, scripts=scripts)
        bring_in(page, tmp_path / "minutes.pdf")
    with empty.at(None, scripts=scripts) as page:
        password(page, links["lena"])
        sign_in(page, "lena@example.org")
        first_request(page)
    if scripts:  # what is exported does not depend on the browser
        leave(tmp_path / "instance", tmp_path / "everything", tmp_path / "minutes.pdf")


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
    rows = page.get_by_label("Set-up links").locator("tbody tr")
    expect(rows).to_have_count(2)
    cells = rows.all_inner_texts()
    found = {person: link for row in cells for person, link in [re.search(r"\n(\w+)\s.*/set-password/(\S+)", row, re.DOTALL).groups()]}  # type: ignore[union-attr]
    assert found.keys() == {"lena", "aoife"}
    return found


def password(page: Page, secret: str) -> None:
    page.goto(f"/set-password/{secret}")
    page.locator('[name="password"]').fill(SECRET)
    page.locator('[name="again"]').fill(SECRET)
    page.locator('main form button[type="submit"]').click()
    expect(page).not_to_have_url(re.compile("/set-password/"))


def sign_in(page: Page, address: str) -> None:
    page.goto("/sign-in")
    page.locator('[name="email"]').fill(address)
    page.locator('[name="password"]').fill(SECRET)
    page.locator('main form button[type="submit"]').first.click()
    expect(page.get_by_role("navigation").first).to_contain_text("My work")


def spreadsheet(site: Served, page: Page, folder: Path, *, scripts: bool) -> None:
    page.goto("/portfolio")
    page.get_by_role("link", name="Import from a spreadsheet").click()
    page.get_by_label("Spreadsheet").set_input_files(folder / "list.csv")
    page.get_by_label("Mapping").set_input_files(folder / "mapping.yaml")
    page.get_by_role("button", name="Show the preview").click()
    expect(page.get_by_role("status")).to_contain_text("Waits for the worker")
    site.let_the_worker_work()
    if not scripts:  # with them the page looks again by itself
        page.get_by_role("link", name="Look again").click()
    expect(page.locator("h1")).to_have_text("9 of 10 rows would be imported or updated, 1 is refused")
    expect(page.locator("main")).to_contain_text("The mapping does not know the stage “Paused”.")
    page.get_by_role("button", name="Import what is shown").click()
    expect(page.locator(".problem")).to_contain_text("nothing was imported")
    page.get_by_label("Leave out the refused rows").check()
    page.get_by_role("button", name="Import what is shown").click()
    expect(page.get_by_role("status")).to_contain_text("Waits for the worker")
    site.let_the_worker_work()
    if not scripts:  # with them the page looks again by itself
        page.get_by_role("link", name="Look again").click()
    expect(page.locator("h1")).to_have_text("9 initiatives imported, 0 updated. 1 row left out")
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
    expect(page.get_by_role("status")).to_contain_text("Saved")
    for fact, value in ASKED.items():
        said = {True: "yes", False: "no"}.get(value, str(value))  # type: ignore[call-overload]
        page.locator(f"#q-{fact}-{said}").check()
    page.get_by_role("button", name="Save the answers").click()
    expect(page.get_by_role("status")).to_contain_text("Saved. The risk tier is")
    page.goto("/initiatives/AI-0001")
    page.get_by_role("button", name="Ask to pass gate G3").click()
    expect(page.locator("main")).to_contain_text("Found in limited production. Approved before this system, not signed here")


def leave(instance: Path, target: Path, minutes: Path) -> None:
    """While the site is served. The script of the reader is run alone: it sees neither this program nor any library."""
    governance = "from governance.cli.main import main; main()"
    commands = {
        "export": [sys.executable, "-c", governance, "--instance", str(instance), "export", "all", str(target), "--no-reports"],
        "read": [sys.executable, "-I", "-S", reading_an_export.__file__, str(target)],
    }
    ran = {}
    for name, command in commands.items():
        ran[name] = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "GOVERNANCE_DEMO": "0"})
        assert ran[name].returncode == 0, ran[name].stderr

    found = json.loads(ran["read"].stdout)
    people = {row["id"]: row["email"] for row in reading_an_export.table(target / "lists" / "people.csv")}
    assert people.items() >= {"omar": "omar@example.org", "lena": "lena@example.org", "aoife": "aoife@example.org"}.items()
    assert {name: found["lists"][name] for name in ("initiatives", "imported-rows", "origins", "requests", "sign-offs")} == {
        "initiatives": len(ROWS),
        "imported-rows": len(ROWS),
        "origins": 1,
        "requests": 1,
        "sign-offs": 0,
    }
    assert found["administrators"] == ["omar"]
    assert {"initiative.brought_in", "gate.opened", "person.registered", "unit.opened"} <= set(found["kinds"])
    assert (target / "content" / hashlib.sha256(minutes.read_bytes()).hexdigest()).read_bytes() == minutes.read_bytes()
