"""The summary row of an initiative and what waits for whom, worked out anew before a transaction commits.

Not an act of anybody: nothing here is recorded, and everything can be worked out again from the governed tables.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from governance.domain.errors import Refused
from governance.domain.vocabulary import Function, RequestState
from governance.models.findings import Finding
from governance.models.initiatives import Initiative, Tiering
from governance.models.ledger import Leaf
from governance.models.summary import FunctionReadiness, Summary, Waiting
from governance.reads import checks, turns
from governance.reads.turn import Turn
from governance.reads.turns import State

log = logging.getLogger("governance.summaries")

LATER = timedelta(hours=1)
MOST_AT_ONCE = 50
"""Of the rows that are due: others want to write too."""


def refresh(session: Session, keys: Iterable[str], now: datetime) -> None:
    """Work out the summary and the waiting rows of these initiatives as of `now`."""
    for key in keys:
        initiative = session.get(Initiative, key)
        if initiative is not None:
            _try(session, initiative, now)


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


def _try(session: Session, initiative: Initiative, now: datetime) -> None:
    """A damaged record keeps the row it had, and is looked at again later: it must not stop what has nothing to do with it."""
    try:
        _store(session, initiative, turns.state(session, initiative, now))
    except Refused as refused:
        log.error("the summary of %s cannot be worked out: %s", initiative.key, refused.message)
        session.execute(update(Summary).where(Summary.initiative_key == initiative.key).values(changes_at=now + LATER))


def _store(session: Session, initiative: Initiative, state: State) -> None:
    session.execute(delete(Waiting).where(Waiting.initiative_key == initiative.key))
    session.execute(delete(Summary).where(Summary.initiative_key == initiative.key))
    last = _last_leaf(session, initiative.key)
    tiering = session.get(Tiering, initiative.key)
    session.add(
        Summary(
            initiative_key=initiative.key,
            tier=tiering.tier if tiering else None,
            gate=state.gate,
            request_id=state.request.id if state.request else None,
            request_state=state.request.state.value if state.request else None,
            seats=dict(state.seats),
            checks_done=state.done,
            checks_total=state.total,
            readiness={function.value: _readiness(checks.of_function(state.checked, function)) for function in Function},
            waits_for=state.waits_for,
            waits_since=min((turn.since for turn in state.turns), default=None),
            findings_open=_open_findings(session, initiative.key),
            last_leaf=last.index,
            last_at=last.at,
            changes_at=state.changes_at,
        )
    )
    session.add_all(_waiting(initiative, turn) for turn in state.turns)
    session.flush()


def _readiness(mine: list[checks.Checked]) -> FunctionReadiness:
    applying = [check for check in mine if check.applies]
    still_open = [check.item.title for check in applying if not check.passes]
    return FunctionReadiness(met=len(applying) - len(still_open), total=len(applying), open=still_open)


def _waiting(initiative: Initiative, turn: Turn) -> Waiting:
    return Waiting(
        id=f"{initiative.key}:{turn.kind}:{turn.subject or ''}",
        initiative_key=initiative.key,
        kind=turn.kind,
        person_id=turn.person,
        function=turn.function,
        unit_id=initiative.unit_id,
        excluded=sorted(turn.excluded),
        qualification=turn.qualification,
        what=turn.what,
        why=turn.why,
        request_id=turn.request,
        subject=turn.subject,
        since=turn.since,
        due=turn.due,
    )


def _last_leaf(session: Session, key: str) -> Leaf:
    query = select(Leaf).where(Leaf.stream == f"initiative/{key}").order_by(Leaf.index.desc()).limit(1)
    return session.scalars(query).one()


def _open_findings(session: Session, key: str) -> int:
    query = select(func.count()).select_from(Finding).where(Finding.initiative_key == key, Finding.closed_at.is_(None))
    return session.scalar(query) or 0
