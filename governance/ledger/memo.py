"""Within one transaction, what was worked out from the record is not worked out again until something is recorded."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

MEMO = "worked out"

Given = ParamSpec("Given")
Found = TypeVar("Found")


def remembered(read: Callable[Concatenate[Session, Given], Found]) -> Callable[Concatenate[Session, Given], Found]:
    """For what reads only governed tables, and answers what nobody changes. Refusals are not remembered."""

    @wraps(read)
    def answer(session: Session, /, *args: Given.args, **kwargs: Given.kwargs) -> Found:
        memo = session.info.setdefault(MEMO, {})
        key = read, args, tuple(kwargs.items())
        if key not in memo:
            memo[key] = read(session, *args, **kwargs)
        found: Found = memo[key]
        return found

    return answer


def forget(session: Session) -> None:
    """The record has changed."""
    session.info.pop(MEMO, None)


@event.listens_for(Session, "after_transaction_end")
def _forget_with_the_transaction(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        forget(session)
