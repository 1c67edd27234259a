"""`make bench`: what things cost, as ratios measured side by side in one run, printed as a table. Nothing here passes or fails."""

import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from governance.demo.loader import load
from governance.domain.importing import Outcome
from governance.events.directory import UnitOpened, UnitRenamed
from governance.ledger import rebuild
from governance.ledger.keys import KeyFile
from governance.ledger.log import SYSTEM, Actor, Ledger
from governance.ledger.verify import verify
from governance.packs.render import render_initiative
from governance.reads import previews, reports
from governance.services import checkpoints, importing
from governance.services.opening import ledger_of, open_engines
from governance.storage.content import ContentStore
from tests import sheets
from tests.services.conftest import found

COMMITS = 300


def main() -> None:
    with TemporaryDirectory() as place:
        folder = Path(place)
        raw = per_second(lambda: raw_commits(folder / "raw.sqlite3"), COMMITS)
        engines = open_engines(folder / "single")
        recorded = per_second(lambda: events(ledger_of(engines)), COMMITS)
        engines.close()
        row("durable commits of SQLite, one row each", f"{raw:,.0f}/s", "the disk")
        row("one event per transaction through record()", f"{recorded:,.0f}/s", f"{recorded / raw:.2f} of the raw commits")
        spreadsheet(folder / "import")
        demo(folder / "demo")


def demo(folder: Path) -> None:
    engines = open_engines(folder)
    start = time.perf_counter()
    load(ledger_of(engines), ContentStore(folder / "content"), folder, date(2026, 11, 23), lambda _: None)
    row("loading the demo portfolio, durable", f"{time.perf_counter() - start:.1f} s", "one transaction per act")
    with Session(engines.reader) as session:
        size = verify(session).size
    signed = per_second(lambda: checkpoints.sign(ledger_of(engines), KeyFile(folder / "checkpoint-key"), datetime.now(UTC)), size)
    row("a head signed over all of it, read and hashed again", f"{signed:,.0f} leaves/s", f"{size:,} entries in {size / signed:.2f} s")
    with Session(engines.reader) as session:
        checked = per_second(lambda: rebuild.check(session), size)
        verified = per_second(lambda: verify(session), size)
        row("replay into a book and comparison with the tables", f"{checked:,.0f} events/s", "")
        row("verification of every leaf, node and text", f"{verified:,.0f} leaves/s", f"{verified / checked:.2f} of replay")
        record = reports.initiative_record(session, "AI-0006")
    start = time.perf_counter()
    pages = render_initiative(record, lambda *_: None).pages
    row("evidence report, PDF/A-3a and PDF/UA-1", f"{pages / (time.perf_counter() - start):.1f} pages/s", f"{pages} pages")
    engines.close()


def spreadsheet(folder: Path) -> None:
    """The public inventory, where it lies beside the clone."""
    if not sheets.INVENTORY.exists():
        return
    engines = open_engines(folder)
    ledger = ledger_of(engines)
    found(ledger)
    given, start = sheets.inventory(), time.perf_counter()
    with ledger.writing(Actor("aoife"), datetime.now(UTC)) as log:
        done = importing.carry_out(log, given, partial=True).counted(Outcome.IMPORTED)
    row(
        "import of a spreadsheet, one transaction, durable",
        f"{done / (time.perf_counter() - start):,.0f} initiatives/s",
        "canonical form, then rows",
    )
    with Session(engines.reader) as session:
        seconds = 1 / per_second(lambda: previews.preview(session, "aoife", datetime.now(UTC), given), 1)
    row("preview of a file that changes nothing, 2,133 rows", f"{seconds:.2f} s", "reading what stands here")
    engines.close()


def raw_commits(file: Path) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE line (number INTEGER PRIMARY KEY, body BLOB)")
    for number in range(COMMITS):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO line VALUES (?, ?)", (number, b"x" * 400))
        connection.execute("COMMIT")
    connection.close()


def events(ledger: Ledger) -> None:
    now = datetime.now(UTC)
    with ledger.writing(SYSTEM, now) as log:
        log.record(UnitOpened(unit="claims", name="Claims"), "unit/claims")
    for number in range(COMMITS - 1):
        with ledger.writing(SYSTEM, now) as log:
            log.record(UnitRenamed(unit="claims", name=f"Claims {number}"), "unit/claims")


def per_second(do: Callable[[], object], count: int) -> float:
    start = time.perf_counter()
    do()
    return count / (time.perf_counter() - start)


def row(what: str, measured: str, beside: str) -> None:
    print(f"{what:<52} {measured:>20}   {beside}")


if __name__ == "__main__":
    main()
