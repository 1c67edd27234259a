"""Imports that somebody handed over: one's own list, the account that is kept of each, and how far it is."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, undefer

from governance.domain.errors import Conflict, Hidden, NotThere, RuleBroken
from governance.domain.importing import LARGEST_ACCOUNT, LARGEST_PRESSED, Account, ImportState, Outcome, RowSays
from governance.ledger import read
from governance.models.jobs import ImportJob
from governance.policy.problems import PolicyError
from governance.reads import previews
from governance.reads.importing import Watch
from governance.reads.previews import Source

PAGE = 50
KEPT_FOR = timedelta(days=7)
"""How long one waits to be confirmed, or to be looked at again."""

MAPPING = "mapping.yaml"
"""What a mapping is called in messages, whatever it was called where it came from."""

SORTS = {"at": ImportJob.asked_at, "title": ImportJob.title, "imported": ImportJob.imported, "refused": ImportJob.refused}

STATES: Mapping[ImportState, tuple[ColumnElement[bool], ...]] = {
    ImportState.BEING_READ: (ImportJob.told_digest == "", ImportJob.failed.is_(None)),
    ImportState.DONE: (ImportJob.done_at.is_not(None),),
    ImportState.REFUSED: (ImportJob.failed.is_not(None),),
    ImportState.UNDER_WAY: (ImportJob.confirmed_at.is_not(None), ImportJob.done_at.is_(None), ImportJob.failed.is_(None)),
    ImportState.PREVIEWED: (ImportJob.told_digest != "", ImportJob.confirmed_at.is_(None), ImportJob.failed.is_(None)),
}
"""The same as `state`, for lists."""


TOO_LARGE = (
    "What there is to say of the rows of this file is more than can be kept: "
    f"{LARGEST_ACCOUNT // 1_048_576} MB, packed {LARGEST_PRESSED // 1_048_576} MB. Split the file, or let the mapping read fewer columns."
)


@dataclass(frozen=True, slots=True)
class Told:
    """The account of a file, packed as it is kept, and the record that it was worked out from."""

    packed: bytes
    digest: str
    counts: Mapping[Outcome, int]
    size: int  # of the ledger
    at: datetime


def tell(session: Session, by: str, now: datetime, source: Source, watch: Watch[RowSays] = iter) -> Told:
    """What an import would do now. Raises as `previews.preview` and `pack` do."""
    found = previews.preview(session, by, now, source, watch)
    return told(found.account, found.size, now)


def told(account: Account, size: int, at: datetime) -> Told:
    """Everything about an account that takes long, so that no writer waits for it. Raises `RuleBroken`."""
    return Told(pack(account), account.digest, {outcome: account.counted(outcome) for outcome in Outcome}, size, at)


def job(session: Session, by: str, import_id: str) -> ImportJob:
    """An import of this person's own. Raises `NotThere`."""
    row = session.get(ImportJob, import_id)
    if row is None or row.asked_by != by:
        days = KEPT_FOR.days
        raise (Hidden if row else NotThere)(
            f"There is no such import. What nobody confirms is thrown away after {days} days: hand the file over again."
        )
    return row


def state(row: ImportJob) -> ImportState:
    if row.done_at is not None:
        return ImportState.DONE
    if row.failed is not None:
        return ImportState.REFUSED
    if not row.told_digest:
        return ImportState.BEING_READ
    return ImportState.UNDER_WAY if row.confirmed_at is not None else ImportState.PREVIEWED


def waits_for_the_worker() -> ColumnElement[bool]:
    """The condition on what is to be read, or to be carried out."""
    return or_(*(and_(*STATES[state]) for state in (ImportState.BEING_READ, ImportState.UNDER_WAY)))


def is_behind(session: Session, row: ImportJob, now: datetime) -> bool:
    """Whether the record or the day is another one than when the account was worked out."""
    return row.told_size != read.size(session) or row.told_at.astimezone(UTC).date() != now.astimezone(UTC).date()


