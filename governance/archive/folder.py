"""The export: a folder with everything, readable without this program, and a page that explains it.

Everything is read in one transaction, so that ledger, lists and reports show one moment; it takes as long as the reports take.
"""

import csv
import hashlib
import io
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import select
from sqlalchemy.orm import Session

from governance import __version__
from governance.archive.backup import CHUNK, Line, Tell, damaged_record, leaf_lines, word_lines
from governance.archive.lists import listings
from governance.domain.errors import Refused, RuleBroken
from governance.domain.text import cell
from governance.ledger.log import instant
from governance.ledger.verify import Report, check_file, verify
from governance.models.answers import Evidence
from governance.models.directory import Organisation
from governance.models.initiatives import Initiative
from governance.models.ledger import Checkpoint, Words
from governance.models.packs import Pack
from governance.models.policies import PublishedPolicy
from governance.packs.pdf import CannotPrint
from governance.packs.render import render_initiative
from governance.paths import templates_directory
from governance.reads import people
from governance.reads.reports import initiative_record
from governance.storage.content import ContentStore
from governance.storage.engines import Engines

MANIFEST, README = "manifest.sha256", "README.html"
USED = ["digest", "name", "type", "size", "where used"]
NOT_PRINTED = ["initiative", "why"]


@dataclass
class Exported:
    """What was written, and what is wrong with the record."""

    size: int
    files: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Use:
    """Where a file stands on record."""

    name: str
    type: str
    where: str


def export(engines: Engines, content: ContentStore, target: Path, now: datetime, tell: Tell, *, reports: bool, damaged: bool) -> Exported:
    """Write everything to an empty folder that only its owner can read, all of it or nothing.

    Raises `RuleBroken` for a folder that is not empty, and `Damaged` where something is wrong and is not to be kept as it is.
    """
    with _filled(target), Session(engines.reader) as session:
        tell("reads and hashes everything", 0, 0)
        report = verify(session)
        naming = report.files.items()
        found = {digest: problem for digest, first in naming if (problem := check_file(content, digest, first))}
        faults = [str(problem) for problem in (*report.problems, *found.values())]
        if faults and not damaged:
            raise damaged_record(faults)
        out = _Folder(target)
        _ledger(out, session, report)
        _files(out, session, content, report, set(found), tell)
        _policies(out, session)
        for listing in listings(session):
            out.table(f"lists/{listing.name}.csv", listing.header, listing.rows)
        failed = _reports(out, session, tell) if reports else []
        _explain(out, session, now, report, faults, reports, failed)
        out.manifest()
    return Exported(report.size, len(out.digests) + 1, [*faults, *failed])


@contextmanager
def _filled(target: Path) -> Iterator[None]:
    """An empty folder; what was put into it is taken away again where it did not become whole."""
    is_new = not target.exists()
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(target.iterdir()):
        raise RuleBroken(f"The folder {target.name[:100]!a} is not empty. Choose another one: an export never mixes with what is there.")
    try:
        yield
    except BaseException:
        for found in target.iterdir():
            shutil.rmtree(found) if found.is_dir() else found.unlink()
        if is_new:
            target.rmdir()
        raise


