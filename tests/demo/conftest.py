"""The demo portfolio as of its reference date, loaded once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from governance.demo.cases import Case, cases
from governance.demo.loader import Stop, load
from governance.services.opening import ledger_of, open_engines
from governance.storage.content import ContentStore
from governance.storage.engines import Engines

REFERENCE = date(2026, 11, 23)


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
    folder = tmp_path_factory.mktemp("demo")
    engines = open_engines(folder, synchronous="OFF")
    stops = load(ledger_of(engines), ContentStore(folder / "content"), folder, REFERENCE, lambda _: None)
    yield Demo(folder, engines, stops, cases(REFERENCE))
    engines.close()
