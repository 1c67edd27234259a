"""Proposals that a check does not apply: those that count, and those that wait for compliance."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from governance.domain import exemptions
from governance.domain.errors import NotThere
from governance.domain.exclusions import Bound
from governance.domain.rights import NOTHING_HERE, Ties
from governance.domain.vocabulary import ExclusionState
from governance.ledger.memo import remembered
from governance.models.exclusions import Exclusion


def exclusion(session: Session, exclusion_id: str) -> Exclusion:
    """Raises `NotThere`."""
    row = session.get(Exclusion, exclusion_id)
    if row is None:
        raise NotThere(NOTHING_HERE)
    return row


def next_id(session: Session, key: str) -> str:
    taken = session.scalar(select(func.count()).select_from(Exclusion).where(Exclusion.initiative_key == key)) or 0
    return f"{key}.N-{taken + 1}"


@remembered(Exclusion)
def confirmed(session: Session, key: str) -> tuple[exemptions.Exclusion, ...]:
    """Those that compliance confirmed; whether the facts and what the check asks are still the same is not asked here."""
    return as_confirmed(session.scalars(counting([key])))


def counting(keys: Collection[str]) -> Select[Exclusion]:
    """Those of some initiatives that were confirmed, the latest last."""
    named = Exclusion.initiative_key.in_(keys), Exclusion.state == ExclusionState.CONFIRMED
    return select(Exclusion).where(*named).order_by(Exclusion.decided_at, Exclusion.id)


def as_confirmed(rows: Iterable[Exclusion]) -> tuple[exemptions.Exclusion, ...]:
    return tuple(_confirmed(row) for row in rows)


def _confirmed(row: Exclusion) -> exemptions.Exclusion:
    assert row.decided_by is not None
    assert row.decided_at is not None
    return exemptions.Exclusion(row.id, row.item, row.facts, row.reason, row.proposed_by, row.decided_by, row.decided_at, row.rule)


def bound(row: Exclusion, ties: Ties) -> Bound:
    return Bound(ties.unit, ties.lead, row.proposed_by, row.proposed_at, ties.team)


def live(session: Session, keys: Sequence[str]) -> dict[str, list[Exclusion]]:
    """Those that are proposed or confirmed, by initiative."""
    found: dict[str, list[Exclusion]] = {}
    states = (ExclusionState.PROPOSED, ExclusionState.CONFIRMED)
    query = select(Exclusion).where(Exclusion.initiative_key.in_(keys), Exclusion.state.in_(states)).order_by(Exclusion.id)
    for row in session.scalars(query):
        found.setdefault(row.initiative_key, []).append(row)
    return found
