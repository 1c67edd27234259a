"""What still stands in the way of submitting a request: the complete list, as the service would refuse with it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import checks
from governance.domain.dossier import Material
from governance.domain.errors import Problem
from governance.domain.policy import Policy
from governance.models.findings import Finding
from governance.models.gates import GateRequest


def open_points(session: Session, request: GateRequest, policy: Policy, found: Material, now: datetime) -> list[Problem]:
    """Everything that is unanswered, inconclusive or stale, and findings of earlier requests that nobody answered."""
    return [*_missing(found), *_open_checks(policy, found, now), *_unanswered_findings(session, request)]


def _missing(found: Material) -> list[Problem]:
    problems = [] if found.model_version else [Problem("model_version", "Name the model version that is to be judged.", "model")]
    return problems + [
        Problem("seat", f"Whether the seat {seat} is asked for is undecided: {why}", "facts") for seat, why in found.plan.undecided_seats
    ]


def _open_checks(policy: Policy, found: Material, now: datetime) -> list[Problem]:
    return [
        Problem(check.evaluated.state.value, f"{check.item.title} ({check.item.id}): {check.in_words}", check.item.id)
        for check in checks.keep_open(checks.evaluated(policy, found, now))
    ]


def _unanswered_findings(session: Session, request: GateRequest) -> list[Problem]:
    earlier = select(GateRequest.id).where(GateRequest.initiative_key == request.initiative_key, GateRequest.gate == request.gate)
    query = select(Finding).where(Finding.request_id.in_(earlier), Finding.answered_by.is_(None)).order_by(Finding.id)
    return [
        Problem("finding", f"Finding {row.id} is not answered: name the evidence that answers it.", row.id)
        for row in session.scalars(query)
    ]
