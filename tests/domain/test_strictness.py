"""Whether a changed rule asks for more or for less, as one table per kind of rule."""

from decimal import Decimal

import pytest

from governance.domain import strictness
from governance.domain.policy import Bound, Combination
from governance.domain.policy_changes import Effect
from governance.domain.questionnaire import Band, StatementKind
from governance.domain.strictness import Limit
from governance.domain.vocabulary import Comparator, GateKind, Severity, Tier

STRICTER, LOOSER, NEITHER, UNCLEAR = Effect.STRICTER, Effect.LOOSER, Effect.NEITHER, Effect.UNCLEAR
LT, LTE, GT, GTE, EQ = Comparator.LT, Comparator.LTE, Comparator.GT, Comparator.GTE, Comparator.EQ
BETWEEN, REACHES, BEATS = Comparator.BETWEEN, Comparator.REACHES, Comparator.BEATS


def d(text: str) -> Decimal:
    return Decimal(text)


def constant(comparator: Comparator, *ends: str) -> Limit:
    if len(ends) == 2:
        return Limit(comparator, (d(ends[0]), d(ends[1])))
    return Limit(comparator, ends[0] if ends[0].startswith("A") else d(ends[0]))


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (constant(LTE, "0.05"), constant(LTE, "0.02"), STRICTER),
        (constant(LTE, "0.02"), constant(LTE, "0.05"), LOOSER),
        (constant(LT, "5"), constant(LT, "4"), STRICTER),
        (constant(GTE, "0.9"), constant(GTE, "0.95"), STRICTER),
        (constant(GTE, "0.9"), constant(GTE, "0.8"), LOOSER),
        (constant(GT, "3"), constant(GT, "2"), LOOSER),
        (constant(LTE, "5"), constant(LT, "5"), STRICTER),
        (constant(GT, "5"), constant(GTE, "5"), LOOSER),
        (constant(LT, "5"), constant(LTE, "4"), STRICTER),
        (constant(LTE, "5"), constant(GTE, "5"), UNCLEAR),
        (constant(EQ, "0"), constant(LTE, "0"), LOOSER),
        (constant(LTE, "0"), constant(EQ, "0"), STRICTER),
        (constant(EQ, "0"), constant(EQ, "1"), UNCLEAR),
        (constant(LTE, "0.0"), constant(LTE, "0.00"), NEITHER),
        (constant(BETWEEN, "0.8", "1.25"), constant(BETWEEN, "0.9", "1.1"), STRICTER),
        (constant(BETWEEN, "0.8", "1.25"), constant(BETWEEN, "0.7", "1.3"), LOOSER),
        (constant(BETWEEN, "0.8", "1.25"), constant(BETWEEN, "0.9", "1.3"), UNCLEAR),
        (constant(BETWEEN, "0.8", "1.25"), constant(LTE, "1.25"), LOOSER),
        (constant(GTE, "A2"), constant(GTE, "A3"), STRICTER),
        (constant(GTE, "A3"), constant(GTE, "A2"), LOOSER),
        (constant(REACHES, "0.9"), constant(REACHES, "0.95"), UNCLEAR),
        (constant(REACHES, "0.9"), constant(BEATS, "0.9"), STRICTER),
        (Limit(BEATS, None, "approved.quality"), Limit(REACHES, None, "approved.quality"), LOOSER),
        (Limit(LTE, None, "limits.latency"), Limit(LT, None, "limits.latency"), STRICTER),
        (Limit(LTE, None, "limits.latency"), Limit(LTE, None, "limits.lag"), UNCLEAR),
        (Limit(LTE, None, "limits.latency"), Limit(EQ, None, "limits.latency"), UNCLEAR),
        (constant(LTE, "5"), Limit(LTE, None, "limits.latency"), UNCLEAR),
    ],
)
def test_a_limit_that_lets_through_less_is_stricter(before: Limit, after: Limit, effect: Effect) -> None:
    assert strictness.limit(before, after) is effect
    assert strictness.limit(after, before) is strictness.opposite(effect)


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (Severity.BLOCKING, Severity.ADVISORY, LOOSER),
        (Severity.BLOCKING, Severity.WAIVABLE, LOOSER),
        (Severity.WAIVABLE, Severity.ADVISORY, LOOSER),
        (Severity.ADVISORY, Severity.BLOCKING, STRICTER),
        (Severity.BLOCKING, Severity.BLOCKING, NEITHER),
    ],
)
def test_severity(before: Severity, after: Severity, effect: Effect) -> None:
    assert strictness.severity(before, after) is effect


@pytest.mark.parametrize(("before", "after", "effect"), [(90, 60, STRICTER), (60, 90, LOOSER), (60, 60, NEITHER), (None, 90, UNCLEAR)])
def test_days_that_something_holds_are_stricter_the_fewer_they_are(before: int | None, after: int | None, effect: Effect) -> None:
    assert strictness.lower(before, after) is effect
    assert strictness.higher(before, after) is strictness.opposite(effect)


