"""A metric under several names: any of them counts, and two that say different things leave the check undecided."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from governance.domain import checklist
from governance.domain.comparison import Comparison, Outcome, Reference, compare_all
from governance.domain.dossier import StatedValue
from governance.domain.metrics import Metric
from governance.domain.policy import Bound, Threshold
from governance.domain.several_names import DIRECTION, INTERVAL, SAMPLE, UNIT, disagreement, looked_at
from governance.domain.vocabulary import AnswerState, Comparator, EvidenceKind, Good
from tests.domain.samples import NOW, all_of, answer, planned, threshold, value

RECALL = Metric("recall", "Recall", "share", None, ("tpr", "Sensitivity (test)"))
BEFORE = Metric("recall_before", "Recall before", "share", None, ("old_tpr",))
YES, NO, OPEN = Outcome.SUCCESSFUL, Outcome.FAILED, Outcome.INCONCLUSIVE


def limit(**other: object) -> Threshold:
    return threshold(**{"declared": RECALL, **other})  # type: ignore[arg-type]


def compared(of: Threshold, *stated: StatedValue, **references: Reference) -> list[Comparison]:
    return list(compare_all(all_of(of), answer(*stated), {name.replace("__", "."): one for name, one in references.items()}))


def outcome(of: Threshold, *stated: StatedValue, **references: Reference) -> Outcome:
    [found] = compared(of, *stated, **references)
    return found.outcome


@pytest.mark.parametrize(
    ("name", "found"), [("recall", YES), ("tpr", YES), ("Sensitivity (test)", YES), ("TPR", OPEN), ("sensitivity", OPEN), ("Recall", OPEN)]
)
def test_a_value_counts_under_each_name_as_it_is_written_and_under_no_other(name: str, found: Outcome) -> None:
    assert outcome(limit(), value("0.95", name)) is found
    assert outcome(limit(), value("0.85", name)) is (NO if found is YES else OPEN)


def test_without_a_declaration_only_the_name_of_the_threshold_counts() -> None:
    assert outcome(limit(declared=None), value("0.95", "tpr")) is OPEN


def test_what_is_missing_is_said_by_its_label() -> None:
    [found] = compared(limit(), value("0.95", "precision"))

    assert found.why == "no value for Recall"


def test_two_names_that_say_different_things_decide_nothing_and_say_why() -> None:
    [found] = compared(limit(), value("0.95", "recall"), value("0.97", "tpr"))

    assert (found.outcome, found.measured) == (OPEN, None)
    assert found.why == "names of one metric say different values: recall 95\N{NARROW NO-BREAK SPACE}%, tpr 97\N{NARROW NO-BREAK SPACE}%"


WORSE = limit(bound=Bound.WORSE)
RELATIVE = limit(comparator=Comparator.REACHES)
TWO = [
    ("the same number written otherwise", limit(), {"number": "0.950"}, YES),
    ("another number", limit(), {"number": "0.951"}, OPEN),
    ("another unit", limit(), {"unit": "percent"}, OPEN),
    ("another sample, where none is asked for", limit(), {"n": 7}, YES),
    ("another sample", limit(min_n=2), {"n": 7}, OPEN),
    ("another interval, where only the value counts", limit(), {"low": "0.1", "high": "0.99"}, YES),
    ("another interval", WORSE, {"low": "0.1", "high": "0.99"}, OPEN),
    ("no interval", WORSE, {"low": None, "high": None}, OPEN),
    ("another direction, where the comparator says it", limit(), {"good": "down"}, YES),
    ("another direction", RELATIVE, {"good": "down"}, OPEN),
    ("another source and day", limit(), {"source": "other", "measured_at": NOW - timedelta(days=9)}, YES),
]  # fmt: skip


@pytest.mark.parametrize(("what", "of", "second", "found"), TWO, ids=[what for what, *_ in TWO])
def test_two_names_decide_where_they_agree_in_all_that_is_looked_at(
    what: str, of: Threshold, second: dict[str, object], found: Outcome
) -> None:
    first = value("0.95", "recall", low="0.94", high="0.96", good="up")
    other = replace(first, metric="tpr", **{"value" if key == "number" else key: said for key, said in second.items()})  # type: ignore[arg-type]

    assert [outcome(of, first, other), outcome(of, other, first)] == [found, found]


def test_a_direction_that_one_name_leaves_out_contradicts_nothing() -> None:
    assert outcome(RELATIVE, value("0.95", "tpr"), value("0.95", "recall", good="up")) is YES


def test_under_each_name_what_was_stated_last_counts() -> None:
    assert outcome(limit(), value("0.80", "tpr"), value("0.95", "tpr"), value("0.95", "recall")) is YES


def test_an_undecided_metric_blocks_the_check_whatever_else_is_met() -> None:
    other = threshold(metric="precision")
    stated = (value("0.95", "recall"), value("0.94", "tpr"), value("0.99", "precision"))

    found = checklist.evaluate(planned(all_of(other, limit())), answer(*stated), {}, NOW, {})

    assert (found.state, checklist.blocks(planned(all_of(other, limit())), found)) == (AnswerState.INCONCLUSIVE, True)
    assert found.why is not None
    assert found.why.startswith("Recall: names of one metric say different values")


def test_for_each_kpi_the_names_are_held_against_each_other_apart() -> None:
    each = limit(comparator=Comparator.GTE, value=None, compare_with="guardrail.allowed_loss", for_each="guardrail")
    lost = {"guardrail__allowed_loss": Reference("0.05", "share")}
    stated = [value("0.01", "recall", kpi="a"), value("0.02", "tpr", kpi="b"), value("0.03", "tpr", kpi="a")]

    assert [found.outcome for found in compared(each, *stated, **lost)] == [OPEN, YES]
    assert [found.outcome for found in compared(each, *stated[:2], **lost)] == [YES, YES]


@pytest.mark.parametrize("name", ["recall_before", "old_tpr", "measured.recall_before"])
def test_what_is_compared_with_is_found_beside_under_each_of_its_names(name: str) -> None:
    of = limit(comparator=Comparator.GTE, value=None, compare_with="measured.recall_before", beside=BEFORE)

    assert outcome(of, value("0.95", "tpr"), value("0.9", name)) is YES
    assert outcome(of, value("0.85", "tpr"), value("0.9", name)) is NO


def test_what_is_compared_with_is_not_known_where_its_names_differ() -> None:
    of = limit(comparator=Comparator.GTE, value=None, compare_with="measured.recall_before", beside=BEFORE)

    [found] = compared(of, value("0.95"), value("0.9", "recall_before"), value("0.8", "old_tpr"))

    assert found.outcome is OPEN
    assert found.why.startswith("nothing to compare with: names of one metric say different values: recall_before 90")
    assert outcome(of, value("0.95"), value("0.9", "recall_before"), value("0.90", "old_tpr")) is YES


@pytest.mark.parametrize(("declared", "good", "found"), [("up", None, YES), ("down", None, NO), ("up", "up", YES), ("up", "down", OPEN)])
def test_a_declared_direction_needs_no_stating_and_bears_no_contradiction(declared: str, good: str | None, found: Outcome) -> None:
    of = limit(comparator=Comparator.REACHES, declared=replace(RECALL, good=Good(declared)))

    assert outcome(of, value("0.95", good=good)) is found


def test_a_declared_direction_moves_no_limit_of_a_comparator_that_says_it_itself() -> None:
    of = limit(
        comparator=Comparator.LTE, value=None, compare_with="limits.x", margin=Decimal("0.05"), declared=replace(RECALL, good=Good.UP)
    )

    assert outcome(of, value("0.94"), limits__x=Reference("0.9", "share")) is YES


def test_how_old_a_value_is_is_asked_of_every_name() -> None:
    old = value("0.95", "tpr", measured_at=NOW - timedelta(days=400))
    item = planned(all_of(limit()))

    found = checklist.evaluate(item, answer(old), {}, NOW, {EvidenceKind.METRIC: 180})

    assert (found.state, found.why) == (AnswerState.STALE, "400 days old, at most 180 are allowed")


def test_what_differs_is_said_by_the_first_thing_that_does() -> None:
    first, second = value("0.95", "recall", low="0.9", high="1"), value("0.95", "tpr", n=7)
    said = {
        SAMPLE: disagreement([first, second], looked_at(limit(min_n=2))),
        INTERVAL: disagreement([first, second], looked_at(WORSE)),
        UNIT: disagreement([first, replace(second, unit="percent")], looked_at(limit())),
        DIRECTION: disagreement([replace(first, good="up"), replace(second, good="down")], looked_at(RELATIVE)),
    }

    assert said == {
        SAMPLE: "names of one metric say different samples: recall n 1,000, tpr n 7",
        INTERVAL: "names of one metric say different intervals: recall 90\N{NARROW NO-BREAK SPACE}% to 100\N{NARROW NO-BREAK SPACE}%, tpr none",
        UNIT: "names of one metric say different units: recall share, tpr percent",
        DIRECTION: "names of one metric say different directions: recall up is good, tpr down is good",
    }
