"""One thing that waits for somebody."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

from governance.domain.vocabulary import Function
from governance.models.initiatives import Initiative

Kind: TypeAlias = Literal[
    "tier",
    "answer",
    "submit",
    "change",
    "renew",
    "sign",
    "close",
    "withdraw",
    "finding",
    "accept",
    "regularise",
    "waive",
    "exclude",
    "evidence",
]


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that waits for a person, or for whoever holds a function."""

    kind: Kind
    what: str
    why: str
    since: datetime
    person: str | None = None
    function: Function | None = None
    excluded: frozenset[str] = frozenset()
    qualification: str | None = None
    request: str | None = None
    subject: str | None = None
    due: date | None = None


def lead_turn(initiative: Initiative, kind: Kind, what: str, why: str, since: datetime, request: str | None = None) -> Turn:
    return Turn(kind, what, why, since, person=initiative.lead_id, request=request)
