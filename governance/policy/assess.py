"""Tiering with the policy's own conditions."""

from collections.abc import Mapping

from governance.domain.policy import Applicability, Policy
from governance.domain.questionnaire import FactValue
from governance.domain.tiering import Answers, Assessment, assess
from governance.policy.conditions import Conditions


def assess_initiative(policy: Policy, answers: Answers) -> Assessment:
    """Score, tier, facts, and what is still to be asked, for answers given wholly or in part."""
    return assess(policy.tiering, policy.facts, answers, decide)


def decide(expression: str, facts: Mapping[str, FactValue]) -> Applicability:
    """A condition of the questionnaire, where nobody knows the tier yet."""
    return Conditions(facts, None).decide(expression)
