"""Whether a running request can be moved to other rules."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.errors import Conflict, RuleBroken
from governance.domain.policy import Policy
from governance.domain.vocabulary import OPEN_STATES, RequestState
from governance.models.gates import GateRequest
from governance.reads import reviews


def under_other_rules(session: Session, policy_digest: str) -> frozenset[str]:
    """The requests that were submitted, run, and are judged by other rules than these, as the record stands now."""
    running = GateRequest.state.in_([RequestState.IN_REVIEW, RequestState.CHANGES_REQUESTED])
    return frozenset(session.scalars(select(GateRequest.id).where(running, GateRequest.policy != policy_digest)))


def check_can_be_moved(session: Session, request: GateRequest, policy: Policy) -> None:
    """Raises `Conflict` or `RuleBroken`, each a sentence that says why it stays under the rules that it has."""
    if request.state is RequestState.DRAFT:
        raise RuleBroken("A draft follows the policy in force until it is submitted, so there is nothing to move.")
    if request.state not in OPEN_STATES:
        raise Conflict("This request is settled, and stays under the rules that it was judged by.")
    if request.policy == policy.digest:
        raise Conflict("This request runs under the policy in force already.")
    if (why := keeps_its_rules(session, request, policy)) is not None:
        raise RuleBroken(why)


def keeps_its_rules(session: Session, request: GateRequest, policy: Policy) -> str | None:
    """Why a request that was submitted cannot be moved to these rules, in words."""
    if request.gate not in policy.gates:
        return (
            f"The policy {policy.version} has no gate {request.gate}, so this request cannot be moved to it. "
            "It stays under the rules that it has, or its lead withdraws it."
        )
    if reviews.was_rejected(session, request.id):
        return (
            f"A seat has rejected this request, so it can no longer pass, and it ends under the rules that it has. {reviews.WHEN_REJECTED}"
        )
    return None
