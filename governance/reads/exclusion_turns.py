"""Whose turn it is to decide that a check does not apply."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain import exclusions as rules
from governance.domain.vocabulary import ExclusionState, Function
from governance.models.exclusions import Exclusion
from governance.models.initiatives import Initiative
from governance.reads import exclusions, exemption_rules, people
from governance.reads.turn import Turn


def exclusion_turns(session: Session, initiative: Initiative, rows: Iterable[Exclusion], now: datetime) -> Iterator[Turn]:
    """Compliance's, for each proposal that rests on the facts and the rule of its check as they are."""
    proposed = [row for row in rows if row.state is ExclusionState.PROPOSED]
    waiting = [row for row in proposed if exemption_rules.shown(session, row) is ExclusionState.PROPOSED]
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
