"""What has to be true of an instance after whatever became of the process that wrote it; it is opened as the next start opens it."""

import json
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, select
from sqlalchemy.orm import Session

from governance.ledger import rebuild
from governance.ledger.log import Actor
from governance.ledger.verify import verify
from governance.models.ledger import Leaf
from governance.services.opening import ledger_of, open_engines
from governance.storage.content import content_of
from tests.faults import writer

MOST_SECONDS = 10
"""To the first answer after a start."""


def check(folder: Path, done: list[tuple[int, str]], database: URL | None = None) -> int:
    """Without hands: everything acknowledged is there, nothing is half there, tables are what the ledger says, and it goes on.

    Returns how many entries there are.
    """
    began = time.monotonic()
    engines = open_engines(folder, database)
    try:
        with Session(engines.reader) as session:
            leaves = session.execute(select(Leaf.index, Leaf.hash, Leaf.kind, Leaf.header).order_by(Leaf.index)).all()
            assert time.monotonic() - began < MOST_SECONDS
            there = {(leaf.index, leaf.hash.hex()) for leaf in leaves}
            assert not (missing := [leaf for leaf in done if leaf not in there]), f"acknowledged, and lost: {missing}"
            assert [leaf.index for leaf in leaves] == list(range(len(leaves)))
            teams = Counter(json.loads(leaf.header)["act"] for leaf in leaves if leaf.kind == "team.named")
            assert set(teams.values()) <= {len(writer.TEAM)}, f"half an act is on record: {teams}"
            assert not verify(session, content_of(folder)).problems
            assert not rebuild.check(session)
        with ledger_of(engines).writing(Actor(writer.LEAD), datetime.now(UTC)) as log:
            writer.name_model(log, writer.FIRST)
        with Session(engines.reader) as session:
            assert session.scalars(select(Leaf.index).order_by(Leaf.index.desc()).limit(1)).one() == len(leaves)
    finally:
        engines.close()
    return len(leaves)
