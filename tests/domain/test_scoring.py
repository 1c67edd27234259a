"""Points, weights, several options, mitigation, shares and rounding, held against an oracle in fractions."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.domain.policy import Applicability, Fact
from governance.domain.questionnaire import Band, Deduction, FactValue, Measure, Option, Question, Rounding, Several, Tiering, picked
from governance.domain.scoring import band, most, points, rounded, score
from governance.domain.tiering import Answers, assess
from governance.domain.vocabulary import Applies, Tier
from tests.domain import questionnaires

RULES = {
    None: None,
    "capped": Deduction(Decimal("0.15")),
    "from": Deduction(Decimal("0.15"), Decimal("0.80")),
}
FACTS = {f"f{number}": Fact(f"f{number}", (), (f"Q{number}",)) for number in range(questionnaires.COUNT) if number % 3}
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        f"Q{number}": st.lists(st.sampled_from("abc"), unique=True) if number % 3 == 0 else st.sampled_from("abc")
        for number in range(questionnaires.COUNT)
    },
)


def decide(fact: str, facts: Mapping[str, FactValue]) -> Applicability:
    known = {True: Applies.YES, False: Applies.NO}.get(facts.get(fact))  # type: ignore[arg-type]
    return Applicability(known or Applies.UNDECIDED)


@pytest.mark.parametrize("of_asked", [False, True])
@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_120_conditional_questions_come_to_what_an_oracle_says(rule: str | None, of_asked: bool, data: st.DataObject) -> None:
    answers = data.draw(ANSWERS)
    asked, tier, share, off = questionnaires.oracle(answers, rule, of_asked=of_asked)

    found = assess(questionnaires.big(RULES[rule], of_asked=of_asked), FACTS, Answers(answers), decide)

    assert {question.id for question in found.questions} == asked
    assert found.band is Tier(tier)
    assert Fraction(found.deducted) == off
    assert abs(Fraction(found.measured) - share) <= Fraction(1, 200)


KIND = Question("Q1", "Which?", (Option("a", 1, "A"), Option("b", 3, "B"), Option("c", 5, "C")))


@pytest.mark.parametrize(
    ("several", "cap", "keys", "expected", "highest"),
    [
        (None, None, "b", "3", "5"),
        (Several.SUM, None, ["a", "c"], "6", "9"),
        (Several.SUM, 7, ["a", "b", "c"], "7", "7"),
        (Several.WORST, None, ["a", "b"], "3", "5"),
        (Several.WORST, None, [], "0", "5"),
    ],
)
def test_what_a_question_counts(several: Several | None, cap: int | None, keys: str | list[str], expected: str, highest: str) -> None:
    question = Question("Q1", "Which?", KIND.options, several, cap, Decimal("1.5"))

    assert points(question, picked(question, keys) or ()) == Decimal("1.5") * Decimal(expected)
    assert most(question) == Decimal("1.5") * Decimal(highest)


@pytest.mark.parametrize(
    ("several", "said", "expected"),
    [
        (None, "b", ["b"]),
        (None, "x", None),
        (None, None, None),
        (None, ["b"], None),
        (Several.SUM, ["c", "a"], ["a", "c"]),
        (Several.SUM, [], []),
        (Several.SUM, "a", None),
        (Several.SUM, ["a", "x"], None),
    ],
)
def test_what_is_no_answer_counts_as_not_given(several: Several | None, said: str | list[str] | None, expected: list[str] | None) -> None:
    found = picked(Question("Q1", "Which?", KIND.options, several), said)

    assert (None if found is None else [option.key for option in found]) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [(Rounding.HALF_UP, "0.13"), (Rounding.HALF_EVEN, "0.12"), (Rounding.UP, "0.13"), (Rounding.DOWN, "0.12")],
)
def test_a_half_is_rounded_as_the_policy_says(rule: Rounding, expected: str) -> None:
    assert rounded(Decimal("0.125"), 2, rule) == Decimal(expected)


@pytest.mark.parametrize(("share", "tier"), [("0.25", Tier.LOW), ("0.26", Tier.MEDIUM), ("0.50", Tier.MEDIUM), ("0.51", Tier.HIGH)])
def test_both_ends_of_a_band_of_shares_belong_to_it(share: str, tier: Tier) -> None:
    assert band(questionnaires.big(None, of_asked=False), Decimal(share)) is tier


@pytest.mark.parametrize(
    ("rule", "mitigated", "expected"),
    [("capped", "a", 0), ("capped", "b", 1), ("capped", "c", 3), ("from", "b", 0), ("from", "c", 3)],
)
def test_mitigation_takes_off_what_its_rule_allows(rule: str, mitigated: str, expected: int) -> None:
    """Of 20 points 15 % are 3; four of five mitigating points are 80 %."""
    risk = Question("Q1", "How bad?", (Option("x", 20, ""),))
    better = Question("M1", "What helps?", (Option("a", 0, ""), Option("b", 1, ""), Option("c", 4, ""), Option("d", 5, "")), mitigates=True)
    tiering = Tiering((risk, better), (), (Band(Tier.LOW, 0, 20),), 20, deduction=RULES[rule])

    found = score(tiering, tiering.questions, {"Q1": risk.options, "M1": picked(better, mitigated) or ()})

    assert (found.deducted, found.points, found.measured) == (expected, 20 - expected, 20 - expected)


def test_a_condition_that_cannot_be_decided_asks() -> None:
    tiering = Tiering((Question("Q1", "Asked?", KIND.options, ask_when="unheard_of"),), (), (Band(Tier.LOW, 0, 9),), 5)

    assert assess(tiering, {}, Answers(), decide).missing == ("Q1",)


def test_an_answer_to_what_is_not_asked_counts_nothing_and_tells_nothing() -> None:
    first = Question("Q1", "More?", (Option("no", 0, ""), Option("yes", 0, "")))
    then = Question("Q2", "How much?", (Option("much", 9, "", {"bad": True}),), ask_when_answer={"Q1": ("yes",)})
    tiering = Tiering((first, then), (), (Band(Tier.LOW, 0, 9),), 9)
    facts = {"bad": Fact("bad", (), ("Q2",))}

    hidden = assess(tiering, facts, Answers({"Q1": "no", "Q2": "much"}), decide)
    asked = assess(tiering, facts, Answers({"Q1": "yes", "Q2": "much"}), decide)

    assert (hidden.score, dict(hidden.facts), hidden.missing, [question.id for question in hidden.questions]) == (0, {}, (), ["Q1"])
    assert (asked.score, dict(asked.facts)) == (9, {"bad": True})


def test_a_share_of_nothing_is_none() -> None:
    tiering = Tiering((), (), (Band(Tier.LOW, Decimal(0), Decimal(1)),), 0, Measure.SHARE, places=2)

    assert score(tiering, (), {}).measured == 0
