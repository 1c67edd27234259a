"""The parts of an initiative's overview as plain view values: steps, what stands in the way, readiness, what decided the tier."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from governance.domain.policy import Policy
from governance.domain.text import day_in_words, listed
from governance.domain.vocabulary import Decision, Function, Stage, Standing
from governance.models.directory import Person
from governance.models.initiatives import TeamSeat, Tiering
from governance.models.moving_in import Origin
from governance.models.summary import Summary, Waiting
from governance.reads import overview as reading
from governance.reads import people, waivers
from governance.reads.overview import Step
from governance.web import current
from governance.web.filters import ago, counted, plain
from governance.web.loading import Loaded
from governance.web.work import LINKS, href_of
from governance.words import Word, word

NAMED = 3
"""Of the open checks of a function, how many are named in a line; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Blocker:
    """Because what, by whom and since when, and the link that ends it."""

    shape: str
    tone: str
    what: str
    by: str
    href: str | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """How far a function is with the gate ahead."""

    function: Function
    met: int
    total: int
    open: str  # titles, the first few
    said: Word | None
    waits: bool


@dataclass(frozen=True, slots=True)
class TierView:
    """The tier and what it rests on."""

    score: int
    highest: int
    decided: str
    counts_most: Sequence[reading.Weight]


def step(one: Step, origin: Origin | None = None) -> dict[str, object]:
    state = "here" if one.here else "past" if one.entered else "ahead"
    lines = []
    if one.here and one.entered:
        lines.append(f"{ago(one.entered, current.now())} so far, since {_day(one.entered)}")
    elif one.entered and one.left:
        lines.append(f"{_day(one.entered)} to {_day(one.left)}, {ago(one.entered, one.left)}")
    if origin is not None and origin.stage is one.stage and one.entered:
        lines.append("as found, not signed here")
    shape = word(one.stage).shape if one.stage is Stage.RETIRED else {"here": "progress", "past": "met", "ahead": "ahead"}[state]
    return {"name": word(one.stage).label, "state": state, "shape": shape, "lines": lines}


def ready(function: Function, summary: Summary) -> Ready:
    row, said = summary.readiness[function.value], summary.seats.get(function.value)
    known = word(Decision(said)) if said in set(Decision) else None
    return Ready(function, row["met"], row["total"], _first(row["open"]), known, said == "waiting")


def tier(policy: Policy, tiering: Tiering) -> TierView:
    """The points with where their band starts, or the statement that beat them; and what counted most."""
    decisive = reading.decisive(policy, tiering.decided_by)
    said = reading.band_starts(policy, tiering) if decisive is None else f"Decided by {decisive}"
    return TierView(tiering.score, policy.tiering.max_score, said, reading.counts_most(policy, tiering.questions))


def blockers(
    found: Loaded,
    summary: Summary,
    waiting: Sequence[Waiting],
    team: Mapping[Function, TeamSeat],
    names: Mapping[str, str],
    holders: Mapping[Function, Sequence[Person]],
) -> list[Blocker]:
    """Everything between the initiative and its next stage, one line each: its standing, what waits, what nobody has answered."""
    rows = [*_standing(found), *(_waiting(found, row, names, holders) for row in waiting)]
    if not summary.request_id and found.initiative.standing is Standing.GOOD and summary.checks_total:
        rows += _before_a_request(found, summary, team, names)
    return rows


def _standing(found: Loaded) -> Iterator[Blocker]:
    row = found.initiative
    if row.standing is not Standing.GOOD:
        what = f"{word(row.standing).label}: {row.standing_why or 'compliance decides'}"
        if (waiver := waivers.holding(current.session(), row)) is not None:
            owner = people.names(current.session(), [waiver.owner_id]).get(waiver.owner_id, waiver.owner_id)
            by = f"By {'you' if current.doer().id == waiver.owner_id else owner}: evidence that meets the check, or a renewal, ends it."
            yield Blocker(
                "hold",
                "bad",
                what,
                f"{by} Since {_since(row.standing_since)}.",
                url_for("waivers.waiver", waiver_id=waiver.id),
                "See the waiver",
            )
            return
        by = f"By compliance. Since {_since(row.standing_since)}."
        yield Blocker("hold", "bad", what, by, url_for("facts.tiering", key=row.key), "See the answers")


def _waiting(found: Loaded, row: Waiting, names: Mapping[str, str], holders: Mapping[Function, Sequence[Person]]) -> Blocker:
    able = _able(row, names, holders)
    mine = current.doer().id in able
    by = listed([*(["you"] if mine else []), *(name for person, name in able.items() if person != current.doer().id)], "or")
    if not able:
        by = f"nobody yet: an administrator can grant {plain(row.function) if row.function else 'the function'}"
    late = row.due is not None and row.due < current.today()
    due = f" Due {day_in_words(row.due)}{', overdue' if late else ''}." if row.due else ""
    shape, tone = ("flag", "bad") if late else ("you", "you") if mine else ("waiting", "idle")
    href = href_of(row.kind, found.initiative.key, row.request_id, row.subject)
    return Blocker(shape, tone, row.what, f"By {by}. Since {_since(row.since)}.{due}", href, LINKS.get(row.kind, "Open"))


def _able(row: Waiting, names: Mapping[str, str], holders: Mapping[Function, Sequence[Person]]) -> dict[str, str]:
    """Who can end the wait: the person it waits for, or those who hold the function and whom no rule keeps from it."""
    if row.person_id or row.function is None:
        return {row.person_id: names[row.person_id]} if row.person_id else {}
    free = (person for person in holders.get(row.function, ()) if person.id not in row.excluded)
    return {person.id: person.name for person in free if not row.qualification or row.qualification in person.qualifications}


def _before_a_request(found: Loaded, summary: Summary, team: Mapping[Function, TeamSeat], names: Mapping[str, str]) -> Iterator[Blocker]:
    """No request is open: the checks that would stop one, and that somebody has to ask."""
    row = found.initiative
    since = f"Since {_since(row.stage_since)}, when this stage began."
    for function in Function:
        titles = summary.readiness[function.value]["open"]
        if titles:
            who = team[function].person_id if function in team else row.lead_id
            what = f"{counted(len(titles), 'check')} of {plain(function)} {'is' if len(titles) == 1 else 'are'} open: {_first(titles)}"
            href = url_for("checklists.checklist", key=row.key, gate=summary.gate, _anchor=function.value)
            yield Blocker("todo", "idle", what, f"By {_name(who, names)}. {since}", href, "Answer" if found.works_on_it else "Look")
    yield Blocker("waiting", "idle", f"Nobody has asked to pass gate {summary.gate} yet", f"By {_name(row.lead_id, names)}. {since}")


def _name(person: str, names: Mapping[str, str]) -> str:
    return "you" if person == current.doer().id else names[person]


def _first(titles: Sequence[str]) -> str:
    more = len(titles) - NAMED
    return ", ".join(titles[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _since(at: datetime) -> str:
    return f"{_day(at)}, {ago(at, current.now())}"


def _day(at: datetime) -> str:
    return day_in_words(current.day_of(at))
