"""Numbers as people state them: decimal text, never floats."""

from decimal import Decimal, InvalidOperation

LONGEST = 40
LEVELS = ("A0", "A1", "A2", "A3", "A4", "A5")
"""Attribution levels, weakest first (the Maryland scale, with A0 for a bare claim)."""


def is_decimal(text: str) -> bool:
    """Whether the text is a finite decimal number of at most 40 signs."""
    try:
        return len(text) <= LONGEST and Decimal(text).is_finite()
    except InvalidOperation:
        return False
