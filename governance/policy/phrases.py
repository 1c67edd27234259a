"""Conditions in people's words, from how the policy says its facts.

Not the words of `conditions.phrase`: those stand in dossiers that were signed, so they stay as they are.
"""

import re
from collections.abc import Mapping

from governance.domain.limits import spoken
from governance.domain.policy import Fact
from governance.domain.text import listed
from governance.policy.conditions import QUOTED

PART = re.compile(
    r"""(?P<not>!)?\s*facts\.(?P<fact>\w+)(?:\s*(?P<same>==|!=)\s*["'](?P<value>.*?)["']|\s+in\s*\[(?P<list>[^\]]*)\])?"""
    r"""|tier\s*(?P<tier_same>==|!=)\s*["'](?P<tier>.*?)["']|tier\s+in\s*\[(?P<tiers>[^\]]*)\]"""
)
ALWAYS = "true"


def applies(expression: str, facts: Mapping[str, Fact]) -> str:
    """“always”, or “where customers see or use the output and the risk tier is high”."""
    return "always" if expression.strip() == ALWAYS else f"where {said(expression, facts)}"


def said(expression: str, facts: Mapping[str, Fact]) -> str:
    """A condition without its “where”. What is written in another way than the usual ones stays as it is."""
    words = PART.sub(lambda part: _part(part, facts), expression)
    return re.sub(r"\s+", " ", words.replace("&&", " and ").replace("||", ", or ")).replace(" ,", ",").strip()


def fact(one: Fact) -> tuple[str, str]:
    """How a condition asks for a fact, and what it says then."""
    subject = one.said or spoken(one.name)
    if not one.values:
        return f"facts.{one.name}", subject
    return f'facts.{one.name} == "{one.values[0]}"', f"{subject} is {listed([spoken(value) for value in one.values], 'or')}"


def _part(part: re.Match[str], facts: Mapping[str, Fact]) -> str:
    if part["fact"] is None:
        return f"the risk tier is {'not ' if part['tier_same'] == '!=' else ''}{_any(part['tiers']) if part['tiers'] else part['tier']}"
    fact = facts.get(part["fact"]) or Fact(part["fact"], ())
    if part["value"] is not None or part["list"] is not None:
        wanted = _any(part["list"]) if part["list"] is not None else spoken(part["value"])
        return f"{fact.said or spoken(fact.name)} is {'not ' if part['same'] == '!=' else ''}{wanted}"
    if part["not"]:
        return fact.unless or f"it is not so that {fact.said or spoken(fact.name)}"
    return fact.said or spoken(fact.name)


def _any(listed: str) -> str:
    return " or ".join(spoken(value) for _, value in QUOTED.findall(listed))
