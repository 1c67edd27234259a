"""Whether a condition can be a yes and can be a no, over the combinations of the facts it asks."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product

from governance.domain.questionnaire import FactValue
from governance.domain.vocabulary import Applies, Tier
from governance.policy.conditions import FACT, Conditions, Values
from governance.policy.values import TIERS

MOST_COMBINATIONS = 512
"""Of facts. Beyond, nothing is said: a condition over that many is its author's to judge."""

BOTH = frozenset({Applies.YES, Applies.NO})


def truth(expression: str, facts: Values, tiers: Sequence[Tier] = TIERS) -> frozenset[Applies]:
    """What a condition can come to at these tiers; once it can be both a yes and a no, nobody looks further.

    Nothing, where it asks what nobody declared, or too much.
    """
    names = tuple(dict.fromkeys(FACT.findall(expression)))
    if not all(name in facts for name in names):
        return frozenset()
    return _truth(expression, names, tuple(tuple(facts[name]) or (True, False) for name in names), tuple(tiers))


@lru_cache(maxsize=2_000)
def _truth(
    expression: str, names: tuple[str, ...], options: tuple[Sequence[FactValue], ...], tiers: tuple[Tier, ...]
) -> frozenset[Applies]:
    count = 1
    for values in options:
        count *= len(values)
    found: frozenset[Applies] = frozenset()
    if count <= MOST_COMBINATIONS:
        for sample, tier in _samples(names, options, tiers):
            found |= {Conditions(sample, tier).decide(expression).applies}
            if found >= BOTH:
                break
    return found


def _samples(
    names: tuple[str, ...], options: tuple[Sequence[FactValue], ...], tiers: tuple[Tier, ...]
) -> Iterator[tuple[dict[str, FactValue], Tier]]:
    """Every combination; the first two have every fact at its first and at its last value, which decides most conditions at once."""
    last = {name: values[-1] for name, values in zip(names, options, strict=True)}
    yield from ((last, tier) for tier in tiers[-1:])
    for values in product(*options):
        yield from ((dict(zip(names, values, strict=True)), tier) for tier in reversed(tiers))
