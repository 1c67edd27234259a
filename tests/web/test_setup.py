"""The first page of an empty instance, which founds the organisation."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from governance.app import create_app
from governance.ledger.read import head
from governance.models.directory import Organisation, Person, PersonRole, Unit
from governance.models.policies import CurrentPolicy
from governance.services.opening import ledger_of, open_engines
from governance.settings import Settings
from governance.storage import setup_code
from governance.storage.engines import Busy, DiskFull
from tests.services.conftest import House
from tests.web.browser import Browser, Site, fails_after, text_of
from tests.web.test_accounts import NEW, sign_in

FIRST = {
    "organisation": "Østerhus",
    "time_zone": "Europe/Oslo",
    "unit_name": "Claims",
    "unit": "claims",
    "name": "Ada Lind",
    "title": "Head of platforms",
    "person": "ada.lind",
    "email": "Ada@example.org",
    "password": NEW,
    "again": NEW,
}


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Site]:
    engines = open_engines(tmp_path, synchronous="OFF")
    settings = Settings(instance=tmp_path, secret_key="k" * 40, demo=False)
    yield Site(create_app(settings, engines), House(ledger_of(engines)))
    engines.close()


def test_an_empty_instance_leads_to_its_set_up(empty: Site) -> None:
    assert Browser(empty.app.test_client()).get("/").headers["Location"] == "/setup"


def test_the_set_up_founds_the_organisation_and_leads_to_adding_people(empty: Site) -> None:
    browser = Browser(empty.app.test_client())
    browser.get("/setup")

    answer = browser.post("/setup", **FIRST)

    assert answer.status_code == 303 and answer.headers["Location"] == "/people/add"
    assert "Your instance is ready" in text_of(browser.get("/people/add"))
    with empty.house.read() as session:
        organisation = session.scalars(select(Organisation)).one()
        assert (organisation.name, organisation.time_zone, organisation.demo) == ("Østerhus", "Europe/Oslo", False)
        assert session.get_one(Unit, "claims").name == "Claims"
        assert session.scalars(select(PersonRole.person_id)).all() == ["ada.lind"]
        assert session.get_one(CurrentPolicy, "ai-stage-gates").digest
    assert sign_in(empty, "ada@example.org", NEW).get("/people").status_code == 200


@pytest.mark.parametrize("why", [DiskFull(), Busy()], ids=["no room", "no turn"])
@pytest.mark.parametrize("committed", [0, 1])
def test_the_set_up_founds_everything_with_a_session_or_nothing(empty: Site, committed: int, why: Exception) -> None:
    browser = Browser(empty.app.test_client())
    browser.get("/setup")
    fails_after(empty, committed, why)

    answer = browser.post("/setup", **FIRST)

    with empty.house.read() as session:
        is_founded = session.scalars(select(Organisation)).first() is not None
    assert is_founded == (committed > 0) and ("Nothing was changed" in text_of(answer)) != is_founded
    assert browser.get("/people/add").status_code == (200 if is_founded else 303)


def test_the_set_up_is_open_once(empty: Site) -> None:
    late = Browser(empty.app.test_client())
    late.get("/setup")
    first = Browser(empty.app.test_client())
    first.get("/setup")
    first.post("/setup", **FIRST)

    assert late.post("/setup", **{**FIRST, "person": "eve", "email": "eve@example.org"}).status_code == 404
    assert late.get("/setup").status_code == 404
    with empty.house.read() as session:
        assert session.get(Person, "eve") is None


@pytest.fixture
def on_the_network(empty: Site) -> Site:
    """The same, where others can reach it."""
    settings = dataclasses.replace(empty.app.extensions["governance"].settings, host="0.0.0.0")
    return Site(create_app(settings, empty.house.ledger.engines), empty.house)


def instance_of(site: Site) -> Path:
    return Path(site.app.extensions["governance"].settings.instance)


def test_on_the_network_the_first_administrator_has_the_code_that_the_server_printed(on_the_network: Site) -> None:
    code = setup_code.make(instance_of(on_the_network))
    browser = Browser(on_the_network.app.test_client())
    assert 'name="code"' in browser.get("/setup").text

    for wrong in ("", "abcd-efgh-jkmn-pqrs", code[:-1], setup_code._hash(code)):
        answer = browser.post("/setup", **FIRST, code=wrong)
        assert answer.status_code == 422 and "That is not the code" in text_of(answer) and 'href="#code"' in answer.text
    with on_the_network.house.read() as session:
        assert head(session).size == 0

    assert browser.post("/setup", **FIRST, code=f" {code.upper().replace('-', ' ')} ").status_code == 303
    assert not (instance_of(on_the_network) / setup_code.FILE).exists()


def test_without_a_code_nobody_administers_what_others_can_reach(on_the_network: Site) -> None:
    browser = Browser(on_the_network.app.test_client())
    browser.get("/setup")

    assert browser.post("/setup", **FIRST, code="").status_code == 422


def test_a_newer_code_ends_the_one_before_and_only_its_hash_is_kept_for_its_owner(tmp_path: Path) -> None:
    first, second = setup_code.make(tmp_path), setup_code.make(tmp_path)

    assert not setup_code.fits(tmp_path, first) and setup_code.fits(tmp_path, second)
    file = tmp_path / setup_code.FILE
    assert second not in file.read_text() and file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("sent", "asked"),
    [({}, False), ({"environ_base": {"REMOTE_ADDR": "10.1.2.3"}}, True), ({"headers": {"X-Forwarded-For": "203.0.113.9"}}, True)],
    ids=["this machine", "another", "a proxy"],
)
def test_on_loopback_only_what_comes_from_elsewhere_needs_a_code(empty: Site, sent: dict[str, Any], asked: bool) -> None:
    client = empty.app.test_client()
    page = client.get("/setup", **sent)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token and ('name="code"' in page.text) == asked

    answer = client.post("/setup", data={"csrf_token": token[1], **FIRST}, **sent)

    assert answer.status_code == (422 if asked else 303)


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"organisation": "x"}, "organisation", "Use 2 to 200 signs."),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "Europe/Copenhagen"),
        ({"unit": "Claims Unit"}, "unit", "small letters"),
        ({"person": "Ada Lind"}, "person", "small letters"),
        ({"person": "system"}, "person", "This short name is taken."),
        ({"email": "nowhere"}, "email", "ada@example.org"),
        ({"password": "short", "again": "short"}, "password", "12 to 256"),
        ({"again": "another one of mine 9"}, "again", "differ"),
        ({"name": ""}, "name", "Enter your name."),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_set_up_that_does_not_hold_keeps_what_was_typed_and_changes_nothing(
    empty: Site, change: dict[str, str], field: str, said: str
) -> None:
    browser = Browser(empty.app.test_client())
    browser.get("/setup")

    answer = browser.post("/setup", **{**FIRST, **change})

    assert answer.status_code == 422 and said in text_of(answer)
    assert f'href="#{field}"' in answer.text and 'value="Head of platforms"' in answer.text
    assert NEW not in answer.text
    with empty.house.read() as session:
        assert head(session).size == 0
