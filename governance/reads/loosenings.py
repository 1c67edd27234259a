"""Whom the rule bars that who loosened a rule does not sign what benefits from it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import takewhile

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.loosening import BARRED_FOR, Loosening, barred
from governance.ledger.memo import remembered
from governance.models.gates import GateRequest, Revision
from governance.models.policies import PolicyLoosening, PublishedPolicy
from governance.models.waivers import Waiver


def bearing_on(session: Session, row: GateRequest, now: datetime, taken: datetime | None = None) -> Mapping[str, Loosening]:
    """Who may take no seat of a request at this moment because of it, and the publication: see `domain.loosening`.

    `taken` is when it took its rules, where that is not what the record says: when it would be moved to others.
    """
    found = [one for one in recent(session, now) if one.gate == row.gate]
    return barred(found, row.gate, taken or taken_at(session, row.id, row.policy) or now, now) if found else {}


def bearing_on_waiver(session: Session, row: Waiver, now: datetime) -> Mapping[str, Loosening]:
    """Whom it bars from signing a waiver: what was loosened when the policy that it was asked under was published, or before."""
    found = [one for one in recent(session, now) if one.gate == row.gate]
    policy = session.get(PublishedPolicy, row.policy) if found else None
    return barred(found, row.gate, policy.at, now) if policy else {}


@remembered(PolicyLoosening)
def recent(session: Session, now: datetime) -> Sequence[Loosening]:
    """What was loosened at any gate, and bars somebody still."""
    return [_loosening(one) for one in session.scalars(select(PolicyLoosening).where(PolicyLoosening.at > now - BARRED_FOR))]


@remembered(Revision)
def taken_at(session: Session, request_id: str, policy: str) -> datetime | None:
    """When a request took the rules it is under now; see `taken`."""
    asked = select(Revision).where(Revision.request_id == request_id)
    return taken(session.scalars(asked), policy)


def taken(revisions: Iterable[Revision], policy: str) -> datetime | None:
    """When a request with these revisions took the rules it is under now: with the first dossier of the last unbroken row that was frozen
    under them, so that whoever comes back to rules takes them anew. None where it has no such dossier: it was moved to them since.
    """
    latest_first = sorted(revisions, key=lambda revision: revision.number, reverse=True)
    under_them = list(takewhile(lambda revision: revision.policy == policy, latest_first))
    return under_them[-1].at if under_them else None


def _loosening(row: PolicyLoosening) -> Loosening:
    return Loosening(row.version, row.gate, row.changes, row.proposed_by, row.published_by, row.at)
