"""Changes of a policy in people's words: every kind has its label, and no word of the files is left where people have one."""

import re

import pytest

from governance.domain.policy_changes import Kind
from governance.paths import policies_directory
from governance.policy.differences.whole import rules_of
from governance.policy.loader import load_policy
from governance.reads.policy_change_words import AREAS, LABELS
from governance.reads.policy_changes import Line, compare

TEXTS = dict(load_policy(policies_directory() / "stage-gates").texts)
SHIPPED = rules_of(TEXTS)


def lines(file: str, old: str, new: str) -> list[Line]:
    assert old in TEXTS[file]
    return list(compare(SHIPPED, rules_of({**TEXTS, file: TEXTS[file].replace(old, new, 1)})).lines)


def test_every_kind_of_change_has_a_label_and_a_place() -> None:
    assert set(LABELS) == set(Kind)
    at_a_gate = {"gate", "seat", "item", "threshold"}
    assert {kind.partition(".")[0] for kind in Kind} - at_a_gate == set(AREAS)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("gates/G2.yaml", "severity: blocking", "severity: advisory", ("Severity", "Blocking", "Advisory")),
        ("gates/G2.yaml", "owner: data_science", "owner: it_ops", ("Owner", "Data science", "IT operations")),
        ("gates/G2.yaml", "bound: worse", "bound: point", ("What of the measurement is compared (offline quality)", "the worse end of its 95 % interval", "the value itself")),
        ("gates/G2.yaml", "comparator: reaches", "comparator: beats", ("How it is compared (offline quality)", "At least as good as", "Better than")),
        ("gates/G2.yaml", "any_of:", "all_of:", ("Of several limits", "any one is enough", "all have to be kept")),
        ("gates/G2.yaml", 'when: "facts.affects_individuals"', 'when: "true"', ("Applies", "where the effect reaches individual people", "always")),
        ("gates/G2.yaml", "      max_age_days: 90\n", "", ("Evidence at most this old", "90 days", "as for its kind of evidence")),
        ("gates/G2.yaml", "compare_with: limits.ingestion_lag_h", "compare_with: limits.p95_latency_s", ("Compared with (p95 ingestion lag)", "the limit ingestion lag", "the limit p95 latency")),
        ("gates/G2.yaml", "independent: true", "independent: false", ("Who may sit there", "nobody of the team", "also somebody of the team")),
        ("gates/G2.yaml", "covers: [common, data_science]", "covers: [common, data_science, it_ops]", ("Sections it covers", "Common section, Data science", "Common section, Data science, IT operations")),
        ("metrics.yaml", "[ASR]", "[ASR, attacks]", ("Also called, added", "", "attacks")),
        ("metrics.yaml", "[ASR]", "[]", ("Also called, removed", "ASR", "")),
        ("metrics.yaml", "{label: live quality}", "{label: live quality, good: up}", ("Which way is better", "as it is stated with each value", "Higher is better")),
        ("metrics.yaml", "label: p95 latency, unit: seconds", "label: p95 latency", ("Unit", "seconds", "as each threshold says")),
        ("gates/G2.yaml", "compare_with: measured.overall_quality", "compare_with: approved.offline_quality", ("Compared with (quality on the worst slice)", "overall quality", "the approved offline quality")),
        ("policy.yaml", "link: 180", "link: 90", ("Evidence at most this old (link)", "180 days", "90 days")),
        ("policy.yaml", "{high: 30, medium", "{high: 1, medium", ("A finding is due within (high)", "30 days", "1 day")),
        ("policy.yaml", "max_days: {low: 180", "max_days: {low: 200", ("Max days: low", "180", "200")),
        ("tiering.yaml", "{id: FL4, then: high", "{id: FL4, then: medium", ("Leads to the tier", "High", "Medium")),
    ],
)  # fmt: skip
def test_a_change_is_said_in_the_words_of_the_trade(file: str, old: str, new: str, said: tuple[str, str, str]) -> None:
    [line] = lines(file, old, new)

    assert (line.what, line.before, line.after) == said


def test_a_check_that_comes_or_goes_says_nothing_on_its_other_side() -> None:
    first = TEXTS["gates/G1.yaml"].split("    - id: ")[5]
    [gone] = lines("gates/G1.yaml", f"    - id: {first}", "")

    assert gone.what == "Check removed" and gone.before and not gone.after


def test_a_limit_that_goes_is_said_as_a_limit() -> None:
    part = re.search(r"          - \{metric: tested_load_per_s.*\n", TEXTS["gates/G2.yaml"])
    assert part
    [gone] = lines("gates/G2.yaml", part[0], "")

    assert (gone.what, gone.before, gone.after) == (
        "Limit removed (tested load per second)",
        "at least 2 times the limit expected peak per second",
        "",
    )
