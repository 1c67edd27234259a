"""Is the instance in order? Each check answers in words: what was looked at, what was found, and what to do.

What cannot be looked at is not in order.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from governance.domain.errors import Refused
from governance.domain.text import listed
from governance.domain.vocabulary import Function
from governance.ledger import heads, read
from governance.ledger.keys import KeyFile
from governance.ledger.note import NoteRefused
from governance.models.directory import Person, PersonFunction
from governance.models.ledger import Stamp
from governance.packs.pdf import Attached, CannotPrint, to_pdf
from governance.reads import deliveries, people, policies, queue, recovery
from governance.services import checkpoints
from governance.storage.content import ContentStore, ContentUnreachable
from governance.storage.engines import Engines

LEAST_FREE = 1024**3
"""Bytes: what a day of reports and evidence may need."""

PATIENCE = timedelta(minutes=5)
"""After this, what a worker would have done by now means that none is at work."""

LOOKED_AT = 1_000
"""Entries that the doctor reads: a moment, however long the record is."""

MOST_AHEAD = timedelta(minutes=2)
START = "Start “governance serve” or “governance worker”."
NOWHERE = "0" * 64
PAGE = '<!doctype html><html lang="en"><head><title>Check</title></head><body><h1>Check</h1><p>Ä ß € 1 234</p></body></html>'


class Grade(StrEnum):
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Checked:
    """What one check found; `do` says what helps, where something is wrong."""

    what: str
    grade: Grade
    found: str
    do: str = ""


@dataclass(frozen=True, slots=True)
class Instance:
    """What is looked at."""

    folder: Path
    engines: Engines
    content: ContentStore
    key: KeyFile
    now: datetime


def readiness(engines: Engines, content: ContentStore) -> Iterator[Checked]:
    """Whether a request could be answered now: quick, and nothing is written."""
    yield _asked("the database", lambda: _database(engines))
    yield _asked("the store of files", lambda: _content(content))


def everything(instance: Instance) -> Iterator[Checked]:
    """The whole check-up, one after the other, each as soon as it is known."""
    yield from readiness(instance.engines, instance.content)
    for what, check in CHECKS.items():
        yield _asked(what, lambda check=check: check(instance))  # type: ignore[misc]


def _asked(what: str, check: Callable[[], Checked]) -> Checked:
    """A check that cannot be made says so, and is not passed."""
    try:
        return check()
    except (Refused, DBAPIError, ContentUnreachable, OSError, ValueError) as failed:
        said = " ".join(str(getattr(failed, "orig", failed)).split())
        return Checked(what, Grade.BAD, f"It cannot be looked at: {said}", "Put this right first, then check again.")


def _database(engines: Engines) -> Checked:
    with Session(engines.reader) as session:
        version, size = session.scalars(select(Stamp.version)).one(), read.size(session)
    return Checked("the database", Grade.GOOD, f"{engines.name}, tables of version {version}, {size:,} entries in the ledger.")


def _content(content: ContentStore) -> Checked:
    content.has(NOWHERE)
    return Checked("the store of files", Grade.GOOD, "It answers.")


def _writing(instance: Instance) -> Checked:
    """Taking the turn of the writer and letting it go again."""
    began = time.monotonic()
    with instance.engines.turn(), instance.engines.writer.begin():
        waited = time.monotonic() - began
    return Checked("the write lock", Grade.GOOD, f"It could be had, after {waited * 1000:.0f} ms.")


def _space(instance: Instance) -> Checked:
    free = shutil.disk_usage(instance.folder).free
    said = f"{free / 1024**3:.1f} GiB are free in {instance.folder}."
    if free < LEAST_FREE:
        return Checked("the disk", Grade.WARNING, said, "Make room: once it is full, nothing more can be recorded.")
    return Checked("the disk", Grade.GOOD, said)


def _clock(instance: Instance) -> Checked:
    """The clock of this machine against the newest entry, which another machine may have written."""
    with Session(instance.engines.reader) as session:
        last = read.latest_moment(session)
    if last is not None and last > instance.now + MOST_AHEAD:
        return Checked(
            "the clock",
            Grade.BAD,
            f"The newest entry is of {last.isoformat()}, and this machine has {instance.now.isoformat()}.",
            "Set the clock of this machine, and keep it right with NTP: deadlines and sign-offs are judged by it.",
        )
    return Checked("the clock", Grade.GOOD, f"{instance.now.isoformat()}, not before the newest entry.")


def _entries(instance: Instance) -> Checked:
    """The newest entries, each by itself: what signed heads cover may have been altered since. All of them are read by `verify`."""
    with Session(instance.engines.reader) as session:
        size, newest = read.size(session), read.entries(session, limit=LOOKED_AT)
    looked = f"The newest {len(newest):,} of {size:,} entries were read"
    if damaged := [entry for entry in newest if entry.damage]:
        first = f"entry {damaged[-1].index:,}: {damaged[-1].damage}"
        return Checked(
            "the entries",
            Grade.BAD,
            f"{looked}, and {len(damaged):,} {'is' if len(damaged) == 1 else 'are'} not what was recorded, the first of them {first}.",
            "Run “governance log verify”, which reads all of them, and look for a backup from before.",
        )
    return Checked("the entries", Grade.GOOD, f"{looked}; each is what was recorded. “governance log verify” reads all of them.")


def _heads(instance: Instance) -> Checked:
    """Whether heads are signed, and by the key that the ledger names."""
    what, verify = "signed heads", "Run “governance log verify”."
    with Session(instance.engines.reader) as session:
        try:
            size, last, refused, named = read.size(session), heads.latest(session), heads.refusal(session), heads.keys(session)
        except NoteRefused as damaged:
            return Checked(what, Grade.BAD, f"They cannot be read: {damaged}", verify)
        is_late = checkpoints.is_due(session, instance.now - PATIENCE)
    if refused is not None:
        do = f"Put that right; where the record itself is in question: {verify}"
        return Checked(what, Grade.BAD, f"Refused since {refused.since.isoformat()}: {refused.why}", do)
    if named and str(instance.key.read().verifier) != named[-1].verifier:
        return Checked(what, Grade.BAD, f"The key in {instance.key.path} is not the one that the ledger names.", "Put that one back.")
    if size and is_late:
        return Checked(what, Grade.WARNING, "The newest entries are not under a signed head.", START)
    return Checked(what, Grade.GOOD, f"The last one covers {last.size:,} of {size:,} entries." if last else "There is nothing to sign yet.")


def _worker(instance: Instance) -> Checked:
    with Session(instance.engines.reader) as session:
        count, since = queue.untouched(session)
        if recovery.restored(session) is not None:
            return Checked("the worker", Grade.GOOD, f"{count} reports and imports wait for the recovery to be confirmed.")
    if since is not None and instance.now - since > PATIENCE:
        return Checked("the worker", Grade.BAD, f"{count} reports and imports wait, the oldest since {since.isoformat()}.", START)
    return Checked("the worker", Grade.GOOD, f"{count} reports and imports wait, none for longer than five minutes.")


def _mail(instance: Instance) -> Checked:
    """What leaves late or not at all; without a mail server nothing is there to leave."""
    with Session(instance.engines.reader) as session:
        given_up, waiting = deliveries.given_up(session), deliveries.late(session, instance.now - PATIENCE)
    if given_up or waiting:
        said = f"{given_up} mails were given up, and {waiting} wait for longer than five minutes."
        return Checked("mail", Grade.WARNING, said, "Look at Settings, Mail: the answers of the server are there.")
    return Checked("mail", Grade.GOOD, "Nothing was given up, and nothing waits for longer than five minutes.")


def _recovery(instance: Instance) -> Checked:
    """Whether the record takes new entries, or waits for its administrators after it was restored."""
    with Session(instance.engines.reader) as session:
        found = recovery.awaited(session, instance.now)
    if found is None:
        return Checked("the recovery", Grade.GOOD, "Nothing was restored that waits to be confirmed.")
    said = (
        f"The backup of {found.restored['made_at']} was restored, and {len(found.confirmed)} of {found.needed} administrators confirmed it."
    )
    return Checked("the recovery", Grade.WARNING, said, "Until all have, on the page “Recovery”, nothing new is recorded.")


def _printing(instance: Instance) -> Checked:
    """A page is laid out and printed: fonts, the libraries below, and the profile of the report."""
    del instance
    at = datetime(2026, 1, 1, tzinfo=UTC)
    try:
        to_pdf(PAGE, "body {font-family: sans-serif}", Attached("record.json", "A check", b"{}", at), b"0" * 16, lambda _: None)
    except CannotPrint as refused:
        return Checked("reports", Grade.BAD, f"A page cannot be printed: {refused}", "Install the system packages that the guide names.")
    return Checked("reports", Grade.GOOD, "A page was printed.")


def _policy(instance: Instance) -> Checked:
    signing = select(PersonFunction.function).join(Person, Person.id == PersonFunction.person_id).where(Person.disabled_at.is_(None))
    with Session(instance.engines.reader) as session:
        if people.organisation(session) is None:
            return Checked("the policy", Grade.GOOD, "The instance is empty; setting it up publishes the first one.")
        policy, held = policies.current(session), set(session.scalars(signing))
    if nobody := listed([function.spoken for function in Function if function not in held]):
        return Checked("the policy", Grade.WARNING, f"Nobody signs for {nobody}.", "Name reviewers: without them no gate can be passed.")
    return Checked("the policy", Grade.GOOD, f"{policy.title} {policy.version} is in force, and every function has somebody who signs.")


CHECKS: dict[str, Callable[[Instance], Checked]] = {
    "the write lock": _writing,
    "the disk": _space,
    "the clock": _clock,
    "the recovery": _recovery,
    "the entries": _entries,
    "signed heads": _heads,
    "the worker": _worker,
    "mail": _mail,
    "the policy": _policy,
    "reports": _printing,
}
