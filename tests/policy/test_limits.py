"""How limits and amounts are said: one way for pages, lists and reports."""

from decimal import Decimal

import pytest

from governance.domain.limits import amount, limit_in_words, spoken
from governance.domain.policy import Threshold
from governance.domain.vocabulary import Comparator, Tier

THIN = "\u202f"


def limit(comparator: Comparator, unit: str, **given: object) -> Threshold:
    return Threshold("pass_rate", comparator, unit, "28 days", given.pop("min_n", 1), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("threshold", "unit", "reference", "said"),
    [
        (limit(Comparator.GTE, "share", value=Decimal("0.99"), min_n=100), None, None, f"at least 99{THIN}%, n at least 100"),
        (limit(Comparator.LTE, "share of the budget", value=Decimal("1.0")), None, None, f"at most 100{THIN}% of the budget"),
        (limit(Comparator.BETWEEN, "share", value=(Decimal("0.01"), Decimal("0.25"))), None, None, f"from 1 to 25{THIN}%"),
        (limit(Comparator.EQ, "count", value=Decimal(0), min_n=1_000), None, None, "exactly 0, n at least 1,000"),
        (limit(Comparator.LTE, "minutes", value=Decimal(15)), None, None, "at most 15 minutes"),
        (limit(Comparator.GTE, "share", compare_with="measured.overall_rate", margin=Decimal("0.05")), "share", "0.75", f"at least overall rate, less 5 points (75{THIN}%)"),
        (limit(Comparator.REACHES, "as the metric", compare_with="measured.overall_quality", margin=Decimal("0.05")), "AUC", "0.76", "at least as good as overall quality, less 0.05 AUC (0.76 AUC)"),
        (limit(Comparator.REACHES, "as the metric", compare_with="measured.overall_quality", margin=Decimal("0.05")), None, None, "at least as good as overall quality, less 0.05"),
        (limit(Comparator.REACHES, "as the metric", compare_with="approved.quality", allow=Decimal("0.03")), None, None, f"at least as good as the approved quality, less 3{THIN}% of it"),
        (limit(Comparator.LTE, "seconds", compare_with="limits.p95_latency_s"), "seconds", "0.8", "at most the limit p95 latency (0.8 seconds)"),
        (limit(Comparator.GTE, "points", per_tier={Tier.LOW: Decimal(1), Tier.HIGH: Decimal(3)}), None, None, "at least 1 for low, 3 for high risk, in points"),
    ],
)  # fmt: skip
def test_a_limit_is_said_in_one_way(threshold: Threshold, unit: str | None, reference: str | None, said: str) -> None:
    assert limit_in_words(threshold, unit, reference) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [("0.996", "share", f"99.6{THIN}%"), ("-2", "points", "\u22122 points"), ("100000", "EUR", "100,000 EUR"), ("A3", "level", "A3"), ("4", "count", "4")],
)  # fmt: skip
def test_an_amount_says_its_unit(value: str, unit: str, said: str) -> None:
    assert amount(value, unit) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("limits.p95_latency_s", "the limit p95 latency"),
        ("tested_load_per_s", "tested load per second"),
        ("benefit_low_case_eur_year", "benefit low case"),
        ("max_psi_critical_features", "max PSI critical features"),
        ("weeks_with_psi_at_or_above_0_2", "weeks with PSI at or above 0.2"),
        ("generative_ai", "generative AI"),
    ],
)
def test_a_name_is_read_without_its_unit_and_with_its_capitals(name: str, said: str) -> None:
    assert spoken(name) == said
