"""What initiatives evidence: the checks that were met when a gate was passed, and those that are met as the record stands now.

Worked out with the summary rows, and like them never stated: the pages of frameworks count from it in a statement or two.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from governance.domain import checks
from governance.domain.checks import Checked
from governance.domain.errors import Refused
from governance.domain.frameworks import kept
from governance.domain.vocabulary import AnswerState, RequestState
from governance.models.base import table_of
from governance.models.gates import GateRequest, Revision
from governance.models.summary import Passing
from governance.reads import policies
from governance.reads.frozen import frozen_material

NOT_YET = "?"
"""In place of what was met where that was not worked out yet."""

log = logging.getLogger("governance.summaries")


def met_when_passed(session: Session, keys: Sequence[str]) -> Mapping[str, str]:
    """By initiative, the checks that were met when a gate was last passed; of each request it is worked out once."""
    query = (
        select(GateRequest, func.coalesce(Passing.met, NOT_YET))
        .outerjoin(Passing, Passing.request_id == GateRequest.id)
        .where(GateRequest.initiative_key.in_(keys), GateRequest.state == RequestState.PASSED)
        .order_by(GateRequest.initiative_key, GateRequest.gate, GateRequest.number)
    )
    last: dict[tuple[str, str], str] = {}
    new: list[dict[str, object]] = []
    for request, worked_out in session.execute(query).all():
        met = worked_out if worked_out != NOT_YET else _of_request(session, request)
        if met is None:
            continue
        last[request.initiative_key, request.gate] = met
        if worked_out == NOT_YET:
            new.append(_row(request, met))
    if new:
        session.connection().execute(insert(table_of(Passing)), new)
    found: dict[str, set[str]] = {}
    for (key, _), met in last.items():
        found.setdefault(key, set()).update(met.split())
    return {key: kept(tokens) for key, tokens in found.items()}


def met_now(checked: Iterable[Checked]) -> str:
    """The checks of the gate ahead that are met. What the questionnaire asks is not among them: it decides what has to be met."""
    return kept(_met(checked))


def _of_request(session: Session, request: GateRequest) -> str | None:
    """None where the record lost what was put before the seats: then nothing is evidenced by it, and it is tried again later."""
    revision = session.get(Revision, (request.id, request.revision))
    if revision is None or request.settled_at is None:
        return None
    try:
        policy = policies.by_digest(session, request.policy)
        frozen = frozen_material(session, request, revision, request.policy)
    except Refused as refused:
        log.error("what %s evidences cannot be worked out: %s", request.id, refused.message)
        return None
    return kept(_met(checks.evaluated(policy, frozen, request.settled_at)))


def _met(checked: Iterable[Checked]) -> list[str]:
    return [check.item.id for check in checked if check.applies and check.evaluated.state is AnswerState.MET]


def _row(request: GateRequest, met: str) -> dict[str, object]:
    return {
        "request_id": request.id,
        "initiative_key": request.initiative_key,
        "gate": request.gate,
        "number": request.number,
        "met": met,
    }
