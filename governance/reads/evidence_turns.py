"""Whose turn it is where evidence of another initiative counts no more, or soon."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from governance.domain.evidence_scope import TOLD_BEFORE, told_on
from governance.domain.policy import Policy
from governance.domain.vocabulary import Stage
from governance.models.answers import Evidence
from governance.models.initiatives import Initiative
from governance.models.sharing import ReusedEvidence
from governance.reads.material import answers
from governance.reads.sharing import as_reuse
from governance.reads.turn import Turn


def at_risk(session: Session, keys: Sequence[str]) -> Mapping[str, Sequence[tuple[ReusedEvidence, date | None]]]:
    """By initiative, what its source ended or what expires some day, with that day, where no newer piece took its place."""
    query = select(ReusedEvidence, Evidence.expires).join(Evidence, Evidence.id == ReusedEvidence.evidence_id)
    over = or_(ReusedEvidence.ended.is_not(None), Evidence.expires.is_not(None))
    query = query.where(ReusedEvidence.initiative_key.in_(keys), Evidence.superseded_by.is_(None), over)
    found: dict[str, list[tuple[ReusedEvidence, date | None]]] = {}
    for row, expires in session.execute(query.order_by(ReusedEvidence.evidence_id)):
        found.setdefault(row.initiative_key, []).append((row, expires))
    return found


def evidence_turns(
    session: Session, initiative: Initiative, rows: Iterable[tuple[ReusedEvidence, date | None]], policy: Policy | None, now: datetime
) -> Iterator[Turn]:
    """The lead's, for each such piece that an answer still rests on; of one that expires, from the first day on which that is told."""
    days = policy.evidence_told_before if policy is not None else TOLD_BEFORE
    told = [(row, said) for row, expires in rows if (said := _said(row, expires, days, now.date()))]
    if not told or initiative.stage is Stage.RETIRED:
        return
    cited = {piece.id: answer.item for answer in answers(session, initiative.key).values() for piece in answer.evidence}
    for row, (what, since, due) in told:
        if row.evidence_id in cited:
            yield Turn(
                "evidence",
                f"Answer {cited[row.evidence_id]} again: {what}",
                "You lead it, and what its check rests on comes from another initiative",
                since,
                person=initiative.lead_id,
                subject=row.evidence_id,
                due=due,
            )


def _said(row: ReusedEvidence, expires: date | None, days: Sequence[int], today: date) -> tuple[str, datetime, date | None] | None:
    """What there is to say of a piece, since when, and until when; None where it counts and will for long."""
    ended = as_reuse(row).ended
    if ended is not None and row.ended_at is not None:
        return f"{row.source_id} {ended.said}", row.ended_at, None
    if expires is None or (first := told_on(expires, days)[0]) > today:
        return None
    said = f"{row.evidence_id} {'expires' if expires >= today else 'expired'} on {expires:%-d %b %Y}"
    return said, datetime.combine(first, time(), UTC), expires
