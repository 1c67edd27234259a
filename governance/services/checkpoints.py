"""Signing heads of the ledger: what a new one covers is read and hashed again before, and one signer at a time keeps one."""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from governance.domain import rights
from governance.domain.errors import Conflict
from governance.domain.vocabulary import Role
from governance.events import streams
from governance.events.ledger import KeyChanged
from governance.ledger import fresh, heads, read
from governance.ledger.checkpoint import SignedHead, signed
from governance.ledger.fresh import Examined, examine
from governance.ledger.keys import KeyFile, KeyUnusable, NotSigned
from governance.ledger.log import SYSTEM, Actor, Auth, Ledger, Log
from governance.ledger.note import NoteRefused, Signer, Verifier, read_verifier
from governance.models.ledger import Checkpoint, Refusal
from governance.reads import people, recovery
from governance.storage.engines import Busy, DiskFull

EVERY = timedelta(minutes=1)
"""Between one head and the next that the worker signs."""


class RolledBack(NotSigned):
    """The ledger lacks what its own key has signed."""


class Unfinished(NotSigned):
    """The key is changed, and no head is signed with it yet."""


def is_due(session: Session, now: datetime) -> bool:
    """Whether there are entries that no head covers, and the last one was signed a minute ago. A refusal is looked at again."""
    try:
        last, size = heads.latest(session), read.size(session)
    except (NoteRefused, DBAPIError):
        return True  # signing says what is wrong
    if heads.refusal(session) is not None:
        return True
    if last is None:
        return size > 0
    return size != last.size and not now - EVERY < last.at <= now


def sign(ledger: Ledger, key: KeyFile, now: datetime) -> Checkpoint | None:
    """Sign a head over all entries, unless the last one covers them. Returns the latest; None for a ledger without entries.

    Reading and hashing happens before the turn of the writer, and what was read cannot change: in it, whoever finds another head than
    the one that was read keeps none. Raises `NotSigned` where anything does not fit, and for a restored record that nobody has confirmed.
    """
    _check_confirmed(ledger)
    examined, signer = _examined(ledger, key, now)
    if signer is not None:
        with ledger.writing(SYSTEM, now) as log:
            _keep(log, key, signer, examined)
    with Session(ledger.engines.reader) as session:
        return heads.latest(session)


def sign_or_say_why(ledger: Ledger, key: KeyFile, now: datetime) -> Checkpoint | None:
    """The same; a refusal is kept where auditors see it, until a head is signed again."""
    try:
        found = sign(ledger, key, now)
    except NotSigned as refused:
        _keep_refusal(ledger, refused.message, now)
        raise
    except DiskFull as full:
        with suppress(Busy, DiskFull):  # where the database lies on another disk it has room
            _keep_refusal(ledger, str(full), now)
        raise
    _keep_refusal(ledger, None, now)
    return found


def change_key(ledger: Ledger, key: KeyFile, who: Actor, auth: Auth, reason: str, now: datetime) -> Verifier:
    """Let another key sign from now on, and say why. The one before signs what there is, if it can; its file is kept aside.

    Raises `NotAllowed`, `Conflict` where there is no key yet or it was changed meanwhile, `NotSigned` for a ledger that does not fit, and
    `Unfinished` where the change is on record and what follows it has to wait.
    """
    with Session(ledger.engines.reader) as session:
        _check_may_change(session, who.id, now)
        before = _in_force(session)
    if before is None:
        raise Conflict("No key signs heads yet: the first one is made with the first head.")
    key.settle(str(before))
    _last_word(ledger, key, now)
    following = key.next_key(before.name)
    with ledger.writing(who, now, auth) as log:
        _check_may_change(log.session, who.id, now)
        if _in_force(log.session) != before:
            raise Conflict("Somebody else changed the key meanwhile.")
        event = KeyChanged(verifier=str(following.verifier), previous=str(before), reason=log.keep_words(reason))
        log.record(event, streams.LEDGER)
    try:
        key.settle(str(following.verifier))
        sign_or_say_why(ledger, key, now)
    except (Busy, DiskFull) as failed:
        why = "others are writing" if isinstance(failed, Busy) else "the disk is full, and an administrator has to make room"
        raise Unfinished(
            f"The key is changed: {following.verifier} is on record, and signs from now on. No head is signed with it yet, because {why}; "
            "the worker does it as soon as it can, and so does “governance log checkpoint”."
        ) from failed
    return following.verifier


