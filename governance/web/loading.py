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
    governs: bool  # leads it, or is a compliance officer


def initiative(key: str) -> Loaded:
    """Raises `NotThere` for one that does not exist and for one that this person may not see, alike."""
    row = current.session().get(Initiative, key)  # held, so that what follows finds it without asking again
    ties = people.ties(current.session(), key)
    rights.check_may_see(current.doer(), ties)
    assert row is not None
    doer = current.doer()
    return Loaded(row, ties, doer.id == ties.lead, rights.on_team(doer, ties), rights.may_govern(doer, ties))


def governed(key: str, deed: str) -> Loaded:
    """The same for who may do a lead's deed, so that nobody fills in a form in vain. Raises `NotAllowed` for everybody else."""
    found = initiative(key)
    rights.check_may_govern(current.doer(), found.ties, deed)
    return found


def worked_on(key: str, deed: str) -> Loaded:
    """The same for the lead and the team."""
    found = initiative(key)
    rights.check_may_work_on(current.doer(), found.ties, deed)
    return found
