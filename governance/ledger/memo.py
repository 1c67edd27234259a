"""Within one transaction, what was worked out from the record is not worked out again until a row it rests on may have changed."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from governance.models.base import Governed

MEMO = "worked out"

Given = ParamSpec("Given")
Found = TypeVar("Found")

RESTS_ON: dict[Callable[..., Any], tuple[type[Governed], ...]] = {}
"""Every remembered read, with the kinds of rows it rests on. A test runs each of them and compares."""


def remembered(
    *kinds: type[Governed],
) -> Callable[[Callable[Concatenate[Session, Given], Found]], Callable[Concatenate[Session, Given], Found]]:
    """For a read that rests on governed rows of these kinds (`Governed`: of any), and answers what nobody changes.

    Texts and files need no naming: their digests are their names. Refusals are not remembered.
    """

    def decorate(read: Callable[Concatenate[Session, Given], Found]) -> Callable[Concatenate[Session, Given], Found]:
        @wraps(read)
        def answer(session: Session, /, *args: Given.args, **kwargs: Given.kwargs) -> Found:
            memo = session.info.setdefault(MEMO, {}).setdefault(answer, {})
            key = args, tuple(kwargs.items())
            if key not in memo:
                memo[key] = read(session, *args, **kwargs)
            found: Found = memo[key]
            return found

        RESTS_ON[answer] = kinds
        return answer

    return decorate


def foreknow(
    session: Session, read: Callable[Concatenate[Session, Given], Found], found: Found, *args: Given.args, **kwargs: Given.kwargs
) -> None:
    """Give the answer of a remembered read that was worked out for many at once, until a row it rests on may have changed.

    Raises `KeyError` for a read that is not remembered.
    """
    assert RESTS_ON[read]
    session.info.setdefault(MEMO, {}).setdefault(read, {})[args, tuple(kwargs.items())] = found


def forget(session: Session, changed: Iterable[type[Governed]] = (Governed,)) -> None:
    """Rows of these kinds may have changed; without them, any row."""
    memo, stale = session.info.get(MEMO, {}), tuple(changed)
    for read in [read for read in memo if _overlap(RESTS_ON[read], stale)]:
        del memo[read]


def _overlap(kinds: tuple[type[Governed], ...], changed: tuple[type[Governed], ...]) -> bool:
    return any(issubclass(one, kinds) or one is Governed for one in changed)


@event.listens_for(Session, "after_transaction_end")
def _forget_with_the_transaction(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(MEMO, None)
