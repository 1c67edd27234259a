"""Running a case: every kind of expectation can fail, and says what was expected and what was found."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from governance.domain.policy import Policy
from governance.domain.questionnaire import Several
from governance.paths import policies_directory
from governance.policy.loader import load_policy
from governance.policy.testing.coverage import Coverage, coverage
from governance.policy.testing.models import ExpectModel
from governance.policy.testing.reading import parse_cases
from governance.policy.testing.running import COMPARED, Result, run

SHIPPED = policies_directory() / "stage-gates"
POLICY: Policy = load_policy(SHIPPED).policy
BASES = {f"tests/{name}.yaml": (SHIPPED / "tests" / f"{name}.yaml").read_text(encoding="utf-8") for name in ("bases", "tiering")}

CASE = """
cases:
- id: tried
  title: A case of these tests
  like: {like}
  {given}
  expect: {expect}
"""


def tried(like: str, given: str, expect: str) -> Result:
    texts = {**BASES, "tests/z.yaml": CASE.format(like=like, given=given, expect=expect)}
    [case] = [case for case in parse_cases(texts, POLICY) if case.id == "tried"]
    return run(POLICY, case)


def said(like: str, given: str, expect: str) -> list[tuple[str, str, str]]:
    return [(one.field, one.expected, one.found) for one in tried(like, given, expect).differences]


WRONG: Mapping[str, tuple[str, str, str, list[tuple[str, str, str]]]] = {
    "score": ("harmless", "", "{score: 3}", [("score", "3", "0")]),
    "measured": ("harmless", "questions: {Q1: recommend}", "{measured: 3}", [("measured", "3", "2")]),
    "deducted": ("harmless", "", "{deducted: 0.5}", [("deducted", "0.5", "0")]),
    "band": ("harmless", "", "{band: high}", [("band", "high", "low")]),
    "tier": ("harmless", "", "{tier: medium}", [("tier", "medium", "low")]),
    "decided_by": ("harmless", "", "{decided_by: FL1}", [("decided_by", "FL1", "score")]),
    "missing": (
        "harmless",
        "questions: {Q3: null}",
        "{missing: [Q4]}",
        [("missing Q4", "missing", "not there"), ("missing Q3", "not there", "missing")],
    ),
    "contradictions": ("harmless", "", "{contradictions: [Q9 and Q11]}", [("contradictions", "Q9 and Q11", "nothing")]),
    "facts": (
        "harmless",
        "",
        "{facts: {generative_ai: true, personal_data: false}}",
        [("fact generative_ai", "yes", "no")],
    ),
    "applicable": (
        "plain",
        "gate: C2",
        "{applicable: {business: [C2-01, C2-03, C2-04], compliance: []}}",
        [
            ("applicable C2-04", "business", "does not apply: applies only where customer facing or employees affected"),
            ("applicable C2-07", "not there", "compliance"),
        ],
    ),
    "applies": ("plain", "gate: C2", "{applies: [C2-01, C2-04]}", [("applies C2-04", "yes", "no")]),
    "not_applicable": ("plain", "gate: C2", "{not_applicable: [C2-01, C2-04]}", [("applies C2-01", "no", "yes")]),
    "undecided": (
        "plain",
        "gate: C2\n  facts: {personal_data: null}",
        "{undecided: [C2-01]}",
        [("undecided C2-01", "undecided", "not there"), ("undecided C2-08", "not there", "undecided")],
    ),
    "items": (
        "plain",
        "gate: C2\n  answers: {C2-06: {live_credentials: 3 count}}",
        "{items: {C2-01: not_met because it burned, C2-06: not_met because 4 against, C2-02: met}}",
        [
            ("item C2-01", "not_met because it burned", "met"),
            ("item C2-06", "not_met because 4 against", "not_met because live credentials: 3 against exactly 0"),
        ],
    ),
    "states": (
        "plain",
        "gate: C2\n  answers: {C2-01: unanswered}",
        "{states: {met: [C2-01, C2-02]}}",
        [("item C2-01", "met", "not_started because nobody has answered it")],
    ),
    "asks_for": ("plain", "gate: C2", "{asks_for: {link: [C2-01]}}", [("asks_for C2-01", "link", "document")]),
    "blockers": (
        "plain",
        "gate: C2\n  answers: {C2-01: not_met}",
        "{blockers: {waivable: [C2-01, C2-10]}}",
        [("blockers C2-01", "waivable", "blocking"), ("blockers C2-10", "waivable", "does not block: advisory, met")],
    ),
    "open": (
        "plain",
        "gate: C2\n  answers: {C2-01: in_progress}",
        "{open: [C2-02]}",
        [("open C2-02", "open", "met"), ("open C2-01", "not there", "open")],
    ),
    "seats": (
        "plain",
        "gate: G2",
        "{seats: [data_science, it_ops, business, privacy_officer]}",
        [("seats privacy_officer", "sits", "not there"), ("seats compliance", "not there", "sits")],
    ),
    "seat": (
        "everything",
        "gate: G3",
        "{seat: {accountable_executive: {function: it_ops, order: 2}, it_ops: {covers: [it_ops, common]}}}",
        [
            ("seat accountable_executive, function", "it_ops", "business"),
            ("seat accountable_executive, qualification", "nothing", "answers for the process result"),
        ],
    ),
    "may_be_submitted": (
        "plain",
        "gate: C2\n  answers: {C2-01: unanswered}",
        "{may_be_submitted: true}",
        [("may_be_submitted", "yes", "no: C2-01 nobody has answered it")],
    ),
    "passes": (
        "plain",
        "gate: C2\n  answers: {C2-01: not_met}",
        "{passes: true}",
        [("passes", "yes", "no: C2-01 not met")],
    ),
}
"""For every kind of expectation: what is expected, and what the difference says."""


def test_every_kind_of_expectation_is_in_the_table_and_is_compared() -> None:
    assert list(WRONG) == list(ExpectModel.model_fields) == list(COMPARED)


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_not_as_expected_is_said(kind: str) -> None:
    like, given, expect, differences = WRONG[kind]

    assert said(like, given, expect) == differences


@pytest.mark.parametrize(
    ("like", "given", "expect", "difference"),
    [
        ("plain", "gate: C2", "{may_be_submitted: false}", ("may_be_submitted", "no", "yes")),
        ("plain", "gate: C2", "{passes: false}", ("passes", "no", "yes")),
        ("plain", "gate: G2", "{seat: {privacy_officer: {function: compliance}}}", ("seat privacy_officer", "sits", "not there")),
        ("plain", "gate: C2", "{applicable: [C2-02, C2-03, C2-05, C2-06, C2-07, C2-10]}", ("applicable C2-01", "not there", "applies")),
        ("everything", "gate: C2\n  tier: prohibited", "{passes: true}", ("passes", "yes", "no: This use is prohibited by an answer")),
    ],
)
def test_what_is_there_and_not_expected_is_said_too(like: str, given: str, expect: str, difference: tuple[str, str, str]) -> None:
    [found] = tried(like, given, expect).differences

    assert (found.field, found.expected) == difference[:2] and found.found.startswith(difference[2])


def test_a_question_that_takes_several_answers_is_given_a_list() -> None:
    several = [replace(question, several=Several.SUM) if question.id == "Q10" else question for question in POLICY.tiering.questions]
    policy = replace(POLICY, tiering=replace(POLICY.tiering, questions=tuple(several)))
    text = CASE.format(like="harmless", given="questions: {Q10: [documented, opaque]}", expect="{score: 3, measured: 3.0}")

    case = parse_cases({**BASES, "tests/z.yaml": text}, policy)[-1]
    result = run(policy, case)

    assert case.id == "tried" and result.passed
    assert {goal.where for goal in coverage(policy, [result]).reached if goal.where.startswith("Q10")} == {"Q10 documented", "Q10 opaque"}


def test_without_a_tier_there_is_nothing_to_check_and_the_case_says_why() -> None:
    differences = said("harmless", "gate: G1\n  questions: {Q3: null, Q9: gen_customer}", "{passes: true, score: 3}")

    assert differences == [
        (
            "tier",
            "a tier, so that there is something to check",
            "Q9 and Q11 say different things about “customer facing”. Change one of them.; Q3 is not answered",
        ),
    ]


def test_what_a_case_does_not_say_is_met_and_a_record_answers_for_itself() -> None:
    everything = tried("everything", "gate: G1", "{passes: true}")

    assert everything.passed and {check.evaluated.state.value for check in everything.found.checks} == {"met", "not_applicable"}
    assert said("everything", "gate: G1\n  team: []", "{items: {G1-13: met}}") == [
        ("item G1-13", "met", "not_met because functions without an accountable person: 4 against exactly 0")
    ]


def test_a_value_is_as_old_and_as_sure_as_it_says() -> None:
    old = "gate: G2\n  answers: {G2-07: {rollback_drill_minutes: 3 minutes age=61}}"
    unsure = "gate: G2\n  answers: {G2-01: {offline_quality: 0.9 AUC low=0.7 high=0.95 good=up}}"

    assert said("everything", old, "{items: {G2-07: stale because 61 days old, G2-08: met}}") == []
    assert said("everything", unsure, "{items: {G2-01: not_met because 0.7 AUC against}}") == []


def test_the_moment_of_a_case_is_its_own() -> None:
    expired = 'gate: G1\n  at: "2024-02-29"\n  answers: {G1-04: {evidence: document expires=-1}}'

    assert said("everything", expired, "{items: {G1-04: stale because expired on 2024-02-28}}") == []


def covered(*wanted: tuple[str, str, str]) -> Coverage:
    return coverage(POLICY, [tried(*one) for one in wanted])


def reached(found: Coverage, where: str) -> set[str]:
    return {goal.never for goal in found.reached if goal.where == where}


def test_only_what_a_case_states_is_covered() -> None:
    ran = covered(("plain", "gate: C2", "{may_be_submitted: true}"))
    named = covered(("plain", "gate: C2", "{items: {C2-06: met}}"))
    applies = covered(("plain", "gate: C2", "{applies: [C2-06], not_applicable: [C2-08]}"))

    assert ran.reached == frozenset()
    assert reached(named, "C2-06") == {"never applicable", "never passed"}
    assert reached(named, "C2-06 live_credentials") == {"never passed"}
    assert reached(applies, "C2-06") == {"never applicable"} and reached(applies, "C2-08") == {"never false"}


def test_a_case_that_failed_covers_nothing() -> None:
    assert covered(("plain", "gate: C2", "{items: {C2-06: met, C2-01: not_met}}")).reached == frozenset()


def test_a_check_fails_and_its_limit_fails_and_a_condition_holds() -> None:
    found = covered(
        ("everything", "gate: C2\n  answers: {C2-02: {unconfirmed_consumers: 1 count}}", "{states: {not_met: [C2-02], met: [C2-04]}}"),
        (
            "plain",
            "gate: C2\n  answers: {C2-01: not_met}",
            "{blockers: {blocking: [C2-01]}, seats: [data_science, it_ops, business, compliance]}",
        ),
    )

    assert reached(found, "C2-02 unconfirmed_consumers") == {"never failed"}
    assert {"never failed", "never passed", "never applicable"} == reached(found, "C2-02")
    assert reached(found, "C2-04") == {"never applicable", "never passed", "never true", "never false"}
    assert "never failed" in reached(found, "C2-01") and reached(found, "C2-10") == {"never applicable"}
    assert reached(found, "C2 it_ops") == {"never sits"}


def test_what_is_not_covered_is_named_by_what_it_is() -> None:
    found = covered(("harmless", "statements: {HS1: undecided}", "{tier: prohibited}"))

    gaps = [str(goal) for goal in found.gaps]
    assert "statement HS1: never answered yes" in gaps and "statement HS1: never answered undecided" not in gaps
    assert "band low: never reached" not in gaps and "band high: never reached" in gaps
    assert "answer Q1 inform: never given" not in gaps and "answer Q1 recommend: never given" in gaps
    assert "condition FL2: never true" in gaps and "condition FL2: never false" not in gaps
    assert "condition FL3: never true" in gaps and "condition FL3: never false" not in gaps
    assert found.counted()["answer"] == (12, 39)
