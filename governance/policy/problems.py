"""What is wrong with a policy, where, and the nearest right word."""

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from governance.policy.codes import Code, Level

LONGEST_QUOTED, LONGEST_MESSAGE = 60, 300
QUOTED = re.compile(rf"“([^“”]{{{LONGEST_QUOTED}}})[^“”]+”")


@dataclass(frozen=True, slots=True, order=True)
class PolicyProblem:
    """One fault. Lines and columns count from 1. The message is one line that every terminal can show, whatever it quotes."""

    file: str
    line: int
    column: int
    message: str
    code: Code = Code.DOES_NOT_FIT
    severity: Level = Level.ERROR

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", readable(self.message))

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class PolicyError(Exception):
    """Every fault that was found, in the order of the files."""

    def __init__(self, problems: Iterable[PolicyProblem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


CLOSE = 0.6
LONGEST_COMPARED = 100
MOST_LOOKS, LOOKS_OF_A_COMPARISON = 100_000, 20
"""How much looking for nearest words one reading gets. Each known word costs one look, and a full comparison with it several."""

_looks_left: ContextVar[list[int] | None] = ContextVar("looks_left", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """Around whatever reads one file or one policy: the faults in it share the looks for nearest words. Of a file with so many faults that
    there are none left, the others are told without: nobody waits for suggestions.
    """
    token = _looks_left.set([MOST_LOOKS])
    try:
        yield
    finally:
        _looks_left.reset(token)


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known word that was probably meant, if any is close."""
    left = _looks_left.get() or [MOST_LOOKS]
    if len(word) > LONGEST_COMPARED or left[0] < len(known):
        return None
    comparing = difflib.SequenceMatcher(b=word)
    best = (0.0, "")
    for one in known:
        comparing.set_seq1(one[:LONGEST_COMPARED])
        left[0] -= 1
        if comparing.real_quick_ratio() >= CLOSE and comparing.quick_ratio() >= CLOSE:
            left[0] -= LOOKS_OF_A_COMPARISON
            best = max(best, (comparing.ratio(), one))
        if left[0] <= 0:
            left[0] = 0
            return None
    return best[1] if best[0] >= CLOSE else None


def near(word: str, known: Collection[str]) -> str:
    """` (did you mean “…”?)`, or nothing where no known word is close; and the letter that only looks like one of ours."""
    meant = nearest(word, known)
    odd = f", whose {foreign} is a letter of another script" if (foreign := foreign_letter(word)) else ""
    return f"{odd} (did you mean “{meant}”?)" if meant else odd


def foreign_letter(word: str) -> str | None:
    """The first sign of a name that is not plain ASCII, with its number and its name."""
    sign = next((sign for sign in word if not sign.isascii()), None)
    return sign and f"“{sign}” (U+{ord(sign):04X} {unicodedata.name(sign, 'without a name')})"


def readable(message: str) -> str:
    """One line that every terminal can show, and that nobody scrolls through: what it quotes is shortened, and so is the whole."""
    short = QUOTED.sub(r"“\1…”", message)
    shown = short if short.isprintable() else "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in short)
    return shown if len(shown) <= LONGEST_MESSAGE else f"{shown[:LONGEST_MESSAGE]}…"
