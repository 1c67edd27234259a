"""A house for many refusals: every form of the application is open in it, and what a case changed can be put back."""

import base64
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from governance.app import create_app
from governance.domain.deliveries import DeliveryState
from governance.domain.evidence_scope import Scope
from governance.domain.findings import NewFinding
from governance.domain.vocabulary import AnswerState, Decision, EvidenceKind, FindingSeverity, Function, Role
from governance.domain.waivers import Asked
from governance.jobs import impacts
from governance.ledger import rebuild
from governance.ledger.keys import KeyFile
from governance.ledger.log import SYSTEM, Log
from governance.ledger.read import head
from governance.ledger.verify import verify
from governance.models.accounts import Account
from governance.models.answers import Evidence
from governance.models.drafts import PolicyDraft
from governance.models.jobs import ImportJob
from governance.models.ledger import Leaf, Restored, Stamp
from governance.models.outbox import Delivery
from governance.policy.loader import digest_of
from governance.policy.places import edit
from governance.reads import imports
from governance.reads.previews import Source
from governance.services import (
    accounts,
    answers,
    attestations,
    checkpoints,
    directory,
    exclusions,
    findings,
    foreseeing,
    initiatives,
    policies,
    policy_drafts,
    waivers,
)
from governance.services import evidence as services_of_evidence
from governance.services import imports as services_of_imports
from governance.services.attestations import NewAttestation
from governance.services.opening import DATABASE, ledger_of, open_engines
from governance.settings import Settings
from governance.storage.content import ContentStore
from governance.storage.slate import slate_of
from tests import sheets
from tests.services.conftest import TEXTS, House, evidence, found
from tests.web.browser import HASHED, Site

IMPORT = "fedcba9876543210"

SCOPE = Scope(dataset="Claims of 2025")
"""For what a piece is shared."""

LATER = {**TEXTS, "gates/G2.yaml": TEXTS["gates/G2.yaml"].replace("severity: blocking", "severity: waivable", 1)}
"""In force in the loaded house; what is in review there was submitted under the shipped one."""

NOT_OF_RECORD = frozenset({"account", "web_session"})
"""A wrong password is counted, whatever else is refused."""

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@dataclass
class Loaded(Site):
    """A site that knows whether anything was written, and can go back to how it was."""

    link: str
    file: sqlite3.Connection
    kept: sqlite3.Connection = field(default_factory=lambda: sqlite3.connect(":memory:"))
    version: int = 0

    def keep(self) -> None:
        """From now on this is how it was."""
        self.file.backup(self.kept)
        self.version = self._now()

    def put_back(self) -> None:
        if self.wrote():
            self.kept.backup(self.file)
            self.version = self._now()

    def wrote(self) -> bool:
        """Whether anything at all was committed."""
        return self._now() != self.version

    def changed(self) -> set[str]:
        """The tables of record that differ now."""
        names = self.kept.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return {name for (name,) in names if name not in NOT_OF_RECORD and _rows(self.file, name) != _rows(self.kept, name)}

    def recorded(self) -> list[tuple[str, str, str, dict[str, Any]]]:
        """What came onto the record: stream, kind, who, and the facts without what is random in them."""
        (last,) = self.kept.execute('SELECT coalesce(max("index"), -1) FROM leaf').fetchone()
        rows = self.file.execute('SELECT stream, kind, actor, body FROM leaf WHERE "index" > ? ORDER BY "index"', (last,))
        return [(stream, kind, actor, _facts(body)) for stream, kind, actor, body in rows]

    def _now(self) -> int:
        return int(self.file.execute("PRAGMA data_version").fetchone()[0])


def _rows(connection: sqlite3.Connection, table: str) -> list[Any]:
    return connection.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall()


def _facts(body: bytes) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(re.sub(rb"[0-9a-f]{64}|\d{4}-\d\d-\d\dT[0-9:.]+(Z|\+00:00)", b"a digest or a moment", body))
    return {name: value for name, value in facts.items() if name != "salt"}


