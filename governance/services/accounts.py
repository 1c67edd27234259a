"""Passwords, sessions and set-up links. Proving an identity is slow on purpose, so it comes before any transaction."""

import hashlib
import re
import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from zxcvbn import zxcvbn

from governance.domain import rights
from governance.domain.errors import Conflict, NotAllowed, Problem, RuleBroken
from governance.domain.vocabulary import PasswordWay, Role
from governance.events import streams
from governance.events.directory import LinkMade, PasswordSet, PersonLocked
from governance.ledger.log import SYSTEM, Log
from governance.models.accounts import Account, SetupLink, WebSession
from governance.models.directory import Person
from governance.reads import people

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
LINK_LIVES = timedelta(days=7)
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
LONGEST_GUESSED = 72
"""The estimate looks at the start of a password only: its cost grows with the length."""
LEAST_SCORE = 3
"""Of 0 to 4: more than 10^8 guesses."""

HASHER = PasswordHasher()
"""Argon2id with the parameters of RFC 9106, 4, for where memory is short: 64 MiB, 3 passes, 4 lanes."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a password was right. Nothing is changed yet: `settle_attempt` records the outcome."""

    person_id: str | None
    right: bool


def _random(size: int) -> str:
    return b64encode(secrets.token_bytes(size)).decode().rstrip("=")


NOBODY = (
    f"$argon2id$v=19$m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    f"${_random(HASHER.salt_len)}${_random(HASHER.hash_len)}"
)
"""A hash that no password fits, so that an unknown address takes as long as a wrong password: also the first one after a start."""


def prove(session: Session, email: str, password: str) -> Proof:
    """Compare a password with the one on file; takes the same time whether or not the address is known."""
    account = session.scalar(select(Account).where(Account.email == email.strip().casefold()))
    return _verify(account, password)


def prove_person(session: Session, person_id: str, password: str) -> Proof:
    """The same for somebody who is signed in already and is asked again, as signing does (21 CFR 11.200)."""
    return _verify(session.get(Account, person_id), password)


def _verify(account: Account | None, password: str) -> Proof:
    on_file = account.password if account and account.password else None
    try:
        HASHER.verify(on_file or NOBODY, password[:LONGEST_PASSWORD])
    except (VerifyMismatchError, InvalidHashError):
        return Proof(account.person_id if account else None, False)
    return Proof(account.person_id if account else None, on_file is not None)


def settle_attempt(log: Log, proof: Proof) -> str:
    """Count a failure, or clear them. Returns the person; `failed` says whether to refuse after the transaction.

    The sentence is the same for an unknown address, a wrong password, a locked and a disabled account.
    """
    account = log.session.get(Account, proof.person_id) if proof.person_id else None
    if account is None:
        return ""
    if account.locked_until is not None and account.locked_until > log.now:
        return ""
    if not proof.right:
        _count_failure(log, account)
        return ""
    account.failures, account.locked_until = 0, None
    person = log.session.get(Person, account.person_id)
    return account.person_id if person is not None and person.disabled_at is None else ""


def _count_failure(log: Log, account: Account) -> None:
    account.failures += 1
    if account.failures >= MOST_FAILURES:
        account.failures, account.locked_until = 0, log.now + LOCKED_FOR
        if log.restored is None:  # a restored record takes no entry yet, and the account is locked all the same
            event = PersonLocked(person=account.person_id, until=account.locked_until.isoformat())
            log.record(event, streams.person(account.person_id), by=SYSTEM)