@pytest.mark.parametrize(
    ("before", "after", "effect"), [(None, "0.05", LOOSER), ("0.05", None, STRICTER), ("0.05", "0.02", STRICTER), ("0", None, NEITHER)]
)
def test_a_margin_eases(before: str | None, after: str | None, effect: Effect) -> None:
    assert strictness.easing(before and d(before), after and d(after)) is effect  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("comparator", "unit", "before", "after", "effect"),
    [
        (GTE, "share", "0.8", "0.7", LOOSER),
        (GTE, "requests per second", "2", "3", STRICTER),
        (LTE, "seconds", "1", "1.5", LOOSER),
        (LTE, "seconds", None, "1.5", LOOSER),
        (LTE, "EUR per year", "1", "1.5", UNCLEAR),
        (LTE, "as the metric", "1", "1.5", UNCLEAR),
        (REACHES, "share", "1", "1.5", UNCLEAR),
        (LTE, "seconds", "-1", "1", UNCLEAR),
    ],
)
def test_a_factor(comparator: Comparator, unit: str, before: str | None, after: str, effect: Effect) -> None:
    assert strictness.factor(comparator, unit, d(before) if before else None, d(after)) is effect


@pytest.mark.parametrize(
    ("comparator", "effect"), [(LTE, STRICTER), (GTE, STRICTER), (REACHES, STRICTER), (EQ, UNCLEAR), (BETWEEN, UNCLEAR)]
)
def test_the_worse_end_of_the_interval_asks_for_more(comparator: Comparator, effect: Effect) -> None:
    assert strictness.bound(comparator, Bound.POINT, Bound.WORSE) is effect
    assert strictness.bound(comparator, Bound.WORSE, Bound.POINT) is strictness.opposite(effect)


@pytest.mark.parametrize(
    ("combination", "always", "effect"),
    [
        (Combination.ALL_OF, True, STRICTER),
        (Combination.ALL_OF, False, STRICTER),
        (Combination.ANY_OF, True, LOOSER),
        (Combination.ANY_OF, False, UNCLEAR),
    ],
)
def test_one_threshold_more(combination: Combination, always: bool, effect: Effect) -> None:
    assert strictness.part_added(combination, others_always_count=always) is effect


def test_how_thresholds_combine_says_something_only_where_both_sides_have_several() -> None:
    assert strictness.combination(Combination.ALL_OF, Combination.ANY_OF, (2, 2)) is LOOSER
    assert strictness.combination(Combination.ANY_OF, Combination.ALL_OF, (2, 3)) is STRICTER
    assert strictness.combination(Combination.ALL_OF, Combination.ANY_OF, (1, 2)) is NEITHER


@pytest.mark.parametrize(
    ("before", "after", "effect"), [("ab", "abc", STRICTER), ("abc", "ab", LOOSER), ("ab", "ba", NEITHER), ("ab", "bc", UNCLEAR)]
)
def test_more_duties_are_stricter(before: str, after: str, effect: Effect) -> None:
    assert strictness.more(before, after) is effect


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [(None, "model validation", STRICTER), ("model validation", None, LOOSER), ("model validation", "any training", UNCLEAR)],
)
def test_a_demand_in_words(before: str | None, after: str | None, effect: Effect) -> None:
    assert strictness.demand(before, after) is effect


@pytest.mark.parametrize(("before", "after", "effect"), [("A1", "A2", STRICTER), ("A2", "A1", LOOSER), (None, "A0", STRICTER), ("A1", None, LOOSER)])  # fmt: skip
def test_attribution_levels(before: str | None, after: str | None, effect: Effect) -> None:
    assert strictness.level(before, after) is effect


@pytest.mark.parametrize(
    ("low", "high", "effect"),
    [((0, 9), (20, 42), STRICTER), ((0, 11), (21, 42), LOOSER), ((0, 10), (21, 42), NEITHER), ((0, 11), (20, 42), UNCLEAR)],
)
def test_a_score_that_leads_to_a_higher_tier_is_stricter(low: tuple[int, int], high: tuple[int, int], effect: Effect) -> None:
    def bands(low: tuple[int, int], high: tuple[int, int]) -> tuple[Band, ...]:
        return Band(Tier.LOW, *low), Band(Tier.MEDIUM, low[1] + 1, high[0] - 1), Band(Tier.HIGH, *high)

    assert strictness.bands(bands((0, 10), (21, 42)), bands(low, high)) is effect


def test_what_raises_the_tier_is_stricter_and_what_lifts_it_is_looser() -> None:
    assert strictness.tier(Tier.MEDIUM, Tier.HIGH) is STRICTER and strictness.tier(Tier.HIGH, Tier.LOW) is LOOSER
    assert strictness.tier(None, Tier.HIGH) is UNCLEAR
    assert [strictness.statement_added(kind) for kind in StatementKind] == [STRICTER, STRICTER, LOOSER]


def test_another_gate_is_one_more_duty_only_where_it_leads_nowhere() -> None:
    assert {kind: strictness.gate_added(kind) for kind in GateKind} == {
        GateKind.PASSAGE: UNCLEAR,
        GateKind.RECURRING: STRICTER,
        GateKind.EXIT: UNCLEAR,
    }


@pytest.mark.parametrize(
    ("effects", "whole"),
    [
        ([], NEITHER),
        ([NEITHER, STRICTER], STRICTER),
        ([LOOSER, LOOSER], LOOSER),
        ([LOOSER, STRICTER], UNCLEAR),
        ([UNCLEAR, STRICTER], UNCLEAR),
    ],
)
def test_several_effects_make_one_only_where_they_agree(effects: list[Effect], whole: Effect) -> None:
    assert strictness.together(effects) is whole