@contextmanager
def site_in(folder: Path, *, state: str = "loaded") -> Iterator[Loaded]:
    """The loaded house, an empty one, or one that was restored and waits for its administrators. At the end its ledger verifies, and its tables are what the ledger says."""
    engines = open_engines(folder, synchronous="OFF")
    house = House(ledger_of(engines))
    link = load(house, ContentStore(folder / "content"), folder) if state == "loaded" else ""
    if state == "restored":
        restored(house)
    site = Loaded(create_app(Settings(folder, "k" * 40), engines), house, link, sqlite3.connect(folder / DATABASE))
    site.keep()
    yield site
    with house.read() as session:
        assert not verify(session).problems
        assert not rebuild.check(session)
    site.file.close()
    site.kept.close()
    engines.close()


def load(house: House, store: ContentStore, folder: Path) -> str:
    """Five initiatives: one in review, one that a seat rejected, a complete draft, one that asked for nothing yet, one brought in.

    Returns a set-up link.
    """
    found(house.ledger)
    house.now = datetime.now(UTC) - timedelta(hours=6)
    for key in ("AI-0001", "AI-0002", "AI-0003", "AI-0004", "AI-0005"):
        house.register()
        if key < "AI-0004":
            house.open(key=key)
            house.complete(f"{key}.G1-1")
        if key < "AI-0003":
            house.submit(f"{key}.G1-1")
    house.sign(Function.DATA_SCIENCE, Decision.REJECT, request="AI-0002.G1-1")
    house.bring_in("AI-0005")
    house.act("lena", lambda log: answers.add_evidence(log, "AI-0005", evidence(EvidenceKind.LINK, house.now)))
    _findings(house)
    house.answer_item("G1-11", AnswerState.NOT_MET, key="AI-0003")
    exception = Asked("model 1.x", "the owner is on leave", "ten cases by hand", "lena", house.now.date() + timedelta(days=60))
    house.act("lena", lambda log: waivers.ask(log, "AI-0004", "G1-11", exception))
    house.act("lena", lambda log: exclusions.propose(log, "AI-0004", "G1-06", "there is nothing of the kind"))
    house.act("lena", lambda log: services_of_evidence.share(log, "AI-0003.E-6", SCOPE))
    house.act("lena", lambda log: initiatives.name_viewer(log, "AI-0001", "mallory"))
    house.act("omar", lambda log: directory.disable_person(log, "elsewhere", "left"))
    house.publish(LATER)
    _propose(house)
    house.now += timedelta(minutes=1)
    hand_over(house)
    attest(house)
    drafted(house)
    logo, _ = store.put(io.BytesIO(base64.b64decode(PIXEL)))
    open_to_all = directory.OrganisationSettings("Nordhaven", "Europe/Copenhagen", logo=logo, demo=True)
    house.act("omar", lambda log: directory.change_settings(log, open_to_all))
    with house.ledger.writing(SYSTEM, house.now) as log:
        for account in log.session.scalars(select(Account)):
            account.password = HASHED
    with house.ledger.writing(SYSTEM, house.now) as log:
        log.session.add(given_up(log.session))
    house.act("aoife", lambda log: foreseeing.ask(log, digest_of(LATER)))
    impacts.work(house.ledger, slate_of(folder))
    checkpoints.sign(house.ledger, KeyFile(folder / "checkpoint-key"), house.now)
    return str(house.act("omar", lambda log: accounts.make_setup_link(log, "tom")))


def drafted(house: House, who: str = "aoife", behind: str = "second") -> None:
    """Two officers who are changing the policy; a version was published since one of them began."""
    one = edit("gate/G2/items/G2-05/severity", "advisory")
    for person in (who, behind):
        house.act(person, lambda log: policy_drafts.change(log, [one]))
    with house.ledger.writing(SYSTEM, house.now) as log:
        log.session.get_one(PolicyDraft, behind).base = "0" * 64


