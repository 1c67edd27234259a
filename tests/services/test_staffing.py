"""A list of people: all of it or nothing, nothing withdrawn, and a link for whoever is new."""

import pytest
from sqlalchemy import func, select

from governance.domain.errors import Conflict, NotAllowed, RuleBroken
from governance.domain.importing import Outcome
from governance.domain.staffing import StaffAccount
from governance.domain.vocabulary import Function, Role
from governance.ledger import rebuild
from governance.models.accounts import Account
from governance.models.directory import Person, Unit
from governance.models.ledger import Leaf
from governance.reads import people
from governance.reads import staffing as reading
from governance.services import accounts, staffing
from tests.services.conftest import House
from tests.sheets import PEOPLE

HEADER = PEOPLE.split(b"\n", 1)[0].decode()
GOOD = b"\n".join(PEOPLE.splitlines()[:-1])


def take(house: House, content: bytes = GOOD, who: str = "omar", **how: object) -> tuple[StaffAccount, dict[str, str]]:
    return house.act(who, lambda log: staffing.carry_out(log, content, **how))  # type: ignore[arg-type,return-value]


def look(house: House, *lines: str, who: str = "omar") -> StaffAccount:
    with house.read() as session:
        return reading.preview(session, who, house.now, "\n".join([HEADER, *lines]).encode())


def leaves(house: House) -> int:
    with house.read() as session:
        assert rebuild.check(session) == []
        return session.scalar(select(func.count()).select_from(Leaf)) or 0


def test_units_people_roles_and_functions_come_from_one_list(house: House) -> None:
    account, links = take(house)

    assert [row.outcome for row in account.rows] == [Outcome.IMPORTED, Outcome.IMPORTED, Outcome.UPDATED]
    with house.read() as session:
        assert session.get_one(Unit, "fraud").name == "Fraud"
        ada = people.doer(session, "ada.lind", house.now)
        assert ada.roles == {Role.PROJECT_LEAD, Role.REVIEWER} and ada.qualifications == {"model validation"}
        assert {(held.function, held.unit) for held in ada.holdings} == {(Function.BUSINESS, "fraud"), (Function.COMPLIANCE, None)}
        assert session.get_one(Person, "ada.lind").time_zone == "Europe/Oslo"
        tom = people.doer(session, "tom", house.now)
        assert tom.roles == {Role.REVIEWER} and [held.function for held in tom.holdings] == [Function.IT_OPS]
    leaves(house)
    assert list(links) == ["ada.lind"]


def test_the_link_lets_somebody_new_set_a_password_once(house: House) -> None:
    _, links = take(house)

    assert house.act("system", lambda log: accounts.set_password_by_link(log, links["ada.lind"], "a hash")) == "ada.lind"
    with pytest.raises(Conflict):
        house.act("system", lambda log: accounts.set_password_by_link(log, links["ada.lind"], "a hash"))


def test_no_address_goes_into_the_ledger(house: House) -> None:
    take(house)

    with house.read() as session:
        assert session.get_one(Account, "ada.lind").email == "ada.lind@nordhaven.example"
        assert not [body for body in session.scalars(select(Leaf.body)) if b"ada.lind@" in body]


def test_a_second_run_changes_nothing(house: House) -> None:
    take(house)
    before = leaves(house)

    account, links = take(house)

    assert [row.outcome for row in account.rows] == [Outcome.UNCHANGED] * 3 and links == {} and leaves(house) == before


def test_refused_rows_stop_it_unless_they_are_left_out(house: House) -> None:
    before = leaves(house)

    with pytest.raises(RuleBroken, match="1 row is refused") as refused:
        take(house, PEOPLE)
    assert (
        refused.value.problems[0].message
        == "Line 5: There is no role “projekt lead” (did you mean “project lead”?). There is no unit “nowhere” here. Name it, and it is opened."
    )
    assert leaves(house) == before
    assert take(house, PEOPLE, partial=True)[0].counted(Outcome.REFUSED) == 1


def test_what_moved_since_the_preview_is_not_imported(house: House) -> None:
    with house.read() as session:
        previewed = reading.preview(session, "omar", house.now, GOOD)
    take(house)

    with pytest.raises(Conflict):
        take(house, expected=previewed.digest)


def test_nothing_is_withdrawn_and_what_a_list_is_silent_on_stays(house: House) -> None:
    take(house)
    account, _ = take(house, f"{HEADER}\nada.lind,Ada Lund,,fraud,,ada.lind@nordhaven.example,reviewer,,,,".encode())

    assert account.rows[0].told == "The entry is changed. Keeps: project lead."
    with house.read() as session:
        row, doer = session.get_one(Person, "ada.lind"), people.doer(session, "ada.lind", house.now)
        assert (row.name, row.title, row.qualifications, row.time_zone) == (
            "Ada Lund",
            "Head of fraud",
            ["model validation"],
            "Europe/Oslo",
        )
        assert doer.roles == {Role.PROJECT_LEAD, Role.REVIEWER}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Ada Lind,Ada,,claims,,a@x.example,,,,,", "“Ada Lind” does not do as a short name"),
        ("system,Ada,,claims,,a@x.example,,,,,", "“system” does not do as a short name"),
        ("ada,A,,claims,,a@x.example,,,,,", "Its name has 2 to 200 signs."),
        ("ada,Ada,,,,a@x.example,,,,,", "Its unit is blank."),
        ("ada,Ada,,Claims!,,a@x.example,,,,,", "“Claims!” does not do as a short name"),
        ("ada,Ada,,claims,Other,a@x.example,,,,,", "The unit “claims” has another name already."),
        ("ada,Ada,,claims,,,,,,,", "Its e-mail address is blank."),
        ("ada,Ada,,claims,,nowhere,,,,,", "“nowhere” is no e-mail address."),
        ("ada,Ada,,claims,,tom@nordhaven.example,,,,,", "Somebody else has an account with this address."),
        ("tom,Tom,,claims,,new@nordhaven.example,,,,,", "Its address is another one here."),
        ("ada,Ada,,claims,,a@x.example,,business in nowhere,,,", "There is no unit “nowhere” here."),
        ("ada,Ada,,claims,,a@x.example,,,,Mars/Base,", "There is no time zone “Mars/Base”."),
        ("ada,Ada,,claims,,a@x.example,reviewer,,,,2020-01-01", "The last day of its roles is past."),
        ("omar,Omar,,claims,,omar@nordhaven.example,reviewer,,,,", "Nobody grants themselves a role or a function."),
    ],
)
def test_a_refused_row_says_why(house: House, line: str, why: str) -> None:
    [row] = look(house, line).rows

    assert row.outcome is Outcome.REFUSED and row.told.startswith(why), row.told


def test_rows_that_share_a_name_or_an_address_are_refused_never_merged(house: House) -> None:
    found = look(house, "ada,Ada,,claims,,a@x.example,,,,,", "ada,Ada,,claims,,b@x.example,,,,,", "eve,Eve,,claims,,b@x.example,,,,,")

    assert [row.outcome for row in found.rows] == [Outcome.REFUSED] * 3


@pytest.mark.parametrize("who", ["aoife", "lena", "ruth"])
def test_only_administrators_import_people(house: House, who: str) -> None:
    with pytest.raises(NotAllowed):
        take(house, who=who)
    with pytest.raises(NotAllowed):
        look(house, who=who)
