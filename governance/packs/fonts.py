"""The fonts the style sheet of the report names, and what they hold. Read once per process from fontconfig, which Pango needs anyway."""

import subprocess
from collections.abc import Iterator
from functools import cache

STACK = ("P052", "Nimbus Sans", "DejaVu Serif", "DejaVu Sans", "DejaVu Sans Mono", "Liberation Sans", "Liberation Mono")
"""As in templates/packs/report.css. Other fonts that happen to be installed do not count: another machine would print something else."""


@cache
def installed() -> tuple[str, ...]:
    """The fonts of the style sheet that this machine has, in the order of the style sheet; for the record and for `doctor`."""
    found = {family for family, _charset in _listed()}
    return tuple(family for family in STACK if family in found)


def holds(character: str) -> bool:
    """Whether a font of the style sheet has a sign for the character."""
    return ord(character) in _held()


@cache
def _held() -> frozenset[int]:
    return frozenset(code for family, charset in _listed() if family in STACK for code in _codes(charset))


@cache
def _listed() -> tuple[tuple[str, str], ...]:
    command = ["fc-list", "--format", "%{family[0]}\t%{charset}\n"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()  # noqa: S603 - a fixed command
    pairs = (line.partition("\t") for line in lines)
    return tuple(sorted({(family, charset) for family, _tab, charset in pairs}))


def _codes(charset: str) -> Iterator[int]:
    """The code points of a fontconfig charset: hexadecimal numbers and ranges, such as `20-7e a0-17f 192`."""
    for part in charset.split():
        first, _dash, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)
