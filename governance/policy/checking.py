"""A policy folder as `governance policy check` sees it: every error and every warning, whatever the bytes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from governance.policy import warn
from governance.policy.codes import Level
from governance.policy.loader import digest_of, few, reading, texts_in
from governance.policy.models import Head
from governance.policy.problems import PolicyProblem


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one folder: errors in the order of the files, then warnings in the same order."""

    folder: Path
    head: Head | None
    digest: str | None
    gates: int
    items: int
    problems: tuple[PolicyProblem, ...]

    @property
    def errors(self) -> int:
        return sum(problem.severity is Level.ERROR for problem in self.problems)

    @property
    def warnings(self) -> int:
        return len(self.problems) - self.errors


def check(folder: Path) -> Checked:
    """Everything wrong with the policy in a folder. Raises nothing about what is in it."""
    texts, unread = texts_in(folder)
    found = reading(texts, unread=bool(unread))
    heads = [model.policy for _, model in found.whole.files if model.policy]
    return Checked(
        folder=folder,
        head=next(iter(heads), None),
        digest=None if unread or found.problems else digest_of(texts),
        gates=len(found.whole.gates),
        items=sum(len(part.items) for part in found.whole.parts),
        problems=tuple(_in_order([*unread, *(found.problems if texts else []), *few(warn.warnings(found.whole))])),
    )


def warnings_of(texts: Mapping[str, str]) -> tuple[PolicyProblem, ...]:
    """What is allowed and yet looks wrong in the texts of a sound policy."""
    return tuple(_in_order(few(warn.warnings(reading(texts).whole))))


def _in_order(problems: list[PolicyProblem]) -> Iterator[PolicyProblem]:
    every = sorted(set(problems))
    yield from (problem for problem in every if problem.severity is Level.ERROR)
    yield from (problem for problem in every if problem.severity is not Level.ERROR)
