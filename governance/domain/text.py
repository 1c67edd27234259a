"""Text as the ledger and the lists need it."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

SHORT_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,58}[a-z0-9]")
"""Of people and units: it stands in the record and does not change."""
ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")
"""Of e-mail, folded."""

LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
HIDDEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Signs that nobody types and that make a text look like another: controls, reversed directions, byte order marks."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a formula begins."""


def tidy(text: str) -> str:
    """What a door does to typed text: NFC, line ends as `\\n`, hidden signs and outer spaces off."""
    if text.isascii() and text.isprintable():
        return text.strip()  # nothing else can be wrong with it
    return HIDDEN.sub("", LINE_END.sub("\n", unicodedata.normalize("NFC", text))).strip()


def fold(text: str) -> str:
    """A form that sorts and searches alike on every database: compatibility forms, marks and case removed."""
    if text.isascii():
        return text.casefold()  # nothing to spread
    spread = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in spread if not unicodedata.combining(sign)).casefold()


def cell(value: object) -> str:
    """A cell of a CSV: a moment in ISO 8601 in UTC, and what a spreadsheet would take for a formula is made text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def one(noun: str) -> str:
    """`a document`, `an attestation`."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def listed(parts: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`; nothing for none."""
    return f" {last} ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def day_in_words(on: date) -> str:
    """“Mon 7 Sep 2026”."""
    return f"{DAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]} {on.year}"
