"""Conditions in CEL over declared facts and the tier. Undecided is never a yes, whatever the expression around it says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import cel

from governance.domain.limits import spoken
from governance.domain.policy import Applicability
from governance.domain.questionnaire import FactValue
from governance.domain.vocabulary import Applies, Tier
from governance.policy.codes import Code
from governance.policy.problems import near, one_reading

LONGEST = 500
LONGEST_LIST = 100
MOST_MACROS = 1
DEEPEST = 20
FACT = re.compile(r"\bfacts\.([A-Za-z_]\w*)")
BARE_FACTS = re.compile(r"\bfacts\b(?!\.[A-Za-z_])")
MACRO = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*(\w+)\s*,")
COMPARED = re.compile(r"""\b(tier|facts\.\w+)\s*(?:==|!=)\s*(["'])(.*?)\2""")
LISTED = re.compile(r"\b(tier|facts\.\w+)\s+in\s*\[([^\]]*)\]")
QUOTED = re.compile(r"""(["'])(.*?)\1""")
FUNCTIONS = frozenset({"has", "size", "matches", "startsWith", "endsWith", "contains", "all", "exists", "exists_one", "map", "filter"})
VARIABLES = ("facts", "tier")
FAILURES = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What evaluating can raise; whatever it is, it never passes for an answer."""

Values: TypeAlias = Mapping[str, Sequence[str]]
"""The facts a condition may use, and the words each may be; none for a yes/no fact."""


class Fault(NamedTuple):
    """What is wrong with a condition."""

    code: Code
    message: str


@lru_cache(maxsize=2_000)
def compiled(expression: str) -> cel.Program:
    """Raises `ValueError` for an expression that is not CEL, or costs too much."""
    if costly := _costly(expression):
        raise ValueError(costly)
    return cel.compile(expression)


@lru_cache(maxsize=2_000)
@one_reading()
def _strangers(expression: str) -> tuple[Fault, ...]:
    """Functions and names that nobody declared, in words. Kept for every reading, so no other reading decides what it suggests."""
    program, bound = compiled(expression), set(MACRO.findall(expression))
    functions = [name for name in program.functions() if name.isidentifier() and name not in FUNCTIONS]
    names = [name for name in program.variables() if name not in VARIABLES and name not in bound]
    return (
        *(Fault(Code.UNKNOWN_FUNCTION, f"unknown function “{name}”{near(name, FUNCTIONS)}") for name in functions),
        *(Fault(Code.UNKNOWN_NAME, f"unknown name “{name}”{near(name, VARIABLES)}") for name in names),
    )


def faults(expression: str, facts: Values) -> Iterator[Fault]:
    """Everything wrong with a condition, in words. Says nothing about one that is fine."""
    if costly := _costly(expression):
        yield Fault(Code.CONDITION_TOO_COSTLY, costly)
        return
    try:
        found = [*_strangers(expression), *_unknown(expression, facts), *_unknown_words(expression, facts)]
    except ValueError as error:
        yield Fault(Code.CONDITION_SYNTAX, f"not an expression: {_first_line(str(error))}")
        return
    yield from found
    if not found and not all(_says_yes_or_no(expression, facts, value) for value in (True, False)):
        yield Fault(Code.NOT_YES_OR_NO, "says neither yes nor no")


def _costly(expression: str) -> str | None:
    """What makes an expression too long to be worth compiling."""
    if len(expression) > LONGEST:
        return f"longer than {LONGEST} signs"
    if len(MACRO.findall(expression)) > MOST_MACROS:
        return f"more than {MOST_MACROS} macro: split the condition"
    if expression.count(",") >= LONGEST_LIST:
        return f"a list longer than {LONGEST_LIST}"
    if sum(map(expression.count, "([{!-")) > DEEPEST:
        return f"more than {DEEPEST} brackets and signs: split the condition"
    if "//" in expression:
        return "a condition has no comments: write them in the file"
    return None


def _unknown(expression: str, facts: Values) -> Iterator[Fault]:
    if BARE_FACTS.search(expression):
        yield Fault(Code.UNKNOWN_NAME, "write facts.name: the facts as a whole cannot be asked")
    for name in dict.fromkeys(FACT.findall(expression)):
        if name not in facts:
            yield Fault(Code.UNKNOWN_FACT, f"unknown fact “{name}”{near(name, facts)}")


def _unknown_words(expression: str, facts: Values) -> Iterator[Fault]:
    """A word that a fact or the tier can never be would make the condition a silent no."""
    said = [(name, word) for name, _, word in COMPARED.findall(expression)]
    said += [(name, word) for name, words in LISTED.findall(expression) for _, word in QUOTED.findall(words)]
    for name, word in said:
        known = [tier.value for tier in Tier] if name == "tier" else facts.get(name.removeprefix("facts."), [])
        if not known and name.removeprefix("facts.") in facts:
            yield Fault(Code.IMPOSSIBLE_VALUE, f"{name} is yes or no: it is never “{word}”")
        elif known and word not in known:
            yield Fault(Code.IMPOSSIBLE_VALUE, f"{name} is never “{word}”{near(word, known)}")


def _says_yes_or_no(expression: str, facts: Values, value: bool) -> bool:
    """Whether the condition can be worked out where every yes/no fact has this value."""
    sample = {name: words[0] if words else value for name, words in facts.items()}
    return Conditions(sample, Tier.HIGH).decide(expression).applies is not Applies.UNDECIDED


class Conditions:
    """One set of facts, prepared once for any number of conditions."""

    def __init__(self, facts: Mapping[str, FactValue], tier: Tier | None) -> None:
        self._facts = facts
        self._context = cel.Context({"facts": dict(facts), "tier": tier.value if tier else ""})
        self._tier = tier
        self._decided: dict[str, Applicability] = {}

    def decide(self, expression: str) -> Applicability:
        """Yes, no, or undecided with the reason: a fact that is not known decides nothing, even beside `|| true`."""
        if expression not in self._decided:
            self._decided[expression] = self._decide(expression)
        return self._decided[expression]

    def _decide(self, expression: str) -> Applicability:
        if BARE_FACTS.search(expression):
            return Applicability(Applies.UNDECIDED, "the condition asks the facts as a whole")
        if missing := [name for name in FACT.findall(expression) if name not in self._facts]:
            return Applicability(Applies.UNDECIDED, f"not answered yet: {spoken(missing[0])}")
        if self._tier is None and re.search(r"\btier\b", expression):
            return Applicability(Applies.UNDECIDED, "the tier is not decided yet")
        try:
            if strangers := _strangers(expression):
                return Applicability(Applies.UNDECIDED, strangers[0].message)
            found = compiled(expression).execute(self._context)
        except FAILURES as error:
            return Applicability(Applies.UNDECIDED, f"the condition could not be worked out: {_first_line(str(error))}")
        if found is True:
            return Applicability(Applies.YES)
        if found is False:
            return Applicability(Applies.NO, f"applies only where {phrase(expression)}")
        return Applicability(Applies.UNDECIDED, "the condition says neither yes nor no")


def phrase(expression: str) -> str:
    """A condition as a plan says it: `facts.personal_data && tier == "high"` becomes “personal data and the tier is high”.

    It stands in dossiers that were signed, so it stays as it is; pages say it by `policy/phrases.py`.
    """
    words = re.sub(r"tier in \[([^\]]*)\]", lambda found: f"the tier is {found[1].replace(', ', ' or ')}", expression)
    words = re.sub(r"facts\.(\w+) in \[([^\]]*)\]", lambda found: f"{found[1]} is {found[2].replace(', ', ' or ')}", words)
    words = re.sub(r"!\s*facts\.(\w+)", r"not \1", words)
    words = words.replace("facts.", "").replace("tier ==", "the tier is").replace("==", "is")
    words = words.replace("&&", "and").replace("||", "or").replace('"', "").replace("'", "").replace("_", " ")
    return re.sub(r"\s+", " ", words).strip()


def _first_line(message: str) -> str:
    return message.rsplit("ERROR: <input>:", maxsplit=1)[-1].splitlines()[0][:200] if message else "unknown reason"
