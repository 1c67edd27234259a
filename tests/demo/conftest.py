"""The demo portfolio as of its reference date, loaded once for all processes of a run."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from governance.demo.cases import Case, cases
from governance.demo.loader import Stop, load
from governance.services.opening import ledger_of, open_engines
from governance.storage.content import ContentStore
from governance.storage.engines import Engines
from tests.once import of_the_run, once

REFERENCE = date(2026, 11, 23)
STOPS = "stops.json"


@dataclass(frozen=True)
class Demo:
    folder: Path
    engines: Engines
    stops: list[Stop]
    told: Case

    def read(self) -> Session:
        return Session(self.engines.reader)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """For reading only: every process and every module of a run looks at the same."""
    place = once(of_the_run(tmp_path_factory), "demo", loaded)
    engines = open_engines(place / "instance", synchronous="OFF")
    stops = [Stop(**{**told, "at": datetime.fromisoformat(told["at"])}) for told in json.loads((place / STOPS).read_text(encoding="utf-8"))]
    yield Demo(place / "instance", engines, stops, cases(REFERENCE))
    engines.close()


def loaded(place: Path) -> None:
    folder = place / "instance"
    engines = open_engines(folder, synchronous="OFF")
    stops = load(ledger_of(engines), ContentStore(folder / "content"), folder, REFERENCE, lambda _: None)
    engines.close()
    (place / STOPS).write_text(json.dumps(list(map(asdict, stops)), default=datetime.isoformat), encoding="utf-8")
