"""One value against one limit: exact, and undecided wherever something is missing or does not fit."""

from dataclasses import replace
from decimal import Decimal

import pytest

from governance.domain.comparison import Comparison, Outcome, Reference, compare, compare_all
from governance.domain.dossier import StatedValue
from governance.domain.policy import Bound, Threshold
from governance.domain.vocabulary import Comparator
from tests.domain.samples import all_of, answer, threshold, value

LT, LTE, GT, GTE, EQ = Comparator.LT, Comparator.LTE, Comparator.GT, Comparator.GTE, Comparator.EQ
BETWEEN, REACHES, BEATS = Comparator.BETWEEN, Comparator.REACHES, Comparator.BEATS
YES, NO, OPEN = Outcome.SUCCESSFUL, Outcome.FAILED, Outcome.INCONCLUSIVE
BAND = (Decimal("0.8"), Decimal("0.9"))


def compared(of: Threshold, stated: StatedValue, *beside: StatedValue, **references: Reference) -> Comparison:
    known = {name.replace("__", "."): reference for name, reference in references.items()}
    return compare(of, stated, answer(*beside, stated), known)


@pytest.mark.parametrize(
    ("comparator", "limit", "good", "below", "at", "above"),
    [
        (LT, "0.9", None, YES, NO, NO),
        (LTE, "0.9", None, YES, YES, NO),
        (GT, "0.9", None, NO, NO, YES),
        (GTE, "0.9", None, NO, YES, YES),
        (EQ, "0.9", None, NO, YES, NO),
        (REACHES, "0.9", "up", NO, YES, YES),
        (REACHES, "0.9", "down", YES, YES, NO),
        (REACHES, "0.9", None, OPEN, OPEN, OPEN),
        (REACHES, "0.9", "sideways", OPEN, OPEN, OPEN),
        (BEATS, "0.9", "up", NO, NO, YES),
        (BEATS, "0.9", "down", YES, NO, NO),
        (BEATS, "0.9", None, OPEN, OPEN, OPEN),
        (BETWEEN, BAND, None, YES, YES, NO),
        (BETWEEN, "0.9", None, OPEN, OPEN, OPEN),
        (GTE, BAND, None, OPEN, OPEN, OPEN),
        (LT, "0.9", "up", YES, NO, NO),
        (GT, "0.9", "down", NO, NO, YES),
    ],
)
def test_every_comparator_below_at_and_above_its_limit(
    comparator: Comparator, limit: object, good: str | None, below: Outcome, at: Outcome, above: Outcome
) -> None:
    numbers = ("0.8999999999999999999999999999999999", "0.900", "0.9000000000000000000000000000000001")

    found = [compared(threshold(comparator, limit), value(number, good=good)).outcome for number in numbers]

    assert found == [below, at, above]


@pytest.mark.parametrize(
    ("number", "outcome"), [("0.79999", NO), ("0.8", YES), ("0.85", YES), ("0.90", YES), ("0.90001", NO), ("-0.85", NO), ("A3", OPEN)]
)
def test_both_ends_of_a_range_belong_to_it(number: str, outcome: Outcome) -> None:
    assert compared(threshold(BETWEEN, BAND), value(number)).outcome is outcome


@pytest.mark.parametrize(
    ("comparator", "limit", "level", "outcome"),
    [
        (GTE, "A2", "A1", NO),
        (GTE, "A2", "A2", YES),
        (GTE, "A2", "A5", YES),
        (GT, "A2", "A2", NO),
        (GT, "A2", "A3", YES),
        (LT, "A2", "A1", YES),
        (LT, "A2", "A2", NO),
        (LTE, "A2", "A2", YES),
        (LTE, "A2", "A3", NO),
        (EQ, "A2", "A2", YES),
        (EQ, "A2", "A3", NO),
        (GTE, "A2", "2", OPEN),
        (GTE, "2", "A2", OPEN),
        (EQ, "2", "A2", OPEN),
        (GTE, "A2", "A6", OPEN),
        (GTE, "A2", "a3", OPEN),
        (GTE, "2", "two", OPEN),
        (GTE, "2", "", OPEN),
        (GTE, "2", "NaN", OPEN),
        (GTE, "2", "1e99999999999", OPEN),
    ],
)
def test_levels_compare_with_levels_and_numbers_with_numbers(comparator: Comparator, limit: str, level: str, outcome: Outcome) -> None:
    assert compared(threshold(comparator, limit), value(level)).outcome is outcome


