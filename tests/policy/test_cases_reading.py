"""Files of test cases are read as strictly as policies: every fault at its place, all of them at once."""

import random
import re
from pathlib import Path
from shutil import copytree

import pytest

from governance.paths import policies_directory
from governance.policy.loader import load_policy
from governance.policy.problems import PolicyError
from governance.policy.testing.models import ExpectModel, GivenModel
from governance.policy.testing.reading import load_cases, parse_cases
from governance.policy.testing.running import run

SHIPPED = policies_directory() / "stage-gates"
POLICY = load_policy(SHIPPED).policy


def problems(text: str) -> list[str]:
    with pytest.raises(PolicyError) as error:
        parse_cases({"t.yaml": text}, POLICY)
    return [str(problem) for problem in error.value.problems]


def case(*lines: str) -> str:
    """A case with more lines, of which the first stands on line 5."""
    return "\n".join(["cases:", "- id: one", "  title: One", "  tier: low", *(f"  {line}" for line in lines)])


SOUND = "expect: {tier: low}"
DAMAGED = 150
HOSTILE = [
    "",
    "[",
    "{",
    "\t",
    ": ",
    "-1e99",
    "9" * 50,
    "null",
    "\N{ZERO WIDTH SPACE}",
    "\x00",
    "!!int ",
    "&a ",
    "*a",
    "A3",
    "'",
    "yes",
    "\n",
    "because ",
]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["gate: G11", SOUND], "5:9: there is no gate “G11” (did you mean “G1”?)"),
        (["facts: {personal_dat: true}", SOUND], "5:11: there is no fact “personal_dat” (did you mean “personal_data”?)"),
        (["facts: {personal_data: maybe}", SOUND], "5:26: personal_data is true or false"),
        (["facts: {eu_role: proviler}", SOUND], "5:20: eu_role is never “proviler” (did you mean “provider”?)"),
        (["limits: {p95_latency: 2 seconds}", SOUND], "5:12: there is no limit “p95_latency” (did you mean “p95_latency_s”?)"),
        (["approved: {offline_qualty: 2 AUC}", SOUND], "5:14: there is no metric “offline_qualty” (did you mean “offline_quality”?)"),
        (["answers: {G1-99: met}", SOUND], "5:13: there is no check “G1-99” (did you mean “G1-09”?)"),
        (
            ["answers: {G1-01: {baseline_week: 3 weeks}}", SOUND],
            "5:21: there is no metric of G1-01 “baseline_week” (did you mean “baseline_weeks”?)",
        ),
        (["answers: {G1-01: mett}", SOUND], "5:20: unknown word “mett” for G1-01 (did you mean “met”?)"),
        (["answers: {G1-01: {evidence: documen}}", SOUND], "5:31: unknown word “documen” for evidence (did you mean “document”?)"),
        (
            ["answers: {G1-01: {baseline_weeks: many weeks}}", SOUND],
            "5:37: baseline_weeks: “many” is neither a number nor a level (A0 to A5)",
        ),
        (
            ["answers: {G1-01: {baseline_weeks: 3 weeks m=4}}", SOUND],
            "5:37: baseline_weeks: “m=” is not understood: each once, there is n, low, high, good, kpi, age",
        ),
        (
            ["answers: {G1-01: {baseline_weeks: 3 weeks n=4 n=4}}", SOUND],
            "5:37: baseline_weeks: “n=” is not understood: each once, there is n, low, high, good, kpi, age",
        ),
        (["answers: {G1-01: {evidence: document four}}", SOUND], "5:31: evidence: “document four” is not understood"),
        (['at: "2026-02-30"', SOUND], "5:7: “2026-02-30” is no day such as 2026-01-31"),
        (['at: "0001-01-01"', SOUND], "5:7: “0001-01-01” is no day such as 2026-01-31"),
        (["answers: {G1-01: {age: 36526}}", SOUND], "5:26: age: at most 36525 is asked for"),
        (["others: mett", SOUND], "5:11: unknown word “mett” for others (did you mean “met”?)"),
        (["lik: plain", SOUND], "5:3: unknown key “lik” (did you mean “like”?)"),
        (["like: two", SOUND], "5:9: there is no case “two”"),
        (["like: one", SOUND], "5:9: “one” is in the end like itself"),
        (["expect: {}"], "5:11: a case expects something"),
        (["gate: G1", "expect: {applicabel: []}"], "6:12: unknown key “applicabel” (did you mean “applicable”?)"),
        (["gate: G1", "expect: {applicable: {it_op: []}}"], "6:25: unknown key “it_op” (did you mean “it_ops”?)"),
        (["gate: G1", "expect: {applicable: [G1-99]}"], "6:25: there is no check “G1-99” (did you mean “G1-09”?)"),
        (["gate: G1", "expect: {items: {G1-01: mett}}"], "6:27: unknown word “mett” for G1-01 (did you mean “met”?)"),
        (["gate: G1", "expect: {seats: [privacy_oficer]}"], "6:20: there is no seat “privacy_oficer” (did you mean “privacy_officer”?)"),
        (["gate: G1", "expect: {seats: [privacy_officer]}"], "6:20: G1 has no seat “privacy_officer”"),
        (["gate: G1", "expect: {items: {G2-01: met}}"], "6:20: G2-01 is a check of G2, and this case is at G1"),
        (["expect: {passes: true}"], "5:12: `passes` needs a gate"),
        (["expect: {score: 3}"], "5:12: `score` needs answers to the questionnaire"),
        (["questions: {Q1: inform}", SOUND], "2:3: a case has answers to the questionnaire, or facts and a tier, and never both"),
        (["questions: {Q99: inform}", SOUND], "5:15: there is no question “Q99” (did you mean “Q9”?)"),
        (["questions: {Q1: infrom}", SOUND], "5:19: there is no answer “infrom” (did you mean “inform”?)"),
        (['statements: {HS9: "no"}', SOUND], "5:16: there is no statement “HS9” (did you mean “HS2”?)"),
        (["questions: {Q1: [infrom]}", SOUND], "5:19: there is no answer “infrom” (did you mean “inform”?)"),
        (["expect: {measured: A3}"], "5:22: measured: a number is asked for"),
        (["expect: {decided_by: FL9}"], "5:24: there is no statement “FL9” (did you mean “FL4”?)"),
    ],
)
def test_a_fault_is_named_at_its_place(lines: list[str], problem: str) -> None:
    assert f"t.yaml:{problem}" in problems(case(*lines))


