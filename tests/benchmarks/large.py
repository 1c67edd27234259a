"""A large house: 20,000 initiatives, 1,000,000 entries. What a page and a sign-off cost in it, beside a bare page and a small house."""

import gc
import statistics
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.app import create_app
from governance.domain.vocabulary import Function, Visibility
from governance.events import streams
from governance.events.initiatives import ModelNamed, Registered
from governance.ledger import rebuild
from governance.ledger.book import Event
from governance.ledger.keys import KeyFile
from governance.ledger.log import Actor
from governance.ledger.replay import Shelf, entries, replay
from governance.ledger.verify import verify
from governance.models.initiatives import Initiative
from governance.models.summary import Summary
from governance.services import checkpoints
from governance.services.opening import ledger_of, open_engines
from governance.settings import Settings
from governance.storage.engines import Engines
from tests.benchmarks.table import heading, per_second, ratio, row
from tests.services.conftest import REVIEWERS, House, found
from tests.web.browser import Site
from tests.web.test_budget import counted

INITIATIVES = 20_000
ENTRIES = 1_000_000
TOGETHER = 1_000
"""Initiatives of one transaction while the house is filled."""

ROUNDS = 40


def main(folder: Path) -> None:
    heading(f"A large house: {INITIATIVES:,} initiatives, {ENTRIES:,} entries, SQLite")
    engines = open_engines(folder, synchronous="OFF")
    house = House(ledger_of(engines), datetime.now(UTC) - timedelta(days=1))
    found(house.ledger)
    small = sign_off_ms(house)
    each = ENTRIES // INITIATIVES
    filled = per_second(lambda: fill(house, each), INITIATIVES * each)
    row("events recorded together, with rows and summaries", f"{filled:,.0f}/s", "canonical form and hashing")
    large = sign_off_ms(house)
    row("sign-off in a house of 1,000 entries", f"{small:.1f} ms", "")
    row(f"the same among {ENTRIES:,}", f"{large:.1f} ms", f"{large / small:.2f} of it (aim at most 1.20)")
    pages(Site(create_app(Settings(folder, "k" * 40), engines), house))
    ledger(engines, folder)
    engines.close()


def fill(house: House, each: int) -> None:
    first = int(next_number(house))
    for start in range(first, first + INITIATIVES, TOGETHER):
        with house.ledger.writing(Actor("lena"), house.now) as log:
            log.record_all(story(range(start, start + TOGETHER), each))


def next_number(house: House) -> int:
    with house.read() as session:
        return max((int(key.removeprefix("AI-")) for key in session.scalars(select(Initiative.key))), default=0) + 1


def story(numbers: Iterable[int], each: int) -> Iterator[tuple[Event, str]]:
    """An initiative is registered, and its model goes through many versions."""
    for number in numbers:
        key = f"AI-{number:04}"
        intake = {
            "summary": "Scores new claims for the adjusters.",
            "unit": "claims",
            "lead": "lena",
            "visibility": Visibility.ORGANISATION,
        }
        yield Registered(initiative=key, name=f"Claims triage {number}", **intake), streams.initiative(key)  # type: ignore[arg-type]
        for version in range(each - 1):
            yield ModelNamed(initiative=key, version=f"{version}.0"), streams.initiative(key)


def sign_off_ms(house: House) -> float:
    """The median over the four sign-offs of five requests, in milliseconds of wall time, after one that warms up.

    What filling the house left behind in this process is collected first: no server has it.
    """
    gc.collect()
    took = []
    for _ in range(6):
        key = house.register()
        request = house.open(key=key)
        house.complete(request)
        house.submit(request)
        for function in Function:
            began = time.perf_counter()
            house.sign(function, who=REVIEWERS[function], request=request)
            took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took[len(Function) :])


def pages(site: Site) -> None:
    lena = site.browser("lena")
    plain = bare(site.house.ledger.engines).test_client()
    for path in ("/portfolio/table", "/portfolio/table?q=triage&sort=waits", "/portfolio", "/"):
        with counted(site.house.ledger.engines.reader) as statements:
            assert lena.get(path).status_code == 200
        ours = per_second(lambda path=path: [lena.get(path) for _ in range(ROUNDS)], ROUNDS)  # type: ignore[misc]
        theirs = per_second(lambda: [plain.get("/") for _ in range(ROUNDS)], ROUNDS)
        row(f"{path}, {len(statements)} statements", f"{ours:,.1f}/s", ratio(ours, theirs, 0.3, f"the bare page has {theirs:,.0f}/s"))
    began = time.perf_counter()
    assert lena.get("/portfolio/export.csv").status_code == 200
    row("export of the whole portfolio as CSV", f"{time.perf_counter() - began:.1f} s", f"{INITIATIVES:,} rows")


def bare(engines: Engines) -> flask.Flask:
    """A Flask page that lists 50 rows of the same table, with the same template engine and nothing else."""
    app = flask.Flask("bare")
    template = (
        "<!doctype html><title>Bare</title><table>{% for i, s in rows %}<tr><td>{{ i.key }}<td>{{ i.name }}<td>{{ i.stage.value }}"
        "<td>{{ s.tier }}<td>{{ s.waits_for }}{% endfor %}</table>"
    )

    @app.get("/")
    def listing() -> str:
        query = select(Initiative, Summary).join(Summary, Summary.initiative_key == Initiative.key).order_by(Initiative.key).limit(50)
        with Session(engines.reader) as session:
            return flask.render_template_string(template, rows=session.execute(query).all())

    return app


def ledger(engines: Engines, folder: Path) -> None:
    with Session(engines.reader) as session:
        replayed = per_second(lambda: replay(entries(session), Shelf()), ENTRIES)
        row("replay into a book", f"{replayed:,.0f} events/s", "aim at least 20,000; reading JSON, and apply()")
        compared = per_second(lambda: rebuild.check(session), ENTRIES)
        row("replay and comparison with the tables", f"{compared:,.0f} events/s", "")
        verified = per_second(lambda: verify(session), ENTRIES)
        row("verification of every leaf, node and text", f"{verified:,.0f} leaves/s", "canonical form and SHA-256")
    key, now = KeyFile(folder / "checkpoint-key"), datetime.now(UTC)
    signed = per_second(lambda: checkpoints.sign(ledger_of(engines), key, now), ENTRIES)
    row("the first head, over all of it, read and hashed again", f"{signed:,.0f} leaves/s", f"{ENTRIES / signed:.1f} s")
    with ledger_of(engines).writing(Actor("lena"), now) as log:
        log.record(ModelNamed(initiative="AI-0001", version="9.9"), streams.initiative("AI-0001"))
    again = per_second(lambda: checkpoints.sign(ledger_of(engines), key, now + timedelta(minutes=2)), 1)
    row("the next head, over one entry more", f"{1000 / again:.0f} ms", "")
