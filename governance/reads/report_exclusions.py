"""The part of a report's record that is about checks of which somebody proposed that they do not apply."""

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.plain import instant
from governance.domain.vocabulary import Confirmation
from governance.models.exclusions import Exclusion
from governance.packs import record
from governance.reads import exemption_rules, words


def exclusions(session: Session, key: str, name: Callable[[str], str]) -> Iterable[record.Exclusion]:
    """In the order they were proposed, each as it stands."""
    query = select(Exclusion).where(Exclusion.initiative_key == key).order_by(Exclusion.proposed_at, Exclusion.id)
    rows = session.scalars(query).all()
    texts = words.texts(session, [digest for row in rows for digest in (row.reason, row.decided_why, row.withdrawn_why)])
    for row in rows:
        yield record.Exclusion(
            id=row.id,
            item=row.item,
            gate=row.gate,
            state=exemption_rules.shown(session, row),
            reason=words.said(texts, row.reason),
            proposed_by=name(row.proposed_by),
            proposed_at=instant(row.proposed_at),
            facts=row.facts,
            rule=row.rule,
            decided=_decided(row, texts),
            withdrawn_why=words.said(texts, row.withdrawn_why),
        )


def _decided(row: Exclusion, texts: Mapping[str, str]) -> record.ExclusionDecision | None:
    if row.decided_at is None or row.decision is None or row.method is None or row.decided_leaf is None:
        return None
    return record.ExclusionDecision(
        decision=Confirmation(row.decision),
        name=row.name or "",
        meaning=row.meaning or "",
        reason=words.said(texts, row.decided_why),
        at=instant(row.decided_at),
        method=row.method,
        leaf=row.decided_leaf,
    )
