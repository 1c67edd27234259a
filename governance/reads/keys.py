"""The numbers of initiatives."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from governance.models.initiatives import Initiative


def next_number(session: Session) -> int:
    """The number of the next initiative: one more than the highest, which is the last of the longest keys."""
    longest = select(func.max(func.length(Initiative.key))).scalar_subquery()
    last = session.scalar(select(func.max(Initiative.key)).where(func.length(Initiative.key) == longest))
    return int(last.removeprefix("AI-")) + 1 if last else 1


def key_of(number: int) -> str:
    return f"AI-{number:04}"