def test_all_faults_are_named_at_once() -> None:
    text = case(
        "gate: G11", "facts: {personal_dat: true}", "answers: {G1-99: met, G1-01: {baseline_week: 3 weeks}}", "expect: {seats: [nobody]}"
    )

    assert [problem.split(":")[1] for problem in problems(text)] == ["5", "6", "7", "7", "8"]


def test_a_case_needs_a_tier_and_a_name_of_its_own() -> None:
    bare = "cases:\n- {id: one, title: One, expect: {tier: low}}\n- {id: one, title: Again, tier: low, expect: {tier: low}}\n"

    assert problems(bare) == ["t.yaml:3:4: duplicate case “one” (first at t.yaml:2)"]
    assert problems(bare.replace("{id: one, title: Again", "{id: two, title: Again")) == [
        "t.yaml:2:3: a case needs answers to the questionnaire, or facts and a tier"
    ]


def test_a_case_is_put_over_what_it_is_like_and_null_takes_away() -> None:
    text = """
bases:
  first: {tier: low, gate: G1, facts: {personal_data: true, eu_market: true}, answers: {G1-04: not_met}}
  second: {like: first, tier: high, facts: {eu_market: null}}
cases:
- {id: one, title: One, like: second, facts: {generative_ai: true}, answers: {G1-05: unanswered}, expect: {tier: high}}
- {id: two, title: Two, like: one, answers: {G1-04: null}, expect: {tier: high}}
"""
    one, two = parse_cases({"t.yaml": text}, POLICY)

    assert (one.given.tier, one.given.gate, one.line) == ("high", "G1", 6)
    assert dict(one.given.facts) == {"personal_data": True, "generative_ai": True}
    assert set(one.given.answers) == {"G1-04", "G1-05"} and set(two.given.answers) == {"G1-05"}
    assert two.expect.model_fields_set == {"tier"}


