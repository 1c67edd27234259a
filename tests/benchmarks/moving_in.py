"""A spreadsheet of 2,133 rows comes in, in one durable transaction."""

import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from governance.domain.importing import Outcome
from governance.ledger.log import Actor
from governance.reads import previews
from governance.services import importing
from governance.services.opening import ledger_of, open_engines
from tests import sheets
from tests.benchmarks.table import heading, per_second, row
from tests.services.conftest import found


def main(folder: Path) -> None:
    """The public inventory, where it lies beside the clone."""
    if not sheets.INVENTORY.exists():
        return
    heading("Moving in")
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
