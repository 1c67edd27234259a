"""How the impact of a policy is shown: how far it is, its totals, and its list with search, filter, order and pages."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, render_template, request

from governance.domain.impact import Impact, Mark
from governance.domain.policy import Policy
from governance.domain.rights import Doer
from governance.domain.text import fold
from governance.models.jobs import PolicyJob
from governance.permissions import Permission, allows
from governance.reads import impact_words, migrations, people, policies, policy_jobs
from governance.reads.impact import Foreseen
from governance.storage.slate import slate_of
from governance.web import csvs, current
from governance.words import word

PAGE = 50
HEADER = ("initiative", "name", "request", "gate", "state", "runs under (sha-256)", "what", "asks for more", "asks for less", "when")

SORTS: dict[str, Callable[[Impact], Any]] = {
    "key": lambda one: one.key,
    "name": lambda one: fold(one.name),
    "state": lambda one: list(type(one.subject)).index(one.subject),
    "lapses": lambda one: len(one.changes.lapses),
    "more": lambda one: len(impact_words.losses(one, {})),
    "less": lambda one: len(impact_words.gains(one)),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list, in words."""

    impact: Impact
    more: Sequence[str]
    less: Sequence[str]
    how: str
    can_be_moved: bool


def page(candidate: Policy) -> str:
    """The page of a policy's impact, by how far it is."""
    session = current.session()
    asked = policy_jobs.latest(session, candidate.digest, done=False)
    done = policy_jobs.latest(session, candidate.digest, done=True)
    under_way = asked if asked is not None and asked.done_at is None and asked.failed is None else None
    shared = {"policy": candidate, "may_ask": may_move(current.doer()), "in_force": _in_force(candidate)}
    if under_way is not None:
        return render_template("impact/under_way.html", job=under_way, **progress(under_way, "initiative", "looked at"), **shared)
    if done is None:
        return render_template("impact/none.html", failed=asked.failed if asked is not None else None, **shared)
    failed = asked.failed if asked is not None and asked.id != done.id else None
    found = policy_jobs.foreseen(session, done)
    return render_template("impact/page.html", failed=failed, **shared, **_list(found, shared["in_force"] is True))


@dataclass(frozen=True, slots=True)
class Brief:
    """The impact of a policy in short: the title of its page once it is worked out, and whether the record moved since."""

    title: str | None
    at: datetime | None
    is_behind: bool
    may_ask: bool


def brief(digest: str) -> Brief | None:
    """For pages about a policy; None for who may not read it."""
    session, doer = current.session(), current.doer()
    if not allows(Permission.READ_IMPACT, doer):
        return None
    done = policy_jobs.latest(session, digest, done=True)
    if done is None:
        return Brief(None, None, False, may_move(doer))
    found = policy_jobs.foreseen(session, done)
    title = impact_words.answer(impact_words.totals(found.found))
    return Brief(title, found.at, policy_jobs.is_behind(session, found), may_move(doer))


def export(candidate: Policy) -> Response:
    """What fits the search and the filter, as CSV."""
    session = current.session()
    done = policy_jobs.latest(session, candidate.digest, done=True)
    found = _fitting(policy_jobs.foreseen(session, done).found) if done is not None else []
    return csvs.answer("impact", HEADER, (_cells(one) for one in lines(found)))


def progress(job: PolicyJob, noun: str, did: str) -> dict[str, object]:
    """How far the worker is with a job, in numbers and words."""
    done, total = slate_of(current.parts().settings.instance).told(job.id) or (0, 0)
    if job.leased_until is None:
        return {"done": 0, "total": 0, "words": "Waits for the worker"}
    if not total:
        return {"done": 0, "total": 0, "words": "Reads the record"}
    return {"done": done, "total": total, "words": f"{done:,} of {total:,} {noun if total == 1 else noun + 's'} {did}"}


def may_move(doer: Doer) -> bool:
    return allows(Permission.MOVE_REQUESTS, doer)


def movable(found: Foreseen) -> list[Impact]:
    """What can be moved to this policy, as far as was found and as the record stands now."""
    elsewhere = migrations.under_other_rules(current.session(), found.policy)
    return [one for one in found.found if one.request in elsewhere and one.stays is None and one.unknown is None]


def unaffected(some: Iterable[Impact]) -> list[Impact]:
    """Those that nothing would change for."""
    return [one for one in some if Mark.UNCHANGED in one.marks]


def _in_force(candidate: Policy) -> bool:
    return policies.current(current.session()).digest == candidate.digest


def _list(found: Foreseen, in_force: bool) -> dict[str, object]:
    session, fitting = current.session(), _fitting(found.found)
    sort, down = _sorting()
    pages = max(1, -(-len(fitting) // PAGE))
    number = min(max(1, current.number("page") or 1), pages)
    some = fitting[(number - 1) * PAGE : number * PAGE]
    totals = impact_words.totals(found.found)
    can_be_moved = movable(found) if in_force else []
    return {
        "found": found,
        "title": impact_words.answer(totals),
        "totals": totals,
        "lines": lines(some, {one.key for one in can_be_moved}),
        "total": len(fitting),
        "number": number,
        "pages": pages,
        "size": PAGE,
        "q": current.text("q"),
        "chosen": request.args.get("mark", ""),
        "marks": [(mark.value, f"{word(mark).label} ({sum(1 for one in found.found if mark in one.marks):,})") for mark in Mark],
        "sorting": {"by": sort, "down": down},
        "is_behind": policy_jobs.is_behind(session, found),
        "is_of_the_past": policy_jobs.is_of_the_past(session, found) and not in_force,
        "movable": len(can_be_moved),
        "unaffected": len(unaffected(can_be_moved)),
    }


def _sorting() -> tuple[str, bool]:
    asked = current.text("sort")
    sort = asked if asked in SORTS else "more"
    return sort, request.args.get("down", "1" if sort in ("more", "less", "lapses") else "0") == "1"


def _fitting(found: Iterable[Impact]) -> list[Impact]:
    """What has every word that is searched and the mark that is chosen, in the order that is asked for."""
    asked, chosen = fold(current.text("q")).split(), request.args.get("mark", "")
    fits = [one for one in found if all(part in fold(f"{one.key} {one.name} {one.request or ''}") for part in asked)]
    if chosen in set(Mark):
        fits = [one for one in fits if chosen in one.marks]
    sort, down = _sorting()
    return sorted(fits, key=SORTS[sort], reverse=down)


def lines(found: Sequence[Impact], movable: Collection[str] = ()) -> list[Line]:
    """Some of the list, in words; `movable` are keys."""
    names = people.names(current.session(), {lapse.given.by for one in found for lapse in one.changes.lapses})
    return [
        Line(
            one,
            impact_words.losses(one, names),
            impact_words.gains(one),
            impact_words.how(one),
            one.key in movable,
        )
        for one in found
    ]


def _cells(line: Line) -> list[object]:
    one = line.impact
    marks = ", ".join(word(mark).label for mark in Mark if mark in one.marks)
    state, more, less = word(one.subject).label, " | ".join(line.more), " | ".join(line.less)
    return [one.key, one.name, one.request or "", one.gate or "", state, one.runs_under, marks, more, less, line.how]
