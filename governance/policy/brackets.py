"""Joining conditions by “and” without changing what they say: what binds less closely stands in brackets."""

import re
from collections.abc import Iterator

STRING = re.compile(r"""[rR]"[^"]*"|[rR]'[^']*'|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", re.DOTALL)
OPENING, CLOSING = "([{", ")]}"
ALTERNATIVES = ("||", "?")


def closed(condition: str) -> str:
    """As one part of an “and”."""
    return f"({condition})" if has_alternatives(condition) else condition


def has_alternatives(condition: str) -> bool:
    """Whether it says “or” outside all brackets and texts, so that an “and” before it would hold of its first part alone."""
    return any(any(word in outside for word in ALTERNATIVES) for outside, depth in _pieces(condition) if depth == 0)


def are_paired(condition: str) -> bool:
    """Whether each bracket closes the one of its kind that was opened last, and each text ends."""
    left = STRING.sub("", condition)
    if '"' in left or "'" in left:
        return False
    opened: list[str] = []
    for sign in re.findall(r"[()\[\]{}]", left):
        if sign in OPENING:
            opened.append(sign)
        elif not opened or OPENING.index(opened.pop()) != CLOSING.index(sign):
            return False
    return not opened


def _pieces(condition: str) -> Iterator[tuple[str, int]]:
    """What stands between its brackets, without texts, and how many are open there."""
    depth = 0
    for piece in re.split(r"([()\[\]{}])", STRING.sub("", condition)):
        if piece and piece in OPENING:
            depth += 1
        elif piece and piece in CLOSING:
            depth -= 1
        else:
            yield piece, depth
