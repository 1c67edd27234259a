"""Whom the rule bars that who loosened a rule does not sign what benefits from it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from governance.domain.loosening import BARRED_FOR, Loosening, barred
from governance.models.gates import GateRequest, Revision
from governance.models.policies import PolicyLoosening


def bearing_on(session: Session, row: GateRequest, now: datetime) -> Mapping[str, Loosening]:
    """Who may take no seat of a request at this moment because of it, and the publication: see `domain.loosening`."""
    recent = select(PolicyLoosening).where(PolicyLoosening.gate == row.gate, PolicyLoosening.at > now - BARRED_FOR)
    found = [_loosening(one) for one in session.scalars(recent)]
    return barred(found, row.gate, _taken(session, row, now), now) if found else {}


def _taken(session: Session, row: GateRequest, now: datetime) -> datetime:
    """When it took the rules it runs under: with the first dossier that was frozen under them. Without one it was moved to them since."""
    first = select(func.min(Revision.at)).where(Revision.request_id == row.id, Revision.policy == row.policy)
    return session.scalar(first) or now


def _loosening(row: PolicyLoosening) -> Loosening:
    return Loosening(row.version, row.gate, row.changes, row.proposed_by, row.published_by, row.at)
