"""What is wrong with a policy, where, and the nearest right word."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
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
        object.__setattr__(self, "message", _readable(self.message))

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class PolicyError(Exception):
    """Every fault that was found, in the order of the files."""

    def __init__(self, problems: Iterable[PolicyProblem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, if any is close."""
    return next(iter(difflib.get_close_matches(word, sorted(known), 1, 0.6)), None)


def near(word: str, known: Iterable[str]) -> str:
    """` (did you mean “…”?)`, or nothing where no known word is close; and the letter that only looks like one of ours."""
    meant = nearest(word, known)
    odd = f", whose {foreign} is a letter of another script" if (foreign := foreign_letter(word)) else ""
    return f"{odd} (did you mean “{meant}”?)" if meant else odd


def foreign_letter(word: str) -> str | None:
    """The first sign of a name that is not plain ASCII, with its number and its name."""
    sign = next((sign for sign in word if not sign.isascii()), None)
    return sign and f"“{sign}” (U+{ord(sign):04X} {unicodedata.name(sign, 'without a name')})"


def _readable(message: str) -> str:
    short = QUOTED.sub(r"“\1…”", message)
    shown = short if short.isprintable() else "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in short)
    return shown if len(shown) <= LONGEST_MESSAGE else f"{shown[:LONGEST_MESSAGE]}…"
