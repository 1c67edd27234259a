"""A record that was restored from a backup: which one, who has confirmed it, and how many have to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from governance.domain.vocabulary import Role
from governance.events.recovery import RecoveryConfirmed
from governance.ledger.read import Entry, entries
from governance.models.accounts import Account
from governance.models.directory import Person, PersonRole
from governance.models.ledger import Leaf, Restored, Stamp

MOST_NEEDED = 2


@dataclass(frozen=True, slots=True)
class Recovery:
    """What waits for administrators, and how far it is."""

    restored: Restored
    made_at: datetime
    at: datetime
    confirmed: tuple[Entry, ...]
    needed: int

    def is_confirmed_by(self, person: str) -> bool:
        return any(entry.actor == person for entry in self.confirmed)


def restored(session: Session) -> Restored | None:
    """The backup that this record came from, while administrators have yet to confirm it."""
    found: Restored | None = session.scalar(select(Stamp.restored))
    return found


def awaited(session: Session, now: datetime) -> Recovery | None:
    """What administrators have yet to confirm; None where the record is open."""
    found = restored(session)
    if found is None:
        return None
    confirmed = entries(session, Leaf.kind == RecoveryConfirmed.kind, Leaf.index >= found["size"], newest_first=False)
    made_at, at = (datetime.fromisoformat(found[moment]) for moment in ("made_at", "at"))
    return Recovery(found, made_at, at, tuple(confirmed), needed(session, now))


def needed(session: Session, now: datetime) -> int:
    """Two administrators; one where the record knows only one who can sign in, because nobody could add another."""
    query = (
        select(PersonRole.person_id)
        .join(Person, Person.id == PersonRole.person_id)
        .join(Account, Account.person_id == PersonRole.person_id)
        .where(PersonRole.role == Role.ADMIN, Person.disabled_at.is_(None), Account.password.is_not(None))
        .where(or_(PersonRole.until.is_(None), PersonRole.until > now))
    )
    return max(1, min(MOST_NEEDED, len(session.scalars(query).all())))