def _check_confirmed(ledger: Ledger) -> None:
    """What a signed head says cannot be taken back, so that people decide first whether this record is the one to go on with."""
    with Session(ledger.engines.reader) as session:
        if recovery.restored(session) is not None:
            raise NotSigned("This record was restored from a backup: no head is signed until its administrators have confirmed that.")


def _keep_refusal(ledger: Ledger, why: str | None, now: datetime) -> None:
    """Why no head is signed, since when; or that nothing stands in the way."""
    with Session(ledger.engines.reader) as session:
        row = heads.refusal(session)
    if (row.why if row else None) == why:
        return
    with ledger.writing(SYSTEM, now) as log:
        if why is not None:
            log.session.merge(Refusal(id=1, since=now, why=why))
        elif (found := heads.refusal(log.session)) is not None:
            log.session.delete(found)


def _examined(ledger: Ledger, key: KeyFile, now: datetime) -> tuple[Examined, Signer | None]:
    """What a new head would cover, and who signs it; nobody where there is nothing new."""
    with Session(ledger.engines.reader) as session:
        found = examine(session)
        if found.size == found.before.size:
            return found, None
        if found.keys:
            return found, _signer(session, key, found)
    _name_first_key(ledger, key, now)
    return _examined(ledger, key, now)


def _name_first_key(ledger: Ledger, key: KeyFile, now: datetime) -> None:
    """Unless another process did so meanwhile; the key is the same, as there is one file."""
    first = key.made()
    with ledger.writing(SYSTEM, now) as log:
        if _in_force(log.session) is None:
            log.record(KeyChanged(verifier=str(first.verifier)), streams.LEDGER)


def _in_force(session: Session) -> Verifier | None:
    """The key that the ledger names last; None where it names none. Raises `NotSigned` where that cannot be read."""
    try:
        named = heads.keys(session)
        return read_verifier(named[-1].verifier) if named else None
    except NoteRefused as refused:
        raise NotSigned(f"Which key signs heads cannot be read ({str(refused).rstrip('.')}). {fresh.HELP}") from refused


def _signer(session: Session, key: KeyFile, examined: Examined) -> Signer:
    """The key that the ledger names, as long as the ledger still has what that key signed."""
    named = examined.keys[-1]
    key.settle(named.verifier)
    signer = key.read()
    if str(signer.verifier) != named.verifier:
        raise KeyUnusable(
            f"The key in {key.path} is {signer.verifier}, and the ledger names {named.verifier} since entry {named.entry:,}. "
            "Put that one back, or change the key with “governance log rotate-key”."
        )
    if examined.before.origin not in (None, signer.name):
        raise NotSigned(f"The heads so far are of {examined.before.origin}, and the key signs as {signer.name}. A ledger keeps its name.")
    _check_has_what_was_signed(session, key.remembered(signer.verifier), examined.size)
    return signer


def _check_has_what_was_signed(session: Session, last: SignedHead | None, size: int) -> None:
    if last is None or (last.size <= size and read.root_at(session, last.size) == last.root):
        return
    found = f"there are {size:,}" if last.size > size else f"the first {last.size:,} are others now"
    raise RolledBack(
        f"A head over {last.size:,} entries was signed, and {found}: the database was rolled back or replaced. Restore the newer one; "
        "where the older one is to stand, say so by changing the key with “governance log rotate-key”."
    )


def _keep(log: Log, key: KeyFile, signer: Signer, examined: Examined) -> None:
    """Sign and keep the head, unless another process kept one since the last one was read."""
    last = heads.latest(log.session)
    if (last.id if last else -1) != examined.before.number:
        return
    head = SignedHead(signer.name, examined.size, examined.root)
    note = signed(head, signer)
    log.keep_checkpoint(examined.before.number + 1, head, note, signer.verifier)
    key.remember(note, signer.verifier)


def _last_word(ledger: Ledger, key: KeyFile, now: datetime) -> None:
    """The key that goes signs what there is. One that was lost, or whose ledger was rolled back, cannot."""
    try:
        sign(ledger, key, now)
    except (KeyUnusable, RolledBack):
        return


def _check_may_change(session: Session, person: str, now: datetime) -> None:
    rights.check_role(people.doer(session, person, now), [Role.ADMIN], "change the key that signs heads")
