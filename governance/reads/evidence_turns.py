"""Whose turn it is where evidence of another initiative counts no more."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.vocabulary import Stage
from governance.models.answers import Evidence
from governance.models.initiatives import Initiative
from governance.models.sharing import ReusedEvidence
from governance.reads.material import answers
from governance.reads.sharing import as_reuse
from governance.reads.turn import Turn


def ended(session: Session, keys: Sequence[str]) -> Mapping[str, Sequence[ReusedEvidence]]:
    """By initiative, what its source ended and no newer piece took the place of."""
    query = select(ReusedEvidence).join(Evidence, Evidence.id == ReusedEvidence.evidence_id)
    query = query.where(ReusedEvidence.initiative_key.in_(keys), ReusedEvidence.ended.is_not(None), Evidence.superseded_by.is_(None))
    found: dict[str, list[ReusedEvidence]] = {}
    for row in session.scalars(query.order_by(ReusedEvidence.evidence_id)):
        found.setdefault(row.initiative_key, []).append(row)
    return found


def evidence_turns(session: Session, initiative: Initiative, rows: Iterable[ReusedEvidence]) -> Iterator[Turn]:
    """The lead's, for each such piece that an answer still rests on."""
    waiting = list(rows)
    if not waiting or initiative.stage is Stage.RETIRED:
        return
    cited = {piece.id: answer.item for answer in answers(session, initiative.key).values() for piece in answer.evidence}
    for row in waiting:
        how = as_reuse(row).ended
        if row.evidence_id in cited and how is not None and row.ended_at is not None:
            yield Turn(
                "evidence",
                f"Answer {cited[row.evidence_id]} again: {row.source_id} {how.said}",
                "You lead it, and what its check rests on comes from another initiative",
                row.ended_at,
                person=initiative.lead_id,
                subject=row.evidence_id,
            )
