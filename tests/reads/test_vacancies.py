"""Seats that nobody can take who can sign in: by function, role, qualification and account, whatever the unit."""

import pytest

from governance.domain.vocabulary import Function, Role
from governance.ledger.log import SYSTEM
from governance.models.accounts import Account
from governance.models.directory import Person
from governance.policy.loader import parse_policy
from governance.reads.vacancies import vacancies
from governance.services import directory
from tests.services.conftest import REVIEWERS, TEXTS, House, house

__all__ = ["house"]
POLICY = parse_policy(TEXTS)
VALIDATOR = "model validation"


@pytest.fixture
def signing_in(house: House) -> House:
    """Everybody has a password, Rafael may validate models, and João answers for the process."""
    with house.ledger.writing(SYSTEM, house.now) as log:
        for account in log.session.query(Account):
            account.password = "a hash"
    qualify(house, "rafael", VALIDATOR)
    qualify(house, "joao", "answers for the process result")
    return house


def qualify(house: House, who: str, *qualifications: str) -> None:
    with house.read() as session:
        person = session.get_one(Person, who)
        profile = directory.Profile(person.name, person.title, person.unit_id, qualifications)
    house.act("omar", lambda log: directory.change_person(log, who, profile))


def vacant(house: House) -> dict[tuple[Function, str | None], set[str]]:
    with house.read() as session:
        found = vacancies(session, POLICY, house.now)
    return {(one.function, one.qualification): set(one.gates) for one in found}


def asked(function: Function, qualification: str | None = None) -> set[str]:
    """The gates with such a seat."""
    seats = ((gate.id, seat) for gate in POLICY.gates.values() for seat in gate.seats)
    return {gate for gate, seat in seats if (seat.function, seat.qualification) == (function, qualification)}


OFFICER = (Function.COMPLIANCE, "data protection officer or deputy")


def test_only_the_seat_whose_qualification_nobody_has_is_told(signing_in: House) -> None:
    assert vacant(signing_in) == {OFFICER: asked(*OFFICER)}
    with signing_in.read() as session:
        [one] = vacancies(session, POLICY, signing_in.now)
    assert "nobody who can sign in is a reviewer for compliance with the qualification “data protection officer or deputy”." in one.said

    qualify(signing_in, "aoife", OFFICER[1])
    assert vacant(signing_in) == {}


def test_a_function_of_which_the_only_reviewer_is_gone_is_told_at_each_of_its_gates(signing_in: House) -> None:
    who = REVIEWERS[Function.IT_OPS]
    house = signing_in
    missing = {(Function.IT_OPS, None): asked(Function.IT_OPS)}

    house.act("omar", lambda log: directory.withdraw_role(log, who, Role.REVIEWER))
    assert vacant(house).items() >= missing.items() and len(missing[Function.IT_OPS, None]) > 1

    house.act("omar", lambda log: directory.grant_role(log, who, Role.REVIEWER))
    assert (Function.IT_OPS, None) not in vacant(house)

    house.act("omar", lambda log: directory.disable_person(log, who, "left"))
    assert vacant(house).items() >= missing.items()

    house.act("omar", lambda log: directory.grant_role(log, "tom", Role.REVIEWER))
    house.act("omar", lambda log: directory.grant_function(log, "tom", Function.IT_OPS, "energy"))
    assert (Function.IT_OPS, None) not in vacant(house), "of one unit is enough to say nothing"

    with house.ledger.writing(SYSTEM, house.now) as log:
        log.session.get_one(Account, "tom").password = None
    assert vacant(house).items() >= missing.items()


def test_a_seat_for_validation_waits_for_somebody_who_may_validate(signing_in: House) -> None:
    qualify(signing_in, "rafael")

    assert vacant(signing_in)[Function.DATA_SCIENCE, VALIDATOR] == asked(Function.DATA_SCIENCE, VALIDATOR) != set()
