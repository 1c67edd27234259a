"""What waivers and exclusions would rest on now: what their check asks, and on which facts."""

from sqlalchemy.orm import Session

from governance.domain import bindings, exclusions
from governance.domain.exemptions import Rests
from governance.domain.policy import Policy
from governance.domain.vocabulary import ExclusionState
from governance.models.exclusions import Exclusion
from governance.models.initiatives import Tiering
from governance.models.waivers import Waiver
from governance.policy.plan import decide_plan
from governance.reads import policies, reviews


def judging(session: Session, key: str, item: str) -> Policy | None:
    """The policy that a check is judged by: that of the open request, else the one in force; None where neither has the check."""
    request = reviews.open_request(session, key)
    return next((one for one in (policies.of_request(session, request), policies.current(session)) if one.find(item)), None)


def gate_of(policy: Policy, item: str) -> str:
    return next(gate.id for gate in policy.gates.values() if any(one.id == item for one in gate.items))


def still_asked(session: Session, row: Waiver) -> bool:
    """Whether the check of a waiver asks what it asked when the waiver was asked for, under the same policy at the tier as it is now."""
    tiering, policy = session.get(Tiering, row.initiative_key), policies.by_digest(session, row.policy)
    if tiering is None or tiering.tier is None:
        return False
    return bindings.rule_of(decide_plan(policy, row.gate, tiering.facts, tiering.tier), row.item) == row.rule


def rests_now(session: Session, key: str, item: str) -> Rests | None:
    """What a proposal that a check does not apply would rest on now; None while there is no tier, or no such check."""
    tiering, policy = session.get(Tiering, key), judging(session, key, item)
    if tiering is None or tiering.tier is None or policy is None:
        return None
    rule = bindings.rule_of(decide_plan(policy, gate_of(policy, item), tiering.facts, tiering.tier), item)
    return None if rule is None else Rests(exclusions.facts_digest(tiering.facts, tiering.tier), rule)


def shown(session: Session, row: Exclusion) -> ExclusionState:
    """The state of a proposal as people are told it, and as gates go by it."""
    return exclusions.shown(row.state, Rests(row.facts, row.rule), rests_now(session, row.initiative_key, row.item))
