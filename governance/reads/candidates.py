"""Policies that are not in force (yet, or any more), by the digest of their texts: what an impact or a comparison is worked out for."""

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.errors import NotThere
from governance.domain.policy import Policy
from governance.models.policies import PolicyProposal, PublishedPolicy
from governance.policy.loader import parse_policy
from governance.reads import policies, proposals

PolicyTexts = Callable[[Session, str], Mapping[str, str] | None]
"""The texts of a policy by its digest, where this place keeps them."""


def published(session: Session, digest: str) -> Mapping[str, str] | None:
    row = session.get(PublishedPolicy, digest)
    return policies.texts(session, row) if row is not None else None


def proposed(session: Session, digest: str) -> Mapping[str, str] | None:
    row = session.scalars(select(PolicyProposal).where(PolicyProposal.digest == digest).order_by(PolicyProposal.at).limit(1)).first()
    return proposals.texts(session, row) if row is not None else None


KEPT_IN: tuple[PolicyTexts, ...] = (published, proposed)
"""Where texts of policies are kept; a place that keeps others is a line here."""


def texts(session: Session, digest: str) -> Mapping[str, str]:
    """Raises `NotThere`."""
    for keeps in KEPT_IN:
        if (found := keeps(session, digest)) is not None:
            return found
    raise NotThere("There is no policy with this digest.")


def policy(session: Session, digest: str) -> Policy:
    """Read once per digest and process. Raises `NotThere`, and `RuleBroken` where the record lost its texts."""
    if digest not in _cache:
        _cache[digest] = parse_policy(texts(session, digest))
    return _cache[digest]


_cache: dict[str, Policy] = {}
