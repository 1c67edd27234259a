"""Which policy is in force: one compliance officer proposes a text, another one publishes or declines it."""

from collections.abc import Mapping

from sqlalchemy import func, select

from governance.domain import loosening, proposals
from governance.domain.dossier import digest
from governance.domain.errors import Conflict, NotAllowed, RuleBroken
from governance.domain.policy import Policy
from governance.domain.vocabulary import ProposalState
from governance.events import streams
from governance.events.policies import Loosened, PolicyProposed, PolicyPublished, ProposalClosed
from governance.ledger.log import SYSTEM, Log
from governance.models.policies import CurrentPolicy, PolicyProposal
from governance.policy.differences.whole import Rules, differences
from governance.policy.loader import LoadedPolicy, loaded, parse_policy
from governance.policy.problems import PolicyError
from governance.reads import people, policy_history, proposed_changes
from governance.reads import proposals as reading
from governance.services import proof


def publish_shipped(log: Log, texts: Mapping[str, str]) -> str:
    """The first rules of an instance, which the program itself puts in force. Returns their digest. Raises `PolicyError`, `NotAllowed`."""
    if log.by != SYSTEM.id or log.session.scalars(select(CurrentPolicy.id)).first() is not None:
        raise NotAllowed("People publish what another one proposed: propose the policy first.")
    policy = parse_policy(texts)
    event = PolicyPublished(policy=policy.id, version=policy.version, title=policy.title, digest=policy.digest, files=_kept(log, texts))
    log.record(event, streams.policy(policy.id))
    return policy.digest


def sound(texts: Mapping[str, str]) -> LoadedPolicy:
    """These texts as they can be proposed, read before anybody's turn to write: reading what somebody sent may take its time.

    Raises `RuleBroken` for names of files that are none, `PolicyError` with every fault in the texts.
    """
    proposals.check_names(texts)
    return loaded(texts)


def propose(log: Log, given: LoadedPolicy, reason: str) -> str:
    """Put a policy before another compliance officer. Returns the id of the proposal."""
    proposals.check_may_propose(people.doer(log.session, log.by, log.now))
    proposals.check_reason(reason)
    proposals.check_names(given.texts)
    policy = given.policy
    _check_is_the_one(log, policy.id)
    current = log.session.get(CurrentPolicy, policy.id)
    if current is not None and current.digest == policy.digest:
        raise Conflict("These very texts are in force already.")
    _check_not_open(log, policy)
    event = PolicyProposed(
        proposal=f"P-{1 + (log.session.scalar(select(func.count()).select_from(PolicyProposal)) or 0)}",
        policy=policy.id,
        version=policy.version,
        title=policy.title,
        digest=policy.digest,
        files=_kept(log, given.texts),
        rests_on=current.digest if current else None,
        reason=log.keep_words(reason.strip()),
    )
    log.record(event, streams.policy(policy.id))
    return event.proposal


def publish(log: Log, proposal_id: str) -> str:
    """Make what somebody else proposed the rules from now on, and return their digest. Open proposals beside it are overtaken.

    The officer's identity was proved before this transaction (`log.auth`); without proof nothing is published.
    """
    row = _to_decide(log, proposal_id)
    if (sentence := proposals.why_not_published(people.doer(log.session, row.by, log.now), reading.as_proposed(row))) is not None:
        raise RuleBroken(sentence)
    rules = _sound(log, row)
    event = PolicyPublished(
        policy=row.policy,
        version=row.version,
        title=row.title,
        digest=row.digest,
        files=row.files,
        proposal=row.id,
        proposed_by=row.by,
        reason=row.reason,
        loosened=_loosened(log, row, rules),
        overtakes=[other.id for other in reading.still_open(log.session, row.policy) if other.id != row.id],
    )
    log.record(event, streams.policy(row.policy))
    return row.digest


def decline(log: Log, proposal_id: str, why: str) -> None:
    """Say no to what somebody else proposed. Needs the same proof as publishing."""
    row = _to_decide(log, proposal_id)
    _close(log, row, ProposalState.DECLINED, why)


def withdraw(log: Log, proposal_id: str, why: str) -> None:
    """Take one's own proposal back."""
    row = reading.proposal(log.session, proposal_id)
    proposals.check_may_withdraw(people.doer(log.session, log.by, log.now), reading.as_proposed(row))
    proposals.check_open(reading.as_proposed(row), row.rests_on)
    _close(log, row, ProposalState.WITHDRAWN, why)


def _close(log: Log, row: PolicyProposal, outcome: ProposalState, why: str) -> None:
    proposals.check_reason(why)
    event = ProposalClosed(proposal=row.id, version=row.version, outcome=outcome, why=log.keep_words(why.strip()))
    log.record(event, streams.policy(row.policy))


def _to_decide(log: Log, proposal_id: str) -> PolicyProposal:
    """The proposal, once this officer may decide on it: not their own, with proof, and while it rests on what is in force."""
    row = reading.proposal(log.session, proposal_id)
    doer, proposed = people.doer(log.session, log.by, log.now), reading.as_proposed(row)
    proposals.check_may_decide(doer, proposed, len(reading.deciders(log.session, [row], log.now)[row.id]))
    proof.needed(log, "deciding on a policy")
    current = log.session.get(CurrentPolicy, row.policy)
    _check_is_the_one(log, row.policy)
    proposals.check_open(proposed, current.digest if current else None)
    return row


def _sound(log: Log, row: PolicyProposal) -> Rules:
    """What it says, as the page showed it. It was sound when it was proposed; the program may have learned to ask for more since."""
    try:
        return proposed_changes.rules(log.session, row)
    except PolicyError as error:
        raise RuleBroken(f"The policy of proposal {row.id} no longer checks: {error.problems[0]}. Propose it mended.") from None


def _loosened(log: Log, row: PolicyProposal, after: Rules) -> list[Loosened]:
    """Recorded with the publication, because replaying must not work differences out again."""
    if row.rests_on is None:
        return []
    before = policy_history.rules(log.session, policy_history.of_digest(log.session, row.rests_on))
    found = loosening.loosened(differences(before, after), after.policy.gates)
    return [Loosened(gate=gate, changes=number) for gate, number in found.items()]


def _kept(log: Log, texts: Mapping[str, str]) -> dict[str, str]:
    for text in texts.values():
        log.keep_text(text)
    return {name: digest(text) for name, text in texts.items()}


def _check_is_the_one(log: Log, policy_id: str) -> None:
    """One policy rules an instance: publishing another one beside it would leave open which."""
    in_force = log.session.scalars(select(CurrentPolicy.id).where(CurrentPolicy.id != policy_id)).first()
    if in_force is not None:
        raise Conflict(f"The policy {in_force} is in force, and this one is called {policy_id}. Propose it under that id to replace it.")


def _check_not_open(log: Log, policy: Policy) -> None:
    """The same text is proposed once, and not more texts at a time than anybody compares."""
    waiting = reading.still_open(log.session, policy.id)
    if (same := next((row.id for row in waiting if row.digest == policy.digest), None)) is not None:
        raise Conflict(f"These very texts are proposed already: {same} waits for a second compliance officer.")
    if len(waiting) >= proposals.MOST_OPEN:
        named = ", ".join(row.id for row in waiting)
        raise RuleBroken(f"{len(waiting)} proposals are open ({named}). Decide on one of them, or withdraw one, before making another.")
