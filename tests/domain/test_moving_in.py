"""When something may be brought in, and when it is regular here."""

from datetime import date

import pytest

from governance.domain import moving_in
from governance.domain.errors import Conflict, NotAllowed, RuleBroken
from governance.domain.moving_in import AsFound, Past
from governance.domain.rights import Doer, Ties
from governance.domain.vocabulary import Regularity, Role, Stage, Visibility

TODAY = date(2026, 11, 26)
TIES = Ties("AI-0001", "claims", "lena", Visibility.ORGANISATION, frozenset({"dee"}))
GOOD = {
    "stage": Stage.FULL_PRODUCTION,
    "since": date(2023, 5, 3),
    "said_by": "Ada Lind",
    "said_as": "head",
    "regularise_by": date(2027, 6, 1),
}


@pytest.mark.parametrize(
    ("past", "may"),
    [
        (Past(), True),
        (Past(brought_in=True), False),
        (Past(submitted=("AI-0001.G1-1",)), False),
        (Past(open_request="AI-0001.G1-1"), False),
    ],
)
def test_it_is_said_once_and_only_before_anything_was_judged_here(past: Past, may: bool) -> None:
    if may:
        moving_in.check_may_bring_in(past)
    else:
        with pytest.raises(Conflict):
            moving_in.check_may_bring_in(past)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("who", "apart"), [("aoife", True), ("lena", False), ("dee", False)])
def test_only_a_compliance_officer_who_has_no_part_in_it_vouches(role: Role, who: str, apart: bool) -> None:
    doer = Doer(who, who, "claims", frozenset({role}))

    if role is Role.COMPLIANCE_OFFICER and apart:
        moving_in.check_may_vouch(doer, TIES, "bring it in")
    else:
        with pytest.raises(NotAllowed):
            moving_in.check_may_vouch(doer, TIES, "bring it in")


@pytest.mark.parametrize(
    ("changed", "about"),
    [
        ({}, []),
        ({"since": TODAY}, []),
        ({"since": date(2026, 11, 27)}, ["since"]),
        ({"since": date(1969, 12, 31)}, ["since"]),
        ({"said_by": " "}, ["said_by"]),
        ({"said_as": "x" * 201}, ["said_as"]),
        ({"regularise_by": None}, ["regularise_by"]),
        ({"regularise_by": TODAY}, ["regularise_by"]),
        ({"regularise_by": date(2026, 11, 27)}, []),
        ({"regularise_by": date(2028, 11, 26)}, []),
        ({"regularise_by": date(2028, 11, 27)}, ["regularise_by"]),
        ({"stage": Stage.RETIRED}, ["regularise_by"]),
        ({"stage": Stage.RETIRED, "regularise_by": None}, []),
        (
            {"since": date(2030, 1, 1), "said_by": "", "said_as": "", "regularise_by": None},
            ["since", "said_by", "said_as", "regularise_by"],
        ),
    ],
)
def test_what_does_not_hold_up_is_named_all_at_once(changed: dict[str, object], about: list[str]) -> None:
    found = AsFound(**{**GOOD, **changed})  # type: ignore[arg-type]

    assert [problem.about for problem in moving_in.faults(found, TODAY)] == about


def test_two_years_from_a_leap_day_end_on_the_last_of_february() -> None:
    assert moving_in.last_day(date(2028, 2, 29)) == date(2030, 2, 28)


@pytest.mark.parametrize(
    ("stage", "until", "done", "where"),
    [
        (Stage.FULL_PRODUCTION, date(2026, 11, 26), False, Regularity.DUE),
        (Stage.FULL_PRODUCTION, date(2026, 11, 25), False, Regularity.OVERDUE),
        (Stage.FULL_PRODUCTION, date(2026, 11, 25), True, Regularity.REGULARISED),
        (Stage.PILOT, date(2027, 1, 1), False, Regularity.DUE),
        (Stage.RETIRED, None, False, Regularity.KEPT),
    ],
)
def test_overdue_begins_the_day_after(stage: Stage, until: date | None, done: bool, where: Regularity) -> None:
    assert moving_in.regularity(stage, until, regularised=done, today=TODAY) is where


@pytest.mark.parametrize(
    ("stage", "now", "doer", "error"),
    [
        (Stage.FULL_PRODUCTION, Regularity.DUE, "second", None),
        (Stage.LIMITED_PRODUCTION, Regularity.OVERDUE, "second", None),
        (Stage.FULL_PRODUCTION, Regularity.DUE, "aoife", NotAllowed),
        (Stage.FULL_PRODUCTION, Regularity.REGULARISED, "second", Conflict),
        (Stage.REVIEW, Regularity.DUE, "second", RuleBroken),
        (Stage.PILOT, Regularity.OVERDUE, "second", RuleBroken),
        (Stage.RETIRED, Regularity.KEPT, "second", RuleBroken),
    ],
)
def test_an_officer_records_it_only_in_production_and_only_another_one(
    stage: Stage, now: Regularity, doer: str, error: type[Exception] | None
) -> None:
    if error is None:
        moving_in.check_may_regularise(stage, now, "aoife", doer)
    else:
        with pytest.raises(error):
            moving_in.check_may_regularise(stage, now, "aoife", doer)


@pytest.mark.parametrize(
    ("named", "holds"), [(["E-2"], True), (["E-1", "E-2"], True), (["E-1"], False), ([], False), (["E-2", "of another"], False)]
)
def test_it_rests_on_evidence_from_here(named: list[str], holds: bool) -> None:
    if holds:
        moving_in.check_rests_on(named, ["E-1", "E-2"], ["E-1"])
    else:
        with pytest.raises(RuleBroken):
            moving_in.check_rests_on(named, ["E-1", "E-2"], ["E-1"])
