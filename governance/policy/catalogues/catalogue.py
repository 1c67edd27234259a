"""A catalogue on its way from another tool into a policy."""

import re
import unicodedata
from dataclasses import dataclass

from governance.domain.errors import Problem, RuleBroken
from governance.policy.catalogues.shapes import MOST_FAULTS

LONGEST_ID = 60
LONGEST_TITLE = 300
UNWRITTEN = "title to be written in our own words"
"""In place of a title that the source's licence may not let anybody copy."""


@dataclass(frozen=True, slots=True)
class Clause:
    id: str
    title: str | None  # of the source; kept only where somebody says that it may be


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What was understood. `left_out` says in words what was understood and has no place in a catalogue of ours."""

    id: str
    name: str
    version: str
    source: tuple[str, ...]
    licence: str | None
    clauses: tuple[Clause, ...]
    left_out: tuple[str, ...] = ()


def refusal(name: str, faults: list[str]) -> RuleBroken:
    """Every fault of a file, the first ones in words."""
    many = "1 fault" if len(faults) == 1 else f"{len(faults):,} faults"
    shown = [Problem("fault", fault) for fault in faults[:MOST_FAULTS]]
    if len(faults) > MOST_FAULTS:
        shown.append(Problem("fault", f"and {len(faults) - MOST_FAULTS:,} more, shown when these are mended"))
    return RuleBroken(f"{name} was not imported: {many}.", *shown)


def named(title: str) -> str:
    """An id from a title: “Fictional AI Code 2” is FICTIONAL-AI-CODE-2. Empty where no letter is left to begin with."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().upper()
    return re.sub(r"[^A-Z0-9]+", "-", plain).lstrip("-0123456789")[:LONGEST_ID].strip("-")


def one_line(text: str) -> str:
    """A title as a line of a catalogue: composed, without controls, shortened where it is a paragraph."""
    composed = unicodedata.normalize("NFC", text)
    plain = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in composed)
    line = " ".join(plain.split())
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1].rstrip()}…"
