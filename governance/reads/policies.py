"""Policies as published: the texts kept in the record, read into domain values once per digest."""

import re
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.errors import RuleBroken
from governance.domain.policy import Policy
from governance.models.gates import GateRequest
from governance.models.policies import CurrentPolicy, PublishedPolicy
from governance.policy.loader import parse_policy
from governance.reads import words


def current(session: Session) -> Policy:
    """The policy in force. Raises `RuleBroken` while none is published: without rules nothing passes."""
    row = session.scalars(select(CurrentPolicy).order_by(CurrentPolicy.id)).first()
    if row is None:
        raise RuleBroken("No policy is published yet. One compliance officer proposes it, another one publishes it.")
    return by_digest(session, row.digest)


def of_request(session: Session, request: GateRequest | None) -> Policy:
    """The rules a request runs under: those it was submitted under or moved to, until then those in force.

    A draft whose gate is gone from those is shown by the rules that it was begun under; it can be submitted under neither.
    """
    if request is not None and request.revision:
        return by_digest(session, request.policy)
    found = current(session)
    return by_digest(session, request.policy) if request is not None and request.gate not in found.gates else found


def by_digest(session: Session, digest: str) -> Policy:
    """A published policy by the digest of its manifest. Raises `RuleBroken` where its texts are gone: then nothing passes."""
    return _parsed(session, digest) if digest not in _cache else _cache[digest]


_cache: dict[str, Policy] = {}


def _parsed(session: Session, digest: str) -> Policy:
    _cache[digest] = parse_policy(texts(session, session.get_one(PublishedPolicy, digest)))
    return _cache[digest]


def texts(session: Session, row: PublishedPolicy) -> Mapping[str, str]:
    """The published texts by file name. Raises `RuleBroken` where the record no longer has one of them."""
    return kept(session, row.files, f"the policy {row.id} {row.version}")


def kept(session: Session, files: Mapping[str, str], whose: str) -> Mapping[str, str]:
    """Texts by file name, from their digests. Raises `RuleBroken` where the record no longer has one of them."""
    found = words.texts(session, files.values())
    if missing := sorted(name for name, of_file in files.items() if of_file not in found):
        raise RuleBroken(f"The record no longer has {', '.join(missing)} of {whose}. Restore a backup.")
    return {name: found[of_file] for name, of_file in files.items()}


def natural(version: str) -> list[tuple[bool, int, str]]:
    """Versions as people order them: 1.9 before 1.10."""
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", version)]
