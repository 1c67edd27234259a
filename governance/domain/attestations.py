"""What the organisation attests for clauses that no check of a gate serves: one officer signs, another confirms, for a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from governance.domain.errors import Conflict, NotAllowed, Problem
from governance.domain.frameworks import CatalogueState
from governance.domain.rights import Doer, check_active, check_role, not_officer_then
from governance.domain.vocabulary import Role

LONGEST = timedelta(days=731)
SHORTEST_STATEMENT, LONGEST_STATEMENT = 10, 4_000
SHORTEST_REASON = 3
GIVEN = "this attestation was given"


class AttestationState(StrEnum):
    """What an attestation is worth on a day. Only one that is in force counts."""

    AWAITED = "awaited"
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    OUTDATED = "outdated"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Standing:
    """The facts that decide what an attestation is worth."""

    version: str  # of the catalogue that it was given for
    valid_until: date  # the last day
    confirmed: bool
    withdrawn: bool


def state_of(standing: Standing, version: str | None, today: date) -> AttestationState:
    """`version` is that of the catalogue in force; None where the policy no longer has it."""
    if standing.withdrawn:
        return AttestationState.WITHDRAWN
    if version != standing.version:
        return AttestationState.OUTDATED
    if standing.valid_until < today:
        return AttestationState.EXPIRED
    return AttestationState.IN_FORCE if standing.confirmed else AttestationState.AWAITED


@dataclass(frozen=True, slots=True)
class Stated:
    """What somebody attests, as a door hands it over."""

    statement: str
    valid_until: date
    has_file: bool
    address: str | None


def faults(stated: Stated, today: date) -> Iterator[Problem]:
    """What does not hold up; nothing where all of it does."""
    if not SHORTEST_STATEMENT <= len(stated.statement.strip()) <= LONGEST_STATEMENT:
        asked = f"Say in {SHORTEST_STATEMENT} to {LONGEST_STATEMENT:,} signs what the organisation does about this clause."
        yield Problem("length", asked, "statement")
    if not today < stated.valid_until <= today + LONGEST:
        yield Problem("date", f"Enter a day after today, at the latest {(today + LONGEST).isoformat()}.", "valid_until")
    if not stated.has_file and not stated.address:
        yield Problem("evidence", "Add a file or an address that shows it.", "file")
    if stated.has_file and stated.address:
        yield Problem("evidence", "Add a file or an address, not both.", "address")


def check_may_attest(doer: Doer, framework: str, clause: str, state: CatalogueState, successor: str | None, *, served: bool) -> None:
    """Raise unless this person may attest this clause: only what no check of a gate serves is left to words."""
    check_role(doer, [Role.COMPLIANCE_OFFICER], "attest a clause for the organisation")
    if state is CatalogueState.SUPERSEDED:
        instead = f" Attest a clause of {successor}." if successor else ""
        raise Conflict(f"{framework} is superseded, so nothing is attested for it any more.{instead}")
    if served:
        raise Conflict(f"Checks of the policy serve {framework} {clause}: initiatives evidence it, and no attestation takes their place.")


def check_is_awaited(state: AttestationState, deed: str) -> None:
    if state is not AttestationState.AWAITED:
        raise Conflict(f"This attestation is {state.value.replace('_', ' ')}, so there is nothing to {deed}.")


def check_may_confirm(doer: Doer, by: str, at: datetime) -> None:
    """Raise unless this is a second person of compliance, who was one already and whose password nobody set for them since."""
    check_role(doer, [Role.COMPLIANCE_OFFICER], "confirm an attestation")
    if doer.id == by:
        raise NotAllowed("You gave this attestation. Another compliance officer has to confirm it.")
    for sentence in not_officer_then(doer, at, GIVEN):
        raise NotAllowed(sentence)


def check_may_withdraw(doer: Doer, state: AttestationState) -> None:
    check_active(doer)
    check_role(doer, [Role.COMPLIANCE_OFFICER], "withdraw an attestation")
    if state is AttestationState.WITHDRAWN:
        raise Conflict("This attestation is withdrawn already.")
