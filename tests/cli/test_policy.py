"""`governance policy publish`: done in an officer's name, and the record says that nobody proved who they are."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest

from governance.app import create_app
from governance.ledger import rebuild
from governance.ledger.read import entries
from governance.ledger.verify import verify
from governance.packs.render import render_trail
from governance.paths import policies_directory
from governance.reads import reports
from governance.services.opening import ledger_of, open_engines
from governance.settings import Settings
from tests.cli.running import run
from tests.services.conftest import House, found
from tests.web.browser import Site, text_of

NAMED = "named on the command line, without proof of identity"


@pytest.fixture
def published(tmp_path: Path) -> Iterator[House]:
    """An instance whose second policy was published on the command line, in Aoife's name."""
    instance, folder = tmp_path / "instance", tmp_path / "policy"
    engines = open_engines(instance, synchronous="OFF")
    found(ledger_of(engines))
    copytree(policies_directory() / "stage-gates", folder)
    text = (folder / "policy.yaml").read_text()
    (folder / "policy.yaml").write_text(f"{text}\n# reviewed again\n")
    answer = run(instance, "policy", "publish", str(folder), "--by", "aoife")
    assert answer.returncode == 0, answer.stderr
    yield House(ledger_of(engines))
    engines.close()


def test_the_entry_says_through_which_door_and_that_nobody_proved_anything(published: House) -> None:
    with published.read() as session:
        [last] = entries(session, limit=1)
        assert verify(session).problems == () and rebuild.check(session) == []

    assert (last.kind, last.actor) == ("policy.published", "aoife")
    assert last.header["auth"] == {"method": "command line", "at": last.header["at"], "via": "cli"}


def test_the_ledger_pages_say_so(published: House, tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path / "instance", secret_key="k" * 40)
    ruth = Site(create_app(settings, published.ledger.engines), published).browser("ruth")
    with published.read() as session:
        [last] = entries(session, limit=1)

    assert NAMED in text_of(ruth.get("/ledger"))
    page = text_of(ruth.get(f"/ledger/{last.index}"))
    assert NAMED in page and "Not proven command line, through cli" in page and "Proven by" not in page
    assert "Proven by" not in text_of(ruth.get("/ledger/0"))


def test_the_trail_of_the_organisation_says_so(published: House) -> None:
    today = datetime.now(UTC).date()
    with published.read() as session:
        trail = reports.trail_record(session, today, today)

    assert any(NAMED in entry.sentence for entry in trail.trail)
    assert render_trail(trail, lambda *_: None).pages


def test_only_an_officer_is_named(published: House, tmp_path: Path) -> None:
    answer = run(tmp_path / "instance", "policy", "publish", str(policies_directory() / "stage-gates"), "--by", "lena")

    assert answer.returncode == 1 and "compliance officer" in answer.stderr
