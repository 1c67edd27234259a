"""Whose turn it is to decide that a check does not apply."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain import exclusions as rules
from governance.domain.vocabulary import ExclusionState, Function
from governance.models.exclusions import Exclusion
from governance.models.initiatives import Initiative, Tiering
from governance.reads import exclusions, people
from governance.reads.turn import Turn


def exclusion_turns(
    session: Session, initiative: Initiative, tiering: Tiering | None, rows: Iterable[Exclusion], now: datetime
) -> Iterator[Turn]:
    """Compliance's, for each proposal that rests on the facts as they are."""
    facts = rules.facts_digest(tiering.facts, tiering.tier) if tiering is not None and tiering.tier is not None else None
    waiting = [row for row in rows if rules.shown(row.state, row.facts, facts) is ExclusionState.PROPOSED]
    if not waiting:
        return
    ties = people.ties(session, initiative.key)
    holders = people.holders(session, {Function.COMPLIANCE}, ties.unit, now)[Function.COMPLIANCE]
    for row in waiting:
        barred = {who.id for who in holders if any(rules.obstacles(who, exclusions.bound(row, ties)))}
        what = f"Decide whether {row.item} does not apply"
        yield Turn(
            "exclude",
            what,
            "You hold compliance",
            row.proposed_at,
            function=Function.COMPLIANCE,
            excluded=frozenset(barred),
            subject=row.id,
        )
