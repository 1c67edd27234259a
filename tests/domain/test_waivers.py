"""The rules of waivers as tables: who may sign, from when to when one is in force, what is told before its end and what follows it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from governance.domain import checklist, waivers
from governance.domain.checklist import Evaluated
from governance.domain.errors import Conflict, NotAllowed, RuleBroken
from governance.domain.exemptions import Waiver
from governance.domain.policy import Gate, WaiverRules
from governance.domain.separation import Holding, Signer
from governance.domain.vocabulary import (
    AnswerState,
    Applies,
    Function,
    GateKind,
    Role,
    Severity,
    Stage,
    Standing,
    Tier,
    WaiverSeat,
    WaiverState,
)
from governance.domain.waivers import Asked, Bound, Earlier
from tests.domain.samples import NOW, TODAY, item, planned

RULES = WaiverRules(
    only_for=Severity.WAIVABLE,
    max_days={Tier.LOW: 180, Tier.MEDIUM: 120, Tier.HIGH: 90},
    renewals=1,
    renewal_rule="a second one needs somebody else",
    grace_days=14,
    suspended_after_days=60,
    share_of_life=Decimal("0.8"),
    days_before=(7, 1),
)
OWNER, COMPLIANCE = WaiverSeat.OWNER, WaiverSeat.COMPLIANCE
BOUND = Bound(Function.DATA_SCIENCE, "claims", "lena", "tom", NOW, "dee", frozenset({"tara"}), frozenset(), signed={})


def signer(who: str, *functions: Function, **other: object) -> Signer:
    held = tuple(Holding(function, None, NOW - timedelta(days=30)) for function in functions)
    return Signer(who, held, roles=frozenset({Role.REVIEWER}), **other)  # type: ignore[arg-type]


def at(day: date, hour: int = 0, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, 0, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("who", "functions", "seat", "why"),
    [
        ("rafael", [Function.DATA_SCIENCE], OWNER, None),
        ("aoife", [Function.COMPLIANCE], COMPLIANCE, None),
        ("rafael", [Function.DATA_SCIENCE], COMPLIANCE, "do not hold the function"),
        ("aoife", [Function.COMPLIANCE], OWNER, "do not hold the function"),
        ("tom", [Function.DATA_SCIENCE], OWNER, "You asked for this waiver"),
        ("lena", [Function.DATA_SCIENCE], OWNER, "You lead this initiative"),
        ("dee", [Function.COMPLIANCE], COMPLIANCE, "You own this waiver"),
        ("mara", [Function.DATA_SCIENCE], OWNER, None),
        ("tara", [Function.DATA_SCIENCE], OWNER, None),
        ("tara", [Function.COMPLIANCE], COMPLIANCE, "on the team"),
    ],
)
def test_who_may_take_a_seat(who: str, functions: list[Function], seat: WaiverSeat, why: str | None) -> None:
    found = list(waivers.obstacles(seat, signer(who, *functions), BOUND))

    assert (found == []) if why is None else (len(found) == 1 and why in found[0])


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"sole_authors": frozenset({"rafael"})}, "only author"),
        ({"signed": {COMPLIANCE: "rafael"}}, "other seat"),
        ({"signed": {COMPLIANCE: "aoife"}}, None),
        ({"asked_at": NOW - timedelta(days=60)}, "after the waiver was asked for"),
        ({"unit": "energy"}, None),
    ],
)
def test_what_else_bars_from_a_seat(changed: Mapping[str, object], why: str | None) -> None:
    found = list(waivers.obstacles(OWNER, signer("rafael", Function.DATA_SCIENCE), replace(BOUND, **changed)))  # type: ignore[arg-type]

    assert (found == []) if why is None else (len(found) == 1 and why in found[0])


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"active": False}, "disabled"),
        ({"roles": frozenset({Role.ADMIN})}, "role of a reviewer"),
        ({"reset_at": NOW + timedelta(days=1)}, "administrator's link"),
    ],
)
def test_the_ordinary_rules_of_signing_hold(changed: Mapping[str, object], why: str) -> None:
    who = replace(signer("rafael", Function.DATA_SCIENCE), **changed)  # type: ignore[arg-type]

    assert [why in sentence for sentence in waivers.obstacles(OWNER, who, BOUND)] == [True]


def test_a_check_that_compliance_owns_takes_two_of_compliance() -> None:
    bound = replace(BOUND, function=Function.COMPLIANCE, signed={OWNER: "aoife"})

    assert list(waivers.obstacles(COMPLIANCE, signer("second", Function.COMPLIANCE), bound)) == []
    assert len(list(waivers.obstacles(COMPLIANCE, signer("aoife", Function.COMPLIANCE), bound))) == 1


@pytest.mark.parametrize(
    ("signed", "complete"),
    [
        ({}, False),
        ({OWNER: "a"}, False),
        ({COMPLIANCE: "b"}, False),
        ({OWNER: "a", COMPLIANCE: "a"}, False),
        ({OWNER: "a", COMPLIANCE: "b"}, True),
    ],
)
def test_it_takes_both_seats_and_two_people(signed: Mapping[WaiverSeat, str], complete: bool) -> None:
    assert waivers.is_complete(signed) is complete


@pytest.mark.parametrize(
    ("state", "expires", "signed", "refused"),
    [
        (WaiverState.ASKED, TODAY, {}, None),
        (WaiverState.ASKED, TODAY - timedelta(days=1), {}, RuleBroken),
        (WaiverState.ASKED, TODAY, {OWNER: "hanne"}, Conflict),
        *((state, TODAY, {}, Conflict) for state in WaiverState if state is not WaiverState.ASKED),
    ],
)
def test_when_a_seat_can_be_taken(
    state: WaiverState, expires: date, signed: dict[WaiverSeat, str], refused: type[Exception] | None
) -> None:
    def check() -> None:
        waivers.check_may_sign(state, OWNER, signer("rafael", Function.DATA_SCIENCE), replace(BOUND, signed=signed), expires, TODAY)

    if refused is None:
        check()
    else:
        with pytest.raises(refused):
            check()


def test_whoever_is_barred_is_told_the_rule() -> None:
    with pytest.raises(NotAllowed, match="You asked"):
        waivers.check_may_sign(WaiverState.ASKED, OWNER, signer("tom", Function.DATA_SCIENCE), BOUND, TODAY, TODAY)


@pytest.mark.parametrize(("severity", "may"), [(Severity.WAIVABLE, True), (Severity.BLOCKING, False), (Severity.ADVISORY, False)])
def test_only_the_severity_that_the_policy_names_can_be_waived(severity: Severity, may: bool) -> None:
    if may:
        assert waivers.check_may_be_waived(RULES, item(severity=severity)) is RULES
    else:
        with pytest.raises(RuleBroken, match="only what is waivable"):
            waivers.check_may_be_waived(RULES, item(severity=severity))


def test_without_rules_nothing_can_be_waived() -> None:
    with pytest.raises(RuleBroken, match="no waivers"):
        waivers.check_may_be_waived(None, item(severity=Severity.WAIVABLE))


FIRST, SECOND = Earlier("AI-0001.W-1", NOW - timedelta(days=90)), Earlier("AI-0001.W-2", NOW - timedelta(days=30))


def test_as_many_may_follow_as_the_policy_says() -> None:
    waivers.check_may_be_renewed(RULES, [])
    waivers.check_may_be_renewed(RULES, [FIRST])
    with pytest.raises(RuleBroken, match=r"AI-0001\.W-2 was the last.*a second one needs somebody else"):
        waivers.check_may_be_renewed(RULES, [FIRST, SECOND])


@pytest.mark.parametrize(
    ("named", "before", "holds"),
    [
        ((), [], True),
        (("old",), [], True),
        (("unknown",), [], False),
        ((), [FIRST], False),
        (("old",), [FIRST], False),
        (("same",), [FIRST], False),
        (("new",), [FIRST], True),
        (("old", "new"), [FIRST], True),
        (("new", "unknown"), [FIRST], False),
    ],
)
def test_a_renewal_rests_on_evidence_from_after_the_one_before(named: tuple[str, ...], before: list[Earlier], holds: bool) -> None:
    added = {"old": FIRST.granted_at - timedelta(days=1), "same": FIRST.granted_at, "new": FIRST.granted_at + timedelta(days=1)}

    if holds:
        waivers.check_evidence(named, added, before)
    else:
        with pytest.raises(RuleBroken):
            waivers.check_evidence(named, added, before)


@pytest.mark.parametrize(
    ("days", "tier", "holds"),
    [(0, Tier.LOW, False), (1, Tier.LOW, True), (180, Tier.LOW, True), (181, Tier.LOW, False), (120, Tier.MEDIUM, True), (121, Tier.MEDIUM, False), (91, Tier.HIGH, False)],
)  # fmt: skip
def test_its_last_day_lies_ahead_and_within_what_the_tier_allows(days: int, tier: Tier, holds: bool) -> None:
    asked = Asked("all of it", "no time", "by hand", "dee", TODAY + timedelta(days=days))

    assert ([problem.about for problem in waivers.faults(RULES, asked, tier, TODAY, owner_fits=True)] == []) is holds


def test_it_is_in_force_from_the_second_signature_to_the_end_of_its_last_day() -> None:
    moments = [NOW - timedelta(seconds=1), NOW, at(TODAY, 23), waivers.ends_at(TODAY) - timedelta(microseconds=1), waivers.ends_at(TODAY)]

    assert [waivers.is_in_force(NOW, TODAY, moment) for moment in moments] == [False, True, True, True, False]
    assert not waivers.is_in_force(None, TODAY, NOW)
    assert waivers.ends_at(TODAY) == at(TODAY + timedelta(days=1))


@pytest.mark.parametrize("state", WaiverState)
def test_time_alone_makes_it_expired(state: WaiverState) -> None:
    before, after = waivers.ends_at(TODAY) - timedelta(seconds=1), waivers.ends_at(TODAY)

    assert waivers.shown(state, TODAY, before) is state
    assert waivers.shown(state, TODAY, after) is (WaiverState.EXPIRED if state is WaiverState.IN_FORCE else state)


@pytest.mark.parametrize(
    ("days", "told"),
    [(152, [121, 145, 151]), (100, [80, 93, 99]), (10, [3, 8, 9]), (7, [5, 6]), (2, [1]), (1, []), (0, [])],
)
def test_when_its_end_is_told(days: int, told: list[int]) -> None:
    found = waivers.reminders(RULES, TODAY, TODAY + timedelta(days=days))

    assert [(day - TODAY).days for day in found] == told


def test_when_time_next_does_something() -> None:
    last = TODAY + timedelta(days=100)

    assert waivers.looks_at(RULES, TODAY, last, after=TODAY) == at(TODAY + timedelta(days=80))
    assert waivers.looks_at(RULES, TODAY, last, after=TODAY + timedelta(days=80)) == at(TODAY + timedelta(days=93))
    assert waivers.looks_at(RULES, TODAY, last, after=TODAY + timedelta(days=99)) == at(last + timedelta(days=1))


def test_when_its_end_changes_the_standing() -> None:
    assert waivers.takes_effect(RULES, TODAY) == [
        (at(TODAY + timedelta(days=15)), Standing.ON_HOLD),
        (at(TODAY + timedelta(days=61)), Standing.SUSPENDED),
    ]
    hasty = replace(RULES, suspended_after_days=3)
    assert [moment for moment, _ in waivers.takes_effect(hasty, TODAY)] == [at(TODAY + timedelta(days=15))] * 2, "never before the grace"
    assert waivers.grace_ends(RULES, TODAY) == TODAY + timedelta(days=14)


@pytest.mark.parametrize(
    ("enters", "relied_on"),
    [
        (Stage.REVIEW, {Stage.REVIEW, Stage.LIMITED_PRODUCTION, Stage.FULL_PRODUCTION}),
        (Stage.LIMITED_PRODUCTION, {Stage.LIMITED_PRODUCTION, Stage.FULL_PRODUCTION}),
        (Stage.FULL_PRODUCTION, {Stage.FULL_PRODUCTION}),
        (None, {Stage.LIMITED_PRODUCTION, Stage.FULL_PRODUCTION}),
    ],
)
def test_where_its_end_has_effects(enters: Stage | None, relied_on: set[Stage]) -> None:
    gate = Gate("G", "a gate", GateKind.PASSAGE, "?", (), (), frozenset(), enters)

    assert {stage for stage in Stage if waivers.is_relied_on(gate, stage)} == relied_on


WAIVER = Waiver("AI-0001.W-1", "G1-01", "s", "r", "c", "dee", NOW, TODAY, ((OWNER.value, "rafael"), (COMPLIANCE.value, "aoife")))


@pytest.mark.parametrize("applies", Applies)
@pytest.mark.parametrize("state", [state for state in AnswerState if state is not AnswerState.WAIVED])
def test_whatever_is_short_of_met_is_waived_where_the_check_applies(applies: Applies, state: AnswerState) -> None:
    found = Evaluated(state, "because")

    under = checklist.waived(planned(applies=applies), found, WAIVER)

    if applies is Applies.YES and state is not AnswerState.MET:
        assert under == Evaluated(AnswerState.WAIVED, "waived until 2026-09-09 (AI-0001.W-1); without that: because")
    else:
        assert under is found, "whether it applies has to be decided first"


@pytest.mark.parametrize(("reason", "holds"), [("", False), (" x ", False), ("not enough", True), ("x" * 4_001, False)])
def test_declining_needs_a_reason(reason: str, holds: bool) -> None:
    if holds:
        waivers.check_decline(reason)
    else:
        with pytest.raises(RuleBroken):
            waivers.check_decline(reason)
