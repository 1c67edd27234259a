"""States of the record that many tests start from: reached once for each engine, copied for each test.

A file is reached once for all processes of a run; each has a server of its own.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any, Literal

import pytest
from sqlalchemy import URL

from governance.services.opening import DATABASE, open_engines
from governance.storage.engines import Engines
from tests.databases import Server
from tests.once import once

if TYPE_CHECKING:
    from tests.services.conftest import House

State = Callable[[Engines], "House"]
"""What leads an empty record to the state: the house as it is then."""

NOW = "now"
"""What time it was, beside the database."""

BEGUN: dict[tuple[str, str], State] = {}
"""By module and name of a fixture: the state its tests begin with."""


def begun(over: Literal["house", "site"], base: State) -> Callable[[Callable[["House"], object]], Any]:
    """A fixture of what a function makes of the house: reached once, copied for each test. It gives what the fixture `over` gives."""

    def made(reach: Callable[["House"], object]) -> Any:
        def state(engines: Engines) -> "House":
            house = base(engines)
            reach(house)
            return house

        state.__module__, state.__qualname__ = reach.__module__, reach.__qualname__
        BEGUN[reach.__module__, reach.__name__] = state
        return pytest.fixture(name=reach.__name__)((lambda house: house) if over == "house" else (lambda site: site))

    return made


def state_of(request: pytest.FixtureRequest, usual: State) -> State:
    """What the test of a request begins with."""
    asked = ((request.module.__name__, name) for name in request.fixturenames)
    return next((BEGUN[one] for one in asked if one in BEGUN), usual)


@dataclass(frozen=True)
class Kept:
    place: Path | URL
    now: datetime


@dataclass
class Prepared:
    """Keeps the states. `server` is asked for only where PostgreSQL is."""

    folder: Path
    shared: Path
    server: Callable[[], Server]
    _kept: dict[tuple[str, State], Kept] = field(default_factory=dict)

    @contextmanager
    def engines(self, engine: str, folder: Path, state: State) -> Iterator[tuple[Engines, datetime]]:
        """A copy of the state in an instance folder or in a database of its own, and what time it was.

        What it is a copy of was looked over when it was opened to be filled.
        """
        kept = self._kept.get((engine, state)) or self._reach(engine, state)
        with self._copy(kept.place, folder) as database:
            engines = Engines.unchecked(database or folder / DATABASE, synchronous="OFF")
            yield engines, kept.now
            engines.close()

    def _reach(self, engine: str, state: State) -> Kept:
        if engine == "postgresql":
            database = self.server().make()
            kept = Kept(database, self._fill(self.folder / f"for-{database.database}", state, database))
        elif isinstance(state, FunctionType) and "<" not in state.__qualname__:
            place = once(self.shared, f"{state.__module__}.{state.__qualname__}", lambda made: _note(made, self._fill(made, state)))
            kept = Kept(place / DATABASE, datetime.fromisoformat((place / NOW).read_text(encoding="ascii")))
        else:  # bound to something that only this process has, or without a name
            folder = self.folder / f"own-{len(self._kept)}"
            kept = Kept(folder / DATABASE, self._fill(folder, state))
        self._kept[engine, state] = kept
        return kept

    @staticmethod
    def _fill(folder: Path, state: State, database: URL | None = None) -> datetime:
        engines = open_engines(folder, database, synchronous="OFF")
        now = state(engines).now
        engines.close()
        return now

    @contextmanager
    def _copy(self, place: Path | URL, folder: Path) -> Iterator[URL | None]:
        if isinstance(place, Path):
            shutil.copy(place, folder / DATABASE)
            yield None
        else:
            with self.server().database(place) as url:
                yield url


def _note(folder: Path, now: datetime) -> None:
    (folder / NOW).write_text(now.isoformat(), encoding="ascii")
