"""Policies as published: the texts kept in the record, read into domain values once per digest."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.errors import RuleBroken
from governance.domain.policy import Policy
from governance.models.ledger import Words
from governance.models.policies import CurrentPolicy, PublishedPolicy
from governance.policy.loader import parse_policy


def current(session: Session) -> Policy:
    """The policy in force. Raises `RuleBroken` while none is published: without rules nothing passes."""
    row = session.scalars(select(CurrentPolicy).order_by(CurrentPolicy.id)).first()
    if row is None:
        raise RuleBroken("No policy is published yet. A compliance officer publishes one with `governance policy publish`.")
    return by_digest(session, row.digest)


def by_digest(session: Session, digest: str) -> Policy:
    """A published policy by the digest of its manifest."""
    return _parsed(session, digest) if digest not in _cache else _cache[digest]


_cache: dict[str, Policy] = {}


def _parsed(session: Session, digest: str) -> Policy:
    row = session.get_one(PublishedPolicy, digest)
    texts = dict(session.execute(select(Words.digest, Words.text).where(Words.digest.in_(row.files.values()))).all())
    _cache[digest] = parse_policy({name: texts[of_file] or "" for name, of_file in row.files.items()})
    return _cache[digest]
