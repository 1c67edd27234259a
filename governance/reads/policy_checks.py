"""The checks of a policy for people: which of them somebody means by gate, function, tier and words, and what each asks for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from governance.domain.limits import limit_in_words, metric_in_words
from governance.domain.policy import Combination, Gate, Item, Policy, Threshold
from governance.domain.text import fold
from governance.domain.vocabulary import Applies, Function, Severity, Tier
from governance.policy import phrases
from governance.policy.truth import truth

PAGE = 20


class Order(StrEnum):
    POLICY = "policy"
    TITLE = "title"
    OWNER = "owner"
    SEVERITY = "severity"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for. An empty word, or None, leaves the question open."""

    text: str = ""
    gate: str | None = None
    function: Function | None = None
    tier: Tier | None = None
    severity: Severity | None = None
    order: Order = Order.POLICY


@dataclass(frozen=True, slots=True)
class Asked:
    """A check as people read it: where it applies, its limits at the tier that was asked for, and how fresh its evidence has to be."""

    gate: Gate
    item: Item
    applies: str
    limits: tuple[str, ...]
    fresh_days: int | None
    serves: tuple[tuple[str, str], ...]  # the clause, and what it says


KEYS: Mapping[Order, Callable[[Asked], object]] = {
    Order.TITLE: lambda one: fold(one.item.title),
    Order.OWNER: lambda one: list(Function).index(one.item.owner),
    Order.SEVERITY: lambda one: list(Severity).index(one.item.severity),
}


def every(policy: Policy, wanted: Wanted) -> list[Asked]:
    """The checks that are meant, in the order asked for. At a tier, one that can never apply there is left out."""
    words = fold(wanted.text).split()
    clauses = {f"{one.id}:{clause.id}": clause.title for one in policy.frameworks.values() for clause in one.clauses}
    found = [
        _asked(policy, gate, item, wanted.tier, clauses)
        for gate in policy.gates.values()
        for item in gate.items
        if _is_meant(policy, gate, item, wanted)
    ]
    found = [one for one in found if all(word in _text(policy, one) for word in words)]
    key = KEYS.get(wanted.order)
    return sorted(found, key=key) if key else found  # type: ignore[arg-type]


def page(policy: Policy, wanted: Wanted, number: int) -> tuple[list[Asked], int, int]:
    """Those of one page, how many there are in all, and the number of the page (one past the end gives the last)."""
    found = every(policy, wanted)
    number = min(max(1, number), max(1, -(-len(found) // PAGE)))
    return found[(number - 1) * PAGE : number * PAGE], len(found), number


def _is_meant(policy: Policy, gate: Gate, item: Item, wanted: Wanted) -> bool:
    return (
        wanted.gate in (None, gate.id)
        and wanted.function in (None, item.owner)
        and wanted.severity in (None, item.severity)
        and _may_apply(policy, item.when, wanted.tier)
    )


def _may_apply(policy: Policy, condition: str | None, tier: Tier | None) -> bool:
    """Whether a condition can hold at a tier, whatever the facts are."""
    if tier is None or condition is None:
        return True
    return truth(condition, {name: fact.values for name, fact in policy.facts.items()}, (tier,)) != {Applies.NO}


def _asked(policy: Policy, gate: Gate, item: Item, tier: Tier | None, clauses: Mapping[str, str]) -> Asked:
    return Asked(
        gate=gate,
        item=item,
        applies=phrases.applies(item.when, policy.facts),
        limits=tuple(_limits(policy, item, tier)),
        fresh_days=item.max_age_days or policy.max_age_days.get(item.evidence),
        serves=tuple((one.replace(":", " "), clauses.get(one, "")) for one in item.maps),
    )


def _limits(policy: Policy, item: Item, tier: Tier | None) -> Iterable[str]:
    if item.thresholds is None:
        return []
    parts = [part for part in item.thresholds.parts if _may_apply(policy, part.when, tier)]
    said = [f"{metric_in_words(part)} {limit_in_words(_at(part, tier))}" for part in parts]
    return [" or ".join(said)] if item.thresholds.combination is Combination.ANY_OF and said else said


def _at(part: Threshold, tier: Tier | None) -> Threshold:
    """A threshold at one tier: the limit of that tier alone."""
    return replace(part, value=part.per_tier[tier], per_tier={}) if tier is not None and tier in part.per_tier else part


def _text(policy: Policy, one: Asked) -> str:
    item = one.item
    checklist = policy.checklists[item.checklist].title if item.checklist else ""
    about = (checklist, one.gate.name, item.owner.spoken)
    said = (*about, item.id, item.title, item.question, item.requirement, item.why, *item.maps, *one.limits)
    return fold(" ".join(said))