def test_short_and_long_forms_say_the_same() -> None:
    short = case(
        "gate: G1",
        "answers: {G1-06: {critical_field_null_rate: 0.04 share n=10 age=3, evidence: metric age=4}, G1-05: carried waived}",
        SOUND,
    )
    long = case(
        "gate: G1",
        "answers:",
        "  G1-06:",
        "    critical_field_null_rate: [{value: 0.04, unit: share, n: 10, age: 3}]",
        "    evidence: [{kind: metric, age: 4}]",
        "  G1-05: {claim: waived, carried: true}",
        SOUND,
    )

    [one], [other] = parse_cases({"t.yaml": short}, POLICY), parse_cases({"t.yaml": long}, POLICY)
    assert one.given == other.given


def test_files_that_cannot_be_read_are_named_beside_every_other_fault(tmp_path: Path) -> None:
    folder = Path(copytree(SHIPPED, tmp_path / "policy"))
    (folder / "tests" / "G1.yaml").write_bytes(b"cases: \xff\n")
    (folder / "tests" / "G2.yml").write_text("cases: []")
    (folder / "tests" / "C1.yaml").write_text("cases: [&a {}]")
    (folder / "tests" / "more").mkdir()
    (folder / "tests" / "more" / "gone.yaml").symlink_to(folder / "nowhere.yaml")

    with pytest.raises(PolicyError) as error:
        load_cases(folder, POLICY)
    assert [str(problem) for problem in error.value.problems] == [
        "tests/C1.yaml:1:9: anchors and aliases are not allowed: write it out",
        "tests/G1.yaml:1:1: not UTF-8 at byte 7",
        "tests/G2.yml:1:1: name it G2.yaml: only files with this ending are read",
        "tests/more/gone.yaml:1:1: cannot be read: No such file or directory",
    ]


def test_a_policy_without_cases_has_none(tmp_path: Path) -> None:
    assert load_cases(tmp_path, POLICY) == ()


@pytest.mark.parametrize("text", ["", "cases", "cases: {}", "cases: [1]", "- 1", "cases: [{}]", "bases: []", "\x00", "a: [" * 500])
def test_whatever_stands_in_a_file_is_a_fault_and_no_exception(text: str) -> None:
    assert all(problem.startswith("t.yaml:") for problem in problems(text))


def test_a_file_that_was_damaged_is_a_fault_or_a_case_and_never_an_exception() -> None:
    chance = random.Random(11)
    bases, text = ((SHIPPED / "tests" / name).read_text(encoding="utf-8") for name in ("bases.yaml", "C2.yaml"))
    refused = 0
    for _ in range(DAMAGED):
        at, length = chance.randrange(len(text)), chance.randrange(30)
        refused += is_refused(bases, text[:at] + chance.choice(HOSTILE) + text[at + length :])

    assert DAMAGED / 2 < refused < DAMAGED


def is_refused(bases: str, text: str) -> bool:
    """Whether a file is refused, with its faults; what is not can be run."""
    try:
        cases = parse_cases({"bases.yaml": bases, "C2.yaml": text}, POLICY)
    except PolicyError as error:
        return bool(error.problems)
    for case in cases[:3]:
        run(POLICY, case)
    return False


def test_the_page_for_authors_shows_cases_that_hold_and_names_every_key() -> None:
    page = (policies_directory().parent / "docs" / "policy-tests.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    cases = parse_cases({"t.yaml": example}, POLICY)
    explained = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (.+?) \|", page, re.MULTILINE))))

    assert [(case.id, run(POLICY, case).differences) for case in cases] == [("slow-rollback", ()), ("chatbot-tier", ())]
    assert explained == {*GivenModel.model_fields, *ExpectModel.model_fields}
