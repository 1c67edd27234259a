"""What is allowed but deserves a look is a warning at its place; nothing else is."""

import shutil
from pathlib import Path

import pytest

from governance.domain.vocabulary import Applies, Tier
from governance.paths import policies_directory
from governance.policy.checking import check
from governance.policy.codes import Code, Level
from governance.policy.loader import load_policy
from governance.policy.truth import truth
from tests.policy.test_broken import HERE, change, said

G1, G2, ALL = "gates/G1.yaml", "gates/G2.yaml", "policy.yaml"
WHEN = "\"facts.personal_data && tier == 'high'\""
LIMIT = "{metric: accuracy, comparator: gte, value: 0.9, unit: share, window: test set, min_n: 100}"
ERRORS = "- {metric: errors, comparator: lt, value: {low: 0.05, medium: 0.05, high: 0.01}, unit: share, window: 7 days, min_n: 100}"
AGAIN = ERRORS.replace("lt", "gte").replace("high: 0.01", "high: 0.5")


def limit(words: str) -> tuple[str, str, str]:
    return G1, LIMIT, f"‸{{metric: accuracy, {words}, window: test set, min_n: 100}}"


WARNINGS = [
    ((G1, WHEN, "‸\"facts.personal_data || !facts.personal_data\""), Code.ALWAYS_TRUE, "G1-02 always applies"),
    ((G1, WHEN, "‸\"tier in ['low', 'medium', 'high']\""), Code.ALWAYS_TRUE, "write “true”"),
    ((G1, WHEN, "‸\"facts.hosting in ['own', 'cloud']\""), Code.ALWAYS_TRUE, "G1-02 always applies"),
    ((G1, WHEN, "‸\"false\""), Code.ALWAYS_FALSE, "G1-02 never applies"),
    ((G1, WHEN, "‸\"facts.hosting == 'own' && facts.hosting == 'cloud'\""), Code.ALWAYS_FALSE, "G1-02 never applies"),
    ((G1, WHEN, "‸\"tier == 'low' && tier == 'high'\""), Code.ALWAYS_FALSE, "never holds"),
    ((G1, WHEN, "‸\"tier == 'prohibited'\""), Code.ITEM_UNREACHED, "applies only at the tier prohibited"),
    ((G2, "when: \"tier == 'high'\"}", "when: ‸\"tier != 'prohibited'\"}"), Code.ALWAYS_TRUE, "the seat security"),
    ((G1, "min_n: 100}", "min_n: 100, when: ‸\"false\"}"), Code.ALWAYS_FALSE, "the threshold of accuracy"),
    ((ALL, "ask_when: \"facts.personal_data\"", "ask_when: ‸\"facts.personal_data && !facts.personal_data\""), Code.ALWAYS_FALSE, "FL2"),
    ((G1, "[\"RULES:1\", ", "[‸\"OLD-RULES:1\", "), Code.SUPERSEDED_FRAMEWORK, "was superseded by RULES"),
    ((ALL, "maps: [\"RULES:1\"]", "maps: [‸\"OLD-RULES:1\"]"), Code.SUPERSEDED_FRAMEWORK, "was superseded by RULES"),
    (limit("comparator: gt, value: 1, unit: share"), Code.NEVER_PASSES, "no value in share can pass this"),
    (limit("comparator: gte, value: 1.01, unit: share"), Code.NEVER_PASSES, "no value in share"),
    (limit("comparator: lt, value: 0, unit: count"), Code.NEVER_PASSES, "no value in count"),
    (limit("comparator: lte, value: -1, unit: days"), Code.NEVER_PASSES, "no value in days"),
    (limit("comparator: between, value: [1.5, 2], unit: share"), Code.NEVER_PASSES, "no value in share"),
    (limit("comparator: eq, value: -1, unit: hours"), Code.NEVER_PASSES, "no value in hours"),
    (limit("comparator: lt, value: A0, unit: level"), Code.NEVER_PASSES, "no value in level"),
    (limit("comparator: gt, value: A5, unit: level"), Code.NEVER_PASSES, "no value in level"),
    (limit("comparator: gte, value: {low: 0.5, medium: 0.9, high: 1.1}, unit: share"), Code.NEVER_PASSES, "at the tier high"),
    ((G2, ERRORS, f"{ERRORS}\n          - ‸{AGAIN[2:]}"), Code.NEVER_PASSES, "errors can pass this and the threshold above it at the tier low"),
]  # fmt: skip

