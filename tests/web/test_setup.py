"""The first page of an empty instance, which founds the organisation."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from governance.app import create_app
from governance.ledger.read import head
from governance.models.directory import Organisation, Person, PersonRole, Unit
from governance.models.policies import CurrentPolicy
from governance.services.opening import ledger_of, open_engines
from governance.settings import Settings
from tests.services.conftest import House
from tests.web.browser import Browser, Site, text_of
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
