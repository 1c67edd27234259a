"""A problem somebody records."""

from dataclasses import dataclass
from datetime import date

from governance.domain.errors import Problem
from governance.domain.vocabulary import FindingSeverity

LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class NewFinding:
    """A problem as somebody names it. `due` may be left to the policy."""

    severity: FindingSeverity
    words: str
    owner: str
    item: str | None = None
    due: date | None = None


def problems_of(new: NewFinding, owner_fits: bool) -> list[Problem]:
    """What does not hold up. The owner has to be somebody who can see the finding, or it would wait for ever."""
    problems = []
    if not 3 <= len(new.words.strip()) <= LONGEST:
        problems.append(Problem("required", f"Describe the finding in 3 to {LONGEST:,} signs.", "finding"))
    if not owner_fits:
        problems.append(Problem("unknown", "Choose somebody with an active account who may see this initiative.", "owner"))
    return problems
