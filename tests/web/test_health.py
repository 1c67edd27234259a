"""What whoever looks after the process is told, and what nobody else is."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from governance import logs
from governance.app import create_app
from governance.web.telemetry import NUMBERS
from tests.object_store import BUCKET, object_store
from tests.web.browser import Site, reviewed, site

__all__ = ["reviewed", "site"]

TOKEN = "a token of 32 signs, drawn by lot 7x"


@pytest.fixture
def told() -> Iterator[None]:
    """Logging as the server sets it up, and back again."""
    root, ours = logging.getLogger(), logging.getLogger("governance")
    before = root.handlers, root.level, ours.level
    yield
    logging.getLogger("weasyprint").propagate = True
    root.handlers, root.level = before[:2]
    ours.setLevel(before[2])


def with_token(site: Site) -> Site:
    settings = replace(site.app.extensions["governance"].settings, metrics_token=TOKEN)
    return Site(create_app(settings, site.house.ledger.engines), site.house)


def test_a_process_that_can_answer_is_ready(site: Site) -> None:
    answer = site.app.test_client().get("/readyz", headers={"Host": "anything.example"})

    assert (answer.status_code, answer.json) == (200, {"the database": "good", "the store of files": "good"})


def test_without_its_files_it_lives_but_is_not_ready_and_names_nothing(site: Site) -> None:
    with object_store():
        pass
    from governance.storage.content import content_of

    gone = content_of(site.app.extensions["governance"].settings.instance, f"s3://{BUCKET}")
    parts = site.app.extensions["governance"]
    site.app.extensions["governance"] = replace(parts, content=gone)

    answer = site.app.test_client().get("/readyz")

    assert (answer.status_code, answer.json) == (503, {"the database": "good", "the store of files": "bad"})
    assert site.app.test_client().get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "sent", [{}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": f"Basic {TOKEN}"}]
)
def test_the_numbers_are_for_whoever_has_the_token(site: Site, sent: dict[str, str]) -> None:
    assert site.app.test_client().get("/metrics", headers={"Authorization": "Bearer None"}).status_code == 404
    assert with_token(site).app.test_client().get("/metrics", headers=sent).status_code == 404


def test_the_numbers_say_what_was_answered_and_how_the_ledger_stands(reviewed: Site) -> None:
    watched = with_token(reviewed)
    reviewed.browser("lena").get("/initiatives/AI-0001")
    before = NUMBERS.get_sample_value("governance_answers_total", {"route": "initiatives.overview", "status": "200"}) or 0

    watched.browser("lena").get("/initiatives/AI-0001")
    answer = watched.app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert answer.status_code == 200 and answer.mimetype == "text/plain"
    assert f'governance_answers_total{{route="initiatives.overview",status="200"}} {before + 1}' in answer.text
    with reviewed.house.read() as session:
        from governance.ledger import read

        assert f"governance_ledger_entries {float(read.size(session))}" in answer.text
        assert f"governance_ledger_entries_unsigned {float(read.size(session))}" in answer.text


def test_each_answer_is_one_line_of_the_log_with_names_of_ours_only(site: Site, told: None, capfd: pytest.CaptureFixture[str]) -> None:
    logs.set_up(logs.JSON)
    site.house.register()

    answer = site.browser("lena").get("/initiatives/AI-0001?secret=typed")

    line = json.loads(capfd.readouterr().err.splitlines()[-1])
    assert line.pop("timestamp") and line.pop("ms") >= 0
    assert line == {
        "event": "answered",
        "level": "info",
        "logger": "governance.requests",
        "method": "GET",
        "person": "lena",
        "request": answer.headers["X-Request-Id"],
        "route": "initiatives.overview",
        "status": 200,
    }


def test_what_is_refused_is_in_the_log_under_the_same_request(site: Site, told: None, capfd: pytest.CaptureFixture[str]) -> None:
    logs.set_up(logs.JSON)

    answer = site.browser("lena").get("/settings")

    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert answer.status_code == 403
    assert {line["request"] for line in lines} == {answer.headers["X-Request-Id"]}
    assert "denied GET settings.organisation to lena" in [line["event"] for line in lines]


def test_what_somebody_typed_cannot_write_lines_of_its_own(told: None, capfd: pytest.CaptureFixture[str]) -> None:
    for form in logs.FORMATS:
        logs.set_up(form)
        logging.getLogger("governance.web").error("odd: %s", "a\nforged\r\x1b[31mline")

        written = capfd.readouterr().err
        assert len(written.splitlines()) == 1 and "\x1b[31mline" not in written, form
