"""Conditions in people's words."""

import pytest

from governance.paths import policies_directory
from governance.policy import phrases
from governance.policy.loader import load_policy

POLICY = load_policy(policies_directory() / "stage-gates").policy


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("true", "always"),
        ("facts.generative_ai && facts.customer_facing", "where generative AI is used and customers see or use the output"),
        ("!facts.third_party_model", "where the model is our own"),
        ('facts.affects_individuals || tier == "high"', "where the effect reaches individual people, or the risk tier is high"),
        ('tier in ["medium", "high"]', "where the risk tier is medium or high"),
        ('facts.eu_role in ["deployer", "both"]', "where our role under the EU AI Act is deployer or both"),
    ],
)
def test_a_condition_is_said_from_the_facts_of_the_policy(condition: str, said: str) -> None:
    assert phrases.applies(condition, POLICY.facts) == said


def test_a_fact_is_shown_as_a_condition_asks_for_it_with_what_that_says() -> None:
    assert phrases.fact(POLICY.facts["generative_ai"]) == ("facts.generative_ai", "generative AI is used")
    assert phrases.fact(POLICY.facts["eu_role"]) == (
        'facts.eu_role == "none"',
        "our role under the EU AI Act is none, deployer, provider or both",
    )


def test_every_fact_of_the_shipped_policy_says_what_it_means_where_it_holds_and_where_it_does_not() -> None:
    assert not [fact.name for fact in POLICY.facts.values() if not fact.said or not (fact.unless or fact.values)]


def test_no_condition_of_the_shipped_policy_reaches_people_as_it_is_written() -> None:
    conditions = [part.when for gate in POLICY.gates.values() for part in (*gate.seats, *gate.items)]

    for condition in conditions:
        assert not set(phrases.applies(condition, POLICY.facts)) & set("=!&|_[]\"'"), condition


def test_a_policy_whose_facts_say_nothing_is_still_read() -> None:
    assert phrases.applies("!facts.generative_ai", {}) == "where it is not so that generative AI"
