"""Attesting a clause for the organisation, confirming what another officer attested, withdrawing it."""

from dataclasses import dataclass
from datetime import date

from governance.domain import attestations as rules
from governance.domain.attestations import AttestationState, Stated
from governance.domain.errors import Conflict, NotThere, Problem, RuleBroken
from governance.domain.frameworks import is_served, state_of
from governance.domain.policy import Framework, Policy
from governance.events import streams
from governance.events.attestations import AttestationConfirmed, AttestationWithdrawn, ClauseAttested
from governance.ledger.log import Log
from governance.reads import attestations, people, policies
from governance.services import proof
from governance.services.answers import StoredFile, is_https


@dataclass(frozen=True, slots=True)
class NewAttestation:
    """What an officer attests. The file, if there is one, is in the content store already."""

    framework: str
    clause: str
    statement: str
    valid_until: date
    file: StoredFile | None = None
    address: str | None = None


def attest(log: Log, new: NewAttestation) -> str:
    """Sign what the organisation does about a clause, and return the id. Who signs was proved before this transaction (`log.auth`)."""
    doer = people.doer(log.session, log.by, log.now)
    policy, today = policies.current(log.session), log.now.date()
    framework = clause_of(policy, new.framework, new.clause)
    served = is_served(policy, new.framework, new.clause)
    rules.check_may_attest(doer, new.framework, new.clause, state_of(framework, today), framework.superseded_by, served=served)
    method = proof.needed(log, "an attestation")
    stated = Stated(new.statement, new.valid_until, new.file is not None, new.address)
    problems = list(rules.faults(stated, today))
    if new.address and not is_https(new.address):
        problems.append(Problem("address", "Enter an address that starts with https://.", "address"))
    if problems:
        raise RuleBroken("The attestation does not hold up.", *problems)
    _check_none_waits(log, policy, new)
    number = attestations.next_number(log.session)
    event = ClauseAttested(
        attestation=f"AT-{number}",
        number=number,
        framework=new.framework,
        version=framework.version,
        clause=new.clause,
        words=log.keep_words(new.statement.strip()),
        valid_until=new.valid_until.isoformat(),
        name=doer.name,
        method=method,
        digest=new.file.digest if new.file else None,
        file_name=new.file.name if new.file else None,
        media_type=new.file.media_type if new.file else None,
        size=new.file.size if new.file else None,
        address=new.address or None,
    )
    log.record(event, streams.framework(new.framework))
    return event.attestation


def confirm(log: Log, attestation_id: str) -> None:
    """Sign it as the second officer; from then on it counts."""
    row, doer = attestations.one(log.session, attestation_id), people.doer(log.session, log.by, log.now)
    rules.check_may_confirm(doer, row.by, row.at)
    rules.check_is_awaited(_state(log, attestation_id), "confirm")
    method = proof.needed(log, "confirming")
    event = AttestationConfirmed(attestation=row.id, framework=row.framework, clause=row.clause, name=doer.name, method=method)
    log.record(event, streams.framework(row.framework))


def withdraw(log: Log, attestation_id: str, reason: str) -> None:
    """Say that it counts no longer, and why."""
    row = attestations.one(log.session, attestation_id)
    rules.check_may_withdraw(people.doer(log.session, log.by, log.now), _state(log, attestation_id))
    if len(reason.strip()) < rules.SHORTEST_REASON:
        raise RuleBroken("Say why.", Problem("required", "Say why it does not hold any more.", "reason"))
    event = AttestationWithdrawn(attestation=row.id, framework=row.framework, clause=row.clause, reason=log.keep_words(reason.strip()))
    log.record(event, streams.framework(row.framework))


def clause_of(policy: Policy, framework_id: str, clause_id: str) -> Framework:
    """The catalogue in force that has this clause. Raises `NotThere`."""
    framework = policy.frameworks.get(framework_id)
    if framework is None or all(clause.id != clause_id for clause in framework.clauses):
        raise NotThere("The policy in force has no such clause.")
    return framework


def _check_none_waits(log: Log, policy: Policy, new: NewAttestation) -> None:
    """Two that wait for a second officer would leave open which of them was meant."""
    for found in attestations.every(log.session, policy, log.now.date(), new.framework):
        if found.row.clause == new.clause and found.state is AttestationState.AWAITED:
            raise Conflict(f"{found.row.id} for this clause waits for a second officer. Confirm or withdraw it first.")


def _state(log: Log, attestation_id: str) -> AttestationState:
    row = attestations.one(log.session, attestation_id)
    return attestations.state_of(row, policies.current(log.session), log.now.date())
