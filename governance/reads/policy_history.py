"""Every publication of a policy, and the published text that somebody means."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.errors import NotThere
from governance.domain.text import fold
from governance.events.policies import PolicyPublished
from governance.ledger import read
from governance.ledger.read import Entry
from governance.models.ledger import Leaf
from governance.models.policies import CurrentPolicy, PublishedPolicy
from governance.policy.differences.whole import Rules, rules_of
from governance.reads import people, policies, words

PAGE = 50
IN_FORCE = "current"
DIGEST = re.compile(r"[0-9a-f]{6,64}")
"""A digest, or so much of its start that nobody takes it for anything else."""


class Order(StrEnum):
    WHEN = "when"
    VERSION = "version"
    WHO = "who"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the filter bar asks for."""

    text: str = ""
    order: Order = Order.WHEN
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Publication:
    """One time that a text was put in force. The same text may be published again later.

    `before` is the digest of what was in force until then. Of an entry that is damaged nothing else is known.
    """

    entry: int
    at: datetime
    by: str
    version: str
    title: str
    digest: str
    before: str | None
    in_force: bool
    proposal: str = ""
    proposed_by: str = ""
    reason: str = ""
    damage: str | None = None


def publications(session: Session) -> list[Publication]:
    """Every one, the latest first."""
    entries = read.entries(session, Leaf.kind == PolicyPublished.kind, newest_first=False)
    names = people.names(session, [person for entry in entries for person in (entry.actor, entry.body.get("proposed_by"))])
    said = words.texts(session, [entry.body.get("reason") for entry in entries])
    found: list[Publication] = []
    before: str | None = None
    for entry in entries:
        found.append(_publication(entry, names, said, before, latest=entry is entries[-1]))
        before = found[-1].digest or before
    return found[::-1]


def last(session: Session) -> Publication | None:
    """The latest one that is not damaged."""
    return next((one for one in publications(session) if one.digest), None)


def _publication(entry: Entry, names: Mapping[str, str], said: Mapping[str, str], before: str | None, *, latest: bool) -> Publication:
    version, title, digest = (str(entry.body.get(name, "")) for name in ("version", "title", "digest"))
    proposer, reason = entry.body.get("proposed_by") or "", entry.body.get("reason")
    return Publication(
        entry=entry.index,
        at=entry.at,
        by=names.get(entry.actor, entry.actor),
        version=version,
        title=title,
        digest=digest,
        before=before,
        in_force=latest,
        proposal=entry.body.get("proposal") or "",
        proposed_by=names.get(proposer, proposer),
        reason=said.get(reason, words.GONE) if reason else "",
        damage=entry.damage,
    )


def every(session: Session, wanted: Wanted) -> list[Publication]:
    """Those in which every word occurs, in the order asked for."""
    asked = fold(wanted.text).split()
    found = [one for one in publications(session) if all(word in fold(_text(one)) for word in asked)]
    if wanted.order is not Order.WHEN:
        return sorted(found, key=_BY[wanted.order], reverse=wanted.descending)
    return found if wanted.descending else found[::-1]


def page(session: Session, wanted: Wanted, number: int) -> tuple[list[Publication], int, int]:
    """Those of one page, how many there are in all, and the number of the page (one past the end gives the last)."""
    found = every(session, wanted)
    number = min(max(1, number), max(1, -(-len(found) // PAGE)))
    return found[(number - 1) * PAGE : number * PAGE], len(found), number


_BY: Mapping[Order, Callable[[Publication], Any]] = {
    Order.VERSION: lambda one: policies.natural(one.version),
    Order.WHO: lambda one: fold(one.by),
}


def _text(one: Publication) -> str:
    return f"{one.title} {one.version} {one.by} {one.proposed_by} {one.reason} {one.digest}"


def named(session: Session, name: str) -> PublishedPolicy:
    """The published policy that a word means: `current`, a version, or a digest or its first six signs and more. Raises `NotThere`."""
    found: list[PublishedPolicy] = []
    if name == IN_FORCE:
        row = session.scalars(select(PublishedPolicy).join(CurrentPolicy, CurrentPolicy.digest == PublishedPolicy.digest)).first()
        found = [row] if row else []
    elif name.isprintable():
        meant = PublishedPolicy.version == name
        if DIGEST.fullmatch(name):
            meant |= PublishedPolicy.digest.startswith(name)
        found = list(session.scalars(select(PublishedPolicy).where(meant).order_by(PublishedPolicy.at.desc())))
    if not found:
        raise NotThere("No policy was ever published under this name." if name != IN_FORCE else "No policy is published yet.")
    if len(found) > 1:
        raise NotThere(f"{len(found)} published policies are meant by this: {_listed(found)}. Name one by its digest.")
    return found[0]


def _listed(rows: Iterable[PublishedPolicy]) -> str:
    return ", ".join(f"{row.version} ({row.digest[:12]})" for row in rows)


def of_digest(session: Session, digest: str) -> PublishedPolicy:
    """Raises `NotThere`."""
    row = session.get(PublishedPolicy, digest)
    if row is None:
        raise NotThere("No policy was ever published under this digest.")
    return row


_rules: dict[str, Rules] = {}


def rules(session: Session, row: PublishedPolicy) -> Rules:
    """What a published policy says, read once per digest. Raises `RuleBroken` where its texts are gone."""
    if row.digest not in _rules:
        _rules[row.digest] = rules_of(policies.texts(session, row))
    return _rules[row.digest]


def predecessor(session: Session, row: PublishedPolicy) -> PublishedPolicy | None:
    """What was in force before a text was published, the last time that it was; None before the first of all."""
    last = next((one for one in publications(session) if one.digest == row.digest), None)
    return session.get(PublishedPolicy, last.before) if last is not None and last.before else None
