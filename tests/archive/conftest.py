"""A record with something of everything in it, on each engine, and empty places to restore it to."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, select

from governance.archive.backup import backup
from governance.archive.parts import Manifest
from governance.archive.restore import restore
from governance.domain.vocabulary import Role
from governance.ledger.keys import KeyFile
from governance.ledger.log import SYSTEM, Ledger
from governance.models.accounts import Account
from governance.services import accounts, checkpoints, directory, imports, packs
from governance.services.opening import ledger_of, open_engines
from governance.storage.content import ContentStore
from governance.storage.engines import Engines
from tests import databases
from tests.prepared import Prepared
from tests.services.conftest import House, founded
from tests.sheets import source

LOGO = b"\x89PNG\r\n\x1a\nnobody looks at this picture"
LOGO_DIGEST = hashlib.sha256(LOGO).hexdigest()
NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)
SECRET = "$argon2id$not a hash that anything fits"


def quiet(what: str, done: int, of: int) -> None:
    """Nobody watches."""


@dataclass
class Instance:
    """A database, and the files beside it."""

    folder: Path
    ledger: Ledger

    @property
    def engines(self) -> Engines:
        return self.ledger.engines

    @property
    def content(self) -> ContentStore:
        return ContentStore(self.folder / "content")

    @property
    def key(self) -> KeyFile:
        return KeyFile(self.folder / "checkpoint-key")

    def backup(self, file: Path, *, damaged: bool = False) -> Manifest:
        return backup(self.engines, self.content, file, NOW, quiet, damaged=damaged)

    def restore(self, file: Path, *, damaged: bool = False) -> Manifest:
        return restore(self.ledger, self.content, file, NOW + timedelta(hours=1), quiet, damaged=damaged)


def lived_in(engines: Engines) -> House:
    """People, an initiative, a logo, words, and what nobody records: passwords, a job, a set-up link, a session."""
    house = founded(engines)
    house.register()
    settings = directory.OrganisationSettings("Nordhaven", "Europe/Copenhagen", logo=LOGO_DIGEST)
    house.act("omar", lambda log: directory.change_settings(log, settings))
    house.act("omar", lambda log: directory.disable_person(log, "elsewhere", "=left, “for good”\n"))
    house.act("omar", lambda log: directory.grant_role(log, "tom", Role.ADMIN))
    house.act("ruth", lambda log: packs.ask_for_trail(log, NOW.date(), NOW.date()))
    house.act("aoife", lambda log: imports.hand_over(log, "a list that is pressed very small.csv", source(b"x" * 3_000_000)))
    house.act("omar", lambda log: accounts.make_setup_link(log, "tom"))
    with house.ledger.writing(SYSTEM, house.now) as log:
        for account in log.session.scalars(select(Account)):
            account.password = SECRET
        accounts.start_session(log, "lena", timedelta(days=400))
    return house


@pytest.fixture
def instance(prepared: Prepared, engine: str, tmp_path: Path) -> Iterator[Instance]:
    folder = tmp_path / "instance"
    folder.mkdir()
    with prepared.engines(engine, folder, lived_in) as (engines, _):
        made = Instance(folder, ledger_of(engines))
        made.content.put(LOGO)
        checkpoints.sign(made.ledger, made.key, NOW)
        yield made


Elsewhere = Callable[[str], Instance]


@pytest.fixture
def elsewhere(tmp_path: Path, postgresql: databases.Server) -> Iterator[Elsewhere]:
    """Empty instances, on the engine that is asked for."""
    with ExitStack() as places:

        def make(engine: str) -> Instance:
            folder = tmp_path / f"elsewhere-{len(list(tmp_path.iterdir()))}"
            url: URL | None = places.enter_context(postgresql.database()) if engine == "postgresql" else None
            engines = open_engines(folder, url, synchronous="OFF")
            places.callback(engines.close)
            return Instance(folder, ledger_of(engines))

        yield make


OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}