class _Folder:
    """Writes files and remembers what they hash to."""

    def __init__(self, root: Path) -> None:
        self.digests: dict[str, str] = {}
        self._root = root

    def write(self, name: str, chunks: Iterable[bytes]) -> int:
        """Returns how many bytes."""
        path, hashed, size = self._root / name, hashlib.sha256(), 0
        for above in reversed(Path(name).parents):
            (self._root / above).mkdir(exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for chunk in chunks:
                hashed.update(chunk)
                size += out.write(chunk)
        self.digests[name] = hashed.hexdigest()
        return size

    def lines(self, name: str, lines: Iterable[Line]) -> None:
        self.write(name, (msgspec.json.encode(line) + b"\n" for line in lines))

    def table(self, name: str, header: list[str], rows: Iterable[Iterable[object]]) -> None:
        """CSV (RFC 4180) in UTF-8; no cell of it is a formula."""
        self.write(name, (_row(cells) for cells in (header, *rows)))

    def manifest(self) -> None:
        """As `sha256sum -c` reads it."""
        lines = [f"{digest}  {name}\n".encode() for name, digest in sorted(self.digests.items())]
        self.write(MANIFEST, lines)
        del self.digests[MANIFEST]


def _row(cells: Iterable[object]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([cell(value) for value in cells])
    return out.getvalue().encode()


def _ledger(out: _Folder, session: Session, report: Report) -> None:
    out.lines("ledger/events.jsonl", ({"index": index, **leaf} for index, leaf in enumerate(leaf_lines(session))))
    out.lines("ledger/words.jsonl", word_lines(session))
    for head in session.scalars(select(Checkpoint).order_by(Checkpoint.size)):
        out.write(f"ledger/checkpoints/{head.size}.txt", [head.note.encode()])
    out.lines("ledger/head.json", [{"size": report.size, "root": report.root.hex()}])


def _files(out: _Folder, session: Session, content: ContentStore, report: Report, lost: set[str], tell: Tell) -> None:
    uses, rows = _uses(session), []
    for done, (digest, naming) in enumerate(sorted(report.files.items())):
        tell("files", done, len(report.files))
        size = None if digest in lost else out.write(f"content/{digest}", _chunks(content, digest))
        known = uses.get(digest) or [Use("", "", naming)]
        rows += [[digest, use.name, use.type, "gone" if size is None else size, use.where] for use in known]
    out.table("content.csv", USED, rows)


def _chunks(content: ContentStore, digest: str) -> Iterator[bytes]:
    with content.open(digest) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _uses(session: Session) -> dict[str, list[Use]]:
    found: dict[str, list[Use]] = {}
    for piece in session.scalars(select(Evidence).where(Evidence.file_name.is_not(None)).order_by(Evidence.id)):
        found.setdefault(piece.digest, []).append(Use(piece.file_name or "", piece.media_type or "", f"evidence {piece.id}"))
    for pack in session.scalars(select(Pack).order_by(Pack.id)):
        found.setdefault(pack.digest, []).append(Use(pack.file_name, "application/pdf", f"evidence pack {pack.id}"))
    for row in session.scalars(select(Organisation).where(Organisation.logo.is_not(None))):
        found.setdefault(row.logo or "", []).append(Use("logo.png", "image/png", "the logo of the organisation"))
    return found


def _policies(out: _Folder, session: Session) -> None:
    """The texts as they were published; where a version was published twice, the digest tells them apart."""
    taken: set[str] = set()
    for policy in session.scalars(select(PublishedPolicy).order_by(PublishedPolicy.at, PublishedPolicy.digest)):
        folder = _harmless(f"{policy.id}-{policy.version}")
        folder = f"{folder}-{policy.digest[:12]}" if folder in taken else folder
        taken.add(folder)
        for name, digest in sorted(policy.files.items()):
            text = session.get(Words, digest)
            if text is not None and text.text is not None:
                out.write(f"policies/{folder}/{'/'.join(map(_harmless, name.split('/')))}", [text.text.encode()])


def _harmless(name: str) -> str:
    """A name that every file system takes and that leads nowhere else."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".")[:100] or "_"


def _reports(out: _Folder, session: Session, tell: Tell) -> list[str]:
    """A report of every initiative. What could not be printed, and why."""
    keys, failed = session.scalars(select(Initiative.key).order_by(Initiative.key)).all(), []
    for done, key in enumerate(keys):
        tell("reports", done, len(keys))
        try:
            printed = render_initiative(initiative_record(session, key), lambda *_: None)
        except (Refused, CannotPrint) as why:
            failed.append((key, " ".join(str(why).split())))
        else:
            out.write(f"reports/{key}.pdf", [printed.pdf])
    if failed:
        out.table("reports/not-printed.csv", NOT_PRINTED, failed)
    return [f"{key} could not be printed: {why}" for key, why in failed]


def _explain(out: _Folder, session: Session, now: datetime, report: Report, faults: list[str], reports: bool, failed: list[str]) -> None:
    """The page that tells what lies here and how to check it."""
    organisation = people.organisation(session)
    page = _environment().get_template("readme.html").render(
        organisation=organisation.name if organisation else "",
        demo=organisation.demo if organisation else False,
        at=instant(now),
        program=__version__,
        size=report.size,
        root=report.root.hex(),
        lists=sorted(name for name in out.digests if name.startswith("lists/")),
        policies=sorted({name.rsplit("/", 1)[0] for name in out.digests if name.startswith("policies/")}),
        files=sum(name.startswith("content/") for name in out.digests),
        faults=faults,
        reports=reports,
        failed=failed,
    )  # fmt: skip
    out.write(README, [page.encode()])


def _environment() -> Environment:
    folder = FileSystemLoader(templates_directory() / "export")
    return Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
