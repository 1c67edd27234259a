"""Whether a condition can be a yes and can be a no, over every combination of the facts it asks."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import TypeAlias

from governance.domain.questionnaire import FactValue
from governance.domain.vocabulary import Applies, Tier
from governance.policy.conditions import FACT, Conditions, Values

MOST_COMBINATIONS = 2_000
"""Beyond, nothing is said: a condition over that many facts is its author's to judge."""

Truth: TypeAlias = dict[Tier, frozenset[Applies]]


def truth(expression: str, facts: Values) -> Truth | None:
    """What a condition can come to at each tier; none where it asks what nobody declared, or too much."""
    names = tuple(dict.fromkeys(FACT.findall(expression)))
    if not all(name in facts for name in names):
        return None
    return _truth(expression, names, tuple(tuple(facts[name]) or (True, False) for name in names))


@lru_cache(maxsize=2_000)
def _truth(expression: str, names: tuple[str, ...], options: tuple[Sequence[FactValue], ...]) -> Truth | None:
    count = len(Tier)
    for values in options:
        count *= len(values)
    if count > MOST_COMBINATIONS:
        return None
    samples = [dict(zip(names, values, strict=True)) for values in product(*options)]
    return {tier: frozenset(Conditions(sample, tier).decide(expression).applies for sample in samples) for tier in Tier}
