"""A questionnaire in YAML with everything it may ask: conditional questions, several answers, weights, mitigation, shares."""

from decimal import Decimal
from pathlib import Path

import pytest

from governance.domain.questionnaire import Deduction, Measure, Rounding, Several
from governance.domain.tiering import Answers
from governance.domain.vocabulary import Tier
from governance.policy.assess import assess_initiative
from governance.policy.loader import parse_policy, texts_in

BASE = Path(__file__).parent / "broken" / "base"
QUESTIONS = """\
  questions:
    - id: Q1
      text: Which data?
      options:
        - {key: none, points: 0, text: none, implies: {facts.personal_data: false}}
        - {key: personal, points: 2, text: personal, implies: {facts.personal_data: true}}
    - id: Q2
      text: Which people?
      several: sum
      most: 4
      weight: 1.5
      ask_when: facts.personal_data
      options:
        - {key: staff, points: 1, text: staff}
        - {key: customers, points: 2, text: customers}
        - {key: children, points: 3, text: children}
    - id: M1
      text: What protects them?
      mitigates: true
      ask_when_answer: {Q1: [personal]}
      options:
        - {key: nothing, points: 0, text: nothing}
        - {key: consent, points: 5, text: consent}
"""
MEASURED = """\
  max_score: 8
  measure: share
  places: 2
  rounding: half_even
  deduction: {most: 0.25, from_share: 0.8}
  bands:
    - {tier: low, from: 0, to: 0.30}
    - {tier: medium, from: 0.31, to: 0.60}
    - {tier: high, from: 0.61, to: 1}
"""


@pytest.fixture(scope="module")
def policy():
    texts = texts_in(BASE)[0]
    del texts["words.yaml"]  # of other questions
    head = texts["policy.yaml"]
    before, _, rest = head.partition("  max_score: 4\n")
    statements = rest[rest.index("  hard_stops:") : rest.index("  questions:")]
    after = rest[rest.index("        - {key: many, points: 2, text: many}\n") :].partition("\n")[2]
    return parse_policy({**texts, "policy.yaml": f"{before}{MEASURED}{statements}{QUESTIONS}{after}"})


def test_it_is_read_as_it_is_written(policy):
    first, second, third = policy.tiering.questions

    assert (first.several, first.weight, first.mitigates) == (None, 1, False)
    assert (second.several, second.most, second.weight, second.ask_when) == (Several.SUM, 4, Decimal("1.5"), "facts.personal_data")
    assert (third.mitigates, third.ask_when_answer) == (True, {"Q1": ("personal",)})
    assert (policy.tiering.measure, policy.tiering.places, policy.tiering.rounding) == (Measure.SHARE, 2, Rounding.HALF_EVEN)
    assert policy.tiering.deduction == Deduction(Decimal("0.25"), Decimal("0.8"))


@pytest.mark.parametrize(
    ("said", "asked", "points", "measured", "band"),
    [
        ({"Q1": "none", "Q2": ["children"]}, ["Q1"], 0, "0", Tier.LOW),
        ({"Q1": "personal"}, ["Q1", "Q2", "M1"], 2, "0.25", Tier.LOW),
        ({"Q1": "personal", "Q2": ["staff"], "M1": "nothing"}, ["Q1", "Q2", "M1"], 4, "0.44", Tier.MEDIUM),
        ({"Q1": "personal", "Q2": ["customers", "children"], "M1": "nothing"}, ["Q1", "Q2", "M1"], 8, "1", Tier.HIGH),
        ({"Q1": "personal", "Q2": ["customers", "children"], "M1": "consent"}, ["Q1", "Q2", "M1"], 6, "0.75", Tier.HIGH),
        ({"Q1": "personal", "Q2": ["customers"], "M1": "consent"}, ["Q1", "Q2", "M1"], 4, "0.47", Tier.MEDIUM),
    ],
)
def test_it_scores_as_it_says(policy, said, asked, points, measured, band):
    """2 + 1.5 for staff is 3.5, which is 0.4375 of 8; a half of a point is rounded to even."""
    found = assess_initiative(policy, Answers(said, {"HS1": "no", "FL1": "no", "FL2": "no"}))

    assert [question.id for question in found.questions] == asked
    assert (found.score, found.measured, found.band) == (points, Decimal(measured), band)
