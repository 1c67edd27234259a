"""The canonical form of what is hashed (RFC 8785), and what may go into it."""

from typing import Any

import rfc8785

LARGEST = 65_535
"""Bytes of a header or a body."""
MOST = 2**53 - 1


class NotCanonical(ValueError):
    """A value that the ledger does not take."""


def canonical(value: Any) -> bytes:
    """The bytes that are hashed and stored. Raises `NotCanonical` for floats, large integers, lone surrogates and what is too long."""
    _check(value)
    try:
        found = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise NotCanonical(str(error)) from error
    if len(found) > LARGEST:
        raise NotCanonical(f"{len(found):,} bytes are more than {LARGEST:,}: long words are kept apart")
    return found


def _check(value: Any) -> None:
    match value:
        case None | bool() | str():
            return
        case int() if -MOST <= value <= MOST:
            return
        case dict():
            for key, inner in value.items():
                if not isinstance(key, str):
                    raise NotCanonical("keys are strings")
                _check(inner)
        case list() | tuple():
            for inner in value:
                _check(inner)
        case _:
            raise NotCanonical(f"the ledger takes no {type(value).__name__}: decimals and moments are strings")
