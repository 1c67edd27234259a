"""Metrics declared in a policy: one name in the record whichever is used, over all the files that declare some."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from governance.domain.limits import limit_in_words, metric_in_words
from governance.domain.metrics import Metric
from governance.domain.policy import Policy, Threshold
from governance.domain.vocabulary import Good
from governance.policy import lint_metrics
from governance.policy.codes import Code
from governance.policy.loader import parse_policy, reading, texts_in

BASE = texts_in(Path(__file__).parent / "broken" / "base")[0]
G1, G2, METRICS, HOSTING = "gates/G1.yaml", "gates/G2.yaml", "metrics.yaml", "hosting.yaml"

OWN = """metrics:
  exit_days: {label: Days to leave, unit: days, good: down, also_called: [days_out]}
"""
EXIT = "kind: metric, requirement: a drill}\n      threshold: {metric: days_out, comparator: lte, value: 30, unit: days, window: a drill, min_n: 1}"


def texts(*changes: tuple[str, str, str], without: str | None = None) -> dict[str, str]:
    made = {name: text for name, text in BASE.items() if name != without}
    for name, old, new in changes:
        assert old in made[name], old
        made[name] = made[name].replace(old, new, 1)
    return made


def faults(of: Mapping[str, str]) -> list[str]:
    return [str(problem) for problem in sorted(set(reading(of).problems))]


def unused(of: Mapping[str, str]) -> list[tuple[str, Code]]:
    return [(problem.message, problem.code) for problem in lint_metrics.warnings(reading(of).whole)]


def threshold(policy: Policy, item: str) -> Threshold:
    thresholds = policy.item(item).thresholds
    assert thresholds is not None
    return thresholds.parts[-1]


def test_it_is_found_by_each_of_its_names() -> None:
    policy = parse_policy(BASE)
    accuracy = Metric("accuracy", "Accuracy", "share", Good.UP, ("acc", "top-1 accuracy"))

    assert [policy.metrics[name] for name in ("accuracy", "acc", "top-1 accuracy")] == [accuracy] * 3
    assert {metric.key for metric in policy.metrics.values()} == {"accuracy", "live_accuracy", "p95_s", "errors"}


@pytest.mark.parametrize("name", ["accuracy", "acc"])
def test_a_threshold_may_use_each_name_and_the_record_has_one(name: str) -> None:
    policy = parse_policy(texts((G1, "metric: accuracy", f"metric: {name}"), (G2, "approved.accuracy", f"approved.{name}")))

    assert (threshold(policy, "G1-02").metric, threshold(policy, "G1-02").names) == ("accuracy", ("accuracy", "acc", "top-1 accuracy"))
    assert threshold(policy, "G2-02").compare_with == "approved.accuracy"
    assert threshold(policy, "G1-02") == threshold(parse_policy(BASE), "G1-02")


def test_pages_say_the_label_of_what_is_measured_and_of_what_it_is_compared_with() -> None:
    of = threshold(parse_policy(texts((G2, "approved.accuracy", "approved.acc"))), "G2-02")
    beside = threshold(parse_policy(texts((G2, "approved.accuracy", "measured.acc"))), "G2-02")

    assert metric_in_words(of) == "Accuracy in use"
    assert limit_in_words(of).startswith("at least as good as the approved Accuracy, less 1")
    assert limit_in_words(beside).startswith("at least as good as Accuracy, less 1")


def test_a_threshold_that_leaves_the_unit_to_the_metric_has_the_declared_one() -> None:
    policy = parse_policy(texts((G1, "unit: share", "unit: as the metric")))

    assert threshold(policy, "G1-02").unit == "share"
    assert threshold(parse_policy(texts((G1, "unit: share", "unit: as the metric"), without=METRICS)), "G1-02").unit == "as the metric"


def test_without_declarations_a_policy_is_what_it_was() -> None:
    policy = parse_policy(texts(without=METRICS))

    assert (policy.metrics, threshold(policy, "G1-02").declared, threshold(policy, "G1-02").names) == ({}, None, ("accuracy",))
    assert metric_in_words(threshold(policy, "G2-02")) == "live accuracy"


def test_a_checklist_brings_its_metrics_along_into_a_policy_that_declares_others() -> None:
    policy = parse_policy(texts((HOSTING, "checklist:", f"{OWN}checklist:"), (HOSTING, "kind: document, requirement: a plan}", EXIT)))

    assert threshold(policy, "G1-way-out").metric == "exit_days"
    assert policy.metrics["days_out"].label == "Days to leave"


def test_a_checklist_that_declares_obliges_itself_and_not_the_policy_it_joins() -> None:
    joined = texts((HOSTING, "checklist:", f"{OWN}checklist:"), (HOSTING, "kind: document, requirement: a plan}", EXIT), without=METRICS)
    misspelt = {**joined, HOSTING: joined[HOSTING].replace("metric: days_out", "metric: days_ot")}

    assert faults(joined) == []
    assert faults(misspelt) == ["hosting.yaml:16:27: “days_ot” is not declared in `metrics` (did you mean “days_out”?)"]


def test_a_policy_that_declares_obliges_the_checklists_that_join_it() -> None:
    assert faults(texts((HOSTING, "kind: document, requirement: a plan}", EXIT))) == [
        "hosting.yaml:14:27: “days_out” is not declared in `metrics`"
    ]


def test_keys_that_differ_in_their_capitals_are_one_error_at_the_second() -> None:
    two = texts((METRICS, "  errors: {", "  Accuracy: {label: Accuracy}\n  errors: {"))

    assert faults(two) == ["metrics.yaml:5:3: “Accuracy” differs only in its capitals from “accuracy”, a name of accuracy"]


def test_one_metric_may_have_names_that_differ_in_their_capitals() -> None:
    assert faults(texts((METRICS, "[acc_live]", "[acc_live, ACC_live, Live_Accuracy]"))) == []


def test_what_no_threshold_uses_is_a_warning_and_a_reference_is_a_use() -> None:
    more = texts((METRICS, "  errors: {", "  recall: {label: Recall}\n  errors: {"))

    assert unused(more) == [("no threshold uses the metric recall", Code.UNUSED_METRIC)]
    assert unused({**more, G2: more[G2].replace("approved.accuracy", "measured.recall")}) == []
    assert unused(BASE) == []


def test_a_misspelt_threshold_is_an_error_and_no_warning_that_nothing_uses_what_it_means() -> None:
    assert unused(texts((G2, "metric: live_accuracy", "metric: live_acuracy"))) == []


def test_nothing_follows_from_a_declaration_that_is_wrong_itself() -> None:
    broken = texts((METRICS, "also_called: [acc_live]", "also_called: [3]"), (G2, "metric: live_accuracy", "metric: acc_live"))

    assert [fault.partition(": ")[2] for fault in faults(broken)] == ["also_called: text is asked for"]


def test_a_name_that_only_looks_like_a_metric_is_told_of_with_its_letter() -> None:
    assert "CYRILLIC" in faults(texts((G2, "metric: live_accuracy", "metric: live_аccuracy")))[0]
