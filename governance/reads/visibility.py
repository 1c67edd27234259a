"""The rule of `domain.rights.may_see` in SQL, for every list, search, count and pack."""

from sqlalchemy import ColumnElement, false, or_, select, true

from governance.domain.rights import Doer
from governance.domain.vocabulary import Role, Visibility
from governance.models.initiatives import Initiative, NamedViewer, TeamSeat


def visible(doer: Doer) -> ColumnElement[bool]:
    """The condition on `Initiative` rows that this person may see."""
    if not doer.active:
        return false()
    if doer.roles & {Role.COMPLIANCE_OFFICER, Role.AUDITOR}:
        return true()
    return or_(
        Initiative.visibility == Visibility.ORGANISATION,
        Initiative.lead_id == doer.id,
        (Initiative.visibility == Visibility.UNIT) & _in_reach(doer),
        Initiative.key.in_(select(TeamSeat.initiative_key).where(or_(TeamSeat.person_id == doer.id, TeamSeat.deputy_id == doer.id))),
        Initiative.key.in_(select(NamedViewer.initiative_key).where(NamedViewer.person_id == doer.id)),
    )


def _in_reach(doer: Doer) -> ColumnElement[bool]:
    if any(held.unit is None for held in doer.holdings):
        return true()
    return Initiative.unit_id.in_({doer.unit, *(held.unit for held in doer.holdings if held.unit)})
