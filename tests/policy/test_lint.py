"""What the shape of a file cannot say: gates, limits, bands, facts and references that do not fit together."""

import pytest

from governance.policy.loader import parse_policy
from governance.policy.problems import PolicyError
from tests.policy.test_reading import SHIPPED, problems, with_change

WEEKS = "{metric: baseline_weeks, comparator: gte, value: 8, unit: weeks, window: before the pilot started, min_n: 1, basis: judgement}"
SHORT = "unit: weeks, window: before, min_n: 1"
LINE = SHIPPED["gates/G1.yaml"].partition(WEEKS)[0].count("\n") + 1


def limit(words: str) -> list[str]:
    """What is wrong with a policy whose first limit is this one."""
    return problems(with_change("gates/G1.yaml", WEEKS, f"{{metric: baseline_weeks, {words}}}"))


LIMITS = [
    (f"comparator: gte, {SHORT}", "either `value` or `compare_with`"),
    (f"comparator: gte, value: 8, compare_with: limits.p95_latency_s, {SHORT}", "either `value` or `compare_with`"),
    (f"comparator: between, value: 8, {SHORT}", "`between` and a value of two numbers go together"),
    (f"comparator: gte, value: [1, 2], {SHORT}", "`between` and a value of two numbers go together"),
    (f"comparator: between, compare_with: limits.p95_latency_s, {SHORT}", "`between` and a value of two numbers go together"),
    (f"comparator: between, value: {{low: 1, medium: [1, 2], high: [1, 2]}}, {SHORT}", "`between` and a value of two numbers go together"),
    (f"comparator: reaches, value: A2, {SHORT}", "a level is compared with lt, lte, gt, gte or eq"),
    (f"comparator: beats, value: A2, {SHORT}", "a level is compared with lt, lte, gt, gte or eq"),
    (f"comparator: eq, value: 8, bound: worse, {SHORT}", "`bound: worse` needs a limit on one side"),
    (f"comparator: between, value: [1, 2], bound: worse, {SHORT}", "`bound: worse` needs a limit on one side"),
    (f"comparator: eq, compare_with: limits.p95_latency_s, margin: 1, {SHORT}", "`margin` and `allow` need a limit on one side"),
    (f"comparator: eq, compare_with: limits.p95_latency_s, allow: 0.1, {SHORT}", "`margin` and `allow` need a limit on one side"),
    (f"comparator: gte, value: 8, factor: 2, {SHORT}", "`factor`, `margin` and `allow` belong to `compare_with`"),
    (f"comparator: gte, value: 8, margin: 0.1, {SHORT}", "`factor`, `margin` and `allow` belong to `compare_with`"),
    (f"comparator: gte, value: 8, allow: 0.1, {SHORT}", "`factor`, `margin` and `allow` belong to `compare_with`"),
    (f"comparator: gte, value: 8, for_each: guardrail, {SHORT}", "`for_each: guardrail` and `compare_with: guardrail.…` go together"),
    (f"comparator: gte, compare_with: guardrail.allowed_loss, {SHORT}", "`for_each: guardrail` and `compare_with: guardrail.…` go together"),
    (f"comparator: gte, compare_with: attribution.gate_minimum, {SHORT}", "`attribution` names no `gate_minimum` for G1"),
    (f"comparator: gte, compare_with: measured.baseline_weeks, {SHORT}", "unknown metric “baseline_weeks”"),
    (f"comparator: gte, compare_with: approved.offline_qualty, {SHORT}", "unknown metric “offline_qualty” (did you mean “offline_quality”?)"),
    (f"comparator: gte, compare_with: kpi.taget, {SHORT}", "unknown record “kpi.taget” (did you mean “kpi.target”?)"),
    (f"comparator: gte, value: true, {SHORT}", "a number or a level (A0 to A5) is asked for"),
    (f"comparator: gte, value: A6, {SHORT}", "a number or a level (A0 to A5) is asked for"),
    (f"comparator: between, value: [2, 1], {SHORT}", "two numbers are asked for, the smaller first"),
    (f"comparator: between, value: [1, 1], {SHORT}", "two numbers are asked for, the smaller first"),
    (f"comparator: gte, value: {{low: 1, medium: 2}}, {SHORT}", "a value by tier names low, medium and high, each once"),
    (f"comparator: gte, value: {{low: 1, medium: 2, high: 3, prohibited: 4}}, {SHORT}", "a value by tier names low, medium and high, each once"),
    (f"comparator: lte, compare_with: limits.p95_latency_s, factor: true, {SHORT}", "a number is asked for"),
    (f"comparator: lte, compare_with: limits.p95_latency_s, factor: twice, {SHORT}", "a number is asked for"),
    (f"comparator: gte, value: 8, when: \"facts.agnt\", {SHORT}", "unknown fact “agnt”"),
    (f"comparator: [gte], value: 8, {SHORT}", "comparator: one of lt, lte, gt, gte, eq, between, reaches, beats is asked for"),
    ("all_of: []", "all_of"),
    ("any_of: []", "any_of"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "said"), LIMITS, ids=[said[:50] for _, said in LIMITS])
