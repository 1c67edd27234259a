"""Who may do what to an initiative: the whole cast against every right."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from governance.domain import rights
from governance.domain.errors import Hidden, NotAllowed, NotThere, Refused
from governance.domain.rights import Doer, FindingTies, Ties
from governance.domain.separation import Holding
from governance.domain.vocabulary import Function, Role, Visibility

SINCE = datetime(2025, 1, 1, tzinfo=UTC)


def doer(person: str, *roles: Role, unit: str = "energy", holds: tuple[str | None, ...] = ()) -> Doer:
    holdings = tuple(Holding(Function.BUSINESS, of, SINCE) for of in holds)
    return Doer(person, person.title(), unit, frozenset(roles), holdings)


CAST = {
    who.id: who
    for who in (
        doer("lena", Role.PROJECT_LEAD),
        doer("mara", Role.PROJECT_LEAD),
        doer("nadia"),
        doer("joao", Role.REVIEWER, holds=("claims",)),
        doer("rita", Role.REVIEWER, holds=("energy", None)),
        doer("else", Role.REVIEWER, holds=("energy",)),
        doer("carl", unit="claims"),
        doer("aoife", Role.COMPLIANCE_OFFICER),
        doer("ruth", Role.AUDITOR),
        doer("omar", Role.ADMIN),
        doer("mallory"),
    )
}
TIES = Ties("AI-0001", "claims", "lena", Visibility.ORGANISATION, frozenset({"mara"}), frozenset({"nadia"}))

SEES = {
    Visibility.ORGANISATION: set(CAST),
    Visibility.UNIT: {"lena", "mara", "nadia", "joao", "rita", "carl", "aoife", "ruth"},
    Visibility.NAMED: {"lena", "mara", "nadia", "aoife", "ruth"},
}
TEAM, OFFICER, REVIEWERS = {"lena", "mara"}, {"aoife"}, {"joao", "rita"}


@pytest.mark.parametrize(("who", "visibility", "active"), list(product(CAST, Visibility, [True, False])))
def test_who_sees_an_initiative(who: str, visibility: Visibility, active: bool) -> None:
    someone, ties = replace(CAST[who], active=active), replace(TIES, visibility=visibility)
    expected = active and who in SEES[visibility]

    assert rights.may_see(someone, ties) is expected
    if expected:
        rights.check_may_see(someone, ties)
    else:
        with pytest.raises(NotThere, match="There is no such initiative"):
            rights.check_may_see(someone, ties)


RIGHTS = {
    "work on": (lambda who, ties: rights.check_may_work_on(who, ties, "do this"), TEAM, "lead and the team of AI-0001 can do this"),
    "lead": (lambda who, ties: rights.check_leads(who, ties, "do this"), {"lena"}, "Only the lead of AI-0001 can do this"),
    "govern": (lambda who, ties: rights.check_may_govern(who, ties, "do this"), {"lena"} | OFFICER, "or a compliance officer can do this"),
    "comment": (rights.check_may_comment, {who for who in CAST if CAST[who].roles} - {"ruth"}, "Auditors read; they do not take part"),
    "raise a finding": (rights.check_may_raise_finding, TEAM | OFFICER | REVIEWERS, "its reviewers can raise a finding"),
}


@pytest.mark.parametrize(("right", "who", "visibility", "active"), list(product(RIGHTS, CAST, Visibility, [True, False])))
def test_who_may_do_what(right: str, who: str, visibility: Visibility, active: bool) -> None:
    """Disabled comes first, then what cannot be seen, then what is not theirs to do."""
    check, holders, said = RIGHTS[right]
    someone, ties = replace(CAST[who], active=active), replace(TIES, visibility=visibility)

    if not active:
        refused, why = NotAllowed, "disabled"
    elif who not in SEES[visibility]:
        refused, why = Hidden, "no such initiative"
    elif who not in holders:
        refused, why = NotAllowed, said
    else:
        check(someone, ties)  # type: ignore[operator]
        return
    with pytest.raises(Refused, match=why) as error:
        check(someone, ties)  # type: ignore[operator]
    assert type(error.value) is refused


@pytest.mark.parametrize(("who", "is_on_team"), [(who, who in TEAM) for who in CAST])
def test_the_lead_and_the_named_people_are_the_team(who: str, is_on_team: bool) -> None:
    assert rights.on_team(CAST[who], TIES) is is_on_team


@pytest.mark.parametrize(("who", "governs"), [(who, who in {"lena"} | OFFICER) for who in CAST])
def test_the_lead_and_compliance_govern(who: str, governs: bool) -> None:
    assert rights.may_govern(CAST[who], TIES) is governs


@pytest.mark.parametrize(("has", "asked", "active"), list(product([None, *Role], Role, [True, False])))
def test_a_role_is_asked_for_by_name(has: Role | None, asked: Role, active: bool) -> None:
    someone = replace(doer("who", *([has] if has else [])), active=active)

    if active and has is asked:
        rights.check_role(someone, [asked], "do this")
    else:
        why = f"Only somebody with the role {asked.value.replace('_', ' ')} can do this" if active else "disabled"
        with pytest.raises(NotAllowed, match=why):
            rights.check_role(someone, [asked], "do this")


def test_one_of_several_roles_is_enough_and_all_are_named_where_none_is_held() -> None:
    either = (role for role in (Role.AUDITOR, Role.COMPLIANCE_OFFICER))
    rights.check_role(CAST["ruth"], either, "read it")

    with pytest.raises(NotAllowed, match="the role auditor or compliance officer can read it"):
        rights.check_role(CAST["omar"], [Role.AUDITOR, Role.COMPLIANCE_OFFICER], "read it")


@pytest.mark.parametrize(
    ("holds", "claims", "energy"), [((), False, False), (("claims",), True, False), (("energy",), False, True), ((None,), True, True)]
)
def test_a_function_is_held_for_one_unit_or_for_all(holds: tuple[str | None, ...], claims: bool, energy: bool) -> None:
    someone = doer("who", holds=holds)

    assert [someone.reviews(unit) for unit in ("claims", "energy")] == [claims, energy]
    assert [someone.holds(Function.BUSINESS, unit) for unit in ("claims", "energy")] == [claims, energy]
    assert not any(someone.holds(function, "claims") for function in Function if function is not Function.BUSINESS)


ACCEPTS = {
    # by who owns the finding, who raised it, and the function that did
    ("mara", "joao", Function.BUSINESS): {"joao", "rita", "aoife"},
    ("mara", "joao", Function.IT_OPS): {"joao", "aoife"},
    ("mara", "nadia", None): {"nadia", "aoife"},
    ("joao", "joao", Function.BUSINESS): {"rita", "aoife"},
    ("aoife", "joao", Function.BUSINESS): {"joao", "rita"},
    ("lena", "lena", None): {"aoife"},
}


@pytest.mark.parametrize(("finding", "who", "active"), list(product(ACCEPTS, CAST, [True, False])), ids=str)
def test_who_accepts_the_answer_to_a_finding(finding: tuple[str, str, Function | None], who: str, active: bool) -> None:
    """Never its owner; whoever raised it, another holder of the function that did, or compliance."""
    bound, someone = FindingTies(*finding), replace(CAST[who], active=active)
    expected = who in ACCEPTS[finding]

    assert rights.may_accept(someone, TIES, bound) is expected
    if active and expected:
        rights.check_may_accept(someone, TIES, bound)
    else:
        why = "disabled" if not active else "You own this finding" if who == finding[0] else "Only the function that raised a finding"
        with pytest.raises(NotAllowed, match=why):
            rights.check_may_accept(someone, TIES, bound)


def test_a_finding_that_cannot_be_seen_is_not_there() -> None:
    with pytest.raises(NotThere, match="or you may not see it"):
        rights.check_may_accept(CAST["else"], replace(TIES, visibility=Visibility.NAMED), FindingTies("mara", "else", Function.BUSINESS))
