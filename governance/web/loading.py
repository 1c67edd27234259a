"""Loading what an address names, for somebody who may see it."""

from dataclasses import dataclass

from governance.domain import rights
from governance.domain.rights import Ties
from governance.models.initiatives import Initiative
from governance.reads import people
from governance.web import current


@dataclass(frozen=True, slots=True)
class Loaded:
    """An initiative and how the viewer is bound to it."""

    initiative: Initiative
    ties: Ties
    leads: bool
    works_on_it: bool


def initiative(key: str) -> Loaded:
    """Raises `NotThere` for one that does not exist and for one that this person may not see, alike."""
    row = current.session().get(Initiative, key)  # held, so that what follows finds it without asking again
    ties = people.ties(current.session(), key)
    rights.check_may_see(current.doer(), ties)
    assert row is not None
    return Loaded(row, ties, leads=current.doer().id == ties.lead, works_on_it=rights.on_team(current.doer(), ties))
