"""Who may do what to an initiative, apart from signing (see `separation`). Services ask here on every path."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from governance.domain.errors import Hidden, NotAllowed
from governance.domain.separation import Holding
from governance.domain.vocabulary import Function, Role, Visibility

NOTHING_HERE = (
    "There is no such initiative, request, finding or evidence, or you may not see it. The lead of an initiative can name you as a reader."
)
"""For what does not exist and for what is hidden: a difference would tell which."""


@dataclass(frozen=True, slots=True)
class Doer:
    """Somebody who asks for something: their roles and functions as they are now."""

    id: str
    name: str
    unit: str
    roles: frozenset[Role] = frozenset()
    holdings: tuple[Holding, ...] = ()
    qualifications: frozenset[str] = frozenset()
    active: bool = True
    reset_at: datetime | None = None  # a password was set through an administrator's link, last
    officer_since: datetime | None = None  # where they have the role of a compliance officer

    def holds(self, function: Function, unit: str) -> bool:
        return any(held.function is function and held.unit in (None, unit) for held in self.holdings)

    def reviews(self, unit: str) -> bool:
        return any(held.unit in (None, unit) for held in self.holdings)


@dataclass(frozen=True, slots=True)
class Ties:
    """How an initiative is bound to people."""

    initiative: str
    unit: str
    lead: str
    visibility: Visibility
    team: frozenset[str] = frozenset()  # accountable people and deputies
    named: frozenset[str] = frozenset()


def on_team(doer: Doer, ties: Ties) -> bool:
    return doer.id == ties.lead or doer.id in ties.team


def may_see(doer: Doer, ties: Ties) -> bool:
    """Lists, search, counts and packs apply the same rule in SQL (`reads/visibility.py`); a test holds the two together."""
    if not doer.active:
        return False
    if on_team(doer, ties) or doer.id in ties.named or doer.roles & {Role.COMPLIANCE_OFFICER, Role.AUDITOR}:
        return True
    match ties.visibility:
        case Visibility.ORGANISATION:
            return True
        case Visibility.UNIT:
            return doer.unit == ties.unit or doer.reviews(ties.unit)
        case Visibility.NAMED:
            return False


def check_may_see(doer: Doer, ties: Ties) -> None:
    if not may_see(doer, ties):
        raise Hidden(NOTHING_HERE)


def check_active(doer: Doer) -> None:
    if not doer.active:
        raise NotAllowed("Your account is disabled. An administrator can enable it.")


def check_role(doer: Doer, roles: Iterable[Role], deed: str) -> None:
    """Raise unless the doer has one of the roles. `deed` completes the sentence “Only … can …”."""
    check_active(doer)
    wanted = list(roles)
    if not doer.roles & set(wanted):
        names = " or ".join(role.value.replace("_", " ") for role in wanted)
        raise NotAllowed(f"Only somebody with the role {names} can {deed}.")


def not_officer_then(doer: Doer, asked_at: datetime, asked: str) -> Iterator[str]:
    """Why a compliance officer may not be the second who decides on what was put before the officers at a moment; `asked` says what
    happened then. An administrator can give the role, make an account and set a password: none of that makes a second person afterwards.
    """
    if doer.officer_since is None or doer.officer_since > asked_at:
        yield f"You were given the role of a compliance officer after {asked}. Somebody who had it before has to decide."
    if doer.reset_at is not None and doer.reset_at > asked_at:
        yield f"Your password was set through an administrator's link after {asked}. Another compliance officer has to decide."


def check_may_work_on(doer: Doer, ties: Ties, deed: str) -> None:
    """Raise unless the doer leads the initiative or is on its team."""
    check_active(doer)
    check_may_see(doer, ties)
    if not on_team(doer, ties):
        raise NotAllowed(f"Only the lead and the team of {ties.initiative} can {deed}.")


def check_leads(doer: Doer, ties: Ties, deed: str) -> None:
    check_active(doer)
    check_may_see(doer, ties)
    if doer.id != ties.lead:
        raise NotAllowed(f"Only the lead of {ties.initiative} can {deed}.")


def may_govern(doer: Doer, ties: Ties) -> bool:
    return doer.id == ties.lead or Role.COMPLIANCE_OFFICER in doer.roles


def check_may_govern(doer: Doer, ties: Ties, deed: str) -> None:
    """Raise unless the doer leads the initiative or is a compliance officer who may see it."""
    check_active(doer)
    check_may_see(doer, ties)
    if not may_govern(doer, ties):
        raise NotAllowed(f"Only the lead of {ties.initiative} or a compliance officer can {deed}.")


def check_may_raise_finding(doer: Doer, ties: Ties) -> None:
    check_active(doer)
    check_may_see(doer, ties)
    if not (on_team(doer, ties) or doer.reviews(ties.unit) or Role.COMPLIANCE_OFFICER in doer.roles):
        raise NotAllowed(f"Only the team of {ties.initiative} and its reviewers can raise a finding.")


def check_may_comment(doer: Doer, ties: Ties) -> None:
    check_active(doer)
    check_may_see(doer, ties)
    if doer.roles <= {Role.AUDITOR}:
        raise NotAllowed("Auditors read; they do not take part in the conversation.")


@dataclass(frozen=True, slots=True)
class FindingTies:
    """How a finding is bound to people."""

    owner: str
    raised_by: str
    function: Function | None  # that raised it


def may_accept(doer: Doer, ties: Ties, finding: FindingTies) -> bool:
    """Whether somebody may accept the answer to a finding: never its owner; who raised it, their function, or compliance."""
    same_function = finding.function is not None and doer.holds(finding.function, ties.unit)
    return doer.id != finding.owner and (doer.id == finding.raised_by or same_function or Role.COMPLIANCE_OFFICER in doer.roles)


def check_may_accept(doer: Doer, ties: Ties, finding: FindingTies) -> None:
    check_active(doer)
    check_may_see(doer, ties)
    if doer.id == finding.owner:
        raise NotAllowed("You own this finding. Whoever raised it, or their function, accepts the answer.")
    if not may_accept(doer, ties, finding):
        raise NotAllowed("Only the function that raised a finding, or a compliance officer, can accept its answer.")
