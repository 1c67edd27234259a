"""Seats that a policy asks for and nobody can take: told before it is in force, because a request that asks for one waits for ever."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.policy import Policy, Seat
from governance.domain.separation import Signer, could_take
from governance.domain.vocabulary import Function
from governance.models.accounts import Account
from governance.models.directory import Person, PersonFunction
from governance.reads import people


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Seats alike that nobody can take who can sign in, and the gates that have one. What else keeps people from signing is not asked."""

    label: str
    function: Function
    qualification: str | None
    gates: tuple[str, ...]

    @property
    def said(self) -> str:
        gates = f"gate {self.gates[0]}" if len(self.gates) == 1 else f"gates {', '.join(self.gates[:-1])} and {self.gates[-1]}"
        qualified = f" with the qualification “{self.qualification}”" if self.qualification else ""
        return f"{self.label} at {gates}: nobody who can sign in is a reviewer for {self.function.spoken}{qualified}."


def vacancies(session: Session, policy: Policy, now: datetime) -> list[Vacancy]:
    """In the order of the gates and their seats; four statements."""
    signers = _who_can_sign_in(session, now)
    gates: dict[tuple[str, Function, str | None], list[str]] = {}
    for gate, seat in _seats(policy):
        if not any(could_take(seat, signer) for signer in signers):
            named = gates.setdefault((seat.label, seat.function, seat.qualification), [])
            named += [gate] if gate not in named else []
    return [Vacancy(*seat, tuple(named)) for seat, named in gates.items()]


def _seats(policy: Policy) -> Iterator[tuple[str, Seat]]:
    for gate in policy.gates.values():
        yield from ((gate.id, seat) for seat in gate.seats)


def _who_can_sign_in(session: Session, now: datetime) -> Sequence[Signer]:
    query = (
        select(Person)
        .join(Account, Account.person_id == Person.id)
        .where(Person.id.in_(select(PersonFunction.person_id)), Person.disabled_at.is_(None), Account.password.is_not(None))
    )
    return list(people.signers(session, session.scalars(query).unique(), now).values())
