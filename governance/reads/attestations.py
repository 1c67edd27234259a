"""What the organisation attests: rows with what they are worth today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from governance.domain import attestations as rules
from governance.domain.attestations import AttestationState, Standing
from governance.domain.errors import NotThere
from governance.domain.policy import Policy
from governance.models.attestations import Attestation


@dataclass(frozen=True, slots=True)
class Attested:
    """An attestation and its state on the day that was asked for."""

    row: Attestation
    state: AttestationState


def one(session: Session, attestation_id: str) -> Attestation:
    """Raises `NotThere`."""
    row = session.get(Attestation, attestation_id)
    if row is None:
        raise NotThere("There is no such attestation.")
    return row


def state_of(row: Attestation, policy: Policy, today: date) -> AttestationState:
    framework = policy.frameworks.get(row.framework)
    known = framework is not None and any(clause.id == row.clause for clause in framework.clauses)
    standing = Standing(row.version, row.valid_until, confirmed=row.seconded_at is not None, withdrawn=row.withdrawn_at is not None)
    return rules.state_of(standing, framework.version if framework and known else None, today)


def every(session: Session, policy: Policy, today: date, framework: str | None = None) -> list[Attested]:
    """All of them, or those for one catalogue; the latest first."""
    query = select(Attestation).order_by(Attestation.number.desc())
    if framework is not None:
        query = query.where(Attestation.framework == framework)
    return [Attested(row, state_of(row, policy, today)) for row in session.scalars(query)]


def speaking(attested: Sequence[Attested]) -> Mapping[tuple[str, str], Attested]:
    """By framework and clause, the one that says most: the one in force, else the one that waits, else the latest."""
    order = list(AttestationState)
    best: dict[tuple[str, str], Attested] = {}
    for found in attested:
        at = found.row.framework, found.row.clause
        if at not in best or _weight(found, order) < _weight(best[at], order):
            best[at] = found
    return best


def _weight(found: Attested, order: list[AttestationState]) -> int:
    return -1 if found.state is AttestationState.IN_FORCE else order.index(found.state)


def next_number(session: Session) -> int:
    return (session.scalar(select(func.max(Attestation.number))) or 0) + 1