SILENT = [
    limit("comparator: gte, value: 1, unit: share"),
    limit("comparator: lte, value: 0, unit: count"),
    limit("comparator: gt, value: 1, unit: EUR"),
    limit("comparator: lt, value: -1, unit: points"),
    limit("comparator: reaches, value: 2, unit: share"),
    limit("comparator: gte, value: A5, unit: level"),
    (G1, WHEN, "\"tier != 'low'\""),
    (G2, ERRORS, f"{ERRORS}\n          {ERRORS.replace('lt', 'gte').replace('errors', 'hits')}"),
    (G2, ERRORS, f"{ERRORS}\n          {ERRORS.replace('lt', 'gte')[:-1]}, when: facts.personal_data}}"),
    (G2, "all_of", "any_of"),
    (ALL, 'informed_by: ["RULES:1"]', "informed_by: []"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Without declared metrics, so that thresholds may be in any unit."""
    return Path(shutil.copytree(HERE / "base", tmp_path / "policy", ignore=shutil.ignore_patterns("metrics.yaml")))


@pytest.mark.parametrize(("made", "code", "words"), WARNINGS, ids=[f"{code} {made[2][:50]}" for made, code, _ in WARNINGS])
def test_what_deserves_a_look_is_one_warning_at_its_place(folder: Path, made: tuple[str, str, str], code: Code, words: str) -> None:
    file, old, new = made
    where = change(folder, {"file": file, "find": old, "put": new})

    found = check(folder)

    assert [(f"{p.file}:{p.line}:{p.column}", p.code, p.severity) for p in found.problems] == [(where, code, Level.WARNING)], said(found)
    assert words in found.problems[0].message
    assert (found.errors, found.warnings) == (0, 1)
    load_policy(folder)


def test_a_catalogue_that_says_it_is_superseded_needs_no_successor_to_be_old(folder: Path) -> None:
    change(folder, {"file": ALL, "find": "    superseded_by: RULES\n", "put": ""})
    where = change(folder, {"file": G1, "find": '["RULES:1", ', "put": '[‸"OLD-RULES:1", '})

    assert said(check(folder)) == [f"{where} superseded-framework: OLD-RULES is superseded"]


@pytest.mark.parametrize("made", SILENT, ids=[made[2][:60] for made in SILENT])
def test_what_is_unusual_but_possible_is_none(folder: Path, made: tuple[str, str, str]) -> None:
    file, old, new = made
    change(folder, {"file": file, "find": old, "put": new})

    assert said(check(folder)) == []


def test_the_shipped_policy_has_neither_errors_nor_warnings() -> None:
    found = check(policies_directory() / "stage-gates")

    assert (said(found), found.gates, found.items) == ([], 5, 93)
    assert found.digest == load_policy(policies_directory() / "stage-gates").policy.digest


def test_warnings_stand_after_the_errors_and_about_sound_things_only(folder: Path) -> None:
    change(folder, {"file": G1, "find": WHEN, "put": "\"tier == 'high' && facts.personal_dta\""})
    change(folder, {"file": G1, "find": "value: 0.9", "put": "value: 2"})
    change(folder, {"file": G2, "find": "when: \"tier == 'high'\"}", "put": 'when: "false"}'})
    change(folder, {"file": ALL, "find": "max_score: 4", "put": "max_score: 5"})

    assert [problem.code for problem in check(folder).problems] == [
        Code.UNKNOWN_FACT, Code.MAX_SCORE, Code.NEVER_PASSES, Code.ALWAYS_FALSE,
    ]  # fmt: skip


def test_a_condition_over_too_many_facts_is_its_authors_to_judge() -> None:
    many = {f"f{number}": [] for number in range(12)}

    assert truth(" && ".join(f"facts.{name}" for name in list(many)[:9]), many) == {Applies.YES, Applies.NO}
    assert truth(" && ".join(f"facts.{name}" for name in many), many) == set()
    assert truth("facts.f0 || facts.unheard_of", many) == set()
    assert truth("facts.f0 || !facts.f0", many) == {Applies.YES}
    assert truth("tier == 'high'", many, [Tier.LOW]) == {Applies.NO}
