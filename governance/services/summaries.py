"""The summary row of an initiative and what waits for whom, worked out anew before a transaction commits.

Not an act of anybody: nothing here is recorded, and everything can be worked out again from the governed tables.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.orm import Session

from governance.domain import checks
from governance.domain.errors import Refused
from governance.domain.vocabulary import Function, RequestState
from governance.events import streams
from governance.ledger import read
from governance.models.base import table_of
from governance.models.initiatives import Initiative
from governance.models.summary import FunctionReadiness, Summary, Waiting
from governance.reads import surroundings, turns
from governance.reads.surroundings import Surroundings
from governance.reads.turn import Turn
from governance.reads.turns import State
from governance.services import evidencing

Columns: TypeAlias = Mapping[str, object]

log = logging.getLogger("governance.summaries")

LATER = timedelta(hours=1)
TOGETHER = 500
"""How many are read and stored with the same statements."""
MOST_AT_ONCE = 50
"""Of the rows that are due: others want to write too."""


def refresh(session: Session, keys: Sequence[str], now: datetime) -> None:
    """Work out the summary and the waiting rows of these initiatives as of `now`."""
    for start in range(0, len(keys), TOGETHER):
        _refresh(session, keys[start : start + TOGETHER], now)


def _refresh(session: Session, keys: Sequence[str], now: datetime) -> None:
    around = surroundings.of(session, keys)
    states = {key: found for key, row in around.initiatives.items() if (found := _try(session, row, around, now))}
    last, passed = _last_leaves(session, list(states)), evidencing.met_when_passed(session, list(states))
    for kind in (Waiting, Summary):
        session.execute(delete(kind).where(kind.initiative_key.in_(list(states))))
    connection = session.connection()
    if states:
        rows = [_summary(key, state, around, last[key], passed.get(key, "")) for key, state in states.items()]
        connection.execute(insert(table_of(Summary)), rows)
    if waiting := [_waiting(around.initiatives[key], turn) for key, state in states.items() for turn in state.turns]:
        connection.execute(insert(table_of(Waiting)), waiting)


def are_due(session: Session, now: datetime) -> bool:
    """Whether time alone has changed a row."""
    return session.scalar(_due(now)) is not None


def refresh_due(session: Session, now: datetime) -> int:
    """The same for the rows that time alone has changed, the longest overdue first. Returns how many there were."""
    due = session.scalars(_due(now)).all()
    refresh(session, due, now)
    return len(due)


def refresh_reviews(session: Session, now: datetime) -> None:
    """What waits for whom in a review depends on people too: when one of them changes, every review is due, the first ones at once."""
    session.execute(update(Summary).where(Summary.request_state == RequestState.IN_REVIEW.value).values(changes_at=now))
    refresh_due(session, now)


def _due(now: datetime) -> Select[str]:
    return select(Summary.initiative_key).where(Summary.changes_at <= now).order_by(Summary.changes_at).limit(MOST_AT_ONCE)


def _try(session: Session, initiative: Initiative, around: Surroundings, now: datetime) -> State | None:
    """A damaged record keeps the row it had, and is looked at again later: it must not stop what has nothing to do with it."""
    try:
        return turns.state(session, initiative, around, now)
    except Refused as refused:
        log.error("the summary of %s cannot be worked out: %s", initiative.key, refused.message)
        session.execute(update(Summary).where(Summary.initiative_key == initiative.key).values(changes_at=now + LATER))
        return None


def _summary(key: str, state: State, around: Surroundings, last: tuple[int, datetime], passed: str) -> Columns:
    tiering = around.tierings.get(key)
    return {
        "initiative_key": key,
        "tier": tiering.tier if tiering else None,
        "gate": state.gate,
        "request_id": state.request.id if state.request else None,
        "request_state": state.request.state.value if state.request else None,
        "seats": dict(state.seats),
        "checks_done": state.done,
        "checks_total": state.total,
        "readiness": {function.value: _readiness(checks.of_function(state.checked, function)) for function in Function},
        "waits_for": state.waits_for,
        "waits_since": min((turn.since for turn in state.turns), default=None),
        "findings_open": len(around.findings.get(key, ())),
        "met_passed": passed,
        "met_now": evidencing.met_now(state.checked),
        "last_leaf": last[0],
        "last_at": last[1],
        "changes_at": state.changes_at,
    }


def _readiness(mine: list[checks.Checked]) -> FunctionReadiness:
    applying = [check for check in mine if check.applies]
    still_open = [check.item.title for check in applying if not check.passes]
    return FunctionReadiness(met=len(applying) - len(still_open), total=len(applying), open=still_open)


def _waiting(initiative: Initiative, turn: Turn) -> Columns:
    return {
        "id": f"{initiative.key}:{turn.kind}:{turn.subject or ''}",
        "initiative_key": initiative.key,
        "kind": turn.kind,
        "person_id": turn.person,
        "function": turn.function,
        "unit_id": initiative.unit_id,
        "excluded": sorted(turn.excluded),
        "qualification": turn.qualification,
        "what": turn.what,
        "why": turn.why,
        "request_id": turn.request,
        "subject": turn.subject,
        "since": turn.since,
        "due": turn.due,
    }


def _last_leaves(session: Session, keys: Sequence[str]) -> dict[str, tuple[int, datetime]]:
    """The last entry of each initiative: its index and its moment. One whose entries are gone is damaged, and is said to have none."""
    found = read.last_of_streams(session, [streams.initiative(key) for key in keys])
    return {key: found.get(streams.initiative(key), (0, read.NO_MOMENT)) for key in keys}
