"""A faulty policy says what is wrong, where, and the nearest right word; all of it at once, never a traceback."""

from collections.abc import Callable

import pytest

from governance.paths import policies_directory
from governance.policy.loader import load_policy, parse_policy
from governance.policy.problems import PolicyError

SHIPPED = dict(load_policy(policies_directory() / "stage-gates").texts)


def with_change(file: str, old: str, new: str) -> dict[str, str]:
    assert old in SHIPPED[file], old
    return {**SHIPPED, file: SHIPPED[file].replace(old, new, 1)}


def problems(texts: dict[str, str]) -> list[str]:
    with pytest.raises(PolicyError) as error:
        parse_policy(texts)
    return [str(problem) for problem in error.value.problems]


CHANGES = [
    ("gates/G1.yaml", "owner: business", "owner: busines", "unknown word “busines” for owner (did you mean “business”?)"),
    ("gates/G1.yaml", "severity: blocking", "severity: bloking", "did you mean “blocking”?"),
    ("gates/G1.yaml", "  kind: passage", "  kind: pasage", "did you mean “passage”?"),
    ("gates/G1.yaml", "question: \"Is there", "qestion: \"Is there", "unknown key “qestion” (did you mean “question”?)"),
    ("gates/G1.yaml", "id: G1-02", "id: G1-01", "duplicate item id “G1-01”"),
    ("gates/G1.yaml", "facts.personal_data", "facts.personal_dat", "unknown fact “personal_dat” (did you mean “personal_data”?)"),
    ("gates/G1.yaml", "facts.personal_data", "facts.personal_data &&", "not an expression"),
    ("gates/G1.yaml", "\"facts.personal_data\"", "\"sice(facts) > 1\"", "unknown function “sice” (did you mean “size”?)"),
    ("gates/G1.yaml", "\"facts.personal_data\"", "\"teir == 'low'\"", "unknown name “teir” (did you mean “tier”?)"),
    ("gates/G1.yaml", "NIST-AI-RMF:MAP-1.4", "NIST-AI-RMF:MAP-1.9", "has no clause “MAP-1.9”"),
    ("gates/G1.yaml", "NIST-AI-RMF:MAP-1.4", "NIST-AI-RFM:MAP-1.4", "unknown framework “NIST-AI-RFM” (did you mean “NIST-AI-RMF”?)"),
    ("gates/G1.yaml", "comparator: gte", "comparator: gt3", "unknown word “gt3” for comparator"),
    ("gates/G1.yaml", "source: kpi_record", "source: kpi_records", "unknown app record “kpi_records” (did you mean “kpi_record”?)"),
    ("gates/G1.yaml", "      answered_by: app\n", "", "go together"),
    ("gates/G1.yaml", "covers: [common, business]", "covers: [business]", "does not cover “common”"),
    ("gates/G1.yaml", "      function: compliance\n", "      function: business\n", "no seat of compliance"),
    ("gates/G1.yaml", "covers: [common, compliance]\n", "covers: [common, compliance]\n      when: \"tier == 'high'\"\n", "no seat of compliance that is always asked"),
    ("gates/G1.yaml", "compare_with: measured.simple", "compare_with: mesured.simple", "unknown record “mesured.simple_baseline_quality”"),
    ("gates/G2.yaml", "limits.ingestion_lag_h", "limits.ingestion_lag", "unknown limit “ingestion_lag” (did you mean “ingestion_lag_h”?)"),
    ("gates/G1.yaml", "min_n: 1000", "min_n: 0", "min_n"),
    ("gates/G1.yaml", "value: 0.05, unit", "unit", "either `value` or `compare_with`"),
    ("gates/G1.yaml", "from: pilot", "from: retired", "no gate leads to where G1 starts"),
    ("gates/C1.yaml", "  stage: full_production\n", "", "a recurring gate names its `stage`"),
    ("tiering.yaml", "from: 11, to: 20", "from: 12, to: 20", "gap or overlap"),
    ("tiering.yaml", "max_score: 42", "max_score: 41", "not 41"),
    ("tiering.yaml", "points: 5, text: decides", "points: 6, text: decides", "add up to 43 points"),
    ("tiering.yaml", "ask_when: \"facts.agentic_write_actions\"", "when: \"facts.generative_ai\", ask_when: \"facts.agentic_write_actions\"", "`when` and `ask_when` exclude one another"),
    ("tiering.yaml", "ask_when_answer: {FL1: [\"yes\", undecided]}", "ask_when: \"facts.generative_ai\"", "`ask_when_answer` says where an exception is asked"),
    ("tiering.yaml", "exception: FL1X", "exception: FL9X", "unknown statement “FL9X”"),
    ("tiering.yaml", "facts.automated_decision: false, facts.human", "facts.automated: false, facts.human", "unknown fact “facts.automated”"),
    ("tiering.yaml", "id: Q2\n", "id: Q1\n", "duplicate question id “Q1”"),
    ("facts.yaml", "from: [Q6]", "from: [Q66]", "unknown question “Q66” (did you mean “Q6”?)"),
    ("facts.yaml", "type: bool, ask: \"Offered", "type: enum, ask: \"Offered", "`type: enum` and `values` go together"),
    ("policy.yaml", "  title:", "  tilte:", "unknown key “tilte” (did you mean “title”?)"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "said"), CHANGES, ids=[f"{change[0]} {change[3][:40]}" for change in CHANGES])
def test_one_fault_is_named_at_its_place(file: str, old: str, new: str, said: str) -> None:
    found = problems(with_change(file, old, new))

    line = SHIPPED[file][: SHIPPED[file].index(old)].count("\n") + 1
    hits = [problem for problem in found if said in problem]
    assert hits, found
    assert hits[0].startswith(f"{file}:")
    assert abs(int(hits[0].split(":")[1]) - line) <= 30


def test_many_faults_are_named_in_one_run() -> None:
    texts = dict(SHIPPED)
    for file, old, new, _ in CHANGES[:3]:
        texts[file] = texts[file].replace(old, new, 1)
    texts["policy.yaml"] = texts["policy.yaml"].replace("  title:", "  tilte:", 1)

    assert len(problems(texts)) >= 4


@pytest.mark.parametrize("garble", [lambda text: text[: len(text) // 2], lambda text: text.replace(":", "=", 50), lambda text: text[::-1]])
def test_garbled_files_never_raise_anything_else(garble: Callable[[str], str]) -> None:
    for file, text in SHIPPED.items():
        with pytest.raises(PolicyError):
            parse_policy({**SHIPPED, file: garble(text)})


def test_an_empty_folder_is_no_policy() -> None:
    with pytest.raises(PolicyError, match="has no gate"):
        parse_policy({"a.yaml": 'policy: {id: a, version: "1", title: A}'})
