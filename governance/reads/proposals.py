"""Proposed policies: what was proposed, why, who decides, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ScalarSelect, func, or_, select
from sqlalchemy.orm import Session

from governance.domain.errors import NotThere
from governance.domain.proposals import Proposed, why_not_decide
from governance.domain.rights import Doer
from governance.domain.text import fold
from governance.domain.vocabulary import ProposalState, Role
from governance.models.accounts import Account
from governance.models.directory import Person, PersonRole
from governance.models.policies import CurrentPolicy, PolicyProposal
from governance.reads import people, policies, words

PAGE = 50
OPEN = ProposalState.OPEN


def proposal(session: Session, proposal_id: str) -> PolicyProposal:
    """Raises `NotThere`."""
    row = session.get(PolicyProposal, proposal_id) if proposal_id.isprintable() else None
    if row is None:
        raise NotThere("There is no such proposal.")
    return row


def as_proposed(row: PolicyProposal) -> Proposed:
    return Proposed(row.id, row.by, row.at, row.state, row.rests_on)


def texts(session: Session, row: PolicyProposal) -> Mapping[str, str]:
    """What was proposed, by file name. Raises `RuleBroken` where the record no longer has one of them."""
    return policies.kept(session, row.files, f"the policy of proposal {row.id}")


def still_open(session: Session, policy: str | None = None) -> Sequence[PolicyProposal]:
    """Those that wait for a decision, the longest wait first."""
    query = select(PolicyProposal).where(PolicyProposal.state == ProposalState.OPEN).order_by(PolicyProposal.at, PolicyProposal.id)
    return session.scalars(query.where(PolicyProposal.policy == policy) if policy is not None else query).all()


def deciders(session: Session, rows: Sequence[PolicyProposal], now: datetime) -> Mapping[str, Sequence[Person]]:
    """By proposal, the compliance officers who can sign in and may decide on it, by name: as `domain.proposals` says of one."""
    may_decide = (
        (PersonRole.since <= PolicyProposal.at)
        & (Person.id != PolicyProposal.by)
        & or_(Person.password_reset_at.is_(None), Person.password_reset_at <= PolicyProposal.at)
    )
    query = (
        select(PolicyProposal.id, Person)
        .join(Person, Person.disabled_at.is_(None))
        .join(PersonRole, PersonRole.person_id == Person.id)
        .join(Account, Account.person_id == Person.id)
        .where(
            PolicyProposal.id.in_([row.id for row in rows]),
            PersonRole.role == Role.COMPLIANCE_OFFICER,
            or_(PersonRole.until.is_(None), PersonRole.until > now),
            Account.password.is_not(None),
            may_decide,
        )
        .order_by(Person.folded)
    )
    found: dict[str, list[Person]] = {row.id: [] for row in rows}
    for proposal_id, person in session.execute(query) if rows else ():
        found[proposal_id].append(person)
    return found


def waiting_for(session: Session, doer: Doer) -> list[PolicyProposal]:
    """What this person can decide on, the longest wait first."""
    if Role.COMPLIANCE_OFFICER not in doer.roles:
        return []
    return [row for row in still_open(session) if row.by != doer.id and why_not_decide(doer, as_proposed(row), 1) is None]


def number_waiting_for(doer: Doer) -> ScalarSelect[int] | None:
    """How many that are, to be asked together with something else; None for who decides on none."""
    if doer.officer_since is None:
        return None
    since = [moment for moment in (doer.officer_since, doer.reset_at) if moment is not None]
    is_theirs = (PolicyProposal.state == ProposalState.OPEN) & (PolicyProposal.by != doer.id) & (PolicyProposal.at >= max(since))
    return select(func.count()).select_from(PolicyProposal).where(is_theirs).scalar_subquery()


def in_force(session: Session, policy: str) -> str | None:
    row = session.get(CurrentPolicy, policy)
    return row.digest if row else None


class Order(StrEnum):
    WHEN = "when"
    VERSION = "version"
    WHO = "who"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the filter bar asks for."""

    text: str = ""
    state: ProposalState | None = None
    order: Order = Order.WHEN
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """A proposal with names and words."""

    row: PolicyProposal
    by: str
    reason: str
    decided_by: str
    why: str


def every(session: Session, wanted: Wanted) -> list[Told]:
    """Those that fit, in the order asked for."""
    query = select(PolicyProposal).order_by(PolicyProposal.at, PolicyProposal.id)
    if wanted.state is not None:
        query = query.where(PolicyProposal.state == wanted.state)
    told = tell(session, session.scalars(query).all())
    asked = fold(wanted.text).split()
    found = [one for one in told if all(word in fold(_text(one)) for word in asked)]
    return sorted(found, key=_KEYS[wanted.order], reverse=wanted.descending)


def page(session: Session, wanted: Wanted, number: int) -> tuple[list[Told], int, int]:
    """Those of one page, how many there are in all, and the number of the page (one past the end gives the last)."""
    found = every(session, wanted)
    number = min(max(1, number), max(1, -(-len(found) // PAGE)))
    return found[(number - 1) * PAGE : number * PAGE], len(found), number


def tell(session: Session, rows: Sequence[PolicyProposal]) -> list[Told]:
    """With names and words; three statements at most, however many they are."""
    names = people.names(session, [person for row in rows for person in (row.by, row.decided_by)])
    said = words.texts(session, [digest for row in rows for digest in (row.reason, row.why)])
    return [
        Told(
            row,
            names.get(row.by, row.by),
            said.get(row.reason, words.GONE),
            names.get(row.decided_by or "", row.decided_by or ""),
            said.get(row.why, words.GONE) if row.why else "",
        )
        for row in rows
    ]


def _text(one: Told) -> str:
    return f"{one.row.id} {one.row.title} {one.row.version} {one.by} {one.decided_by} {one.row.digest} {one.reason}"


_KEYS = {
    Order.WHEN: lambda one: (one.row.at, one.row.id),
    Order.VERSION: lambda one: (policies.natural(one.row.version), one.row.at),
    Order.WHO: lambda one: (fold(one.by), one.row.at),
    Order.STATE: lambda one: (list(ProposalState).index(one.row.state), one.row.at),
}
