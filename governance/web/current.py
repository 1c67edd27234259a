"""The request at hand: who asks, when, through which session, and how to write."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session

from governance.domain.rights import Doer
from governance.domain.text import tidy
from governance.ledger.log import SYSTEM, Auth, Ledger, Log
from governance.models.base import Base
from governance.models.directory import Organisation
from governance.models.ledger import Restored
from governance.reads import people, recovery
from governance.services import idempotency
from governance.settings import Settings
from governance.storage.content import ContentStore
from governance.web.forms import whole

db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)
"""Pages read through `db.session`: its engine may not write."""


LONGEST_ASKED = 200


@dataclass(frozen=True, slots=True)
class Parts:
    """What the application was built from."""

    settings: Settings
    ledger: Ledger
    content: ContentStore


def parts(app: Flask | None = None) -> Parts:
    return cast(Parts, (app or current_app).extensions["governance"])


def session() -> Session:
    return cast(Session, db.session())


def now() -> datetime:
    """One moment per request."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    return cast(datetime, g.now)


def doer() -> Doer:
    """Who is signed in. Only for routes that ask for it."""
    return cast(Doer, g.doer)


def signed_in() -> bool:
    return g.get("doer") is not None


def organisation() -> Organisation | None:
    if "organisation" not in g:
        g.organisation = people.organisation(session())
    return cast(Organisation | None, g.organisation)


def restored() -> Restored | None:
    """The backup that this record came from, while administrators have yet to confirm it."""
    if "restored" not in g:
        g.restored = recovery.restored(session())
    return cast(Restored | None, g.restored)


def zone() -> ZoneInfo:
    """The viewer's time zone: their own, else the organisation's, else UTC."""
    if "time_zone" not in g:
        named = g.get("person_zone") or (row.time_zone if (row := organisation()) else None)
        g.time_zone = ZoneInfo(named or "UTC")
    return cast(ZoneInfo, g.time_zone)


def day_of(at: datetime) -> date:
    """The day of a moment where the reader is."""
    return at.astimezone(zone()).date()


def today() -> date:
    return day_of(now())


def text(name: str) -> str:
    """What the address gives under this name, as a door takes text, and no longer than anybody searches for."""
    return tidy(request.args.get(name, ""))[:LONGEST_ASKED]


def number(name: str) -> int | None:
    """A whole number that the address gives under this name; None where it gives none that a list could reach."""
    return whole(request.args.get(name, ""))


@contextmanager
def writing(auth: Auth | None = None) -> Iterator[Log]:
    """One transaction in the name of whoever is signed in. Reading ends first, so that the page after it sees the change.

    The first one of a request claims the form that was sent: its effect and the claim are committed together or not at all.
    Raises `Repeated` where the form took effect before, `Conflict` where another one did under its key.
    """
    db.session.rollback()
    who = doer() if signed_in() else None
    with parts().ledger.writing(people.actor(who) if who else SYSTEM, datetime.now(UTC), auth) as log:
        if "sent" in g and "claimed" not in g:
            idempotency.claim(log, g.sent)
        yield log
    if "sent" in g:
        g.claimed = True
    g.pop("now", None)
