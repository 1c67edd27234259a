"""Gathering changes of a policy before anybody else sees them: how they add up, and what the next version is called."""

import re
from collections.abc import Collection, Iterable

MOST_EDITS = 500
"""Changes of one draft. Who changes more than that writes the files."""


def together(before: Iterable[str], place: str) -> list[str]:
    """The places of a draft that stay when something is changed at a place: all but that one and what stands within it."""
    return [one for one in before if not f"{one}/".startswith(f"{place}/")]


def next_version(version: str, taken: Collection[str], *, rules_differ: bool) -> str:
    """What the next edition may be called: the second number is raised for another rule, the last one for other words."""
    candidate = version
    while candidate in taken or candidate == version:
        candidate = _raised(candidate, second=rules_differ)
    return candidate


def _raised(version: str, *, second: bool) -> str:
    numbers = list(re.finditer(r"[0-9]{1,9}", version))
    if not numbers:
        return f"{version} 2"
    chosen = 1 if second and len(numbers) > 2 else len(numbers) - 1
    first = numbers[chosen]
    after = re.sub(r"[0-9]{1,9}", "0", version[first.end() :])
    return f"{version[: first.start()]}{int(first[0]) + 1}{after}"
