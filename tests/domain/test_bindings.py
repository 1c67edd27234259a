"""Which waivers and exclusions count: those given for the rule of a check as it is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from governance.domain import bindings
from governance.domain.exclusions import facts_digest
from governance.domain.exemptions import Exclusion, Waiver
from governance.domain.policy import Plan
from governance.domain.vocabulary import EvidenceKind, Function, Severity, Tier
from tests.domain.samples import NOW, TODAY, planned
from tests.domain.test_waivers import RULES

PLAN = Plan("d", "G1", Tier.LOW, (planned(),), ())
[ITEM] = [one.item.id for one in PLAN.items]
RULE = bindings.rule_of(PLAN, ITEM) or ""
WAIVER = Waiver("AI-0001.W-1", ITEM, "s", "r", "c", "dee", NOW, TODAY + timedelta(days=150), (), RULE)
FACTS = {"eu_market": True}
EXCLUSION = Exclusion("AI-0001.N-1", ITEM, facts_digest(FACTS, Tier.LOW), "r", "tom", "aoife", NOW, RULE)


def asking(**changed: object) -> Plan:
    return replace(PLAN, items=(planned(**changed),))


@pytest.mark.parametrize(
    "changed",
    [
        {"question": "Another one?"},
        {"requirement": "another paper"},
        {"severity": Severity.ADVISORY},
        {"evidence": EvidenceKind.LINK},
        {"max_age_days": 3},
        {"owner": Function.IT_OPS},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_check_that_asks_something_else_needs_another_one(changed: dict[str, object]) -> None:
    assert bindings.rule_of(asking(**changed), ITEM) != RULE
    assert bindings.waivers_that_count([WAIVER], asking(**changed), RULES) == {}
    assert bindings.exclusions_that_count([EXCLUSION], asking(**changed), FACTS) == {}


@pytest.mark.parametrize("words", ["title", "why", "guidance", "typical"])
def test_words_that_only_explain_are_no_part_of_a_rule(words: str) -> None:
    assert bindings.rule_of(asking(**{words: "in other words"}), ITEM) == RULE


def test_a_check_that_is_gone_has_no_rule_and_without_rules_no_waiver_counts() -> None:
    gone = replace(PLAN, items=())

    assert bindings.rule_of(gone, ITEM) is None
    assert bindings.exclusions_that_count([replace(EXCLUSION, rule="")], gone, FACTS) == {}
    assert bindings.waivers_that_count([WAIVER], PLAN, None) == {}


@pytest.mark.parametrize(("tier", "days"), [(Tier.LOW, 150), (Tier.MEDIUM, 120), (Tier.HIGH, 90), (Tier.PROHIBITED, -1)])
def test_a_waiver_counts_as_long_as_the_tier_allows(tier: Tier, days: int) -> None:
    found = bindings.waivers_that_count([WAIVER], replace(PLAN, tier=tier), RULES)

    assert found[ITEM].expires == NOW.date() + timedelta(days=days)


def test_of_several_the_one_that_holds_longest_and_the_exclusion_confirmed_last() -> None:
    sooner = replace(WAIVER, id="AI-0001.W-2", expires=TODAY + timedelta(days=9))
    later = replace(EXCLUSION, id="AI-0001.N-2", confirmed_at=NOW + timedelta(days=1))
    elsewhere = replace(later, id="AI-0001.N-3", confirmed_at=NOW + timedelta(days=2), facts=facts_digest({}, Tier.LOW))

    assert bindings.waivers_that_count([WAIVER, sooner], PLAN, RULES)[ITEM].id == WAIVER.id
    assert bindings.exclusions_that_count([later, elsewhere, EXCLUSION], PLAN, FACTS)[ITEM].id == later.id