def test_a_limit_that_could_not_be_compared_is_a_fault(words: str, said: str) -> None:
    found = limit(words)

    assert any(said in problem and problem.startswith(f"gates/G1.yaml:{LINE}:") for problem in found), found


@pytest.mark.parametrize(
    "words",
    [
        f"comparator: between, value: [1, 2], {SHORT}",
        f"comparator: between, value: {{low: [1, 2], medium: [1, 2], high: [1, 3]}}, {SHORT}",
        f"comparator: eq, value: A2, {SHORT}",
        f"comparator: gte, value: {{low: A1, medium: A2, high: A3}}, {SHORT}",
        f"comparator: reaches, compare_with: approved.offline_quality, factor: null, allow: 0.1, bound: worse, {SHORT}",
        f"comparator: gte, compare_with: measured.offline_quality, {SHORT}",
        f"comparator: gte, value: null, compare_with: limits.p95_latency_s, {SHORT}",
    ],
)
def test_a_limit_that_can_be_compared_is_none(words: str) -> None:
    parse_policy(with_change("gates/G1.yaml", WEEKS, f"{{metric: baseline_weeks, {words}}}"))


FAULTS = [
    ("gates/G1.yaml", "  to: review\n", "", "G1.yaml:5:9: a gate of kind passage names `from` and `to`"),
    ("gates/G1.yaml", "  to: review\n", "  to: pilot\n", "G1.yaml:7:7: the gate leads back to pilot, where it starts"),
    ("gates/G1.yaml", "  to: review\n", "  to: review\n  stage: pilot\n", "G1.yaml:5:9: `stage` belongs to a recurring gate, `from` and `to` to the others"),
    ("gates/C1.yaml", "  stage: full_production\n", "  stage: full_production\n  from: pilot\n", "`stage` belongs to a recurring gate"),
    ("gates/C1.yaml", "  stage: full_production\n", "  stage: full_production\n  to: review\n", "`stage` belongs to a recurring gate"),
    ("gates/C1.yaml", "  every_days: {low: 365, medium: 180, high: 90}\n", "", "a recurring gate names its `stage` and `every_days`"),
    ("policy.yaml", "    G2: {reads", "    G4: {reads", "unknown gate “G4”"),
    ("policy.yaml", ", attestation: 365, link: 180}}", ", attestation: 365}}", "missing key “link”"),
    ("policy.yaml", "  max_weeks: 26", "  max_weeks: 2", "weeks are more than the longest pilot of 2"),
    ("frameworks.yaml", "superseded_by: SR-26-2", "superseded_by: SR-26-3", "unknown framework “SR-26-3” (did you mean “SR-26-2”?)"),
    ("tiering.yaml", "{tier: low, from: 0, to: 10}", "{tier: high, from: 0, to: 10}", "a higher score cannot give a lower tier"),
    ("tiering.yaml", "{tier: low, from: 0, to: 10}", "{tier: low, from: 1, to: 10}", "this one has to start at 0"),
    ("tiering.yaml", "from: 21, to: 42", "from: 21, to: 20", "this one has to start at 21"),
    ("tiering.yaml", "from: 21, to: 42", "from: 21, to: 41", "the bands end at 41, but the score reaches 42"),
    ("tiering.yaml", "from: 21, to: 42", "from: 21, to: 43", "the bands end at 43, but the score reaches 42"),
    ("tiering.yaml", "{id: HS2, then: prohibited", "{id: Q1, then: prohibited", "“Q1” is a question already"),
    ("tiering.yaml", "{id: HS2, then: prohibited", "{id: HS1, then: prohibited", "duplicate statement id “HS1”"),
    ("tiering.yaml", "{id: HS2, then: prohibited,", "{id: HS2,", "missing key “then”"),
    ("tiering.yaml", ", lifts: FL1,", ",", "missing key “lifts”"),
    ("tiering.yaml", "when: \"facts.generative_ai && facts.customer_facing\", ", "", "missing key “question”"),
    ("tiering.yaml", "\"facts.generative_ai && facts.customer_facing\"", "\"tier == 'high'\"", "the tier is not known while the questions are asked"),
    ("tiering.yaml", "{FL1: [\"yes\", undecided]}", "{FL9: [\"yes\"]}", "unknown statement “FL9”"),
    ("tiering.yaml", "implies: {facts.automated_decision: false}", "implies: {facts.automated_decision: \"no\"}", "facts.automated_decision is yes or no: write true or false"),
    ("tiering.yaml", "implies: {facts.automated_decision: false}", "implies: {facts.eu_role: maker}", "facts.eu_role is never “maker”"),
    ("tiering.yaml", "implies: {facts.automated_decision: false}", "implies: {facts.eu_market: true}", "facts.eu_market does not name Q1 among the questions it comes `from`"),
    ("tiering.yaml", "{key: lt1k, points: 0", "{key: lt100k, points: 0", "duplicate option “lt100k”"),
    ("facts.yaml", "personal_data: {type: bool, from: [Q6],", "personal_data: {type: bool,", "nothing tells the fact personal_data"),
    ("facts.yaml", "[Q9, Q11], ask: \"Do customers see or use the output directly?\",", "[Q9, Q11],", "some answers leave customer_facing open"),
    ("facts.yaml", "values: [none, deployer, provider, both]", "values: [none, none]", "each value once"),
    ("facts.yaml", "{type: enum, values: [none, deployer, provider, both],", "{type: bool, values: [none, both],", "`type: enum` and `values` go together"),
    ("gates/G1.yaml", "covers: [common, business]", "covers: [common]", "does not cover “business”"),
    ("gates/G1.yaml", "id: it_ops\n", "id: data_science\n", "duplicate seat id “data_science”"),
    ("gates/G2.yaml", "  id: G2\n", "  id: G1\n", "duplicate gate id “G1”"),
    ("gates/G1.yaml", "      severity: blocking\n", "      severity: 1\n", "severity: one of blocking, waivable, advisory is asked for"),
    ("policy.yaml", "freshness: {counted_from: ", "freshness: {max: 1, counted_from: ", "unknown key “max”"),
    ("policy.yaml", "default_max_age_days: {metric: 180", "default_max_age_days: {metrik: 180", "unknown key “metrik” (did you mean “metric”?)"),
    ("policy.yaml", "default_max_age_days: {metric: 180", "default_max_age_days: {metric: 0", "metric: "),
    ("policy.yaml", "default_max_age_days: {metric: 180", "default_max_age_days: {metric: 1.5", "metric: a whole number is asked for"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "said"), FAULTS, ids=[f"{fault[0]} {fault[3][:45]}" for fault in FAULTS])
def test_what_does_not_fit_together_is_a_fault_with_its_place(file: str, old: str, new: str, said: str) -> None:
    found = problems(with_change(file, old, new))

    assert any(said in problem for problem in found), found


def test_every_fault_across_all_files_is_named_at_once() -> None:
    texts = dict(SHIPPED)
    chosen = [
        fault
        for fault in FAULTS
        if fault[3] in ("unknown gate “G4”", "missing key “link”", "duplicate option “lt100k”", "missing key “then”")
    ]
    for file, old, new, _ in chosen:
        texts[file] = texts[file].replace(old, new, 1)

    with pytest.raises(PolicyError) as error:
        parse_policy(texts)

    assert len(chosen) == 4
    assert all(any(said in str(problem) for problem in error.value.problems) for *_, said in chosen)
