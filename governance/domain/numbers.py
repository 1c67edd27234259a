"""Numbers as people state them: decimal text, never floats."""

import re

LONGEST = 40
DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
"""The exponent has an end, because numbers are also written out: `1e999999999` is short, and does not fit into memory."""
LEVELS = ("A0", "A1", "A2", "A3", "A4", "A5")
"""Attribution levels, weakest first (the Maryland scale, with A0 for a bare claim)."""


def is_decimal(text: str) -> bool:
    """Whether the text is a decimal number of at most 40 signs, with a point and the digits 0 to 9."""
    return len(text) <= LONGEST and DECIMAL.fullmatch(text) is not None