def attest(house: House, who: str = "second") -> str:
    """One that waits for another officer, for a clause that the shipped policy leaves to the organisation."""
    until = house.now.date() + timedelta(days=300)
    given = NewAttestation("NIST-AI-RMF", "GOVERN-2.3", "The board decides on each.", until, address="https://minutes.example/board")
    return str(house.act(who, lambda log: attestations.attest(log, given), proof=True))


def hand_over(house: House, who: str = "aoife", given: Source | None = None, import_id: str = IMPORT) -> str:
    """A spreadsheet with a row that is refused was read and waits to be confirmed, under an id that tests can name."""
    asked = given or sheets.source(sheets.HALF)
    with house.read() as session:
        told = imports.tell(session, who, house.now, asked)

    def do(log: Log) -> None:
        made = previewed(log, "list.csv", asked, told)
        log.session.execute(update(ImportJob).where(ImportJob.id == made).values(id=import_id))

    house.act(who, do)
    return import_id


def previewed(log: Log, title: str, given: Source, told: imports.Told) -> str:
    """A file that was handed over and read. Returns the import."""
    made = services_of_imports.hand_over(log, title, given)
    log.session.flush()
    services_of_imports.keep(log.session.get_one(ImportJob, made), told)
    log.session.flush()
    return made


def given_up(session: Session, recipient: str = "mina") -> Delivery:
    """A mail about the latest submission that the server refused."""
    leaf = session.scalars(select(Leaf).where(Leaf.kind == "gate.submitted").order_by(Leaf.index.desc()).limit(1)).one()
    refused = "550 5.1.1 <mina@nordhaven.example>: nobody of this name <script>alert(1)</script>"
    return Delivery(
        id="0123456789abcdef",
        follower="mail",
        leaf=leaf.index,
        recipient=recipient,
        message_id="<1.ab@governance.example.org>",
        state=DeliveryState.GIVEN_UP,
        made_at=leaf.at,
        tries=1,
        leased_until=None,
        next_try_at=leaf.at,
        last_error=refused,
        settled_at=leaf.at,
    )


def restored(house: House) -> None:
    """The cast alone, from a backup of yesterday."""
    found(house.ledger)
    house.now = datetime.now(UTC)
    house.act("omar", lambda log: directory.grant_role(log, "tom", Role.ADMIN))
    come_from_a_backup(house)


def come_from_a_backup(house: House) -> None:
    """From now on the record waits for administrators."""
    at = datetime.now(UTC)
    with house.ledger.writing(SYSTEM, at) as log:
        for account in log.session.scalars(select(Account)):
            account.password = HASHED
        now = head(log.session)
        row = Restored(at=at.isoformat(), made_at=(at - timedelta(days=1)).isoformat(), size=now.size, root=now.root.hex())
        log.session.execute(update(Stamp).values(restored=row))


def other(number: int) -> dict[str, str]:
    """The shipped policy with a remark more: another text that says the same."""
    return {**TEXTS, "facts.yaml": f"{TEXTS['facts.yaml']}# {number}\n"}


AGAIN = digest_of(other(3))
"""Of a text that was proposed once, and taken back."""


def _propose(house: House) -> None:
    """One that Aoife can decide on, one that she made herself, one that she took back."""
    house.propose(other(1), "second")
    house.propose(other(2), "aoife")
    taken_back = house.propose(other(3), "aoife")
    house.act("aoife", lambda log: policies.withdraw(log, taken_back, "It was a mistake."))


def _findings(house: House) -> None:
    """One open, one answered."""
    raised = NewFinding(FindingSeverity.MEDIUM, "The drill failed.", "lena")
    for _ in range(2):
        house.act("rafael", lambda log: findings.raise_finding(log, "AI-0001", raised))
    with house.read() as session:
        piece = session.scalars(select(Evidence.id).where(Evidence.initiative_key == "AI-0001")).first() or ""
    house.act("lena", lambda log: findings.answer_finding(log, "AI-0001.F-2", piece))
