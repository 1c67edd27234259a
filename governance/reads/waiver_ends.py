"""What the end of a waiver rests on: what its check amounts to, whether another one took its place, who has confirmed that it is met."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import checks, waivers
from governance.domain.checklist import PASSING
from governance.domain.errors import RuleBroken
from governance.domain.vocabulary import AnswerState, RequestState, WaiverState
from governance.domain.waivers import Confirming
from governance.models.answers import Answer
from governance.models.findings import Finding
from governance.models.gates import GateRequest, Revision
from governance.models.initiatives import Tiering
from governance.models.waivers import Waiver
from governance.reads import people, policies
from governance.reads import waivers as found_waivers
from governance.reads.frozen import frozen_material
from governance.reads.material import material


def state_of(session: Session, row: Waiver, now: datetime) -> AnswerState:
    """What the check of a waiver amounts to now, under the rules it was asked under; inconclusive while the initiative has no tier."""
    policy = policies.by_digest(session, row.policy)
    try:
        found = checks.evaluated(policy, material(session, row.initiative_key, row.gate, policy), now)
    except RuleBroken:
        return AnswerState.INCONCLUSIVE
    return next(check.evaluated.state for check in found if check.item.id == row.item)


def over(session: Session, row: Waiver, now: datetime) -> AnswerState | None:
    """How what the end of an overdue waiver led to is over; None where it is not.

    Another waiver has its two signatures. Anything else was said by the team, so it counts once the finding was accepted.
    """
    if is_renewed(session, row, now):
        return AnswerState.WAIVED
    finding = session.get(Finding, row.finding_id)
    state = state_of(session, row, now) if finding is not None and finding.closed_at is not None else None
    return state if state in PASSING else None


def is_renewed(session: Session, row: Waiver, now: datetime) -> bool:
    """Whether another waiver of the same check is in force."""
    rows = found_waivers.of_item(session, row.initiative_key, row.item)
    return any(other.id != row.id and waivers.shown(other.state, other.expires, now) is WaiverState.IN_FORCE for other in rows)


def was_met_at_the_gate(session: Session, row: Waiver) -> bool:
    """Whether the gate was passed since, with the check met and no waiver needed: its seats have confirmed that."""
    named = GateRequest.initiative_key == row.initiative_key, GateRequest.gate == row.gate, GateRequest.state == RequestState.PASSED
    query = select(GateRequest).where(*named, GateRequest.settled_at > row.granted_at).order_by(GateRequest.settled_at.desc()).limit(1)
    request = session.scalars(query).first()
    if request is None or request.settled_at is None:
        return False
    try:
        dossier = frozen_material(session, request, session.get_one(Revision, (request.id, request.revision)), request.policy)
    except RuleBroken:  # a text of it is gone, so it says nothing any more
        return False
    found = checks.evaluated(policies.by_digest(session, request.policy), dossier, request.settled_at)
    return any(check.item.id == row.item and check.waiver is None and check.passes for check in found)


def left(session: Session, finding_id: str) -> Waiver | None:
    """The overdue waiver whose end opened a finding."""
    return session.scalars(select(Waiver).where(Waiver.finding_id == finding_id, Waiver.state == WaiverState.OVERDUE)).first()


def confirming(session: Session, row: Waiver) -> Confirming:
    """Who has a part in it that the check of an overdue waiver is said to be met."""
    ties = people.ties(session, row.initiative_key)
    answer, tiering = session.get(Answer, (row.initiative_key, row.item)), session.get(Tiering, row.initiative_key)
    said = {said.by for said in (answer, tiering) if said is not None}
    return Confirming(ties.team | {ties.lead}, frozenset({row.asked_by, row.owner_id}), frozenset(said))
