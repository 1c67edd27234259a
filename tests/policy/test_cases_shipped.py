"""The shipped policies and their cases: every case holds, nothing is left out, and no change of a rule goes unnoticed."""

import random
from pathlib import Path

import pytest

from governance.paths import policies_directory
from governance.policy.loader import load_policy
from governance.policy.testing.coverage import coverage
from governance.policy.testing.reading import load_cases
from governance.policy.testing.running import run
from tests.policy.mutations import Mutations, conditions

FOLDERS = [folder for folder in sorted(policies_directory().iterdir()) if (folder / "policy.yaml").is_file()]
SHIPPED = policies_directory() / "stage-gates"
SAMPLE, SEED = 40, 4
NEEDED = 0.95


@pytest.fixture(scope="module")
def mutations() -> Mutations:
    return Mutations(SHIPPED)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_case_of_a_shipped_policy_holds_and_none_is_missing(folder: Path) -> None:
    policy = load_policy(folder).policy
    results = [run(policy, case) for case in load_cases(folder, policy)]

    assert [(result.case.id, result.differences) for result in results if not result.passed] == []
    assert coverage(policy, results).gaps == []


def test_every_check_has_a_case_that_names_it_as_met_and_one_that_keeps_it_from_passing() -> None:
    policy = load_policy(SHIPPED).policy
    cases = load_cases(SHIPPED, policy)

    shown = coverage(policy, [run(policy, case) for case in cases]).reached
    for gate in policy.gates.values():
        for item in gate.items:
            assert {goal.never for goal in shown if goal.kind == "check" and goal.where == item.id} == {
                "never applicable",
                "never passed",
                "never failed",
            }, item.id


def test_a_sample_of_changes_is_noticed(mutations: Mutations) -> None:
    drawn = random.Random(SEED).sample(mutations.all(), SAMPLE)

    unnoticed = [str(mutant) for mutant in drawn if not mutations.is_noticed(mutant)]

    assert unnoticed == []


def test_every_other_name_of_a_metric_is_noticed_when_it_goes(mutations: Mutations) -> None:
    names = [mutant for mutant in mutations.all() if mutant.what == "name"]

    assert len(names) == sum(len(metric.also_called) for metric in {one.key: one for one in mutations.policy.metrics.values()}.values()) > 0
    assert [str(mutant) for mutant in names if not mutations.is_noticed(mutant)] == []


def test_every_kind_of_change_is_among_them_and_changes_the_policy(mutations: Mutations) -> None:
    first = {mutant.what: mutant for mutant in reversed(mutations.all())}

    assert set(first) == {"threshold", "severity", "owner", "condition", "evidence", "age", "seat", "band", "points", "statement", "name"}
    for mutant in first.values():
        assert mutations.policy_with(mutant).gates != mutations.policy.gates or (
            mutations.policy_with(mutant).tiering != mutations.policy.tiering
            or mutations.policy_with(mutant).max_age_days != mutations.policy.max_age_days
            or mutations.policy_with(mutant).attribution_minimum != mutations.policy.attribution_minimum
        )


def test_a_condition_is_changed_in_every_way_that_it_can_be_misread() -> None:
    assert list(conditions('facts.a && tier in ["low", "high"]')) == [
        "true",
        "false",
        '!(facts.a && tier in ["low", "high"])',
        'tier in ["low", "high"]',
        "facts.a",
        'facts.a || tier in ["low", "high"]',
        'facts.a && tier in ["high"]',
        'facts.a && tier in ["low"]',
    ]
    assert list(conditions("true")) == ["false"]


@pytest.mark.campaign
def test_at_least_95_of_100_changes_are_noticed(mutations: Mutations) -> None:
    """Every change, one at a time. What is left changes nothing that could be seen, or says so here."""
    every = mutations.all()

    unnoticed = [str(mutant) for mutant in every if not mutations.is_noticed(mutant)]

    print(f"{len(every) - len(unnoticed):,} of {len(every):,} changes are noticed; not noticed:", *unnoticed, sep="\n  ")
    assert len(unnoticed) <= (1 - NEEDED) * len(every), unnoticed
