"""A form that is sent again has one effect: it is claimed in the transaction of the effect, and its answer is kept for a week.

What is kept can be read only with the one-time key of the form, of which the database has no more than the hash: an answer may
show a set-up link, and what was typed could be guessed from a plain digest.
"""

import hashlib
import hmac
import secrets
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from governance.domain.errors import Conflict
from governance.ledger.log import Log
from governance.models.idempotency import SentForm

KEPT_FOR = timedelta(days=7)
CHANGED = (
    "This form was recorded as it was first sent, and was changed after that. "
    "Load its page again, look at how it stands, and enter there what is still to change."
)
NONCE = 12


class Repeated(Exception):
    """The same form is recorded already. It has no second effect."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as somebody sent it: its one-time key, and everything that makes it this form and no other."""

    key: str
    content: bytes

    @property
    def id(self) -> str:
        return hashlib.sha256(self.key.encode()).hexdigest()

    @property
    def fingerprint(self) -> str:
        return hmac.digest(self.key.encode(), self.content, "sha256").hex()


class Given(msgspec.Struct, frozen=True):
    """An answer that can be given again."""

    status: int
    headers: dict[str, str]
    flashed: list[tuple[str, str]]  # category and message, shown on the next page
    body: bytes


def claim(log: Log, sent: Sent) -> None:
    """Let this be the one time that the form takes effect, if this transaction is committed.

    Raises `Repeated` where the same was recorded before, `Conflict` where something else was under its key.
    """
    if is_recorded(log.session, sent, log.by):
        raise Repeated
    log.session.add(SentForm(key=sent.id, person_id=log.by, fingerprint=sent.fingerprint, at=log.now, answer=None))


def is_recorded(session: Session, sent: Sent, who: str) -> bool:
    """Whether this person sent the same before. Raises `Conflict` where it was something else under the same key."""
    row = session.get(SentForm, (sent.id, who))
    if row is not None and row.fingerprint != sent.fingerprint:
        raise Conflict(CHANGED)
    return row is not None


def keep_answer(log: Log, sent: Sent, who: str, given: Given) -> None:
    """Keep what a recorded form was answered."""
    row = log.session.get_one(SentForm, (sent.id, who))
    nonce = secrets.token_bytes(NONCE)
    row.answer = nonce + _seal_of(sent).encrypt(nonce, zlib.compress(msgspec.json.encode(given)), row.fingerprint.encode())


def answer(session: Session, sent: Sent, who: str) -> tuple[datetime, Given | None]:
    """When a recorded form was recorded, and what it was answered: None while that is not stored, or was altered."""
    row = session.get_one(SentForm, (sent.id, who))
    if row.answer is None:
        return row.at, None
    try:
        kept = _seal_of(sent).decrypt(row.answer[:NONCE], row.answer[NONCE:], row.fingerprint.encode())
    except InvalidTag:
        return row.at, None
    return row.at, msgspec.json.decode(zlib.decompress(kept), type=Given)


def are_old(session: Session, now: datetime) -> bool:
    return bool(session.scalar(select(func.count()).select_from(SentForm).where(_is_old(now))))


def sweep(session: Session, now: datetime) -> None:
    """Let go of what nobody sends again."""
    session.execute(delete(SentForm).where(_is_old(now)))


def _is_old(now: datetime) -> ColumnElement[bool]:
    return SentForm.at < now - KEPT_FOR


def _seal_of(sent: Sent) -> AESGCM:
    return AESGCM(hashlib.sha256(b"answer" + sent.key.encode()).digest())
