"""What is done in somebody's name on the command line of the server: the record says that nobody proved who they are."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from governance.app import create_app
from governance.ledger.read import entries
from governance.packs.render import render_trail
from governance.reads import reports
from governance.services.opening import ledger_of, open_engines
from governance.settings import Settings
from tests.cli.running import run
from tests.services.conftest import House, found
from tests.web.browser import Site, text_of

NAMED = "named on the command line, without proof of identity"


@pytest.fixture
def named(tmp_path: Path) -> Iterator[House]:
    """An instance whose signing key was changed on the command line, in Omar's name."""
    instance = tmp_path / "instance"
    engines = open_engines(instance, synchronous="OFF")
    found(ledger_of(engines))
    for words in (["checkpoint"], ["rotate-key", "--by", "omar", "--reason", "The disk was sold."]):
        answer = run(instance, "log", *words)
        assert answer.returncode == 0, answer.stderr
    yield House(ledger_of(engines))
    engines.close()


def test_the_entry_says_through_which_door_and_that_nobody_proved_anything(named: House) -> None:
    with named.read() as session:
        [last] = entries(session, limit=1)

    assert (last.kind, last.actor) == ("ledger.key_changed", "omar")
    assert last.header["auth"] == {"method": "command line", "at": last.header["at"], "via": "cli"}


def test_the_ledger_pages_say_so(named: House, tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path / "instance", secret_key="k" * 40)
    ruth = Site(create_app(settings, named.ledger.engines), named).browser("ruth")
    with named.read() as session:
        [last] = entries(session, limit=1)

    assert NAMED in text_of(ruth.get("/ledger"))
    page = text_of(ruth.get(f"/ledger/{last.index}"))
    assert NAMED in page and "Not proven command line, through cli" in page and "Proven by" not in page
    assert "Proven by" not in text_of(ruth.get("/ledger/0"))


def test_the_trail_of_the_organisation_says_so(named: House) -> None:
    today = datetime.now(UTC).date()
    with named.read() as session:
        trail = reports.trail_record(session, today, today)

    assert any(NAMED in entry.sentence for entry in trail.trail)
    assert render_trail(trail, lambda *_: None).pages
