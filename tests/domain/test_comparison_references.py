"""Limits that lie elsewhere: in a record, in the policy, or measured beside the value; with factor, margin and allowance."""

from decimal import Decimal

import pytest

from governance.domain.comparison import Comparison, Outcome, Reference, compare, compare_all
from governance.domain.dossier import StatedValue
from governance.domain.limits import in_words, limit_in_words
from governance.domain.policy import Bound, Threshold
from governance.domain.vocabulary import Comparator, Tier
from tests.domain.samples import all_of, answer, threshold, value

LT, LTE, GT, GTE, EQ = Comparator.LT, Comparator.LTE, Comparator.GT, Comparator.GTE, Comparator.EQ
BETWEEN, REACHES, BEATS = Comparator.BETWEEN, Comparator.REACHES, Comparator.BEATS
YES, NO, OPEN = Outcome.SUCCESSFUL, Outcome.FAILED, Outcome.INCONCLUSIVE


def against(name: str = "limits.target", comparator: Comparator = GTE, **other: object) -> Threshold:
    amounts = {key: Decimal(number) for key in ("factor", "margin", "allow") if (number := other.pop(key, None))}  # type: ignore[arg-type]
    return threshold(comparator, None, compare_with=name, **amounts, **other)


def compared(of: Threshold, stated: StatedValue, *beside: StatedValue, target: Reference | None = None) -> Comparison:
    return compare(of, stated, answer(stated, *beside), {"limits.target": target} if target else {})


@pytest.mark.parametrize(
    ("comparator", "good", "amounts", "limit"),
    [
        (GTE, None, {}, "0.80"),
        (GTE, None, {"factor": "1.1"}, "0.88"),
        (GTE, None, {"margin": "0.05"}, "0.75"),
        (GTE, None, {"allow": "0.1"}, "0.72"),
        (GTE, None, {"factor": "2", "margin": "0.1", "allow": "0.1"}, "1.34"),
        (GT, None, {"margin": "0.05"}, "0.75"),
        (LTE, None, {"factor": "1.1"}, "0.88"),
        (LTE, None, {"margin": "0.05"}, "0.85"),
        (LTE, None, {"allow": "0.1"}, "0.88"),
        (LT, None, {"margin": "0.05"}, "0.85"),
        (REACHES, "up", {"allow": "0.1"}, "0.72"),
        (REACHES, "down", {"allow": "0.1"}, "0.88"),
        (BEATS, "up", {"margin": "0.05"}, "0.75"),
        (BEATS, "down", {"margin": "0.05"}, "0.85"),
        (GTE, "down", {"margin": "0.05"}, "0.75"),
        (LTE, "up", {"margin": "0.05"}, "0.85"),
    ],
)
def test_an_allowance_always_makes_it_easier(comparator: Comparator, good: str | None, amounts: dict[str, str], limit: str) -> None:
    asked = against("limits.target", comparator, **amounts)

    found = compared(asked, value(limit, good=good), target=Reference("0.8", "share", good))

    assert Decimal(found.reference or "") == Decimal(limit)
    assert found.outcome is (NO if comparator in (LT, GT, BEATS) else YES)


@pytest.mark.parametrize(("good", "limit"), [("up", "-0.88"), ("down", "-0.72")])
def test_an_allowance_on_a_negative_reference_makes_it_easier_too(good: str, limit: str) -> None:
    found = compared(against("limits.target", REACHES, allow="0.1"), value(good=good), target=Reference("-0.8", "share", good))

    assert found.reference == limit


def test_a_reference_is_moved_without_rounding() -> None:
    long = "0.1234567890123456789012345678901234567"

    found = compared(against("limits.target", LTE, factor="1.0"), value(long), target=Reference(long, "share"))

    assert (found.reference, found.outcome) == (long, YES)


@pytest.mark.parametrize(
    ("target", "beside", "outcome", "why"),
    [
        (Reference("0.9", "share"), (), YES, "95\u202f% against at least 90\u202f%"),
        (Reference("0.9"), (), YES, "95\u202f% against at least 90\u202f%"),
        (Reference("0.9", "percent"), (), OPEN, "stated in share, the limit target in percent"),
        (Reference("many", "share"), (), OPEN, "nothing to compare with: “many” for the limit target is not a number"),
        (Reference("1e999999", "share"), (), OPEN, "nothing to compare with: “1e999999” for the limit target is not a number"),
        (Reference("A2", "share"), (), OPEN, "a number, a level and a range cannot be compared with one another"),
        (None, (), OPEN, "nothing to compare with: the limit target is not stated"),
        (None, (value("0.1", "limits.target"),), OPEN, "nothing to compare with: the limit target is not stated"),
        (Reference("0.99", "share"), (value("0.1", "limits.target"),), NO, "95\u202f% against at least 99\u202f%"),
    ],
)
def test_a_limit_of_the_record_is_never_typed_beside_the_value(
    target: Reference | None, beside: tuple[StatedValue, ...], outcome: Outcome, why: str
) -> None:
    found = compared(against(), value("0.95"), *beside, target=target)

    assert (found.outcome, found.why) == (outcome, why)


@pytest.mark.parametrize("name", ["limits.target", "approved.recall", "attribution.gate_minimum"])
def test_what_the_app_keeps_is_undecided_until_the_record_has_it(name: str) -> None:
    assert compared(against(name), value("0.95"), value("0.1", name)).outcome is OPEN


