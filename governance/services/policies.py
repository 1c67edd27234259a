"""Publishing a policy."""

from collections.abc import Mapping

from sqlalchemy import select

from governance.domain import rights
from governance.domain.dossier import digest
from governance.domain.errors import Conflict
from governance.domain.vocabulary import Role
from governance.events import streams
from governance.events.policies import PolicyPublished
from governance.ledger.log import SYSTEM, Log
from governance.models.policies import CurrentPolicy
from governance.policy.loader import parse_policy
from governance.reads import people


def publish(log: Log, texts: Mapping[str, str]) -> str:
    """Make these texts the rules from now on, and return their digest. Raises `PolicyError` with every fault in them.

    Compliance officers publish; the program itself publishes the shipped policy on an empty instance, once.
    """
    policy = parse_policy(texts)
    current = log.session.get(CurrentPolicy, policy.id)
    if log.by != SYSTEM.id or current is not None:
        rights.check_role(people.doer(log.session, log.by, log.now), [Role.COMPLIANCE_OFFICER], "publish a policy")
    _check_is_the_one(log, policy.id)
    if current is not None and current.digest == policy.digest:
        raise Conflict("These very texts are in force already.")
    for text in texts.values():
        log.keep_text(text)
    event = PolicyPublished(
        policy=policy.id,
        version=policy.version,
        title=policy.title,
        digest=policy.digest,
        files={name: digest(text) for name, text in texts.items()},
    )
    log.record(event, streams.policy(policy.id))
    return policy.digest


def _check_is_the_one(log: Log, policy_id: str) -> None:
    """One policy rules an instance: publishing another one beside it would leave open which."""
    in_force = log.session.scalars(select(CurrentPolicy.id).where(CurrentPolicy.id != policy_id)).first()
    if in_force is not None:
        raise Conflict(f"The policy {in_force} is in force, and this one is called {policy_id}. Publish it under that id to replace it.")
