"""Whose turn it is to make regular what was approved before this system."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from governance.domain import moving_in as rules
from governance.domain.text import day_in_words
from governance.domain.vocabulary import Function, Regularity
from governance.models.initiatives import Initiative
from governance.models.moving_in import Origin
from governance.reads import moving_in
from governance.reads.turn import Turn
from governance.words import word


def regular_turns(initiative: Initiative, origin: Origin | None, gate: str | None, now: datetime) -> Iterator[Turn]:
    """The lead's from the start, with its day; once that is past, also compliance's."""
    if origin is None or origin.regularise_by is None:
        return
    where = moving_in.regularity(origin, now.date())
    if where not in (Regularity.DUE, Regularity.OVERDUE):
        return
    way = f"pass gate {gate} here" if gate else "add evidence, and ask a compliance officer to record it"
    since, until = origin.at, origin.regularise_by
    what, why = f"Make it regular: {way}", f"You lead it; it was {rules.NOT_SIGNED_HERE}"
    yield Turn("regularise", what, why, since, person=initiative.lead_id, subject="lead", due=until)
    if where is Regularity.OVERDUE:
        what = f"Follow up: {word(initiative.stage).past}, {rules.NOT_SIGNED_HERE}, regular by {day_in_words(until)}"
        why, when = "You hold compliance, and the day is past", datetime.combine(until + timedelta(days=1), time(), UTC)
        yield Turn("regularise", what, why, when, function=Function.COMPLIANCE, subject="compliance", due=until)


def becomes_overdue(origin: Origin | None, now: datetime) -> datetime | None:
    """When time alone makes it overdue; None where it is so already, or never will be."""
    if origin is None or origin.regularise_by is None or moving_in.regularity(origin, now.date()) is not Regularity.DUE:
        return None
    return datetime.combine(origin.regularise_by + timedelta(days=1), time(), UTC)
