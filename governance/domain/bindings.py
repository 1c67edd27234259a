"""Which waivers and exclusions count for a dossier: those that were given for the rule of a check as it is, on the facts as they are."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from governance.domain import dossier, waivers
from governance.domain.dossier import Material
from governance.domain.dossier_rules import asked_of
from governance.domain.exclusions import facts_digest
from governance.domain.exemptions import Exclusion, Rests, Waiver
from governance.domain.policy import Plan, Policy, WaiverRules
from governance.domain.questionnaire import FactValue


def rule_of(plan: Plan, item: str) -> str | None:
    """What a check asks of an initiative, as a digest; None where the plan has no such check. Words that only explain are no part of it."""
    planned = next((one for one in plan.items if one.item.id == item), None)
    return None if planned is None else dossier.digest(dossier.canonical({"v": 1, **asked_of(plan, planned)}))


def waivers_that_count(granted: Iterable[Waiver], plan: Plan, rules: WaiverRules | None) -> Mapping[str, Waiver]:
    """By check, the one that holds longest of those given for its rule, each to the last day that these rules allow at the tier."""
    if rules is None:
        return {}
    given = [one for one in granted if one.rule == rule_of(plan, one.item)]
    found = [replace(one, expires=waivers.last_day(rules, plan.tier, one.granted_at.date(), one.expires)) for one in given]
    return {one.item: one for one in sorted(found, key=lambda one: (one.expires, one.granted_at))}


def exclusions_that_count(confirmed: Iterable[Exclusion], plan: Plan, facts: Mapping[str, FactValue]) -> Mapping[str, Exclusion]:
    """By check, the latest of those that were confirmed for its rule, on these facts and this tier."""
    given = sorted(confirmed, key=lambda one: one.confirmed_at)
    now = facts_digest(facts, plan.tier) if given else ""
    return {one.item: one for one in given if (rule := rule_of(plan, one.item)) is not None and one.rests_on == Rests(now, rule)}


def judged_by(found: Material, policy: Policy) -> Material:
    """The same dossier, with those of its waivers and exclusions that count under these rules. Its plan is theirs already."""
    return replace(
        found,
        waivers=waivers_that_count(found.waivers.values(), found.plan, policy.waivers),
        exclusions=exclusions_that_count(found.exclusions.values(), found.plan, found.facts),
    )