def refuse_sign_in() -> NotAllowed:
    minutes = int(LOCKED_FOR.total_seconds() // 60)
    return NotAllowed(
        "That address and password do not fit together, or the account is locked. "
        f"After {MOST_FAILURES} wrong tries it rests for {minutes} minutes."
    )


def choose_mail(log: Log, wanted: bool) -> None:
    """Whether notices go to the address of whoever asks. Not of record: it concerns nobody else."""
    rights.check_active(people.doer(log.session, log.by, log.now))
    log.session.get_one(Account, log.by).wants_mail = wanted


def start_session(log: Log, person_id: str, lasts: timedelta) -> str:
    """Begin a session and return what the browser keeps; only its hash is stored. A disabled account gets none, not even for later."""
    if not people.is_active(log.session, person_id):
        raise refuse_sign_in()
    log.session.execute(delete(WebSession).where(WebSession.ends_at < log.now))
    token = secrets.token_urlsafe(32)
    log.session.add(WebSession(token=hashed(token), person_id=person_id, started_at=log.now, ends_at=log.now + lasts))
    return token


def end_session(log: Log, token: str) -> None:
    log.session.execute(delete(WebSession).where(WebSession.token == hashed(token)))


def make_setup_link(log: Log, person_id: str) -> str:
    """Return the secret of a link by which somebody sets a password, once, within seven days. Older links die.

    Whoever has the secret can become this person, the administrator who made it too: so both the making and the use of a
    link are on record, and a password set by it does not sign what was submitted before (`separation`).
    """
    rights.check_role(people.doer(log.session, log.by, log.now), [Role.ADMIN], "make set-up links")
    if not people.is_active(log.session, person_id):
        raise RuleBroken("There is no such person, or the account is disabled. Enable it first.")
    log.session.execute(delete(SetupLink).where(SetupLink.person_id == person_id))
    secret, until = secrets.token_urlsafe(32), log.now + LINK_LIVES
    log.session.add(SetupLink(token=hashed(secret), person_id=person_id, expires_at=until, used_at=None))
    log.record(LinkMade(person=person_id, until=until.isoformat()), streams.person(person_id))
    return secret


def link_owner(session: Session, secret: str, now: datetime) -> str:
    """Whose link it is. Raises `Conflict` for one that is used, expired or unknown."""
    link = session.get(SetupLink, hashed(secret))
    if link is None or link.used_at is not None or link.expires_at < now:
        raise Conflict("This link was used, or is too old. An administrator can make a new one.")
    return link.person_id


def set_password_by_link(log: Log, secret: str, password_hash: str) -> str:
    """Set the password and end every session of its owner. Returns the person."""
    person_id = link_owner(log.session, secret, log.now)
    log.session.get_one(SetupLink, hashed(secret)).used_at = log.now
    _set_password(log, person_id, password_hash, PasswordWay.LINK)
    return person_id


def change_password(log: Log, password_hash: str) -> None:
    """Change one's own password, which was proved before this transaction, and end every session under the old one."""
    if log.auth is None:
        raise NotAllowed("Prove who you are first: a new password needs the one you have now.")
    _set_password(log, log.by, password_hash, PasswordWay.PROFILE)


def give_password(log: Log, person_id: str, password_hash: str, way: PasswordWay) -> None:
    """The first password of somebody whom the program itself registers: the first administrator, and the demo people."""
    if log.by != SYSTEM.id or log.session.get_one(Account, person_id).password is not None:
        raise NotAllowed("People set their own passwords. An administrator can make a set-up link.")
    _set_password(log, person_id, password_hash, way)


def _set_password(log: Log, person_id: str, password_hash: str, way: PasswordWay) -> None:
    account = log.session.get_one(Account, person_id)
    account.password, account.failures, account.locked_until = password_hash, 0, None
    log.session.execute(delete(WebSession).where(WebSession.person_id == person_id))
    log.record(PasswordSet(person=person_id, way=way), streams.person(person_id))


def hash_password(password: str, about: tuple[str, ...] = ()) -> str:
    """Check a new password and hash it (argon2id). Raises `RuleBroken` for a short, common or personal one.

    `about` holds what belongs to the person; its words do not make a password stronger. How easily the rest is guessed is
    zxcvbn's estimate (NIST SP 800-63B, 5.1.1.2).
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise _weak(f"Use {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} signs; three or four unrelated words do well.")
    own = [*about, *(word for text in about for word in re.findall(r"\w{3,}", text))]
    rest = _without(own, password)[:LONGEST_GUESSED]
    if not rest or zxcvbn(rest, user_inputs=own)["score"] < LEAST_SCORE:
        raise _weak("This password is among the first that others try. Use three or four unrelated words, and nothing about yourself.")
    return HASHER.hash(password)


def _without(own: list[str], password: str) -> str:
    """What is left of a password without these texts, the longest first."""
    known = "|".join(re.escape(text) for text in sorted(own, key=len, reverse=True) if len(text) > 2)
    return re.sub(known, "", password, flags=re.IGNORECASE) if known else password


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _weak(sentence: str) -> RuleBroken:
    return RuleBroken("That password is too easy to guess.", Problem("weak", sentence, "password"))
