"""A process that records events and says of each act, right after its commit, what it left: it is there to be killed.

    python -m tests.faults.writer FOLDER EVENTS [DATABASE_URL]

Its lines are `done INDEX HASH` for an act that was acknowledged, with its last leaf, and `refused WHY` for one that was not. Tests start
it from a fork server instead, which spares them the second that importing takes.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from sqlalchemy import URL, make_url, select
from sqlalchemy.exc import DBAPIError

from governance.domain.errors import Refused
from governance.domain.findings import NewFinding
from governance.domain.vocabulary import FindingSeverity, Function, Visibility
from governance.ledger.log import Actor, Ledger, LedgerFailed, Log
from governance.models.ledger import Leaf
from governance.services import findings, initiatives
from governance.services.opening import ledger_of, open_engines
from governance.storage.engines import Busy, DiskFull, OutcomeUnknown, StorageRefused

LEAD, REVIEWER = "lena", "rafael"
TEAM = {Function.DATA_SCIENCE: "lena", Function.IT_OPS: "tom", Function.BUSINESS: "mara", Function.COMPLIANCE: "dee"}
ROUND = 8
"""Events in one round of acts."""

FIRST = "AI-0001"
"""The initiative that is there from the start, for acts whose own could not be registered."""

Say = Callable[[str], object]
Act = Callable[[Log, str], str]
"""Does something about an initiative and returns the key of the one that the next act is about."""


def register(log: Log, _: str) -> str:
    intake = initiatives.Description("Claims triage", "Scores new motor claims for the adjusters.", "claims", LEAD, Visibility.ORGANISATION)
    return initiatives.register(log, intake)


def name_team(log: Log, key: str) -> str:
    """Four events in one transaction: all of them, or none."""
    for function, person in TEAM.items():
        initiatives.name_team(log, key, function, person, None, 8)
    return key


def name_model(log: Log, key: str) -> str:
    initiatives.name_model(log, key, f"1.{log.now.timestamp()}")
    return key


def describe(log: Log, key: str) -> str:
    initiatives.describe(log, key, initiatives.Description("Claims", "Scores claims, and explains.", "claims", LEAD, Visibility.UNIT))
    return key


def raise_finding(log: Log, key: str) -> str:
    """With words that lie apart from the ledger."""
    findings.raise_finding(log, key, NewFinding(FindingSeverity.LOW, "The drill of " + "last week " * 40 + "failed.", LEAD))
    return key


ACTS: list[tuple[str, Act]] = [
    (LEAD, register),
    (LEAD, name_team),
    (LEAD, name_model),
    (LEAD, describe),
    (REVIEWER, raise_finding),
]


def write(folder: Path, database: URL | None, events: int, say: Say, *, synchronous: str = "FULL", early: bool = False) -> None:
    """Do whole rounds of acts until so many events are recorded. `early` says so before the commit, as a careless program would."""
    try:
        engines = open_engines(folder, database, synchronous=synchronous)
    except (StorageRefused, Busy) as refused:
        say(f"refused {refused}")
        return
    ledger, key = ledger_of(engines), FIRST
    for who, act in [*ACTS] * (events // ROUND):
        key = attempt(ledger, who, act, key, say, early)
    engines.close()


def attempt(ledger: Ledger, who: str, act: Act, key: str, say: Say, early: bool) -> str:
    """One act. After a refusal the next ones are tried, as other people would."""
    try:
        with ledger.writing(Actor(who), datetime.now(UTC)) as log:
            following = act(log, key)
            last = log.session.execute(select(Leaf.index, Leaf.hash).order_by(Leaf.index.desc()).limit(1)).one()
            done = f"done {last.index} {last.hash.hex()}"
            if early:
                say(done)
    except (LedgerFailed, OutcomeUnknown, Busy, DiskFull, Refused, DBAPIError) as refused:
        say(f"refused {type(refused).__name__}: {' '.join(str(refused).split())}")
        return key
    if not early:
        say(done)
    return following


def in_fork(line: Connection, folder: Path, database: URL | None, events: int, options: dict[str, object]) -> None:
    """Begin when told to, and say everything on the same line."""
    line.recv_bytes()
    write(folder, database, events, lambda said: line.send_bytes(said.encode()), **options)  # type: ignore[arg-type]


def main() -> None:
    folder, events, *database = sys.argv[1:]
    write(Path(folder), make_url(database[0]) if database else None, int(events), lambda said: print(said, flush=True))


if __name__ == "__main__":
    main()
