"""Numbers as people state them: decimal text, never floats."""

import re
from decimal import Context, Decimal

LONGEST = 40
LEVELS = ("A0", "A1", "A2", "A3", "A4", "A5")
"""Attribution levels, weakest first (the Maryland scale, with A0 for a bare claim)."""

EXACT = Context(prec=1_000)
"""Room for everything the rules work out from such numbers, so that nothing is rounded on the way to a limit."""

NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?", re.ASCII)


def decimal(text: str) -> Decimal | None:
    """The number that a text of at most 40 signs states, or None. Written out, it has at most 80 digits on either side of the point."""
    if len(text) > LONGEST or not NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    return number if abs(int(number.as_tuple().exponent)) <= LONGEST else None


def is_decimal(text: str) -> bool:
    return decimal(text) is not None