@pytest.mark.parametrize(
    ("name", "metric", "outcome"),
    [
        ("measured.overall", "overall", YES),
        ("measured.overall", "measured.overall", YES),
        ("plan.budget", "plan.budget", YES),
        ("plan.budget", "budget", OPEN),
        ("measured.overall", "other", OPEN),
        ("measured.recall", "recall", OPEN),
    ],
)
def test_what_no_record_keeps_is_stated_beside_the_value_under_the_name_of_the_policy(name: str, metric: str, outcome: Outcome) -> None:
    beside = [] if metric == "recall" else [value("0.9", metric)]

    assert compared(against(name), value("0.95"), *beside).outcome is outcome


def test_a_reference_beside_belongs_to_the_same_kpi() -> None:
    mine, other = value("0.9", "overall", kpi="cycle"), value("0.99", "overall", kpi="cost")

    assert compared(against("measured.overall"), value(kpi="cycle"), other, mine).reference == "0.9"
    assert compared(against("measured.overall"), value(kpi="cycle"), other).outcome is OPEN


def test_a_record_for_the_kpi_comes_before_one_for_all() -> None:
    known = {"kpi.target": Reference("0.99"), "kpi.target.cycle": Reference("0.9"), "kpi.target.None": Reference("0.1")}

    found = [compare(against("kpi.target"), value(kpi=kpi), answer(), known).reference for kpi in ("cycle", "cost", None)]

    assert found == ["0.9", "0.99", "0.99"]


@pytest.mark.parametrize(
    ("stated", "recorded", "outcome"),
    [
        ("up", "up", YES),
        (None, "up", YES),
        ("up", None, YES),
        ("down", "down", NO),
        (None, None, OPEN),
        ("down", "up", OPEN),
        ("up", "down", OPEN),
    ],
)
def test_a_direction_stated_both_ways_decides_nothing(stated: str | None, recorded: str | None, outcome: Outcome) -> None:
    """Else whoever states the value could turn “at least” into “at most”."""
    found = compared(against("limits.target", REACHES), value("0.95", good=stated), target=Reference("0.9", "share", recorded))

    assert found.outcome is outcome


@pytest.mark.parametrize(("level", "outcome"), [("A1", NO), ("A2", YES), ("A3", YES)])
def test_the_least_level_of_a_gate_comes_from_the_policy(level: str, outcome: Outcome) -> None:
    asked = against("attribution.gate_minimum", unit="level", factor="2", margin="1")

    assert compare(asked, value(level, unit="level"), answer(), {"attribution.gate_minimum": Reference("A2")}).outcome is outcome


def test_every_guardrail_is_held_against_its_own_allowed_loss() -> None:
    asked = against("guardrail.loss", for_each="guardrail", bound=Bound.WORSE)
    effects = [
        value(point, kpi=kpi, low=low, high="0.9") for kpi, point, low in [("a", "0", "-0.05"), ("b", "0", "-0.06"), ("c", "0", "0")]
    ]
    known = {"guardrail.loss.a": Reference("0.05"), "guardrail.loss.b": Reference("0.05")}

    found = compare_all(all_of(asked), answer(*effects), known)

    assert [(one.outcome, one.reference) for one in found] == [(YES, "-0.05"), (NO, "-0.05"), (OPEN, None)]
    assert [one.outcome for one in compare_all(all_of(asked), answer(), known)] == [OPEN]


def test_no_loss_allowed_is_a_limit_of_nothing() -> None:
    found = compare(against("guardrail.loss", for_each="guardrail"), value("0"), answer(), {"guardrail.loss": Reference("0")})

    assert (found.outcome, found.reference) == (YES, "0")


@pytest.mark.parametrize(
    ("comparator", "limit", "unit", "words"),
    [
        (LT, "0.90", "", "under 0.90"),
        (LTE, "1e3", "ms", "at most 1,000 ms"),
        (GT, "0", "points", "over 0 points"),
        (GTE, "100", "as the metric", "at least 100"),
        (GTE, "100", "units of the KPI", "at least 100"),
        (EQ, "A2", "level", "exactly A2"),
        (REACHES, "0.9", "share", "at least as good as 90\u202f%"),
        (BEATS, "0.9", "share", "better than 90\u202f%"),
        (BETWEEN, (Decimal("0.80"), Decimal(1)), "share", "from 80 to 100\u202f%"),
    ],
)
def test_a_limit_as_a_person_says_it(comparator: Comparator, limit: object, unit: str, words: str) -> None:
    asked = threshold(comparator, limit, unit=unit)

    assert asked.value is not None
    assert in_words(comparator, asked.value, unit) == words
    assert limit_in_words(asked) == words


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (against(), "at least the limit target"),
        (against("measured.over_all", BEATS, min_n=1_000), "better than over all, n at least 1,000"),
        (against("approved.recall", REACHES, allow="0.03"), "at least as good as the approved recall, less 3\u202f% of it"),
        (against("plan.budget", LTE, factor="1.20"), "at most 1.2 times plan budget"),
        (against("plan.budget", LTE, margin="0.5", allow="0.1"), "at most plan budget, plus 50 points, plus 10\u202f% of it"),
        (against("plan.budget", LT, margin="0.5"), "under plan budget, plus 50 points"),
        (against("measured.overall", GTE, margin="0.05"), "at least overall, less 5 points"),
        (threshold(GTE, None, unit="share", per_tier={Tier.LOW: Decimal("0.80"), Tier.HIGH: Decimal("0.9")}), "at least 80 for low, 90 for high risk, in %"),
        (threshold(BETWEEN, None, unit="", per_tier={Tier.LOW: (Decimal(1), Decimal(2))}), "from 1 to 2 for low risk"),
        (threshold(GTE, "0.9", min_n=2), "at least 90\u202f%, n at least 2"),
    ],
)  # fmt: skip
def test_a_limit_that_lies_elsewhere_says_so(asked: Threshold, words: str) -> None:
    assert limit_in_words(asked) == words