def kept_until(row: ImportJob) -> datetime:
    """When one that is not confirmed, or was refused, is thrown away."""
    return (row.confirmed_at or row.told_at) + KEPT_FOR


def account(session: Session, row: ImportJob) -> Account:
    """The account that is kept of it: as it was previewed, and once it is carried out, what became of every row. Raises `Conflict`."""
    if not row.told_digest:
        raise Conflict("This file was not read, so there is nothing to say of its rows. Its page says how far it is, or why it was not.")
    return unpack(session.scalars(select(ImportJob.told).where(ImportJob.id == row.id)).one())


def source(session: Session, import_id: str) -> Source:
    """What was handed over, while it is kept here. Raises `Conflict`."""
    whole = (undefer(ImportJob.sheet), undefer(ImportJob.mapped))
    row = session.scalars(select(ImportJob).where(ImportJob.id == import_id).options(*whole)).one()
    if row.sheet is None or row.mapped is None:
        raise Conflict("This import is carried out already. Hand the file over again to import it once more.")
    content, mapping = zlib.decompress(row.sheet), zlib.decompress(row.mapped)
    return Source(content, row.sheet_digest, MAPPING, mapping, row.mapped_digest, row.fallback_lead)


def page(session: Session, by: str, text: str, chosen: str, sort: str, descending: bool, number: int) -> tuple[list[ImportJob], int, int]:
    """One page of a person's own imports, how many there are, and the number of the page."""
    wanted = _asked(by, text, chosen)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    column = SORTS.get(sort, ImportJob.asked_at)
    ordered = wanted.order_by(column.desc() if descending else column, ImportJob.id)
    return list(session.scalars(ordered.limit(PAGE).offset((number - 1) * PAGE))), total, number


def every(session: Session, by: str, text: str, chosen: str) -> list[ImportJob]:
    """All of a person's own imports that fit, the latest first."""
    return list(session.scalars(_asked(by, text, chosen).order_by(ImportJob.asked_at.desc(), ImportJob.id)))


def has_any(session: Session, by: str) -> bool:
    return session.scalar(select(ImportJob.id).where(ImportJob.asked_by == by).limit(1)) is not None


def unfit(wrong: PolicyError) -> str:
    """What to say where a mapping that was read before is refused now."""
    return f"The mapping does not fit any more. {wrong.problems[0]}."


def press(content: bytes) -> bytes:
    """A spreadsheet or its mapping as the row keeps it: a backup refuses parts that are made to swell."""
    return zlib.compress(content)


def pack(account: Account) -> bytes:
    """As it is kept. Raises `RuleBroken` where it is larger than can be kept, before it takes the memory."""
    press, size, packed = zlib.compressobj(), 0, bytearray()
    for piece in _pieces(account):
        size += len(piece)
        packed += press.compress(piece)
        if size > LARGEST_ACCOUNT:
            raise RuleBroken(TOO_LARGE)
    packed += press.flush()
    if len(packed) > LARGEST_PRESSED:
        raise RuleBroken(TOO_LARGE)
    return bytes(packed)


def _pieces(account: Account) -> Iterator[bytes]:
    """The account in JSON, a row at a time."""
    start, _, end = msgspec.json.encode(replace(account, rows=())).partition(b"[")
    yield start + b"["
    for number, row in enumerate(account.rows):
        yield (b"," if number else b"") + msgspec.json.encode(row)
    yield end


def unpack(kept: bytes) -> Account:
    return msgspec.json.decode(zlib.decompress(kept), type=Account)


def _asked(by: str, text: str, chosen: str) -> Select[ImportJob]:
    words = (ImportJob.title.icontains(word, autoescape=True) for word in text.split()[:8])
    in_state = STATES[ImportState(chosen)] if chosen in set(ImportState) else ()
    return select(ImportJob).where(ImportJob.asked_by == by, *words, *in_state)
