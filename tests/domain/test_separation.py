"""Who may take a seat: the complete table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from governance.domain import separation
from governance.domain.errors import Conflict, NotAllowed, RuleBroken
from governance.domain.loosening import BARRED_FOR, Loosening
from governance.domain.policy import Seat
from governance.domain.separation import Circumstances, Holding, Signer
from governance.domain.vocabulary import Decision, Function, RequestState, Role, Section
from tests.domain.test_signoffs import ALL, EXECUTIVE, NOW, SEATS, SECTIONS, review, signed

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
BUSINESS = SEATS[2]
REVIEWER = frozenset({Role.REVIEWER})
AROUND = Circumstances(
    unit="claims",
    lead="lena",
    submitters=frozenset({"lena", "tom"}),
    first_submitted=NOW - timedelta(days=3),
    team=frozenset({"lena", "tom", "mara"}),
    sole_authors={},
)


def holder(person: str = "ada", function: Function = Function.BUSINESS, unit: str | None = None, since: datetime = LONG_AGO) -> Signer:
    return Signer(person, (Holding(function, unit, since),), roles=REVIEWER)


def refusals(signer: Signer, **changes: object) -> list[str]:
    seat = changes.pop("seat", BUSINESS)
    given = changes.pop("given", ())
    return list(separation.obstacles(review(*given), seat, signer, replace(AROUND, **changes)))  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("signer", "why"),
    [
        (holder(), None),
        (holder(unit="claims"), None),
        (holder(unit="energy"), "do not hold the function"),
        (holder(function=Function.COMPLIANCE), "do not hold the function"),
        (Signer("ada", ()), "do not hold the function"),
        (holder("lena"), "You submitted"),
        (holder("tom"), "You submitted"),
        (holder(since=NOW - timedelta(days=2)), "after the request was submitted"),
        (holder(since=NOW - timedelta(days=3)), None),
    ],
)
def test_who_may_take_a_seat(signer: Signer, why: str | None) -> None:
    found = refusals(signer)

    assert (not found) if why is None else any(why in sentence for sentence in found)


@pytest.mark.parametrize("role", Role)
def test_only_reviewers_and_compliance_officers_sign(role: Role) -> None:
    found = refusals(replace(holder(), roles=frozenset({role})))

    assert found == [] if role in (Role.REVIEWER, Role.COMPLIANCE_OFFICER) else any("role of a reviewer" in why for why in found)
    assert refusals(replace(holder(), roles=frozenset()))


def test_whoever_is_disabled_does_not_sign() -> None:
    assert any("disabled" in sentence for sentence in refusals(replace(holder(), active=False)))


def test_the_lead_may_not_sign_even_if_somebody_else_submitted() -> None:
    assert any("You lead" in sentence for sentence in refusals(holder("lena"), submitters=frozenset({"tom"})))


@pytest.mark.parametrize(("days_before", "barred"), [(4, False), (3, False), (2, True), (0, True)])
def test_a_password_of_an_administrators_link_does_not_sign_what_was_submitted_before(days_before: int, barred: bool) -> None:
    signer = replace(holder(), reset_at=NOW - timedelta(days=days_before))

    assert any("through an administrator's link" in sentence for sentence in refusals(signer)) == barred


def test_the_only_author_of_a_section_may_not_judge_it() -> None:
    only = {**AROUND.sole_authors, Section.BUSINESS: frozenset({"ada"})}

    assert any("only author" in sentence for sentence in refusals(holder(), sole_authors=only))
    assert any("only author" in sentence for sentence in refusals(holder(), sole_authors={Section.BUSINESS: frozenset({"ada", "mara"})}))
    assert not refusals(holder(), sole_authors={**only, Section.BUSINESS: frozenset({"mara"})})
    assert not refusals(holder(), sole_authors={**AROUND.sole_authors, Section.IT_OPS: frozenset({"ada"})})


def test_nobody_fills_two_seats_of_one_request_not_even_after_the_first_fell() -> None:
    other = signed(SEATS[0], by="ada", at=NOW - timedelta(days=300))

    assert any("two seats" in sentence for sentence in refusals(holder(), given=(other,)))


def test_a_qualification_and_independence_are_asked_for() -> None:
    validator = replace(BUSINESS, independent=True, qualification="model validation")

    assert any("qualification" in sentence for sentence in refusals(holder(), seat=validator))
    assert any("independent" in sentence for sentence in refusals(holder("mara"), seat=validator))
    qualified = Signer("ada", (Holding(Function.BUSINESS, None, LONG_AGO),), frozenset({"model validation"}), REVIEWER)
    assert not refusals(qualified, seat=validator)


def test_the_oldest_fitting_holding_counts() -> None:
    both = Signer("ada", (Holding(Function.BUSINESS, "claims", NOW), Holding(Function.BUSINESS, None, LONG_AGO)))

    assert separation.holding_for(both, Function.BUSINESS, "claims") == Holding(Function.BUSINESS, None, LONG_AGO)


def check(*given: object, seat: object = BUSINESS, **other: object) -> None:
    separation.check_may_sign(review(*given, **other), seat, holder(), AROUND, NOW)  # type: ignore[arg-type]


def test_a_holder_who_is_not_involved_may_sign() -> None:
    check(ALL[0])


@pytest.mark.parametrize("state", sorted(set(RequestState) - {RequestState.IN_REVIEW}))
def test_nothing_is_decided_outside_a_review(state: RequestState) -> None:
    with pytest.raises(RuleBroken, match="not in review"):
        check(state=state)


def test_a_seat_that_counts_is_not_decided_again() -> None:
    with pytest.raises(Conflict, match="already decided"):
        check(ALL[2])


def test_a_seat_whose_sign_off_fell_is_decided_again() -> None:
    check(replace(ALL[2], by="ada", at=NOW - timedelta(days=90)))


def test_a_later_seat_waits() -> None:
    with pytest.raises(RuleBroken, match="decides last"):
        check(*ALL[:2], seat=EXECUTIVE, seats=(*SEATS, EXECUTIVE))


def test_somebody_who_may_not_is_told_why() -> None:
    with pytest.raises(NotAllowed, match="You submitted"):
        separation.check_may_sign(review(), BUSINESS, holder("lena"), AROUND, NOW)


def test_the_dossier_signed_is_the_one_read() -> None:
    separation.check_seen(review(), BUSINESS, "d", "d")
    with pytest.raises(Conflict, match="while you were reading"):
        separation.check_seen(review(), BUSINESS, "d", "e")


@pytest.mark.parametrize(("section", "stops"), [(Section.COMMON, True), (Section.BUSINESS, True), (Section.IT_OPS, False)])
def test_nobody_decides_on_a_section_that_moved_on(section: Section, stops: bool) -> None:
    moved = review(live={**SECTIONS, section: "else"})
    if stops:
        with pytest.raises(Conflict, match="new revision"):
            separation.check_seen(moved, BUSINESS, "d", "d")
    else:
        separation.check_seen(moved, BUSINESS, "d", "d")


@pytest.mark.parametrize("decision", Decision)
def test_only_an_approval_may_go_without_a_reason(decision: Decision) -> None:
    separation.check_reason(decision, "because")
    if decision is not Decision.APPROVE:
        with pytest.raises(RuleBroken, match="Say why"):
            separation.check_reason(decision, "  ")
    else:
        separation.check_reason(decision, "")


def named(value: object) -> str:
    """The same on every worker: the seats hold sets, whose order is by chance."""
    return str(getattr(value, "id", value))


@pytest.mark.parametrize(("holds", "seat"), list(product(Function, SEATS)), ids=named)
def test_a_seat_is_taken_under_its_own_function_only(holds: Function, seat: Seat) -> None:
    allowed = holds is seat.function
    found = refusals(holder(function=holds), seat=seat)

    assert found == (
        []
        if allowed
        else [f"You do not hold the function this seat needs ({seat.function.spoken}) for this unit. An administrator can grant it."]
    )


@pytest.mark.parametrize(("section", "judged"), list(product(Section, [*SEATS, EXECUTIVE])), ids=named)
def test_the_only_author_of_any_covered_section_but_the_common_one_is_kept_out(section: Section, judged: Seat) -> None:
    only = {**AROUND.sole_authors, section: frozenset({"ada"})}

    found = refusals(holder(function=judged.function), seat=judged, sole_authors=only)

    assert any("only author" in sentence for sentence in found) is (section in judged.covers and section is not Section.COMMON)


def test_a_section_nobody_wrote_has_no_only_author() -> None:
    assert not refusals(holder(), sole_authors={})
    assert not refusals(holder(), sole_authors={Section.BUSINESS: frozenset()})


def test_the_same_seat_may_be_signed_again_by_the_same_person() -> None:
    assert not refusals(holder(), given=(signed(BUSINESS, by="ada"),))


@pytest.mark.parametrize(("person", "independent", "stops"), [("mara", True, True), ("mara", False, False), ("ada", True, False)])
def test_only_an_independent_seat_is_closed_to_the_team(person: str, independent: bool, stops: bool) -> None:
    found = refusals(holder(person), seat=replace(BUSINESS, independent=independent), sole_authors={})

    assert any("is independent" in sentence for sentence in found) is stops


def test_everything_that_stands_in_the_way_is_said_at_once() -> None:
    seat = replace(BUSINESS, independent=True, qualification="validation")
    other = signed(SEATS[0], by="lena")

    found = refusals(Signer("lena", (), active=False), seat=seat, given=(other,), sole_authors={Section.BUSINESS: frozenset({"lena"})})

    said = [
        "is disabled",
        "do not hold",
        "role of a reviewer",
        "a qualification",
        "You submitted",
        "only author",
        "another seat",
        "is independent",
    ]
    assert len(found) == len(said)
    assert all(words in sentence for words, sentence in zip(said, found, strict=True))


@pytest.mark.parametrize(
    ("held", "found"),
    [
        ([], None),
        ([(Function.IT_OPS, None, 1)], None),
        ([(Function.BUSINESS, "energy", 1)], None),
        ([(Function.BUSINESS, "claims", 1)], 0),
        ([(Function.BUSINESS, "claims", 5), (Function.BUSINESS, None, 9), (Function.IT_OPS, None, 99)], 1),
        ([(Function.BUSINESS, "energy", 99), (Function.BUSINESS, "claims", 5), (Function.BUSINESS, None, 1)], 1),
    ],
)
def test_which_holding_somebody_decides_under(held: list[tuple[Function, str | None, int]], found: int | None) -> None:
    holdings = tuple(Holding(function, unit, NOW - timedelta(days=days)) for function, unit, days in held)

    assert separation.holding_for(Signer("ada", holdings), Function.BUSINESS, "claims") == (None if found is None else holdings[found])


REJECTED = signed(SEATS[0], Decision.REJECT)


def test_after_a_reject_nobody_waits_and_the_record_may_have_moved_on() -> None:
    """The round only collects what is wrong, so the last seat may speak too."""
    check(REJECTED, seat=EXECUTIVE, seats=(*SEATS, EXECUTIVE))
    separation.check_seen(review(REJECTED, live={**SECTIONS, Section.COMMON: "else"}), BUSINESS, "d", "d")
    with pytest.raises(Conflict, match="while you were reading"):
        separation.check_seen(review(REJECTED), BUSINESS, "d", "e")


def test_a_last_seat_decides_once_the_others_have_approved_and_is_told_whom_it_waits_for() -> None:
    check(*ALL, seat=EXECUTIVE, seats=(*SEATS, EXECUTIVE))
    with pytest.raises(RuleBroken, match=r"The seat Executive decides last\. First: it_ops, compliance\."):
        check(ALL[0], ALL[2], seat=EXECUTIVE, seats=(*SEATS, EXECUTIVE))


@pytest.mark.parametrize(("reason", "is_reason"), [("", False), (" \n\t", False), (".", True), (" no ", True)])
@pytest.mark.parametrize("decision", [Decision.REQUEST_CHANGES, Decision.REJECT])
def test_a_reason_is_more_than_spaces(decision: Decision, reason: str, is_reason: bool) -> None:
    if is_reason:
        separation.check_reason(decision, reason)
    else:
        with pytest.raises(RuleBroken, match="Say why"):
            separation.check_reason(decision, reason)


@pytest.mark.parametrize("seat", SEATS)
@pytest.mark.parametrize(("who", "deed"), [("ada", "proposed"), ("bo", "published"), ("cy", None)])
def test_who_loosened_a_rule_takes_no_seat_of_what_benefits(seat: Seat, who: str, deed: str | None) -> None:
    loosening = Loosening("2.0", "G1", 3, "ada", "bo", NOW)
    signer = replace(holder(who, seat.function), qualifications=frozenset({seat.qualification or ""}))

    found = refusals(signer, seat=seat, loosened={"ada": loosening, "bo": loosening})

    assert [sentence for sentence in found if "loosened" in sentence] == found
    assert bool(found) == (deed is not None)
    if deed is not None:
        until = (NOW + BARRED_FOR).strftime("%Y-%m-%d %H:%M UTC")
        assert f"You {deed} version 2.0 of the policy, which loosened 3 rules of gate G1" in found[0] and until in found[0]
