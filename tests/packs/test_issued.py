"""Reports as they are issued: from the ledger, by the worker, hostile words included, and what stands in them checked against the ledger."""

import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from governance.domain.findings import NewFinding
from governance.domain.vocabulary import Decision, FindingSeverity, Function
from governance.jobs.reports import work
from governance.ledger import read
from governance.models.ledger import Leaf, Words
from governance.models.packs import Pack
from governance.packs import phrases
from governance.packs.printable import printable
from governance.packs.render import render_initiative
from governance.reads import reports
from governance.services import directory, findings, gates, initiatives, packs
from governance.services.opening import ledger_of, open_engines
from governance.storage.content import ContentStore
from governance.storage.folder import Folder
from tests.demo.conftest import Demo, demo
from tests.packs.test_report import TORTURE, quiet, text_of
from tests.services.conftest import House, found

__all__ = ["demo"]

HOSTILE = TORTURE.replace("\u0000", "")
SIGNER = "João 👍 שלום <b>Teles</b> {{7*7}}"
SHORT = HOSTILE[:120]


@dataclass
class Issued:
    folder: Path
    house: House
    content: ContentStore
    pack: Pack
    pdf: bytes


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issued]:
    """A gate passed after a round of changes, every text of it hostile; its report, as the auditor gets it from the worker."""
    folder = tmp_path_factory.mktemp("issued")
    engines = open_engines(folder, synchronous="OFF")
    house, content = House(ledger_of(engines)), ContentStore(folder / "content")
    found(house.ledger)
    tell(house)
    house.act("ruth", lambda log: packs.ask_for_report(log, "AI-0001"))
    assert work(house.ledger, content)
    with house.read() as session:
        pack = session.scalars(select(Pack)).one()
    yield Issued(folder, house, content, pack, content.read(pack.digest))
    engines.close()


def tell(house: House) -> None:
    house.act("omar", lambda log: directory.change_person(log, "joao", directory.Profile(SIGNER, SHORT, "claims")))
    house.register()
    description = initiatives.Description(SHORT, HOSTILE[:400], "claims", "lena", initiatives.Visibility.ORGANISATION)
    house.act("lena", lambda log: initiatives.describe(log, "AI-0001", description))
    house.open()
    house.complete()
    house.act("lena", lambda log: gates.comment(log, "AI-0001.G1-1", HOSTILE))
    house.act("tom", lambda log: findings.raise_finding(log, "AI-0001", NewFinding(FindingSeverity.LOW, HOSTILE, "lena")))
    house.submit()
    house.sign(Function.BUSINESS, Decision.REQUEST_CHANGES, reason=HOSTILE)
    house.act("lena", lambda log: initiatives.name_model(log, "AI-0001", SHORT[:80]))
    house.submit()
    for function in Function:
        house.sign(function, reason=f"{HOSTILE} as {function}")
    assert house.stage() == "review"


@pytest.fixture(scope="module")
def text(issued: Issued, tmp_path_factory: pytest.TempPathFactory) -> str:
    return text_of(issued.pdf, tmp_path_factory.mktemp("text"))


def is_printed(words: str, joined: str) -> bool:
    """Whether every word stands in the text that `pdftotext` reads: it gives right-to-left words in the order of the eye."""
    parts = (squeezed(part).strip(";") for part in printable(words).split())
    return all(part in joined or part[::-1] in joined for part in parts)


def squeezed(text: str) -> str:
    """Ligatures as letters; without spaces, line ends, and signs that only join, vary or part their neighbours."""
    return re.sub("[\\s\\u00ad\\u200b\\u200d\\u202a-\\u202e\\ufe0f]+", "", unicodedata.normalize("NFKC", text))


def test_every_sign_off_of_the_ledger_is_in_the_text_with_name_time_meaning_and_reason(issued: Issued, text: str) -> None:
    joined = squeezed(text)
    with issued.house.read() as session:
        given = read.entries(session, Leaf.kind == "gate.signed_off")
        reasons = dict(session.execute(select(Words.digest, Words.text)).all())

    assert len(given) == 5
    for entry in given:
        said = (entry.body["name"], entry.body["meaning"], phrases.utc(entry.header["at"]), str(reasons[entry.body["reason"]]))
        assert all(is_printed(words, joined) for words in said), entry.body["seat"]


def test_the_trail_ends_before_the_entry_that_issues_the_report(issued: Issued, text: str) -> None:
    with issued.house.read() as session:
        issuing = read.entries(session, Leaf.kind == "pack.issued")[0]
        before = read.of_stream(session, "initiative/AI-0001")[:-1]

    assert issuing.body["cut"] == issuing.index - 1 == issued.pack.cut
    assert all(entry.hash.hex() in text.replace(" ", "") for entry in before)


@pytest.fixture(scope="module")
def told(demo: Demo) -> dict[str, bytes]:
    """Reports of the demo: one in full production, one suspended before any gate."""
    return {key: rendered(demo, key) for key in ("AI-0009", "AI-0010")}


def rendered(demo: Demo, key: str) -> bytes:
    with demo.read() as session:
        return render_initiative(reports.initiative_record(session, key), quiet).pdf


def test_two_renderings_from_the_same_leaf_are_the_same_bytes(told: dict[str, bytes], demo: Demo) -> None:
    assert rendered(demo, "AI-0009") == told["AI-0009"]


def test_a_stored_report_is_named_by_its_digest_and_damage_is_seen(issued: Issued, tmp_path: Path) -> None:
    from governance.storage.content import ContentDamaged

    copied = tmp_path / "content"
    shutil.copytree(issued.folder / "content", copied)
    path = Folder(copied).path(issued.pack.digest)
    path.chmod(0o600)
    path.write_bytes(issued.pdf[:-1] + b"x")

    with pytest.raises(ContentDamaged):
        ContentStore(copied).read(issued.pack.digest)


def test_issued_reports_and_those_of_the_demo_are_pdf_a_3a_and_pdf_ua_1(issued: Issued, told: dict[str, bytes], tmp_path: Path) -> None:
    for name, pdf in {**told, "issued": issued.pdf}.items():
        (tmp_path / f"{name}.pdf").write_bytes(pdf)
    files = sorted(map(str, tmp_path.glob("*.pdf")))

    result = subprocess.run([sys.executable, "-m", "tests.packs.verapdf", "3a,ua1", *files], capture_output=True, text=True, check=False)

    assert len(files) == 3
    assert result.returncode == 0, result.stdout + result.stderr
