"""Text as it can be printed: what the report's fonts hold is printed, the rest is spelled out in square brackets.

A character no font holds would make the PDF invalid (PDF/A 6.2.11.8) and the paper silent about it. The exact words are in the record.
"""

import re
import unicodedata
from enum import Enum
from functools import cache
from itertools import groupby

from governance.packs.fonts import holds

STEERS_DIRECTION = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
ONLY_JOINS = frozenset("\u200c\u200d\u00ad") | {chr(code) for code in range(0xFE00, 0xFE10)}
ALWAYS_HELD = re.compile(
    r"[^\t\n\r\u0020-\u007e\u00a0-\u00ac\u00ae-\u017f\u2010-\u2015\u2018-\u201f\u2026\u2190-\u2193\u2212\u2264\u2265]+"
)
"""Matches what is not held by every text font, so that most text is never looked up."""


class Way(Enum):
    """How a character reaches the paper."""

    PRINTED = "as it is"
    NAMED = "by its Unicode name"
    CODED = "by its code point"
    DROPPED = "not at all: it only joins or varies its neighbours"


def printable(text: str) -> str:
    """The text with everything that cannot be printed faithfully spelled out: `[U+3068 U+3066]`, `[thumbs up sign]`.

    ASCII is left alone, markup included, so it may run over a whole page of HTML.
    """
    return ALWAYS_HELD.sub(lambda odd: "".join(_spelled(how, "".join(run)) for how, run in groupby(odd[0], _way)), text)


@cache
def _way(character: str) -> Way:
    """Direction is shown and not obeyed; emoji never depend on which colour font a machine has."""
    category = unicodedata.category(character)
    if character in STEERS_DIRECTION or (category in ("So", "Sk") and ord(character) >= 0x1F000):
        return Way.NAMED
    if character in ONLY_JOINS:
        return Way.PRINTED if holds(character) else Way.DROPPED
    return Way.PRINTED if category[0] != "C" and holds(character) else Way.CODED


def _spelled(how: Way, run: str) -> str:
    match how:
        case Way.PRINTED:
            return run
        case Way.NAMED:
            return "".join(f"[{unicodedata.name(character, 'sign').lower()}]" for character in run)
        case Way.CODED:
            return "[" + " ".join(f"U+{ord(character):04X}" for character in run) + "]"
        case Way.DROPPED:
            return ""
