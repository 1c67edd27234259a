"""What is wrong with a policy, where, and the nearest right word."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class PolicyProblem:
    """One fault. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    message: str

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
    """` (did you mean “…”?)`, or nothing where no known word is close."""
    meant = nearest(word, known)
    return f" (did you mean “{meant}”?)" if meant else ""