def test_a_level_needs_no_interval() -> None:
    assert compared(threshold(GTE, "A2", bound=Bound.WORSE), value("A3")).outcome is YES


@pytest.mark.parametrize(("n", "outcome"), [(0, OPEN), (399, OPEN), (400, YES), (401, YES)])
def test_too_few_cases_decide_nothing(n: int, outcome: Outcome) -> None:
    found = compared(threshold(min_n=400), value(n=n))

    assert found.outcome is outcome
    assert outcome is YES or found.why == f"n {n}, needs 400"


@pytest.mark.parametrize(
    ("asked", "stated", "outcome"),
    [
        ("share", "share", YES),
        ("share", "percent", OPEN),
        ("share", "Share", OPEN),
        ("share", "", OPEN),
        ("as the metric", "AUC", YES),
        ("units of the KPI", "minutes", YES),
    ],
)
def test_another_unit_decides_nothing(asked: str, stated: str, outcome: Outcome) -> None:
    assert compared(threshold(unit=asked), value(unit=stated)).outcome is outcome


@pytest.mark.parametrize(
    ("comparator", "good", "low", "high", "outcome"),
    [
        (GTE, None, "0.90", "0.99", YES),
        (GTE, None, "0.89", "0.99", NO),
        (GT, None, "0.90", "0.99", NO),
        (LTE, None, "0.10", "0.90", OPEN),
        (LTE, None, "0.10", "0.95", NO),
        (LT, None, "0.10", "0.9501", NO),
        (REACHES, "up", "0.90", "0.99", YES),
        (REACHES, "up", "0.89", "0.99", NO),
        (REACHES, "down", "0.10", "0.95", NO),
        (BEATS, "up", "0.90", "0.99", NO),
        (GTE, "down", "0.10", "0.99", NO),
        (LTE, "up", "0.10", "0.99", NO),
        (GTE, None, None, "0.99", OPEN),
        (GTE, None, "0.90", None, OPEN),
        (GTE, None, "0.99", "0.90", OPEN),
        (GTE, None, "0.96", "0.99", OPEN),
        (GTE, None, "0.90", "0.94", OPEN),
        (GTE, None, "A1", "0.99", OPEN),
        (GTE, None, "0.90", "A5", OPEN),
        (GTE, None, "0.95", "0.95", YES),
    ],
)
def test_the_end_of_the_interval_that_is_less_good_is_compared(
    comparator: Comparator, good: str | None, low: str | None, high: str | None, outcome: Outcome
) -> None:
    """Which end that is, the comparator says; a direction stated beside the value cannot choose the easier one."""
    stated = value("0.95", low=low, high=high, good=good)

    assert compared(threshold(comparator, "0.9", bound=Bound.WORSE), stated).outcome is outcome


@pytest.mark.parametrize(
    ("comparator", "good", "low", "high", "outcome"),
    [
        (LTE, None, "0.1", "0.9", YES),
        (LT, None, "0.1", "0.9", NO),
        (REACHES, "down", "0.1", "0.9", YES),
        (BEATS, "down", "0.1", "0.89", YES),
    ],
)
def test_where_less_is_better_the_upper_end_is_compared(
    comparator: Comparator, good: str | None, low: str, high: str, outcome: Outcome
) -> None:
    stated = value("0.5", low=low, high=high, good=good)

    assert compared(threshold(comparator, "0.9", bound=Bound.WORSE), stated).outcome is outcome


def test_a_point_is_compared_where_the_policy_does_not_ask_for_the_interval() -> None:
    assert compared(threshold(), value("0.95", low="0.1", high="0.99")).outcome is YES


def test_no_value_is_undecided_and_the_last_one_stated_counts() -> None:
    found = compare_all(all_of(threshold(), threshold(metric="drift")), answer(value("0.1"), value("0.95")), {})

    assert [(one.outcome, one.measured.value if one.measured else None) for one in found] == [(YES, "0.95"), (OPEN, None)]
    assert found[1].why == "no value for drift"


def test_a_comparison_says_what_was_compared_with_what() -> None:
    found = compared(threshold(GTE, "0.90"), value("0.950"))

    assert (found.reference, found.why) == ("0.9", "95\u202f% against at least 90\u202f%")
    assert compared(replace(threshold(BETWEEN, BAND)), value("0.85")).why == "85\u202f% against from 80 to 90\u202f%"
