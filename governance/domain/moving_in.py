"""Bringing in what was approved before this system: when it may be said, what has to hold, and when it is regular here.

What is brought in was not signed here, and never counts as if it had been. It becomes regular by passing a gate here; in production,
where a gate may never follow, also by a compliance officer who names evidence from here and did not bring it in. Being overdue calls
for people and changes no standing: an initiative on hold could not pass the gate that makes it regular.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from governance.domain.errors import Conflict, NotAllowed, Problem, RuleBroken
from governance.domain.rights import Doer, Ties, check_role, on_team
from governance.domain.vocabulary import Regularity, Role, Stage

EARLIEST = date(1970, 1, 1)
MOST_YEARS = 2
MOST_PAPERS = 50
IN_PRODUCTION = frozenset({Stage.LIMITED_PRODUCTION, Stage.FULL_PRODUCTION})
NOT_SIGNED_HERE = "approved before this system, not signed here"


@dataclass(frozen=True, slots=True)
class Past:
    """What this system knows of an initiative: whatever was judged here is not brought in."""

    submitted: tuple[str, ...] = ()  # gate requests that were put before the seats
    open_request: str | None = None
    brought_in: bool = False


@dataclass(frozen=True, slots=True)
class AsFound:
    """In which stage an initiative was found, since when, and until when it has to be regular here."""

    stage: Stage
    since: date
    said_by: str
    said_as: str
    regularise_by: date | None


def check_may_vouch(doer: Doer, ties: Ties, deed: str) -> None:
    """Raise unless the doer is a compliance officer who has no part in the initiative.

    Administrators keep people and settings; what was approved is a matter of compliance, and nobody vouches for their own work.
    """
    check_role(doer, [Role.COMPLIANCE_OFFICER], deed)
    if on_team(doer, ties):
        raise NotAllowed(f"You lead {ties.initiative} or are on its team, so another compliance officer has to {deed}.")


def check_may_bring_in(past: Past) -> None:
    """Raise unless nothing was judged here yet: what was found is said once, before the first request."""
    if past.brought_in:
        raise Conflict("It was brought in already, and that is said once. What was approved since then passes a gate here.")
    if past.submitted:
        raise Conflict(f"Request {past.submitted[0]} was put before the seats here: from then on its stage follows from gates alone.")
    if past.open_request is not None:
        raise Conflict(f"Request {past.open_request} is open. Withdraw it first, or let it pass its gate here.")


def faults(found: AsFound, today: date) -> list[Problem]:
    """What does not hold up in what is said; empty where all of it does."""
    return [*_since(found, today), *_words(found), *_regularise_by(found, today)]


def _since(found: AsFound, today: date) -> Iterator[Problem]:
    if not EARLIEST <= found.since <= today:
        yield Problem("date", f"Enter since when, from {EARLIEST.year} to today.", "since")


def _words(found: AsFound) -> Iterator[Problem]:
    for field, text, asked in (("said_by", found.said_by, "whose word it is"), ("said_as", found.said_as, "what they are here")):
        if not 2 <= len(text.strip()) <= 200:
            yield Problem("length", f"Say {asked}, in 2 to 200 signs.", field)


def _regularise_by(found: AsFound, today: date) -> Iterator[Problem]:
    if found.stage is Stage.RETIRED:
        if found.regularise_by is not None:
            yield Problem("retired", "Leave the day empty: what is retired passes no gate any more.", "regularise_by")
    elif found.regularise_by is None or not today < found.regularise_by <= last_day(today):
        yield Problem("date", f"Enter a day after today, at the latest {last_day(today).isoformat()}.", "regularise_by")


def last_day(today: date) -> date:
    """The latest day until which an initiative may stay irregular."""
    year = today.year + MOST_YEARS
    return today.replace(year=year, day=28) if (today.month, today.day) == (2, 29) else today.replace(year=year)


def regularity(stage: Stage, regularise_by: date | None, *, regularised: bool, today: date) -> Regularity:
    """Where something brought in stands today; `stage` is the one it was found in."""
    if regularised:
        return Regularity.REGULARISED
    if stage is Stage.RETIRED or regularise_by is None:
        return Regularity.KEPT
    return Regularity.OVERDUE if regularise_by < today else Regularity.DUE


def check_may_regularise(stage: Stage, now: Regularity, brought_in_by: str, doer: str) -> None:
    """Raise unless an officer may record that it is regular here without a gate."""
    if now is Regularity.REGULARISED:
        raise Conflict("It is regular here already.")
    if now is Regularity.KEPT or stage not in IN_PRODUCTION:
        raise RuleBroken("Only what was found in production is regularised by record; everything else by passing its next gate here.")
    if doer == brought_in_by:
        raise NotAllowed("You brought it in. Another compliance officer has to look at the evidence.")


def check_rests_on(evidence: Iterable[str], known: Iterable[str], historic: Iterable[str]) -> None:
    """Raise unless at least one piece of evidence is named, all are of the initiative, and not all came with it."""
    named = set(evidence)
    if not named or not named <= set(known) or named <= set(historic):
        raise RuleBroken(
            "The evidence does not hold up.",
            Problem("evidence", "Choose evidence of this initiative that was added here; a historic paper alone does not do.", "evidence"),
        )
