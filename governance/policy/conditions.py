"""Conditions in CEL over declared facts and the tier. Undecided is never a yes, whatever the expression around it says."""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

import cel

from governance.domain.policy import Applicability, FactValue
from governance.domain.vocabulary import Applies, Tier
from governance.policy.problems import near

LONGEST = 500
LONGEST_LIST = 100
MOST_MACROS = 1
FACT = re.compile(r"\bfacts\.([A-Za-z_]\w*)")
MACROS = ("all", "exists", "exists_one", "map", "filter")
FUNCTIONS = frozenset({"has", "size", "matches", "startsWith", "endsWith", "contains", *MACROS})
VARIABLES = ("facts", "tier")


@lru_cache(maxsize=2_000)
def compiled(expression: str) -> cel.Program:
    """Raises `ValueError` for an expression that is not CEL."""
    return cel.compile(expression)


def faults(expression: str, facts: Collection[str]) -> Iterator[str]:
    """Everything wrong with a condition, in words. Says nothing about one that is fine."""
    if len(expression) > LONGEST:
        yield f"longer than {LONGEST} signs"
        return
    if sum(expression.count(f".{macro}(") for macro in MACROS) > MOST_MACROS:
        yield f"more than {MOST_MACROS} macro: split the condition"
        return
    if expression.count(",") > LONGEST_LIST:
        yield f"a list longer than {LONGEST_LIST}"
        return
    try:
        program = compiled(expression)
    except ValueError as error:
        yield f"not an expression: {_first_line(str(error))}"
        return
    yield from (
        f"unknown function “{name}”{near(name, FUNCTIONS)}" for name in program.functions() if name.isidentifier() and name not in FUNCTIONS
    )
    bound = set(re.findall(r"\.(?:all|exists|exists_one|map|filter)\(\s*(\w+)\s*,", expression))
    yield from (
        f"unknown name “{name}”{near(name, VARIABLES)}" for name in program.variables() if name not in VARIABLES and name not in bound
    )
    if re.search(r"\bfacts\s*\[", expression):
        yield "write facts.name, not facts[…]"
    yield from (f"unknown fact “{name}”{near(name, facts)}" for name in dict.fromkeys(FACT.findall(expression)) if name not in facts)


class Conditions:
    """One set of facts, prepared once for any number of conditions."""

    def __init__(self, facts: Mapping[str, FactValue], tier: Tier | None) -> None:
        self._facts = facts
        self._context = cel.Context({"facts": dict(facts), "tier": tier.value if tier else ""})
        self._tier = tier

    def decide(self, expression: str) -> Applicability:
        """Yes, no, or undecided with the reason: a fact that is not known decides nothing, even beside `|| true`."""
        if missing := [name for name in FACT.findall(expression) if name not in self._facts]:
            return Applicability(Applies.UNDECIDED, f"not answered yet: {missing[0].replace('_', ' ')}")
        if self._tier is None and re.search(r"\btier\b", expression):
            return Applicability(Applies.UNDECIDED, "the tier is not decided yet")
        try:
            found = compiled(expression).execute(self._context)
        except (ValueError, TypeError, RuntimeError, KeyError) as error:
            return Applicability(Applies.UNDECIDED, f"the condition could not be worked out: {_first_line(str(error))}")
        if found is True:
            return Applicability(Applies.YES)
        if found is False:
            return Applicability(Applies.NO, f"applies only where {phrase(expression)}")
        return Applicability(Applies.UNDECIDED, "the condition says neither yes nor no")


def phrase(expression: str) -> str:
    """A condition as pages say it: `facts.personal_data && tier == "high"` becomes “personal data and tier is high”."""
    words = re.sub(r"tier in \[([^\]]*)\]", lambda found: f"the tier is {found[1].replace(', ', ' or ')}", expression)
    words = re.sub(r"facts\.(\w+) in \[([^\]]*)\]", lambda found: f"{found[1]} is {found[2].replace(', ', ' or ')}", words)
    words = re.sub(r"!\s*facts\.(\w+)", r"not \1", words)
    words = words.replace("facts.", "").replace("tier ==", "the tier is").replace("==", "is")
    words = words.replace("&&", "and").replace("||", "or").replace('"', "").replace("_", " ")
    return re.sub(r"\s+", " ", words).strip()


def _first_line(message: str) -> str:
    return message.rsplit("ERROR: <input>:", maxsplit=1)[-1].splitlines()[0][:200] if message else "unknown reason"
