"""Whose turn it is: everything that waits for somebody in an initiative, why them, and since when."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import checks, lifecycle, signoffs
from governance.domain.checks import Checked
from governance.domain.errors import RuleBroken
from governance.domain.policy import Policy
from governance.domain.vocabulary import Function, RequestState, Stage, Standing, Tier
from governance.ledger.log import SYSTEM
from governance.models.findings import Finding
from governance.models.gates import GateRequest
from governance.models.initiatives import Initiative, TeamSeat, Tiering
from governance.reads import people, reviews
from governance.reads.evidence_turns import evidence_turns
from governance.reads.exclusion_turns import exclusion_turns
from governance.reads.material import material
from governance.reads.regular_turns import becomes_overdue, regular_turns
from governance.reads.review_turns import asked_since, review_turns
from governance.reads.reviews import OnTheTable
from governance.reads.surroundings import Surroundings
from governance.reads.turn import Turn, lead_turn
from governance.reads.waiver_turns import next_end, waiver_turns
from governance.words import word


@dataclass(frozen=True, slots=True)
class State:
    """Where an initiative stands with the gate ahead of it."""

    gate: str | None
    request: GateRequest | None
    checked: tuple[Checked, ...]
    seats: Mapping[str, str]  # by function: what the four marks of a list show
    done: int
    total: int
    turns: tuple[Turn, ...]
    waits_for: str
    changes_at: datetime | None = None


def state(session: Session, initiative: Initiative, around: Surroundings, now: datetime) -> State:
    """Work it out. The cost does not grow with the portfolio."""
    key = initiative.key
    request, tiering, origin = around.requests.get(key), around.tierings.get(key), around.origins.get(key)
    table = reviews.on_the_table(session, request.id, now) if request is not None and request.revision else None
    policy = around.policy(session, request)
    gate = request.gate if request else _gate_ahead(policy, initiative)
    checked = _checked(session, initiative, gate, policy, table, now) if tiering is not None or table is not None else ()
    turns = (
        *_turns(session, initiative, tiering, request, table, checked, now),
        *regular_turns(initiative, origin, gate, now),
        *_findings(session, around.findings.get(key, ())),
        *evidence_turns(session, initiative, around.reused.get(key, ()), around.current, now),
        *exclusion_turns(session, initiative, around.exclusions.get(key, ()), now),
        *waiver_turns(session, initiative, around.waivers.get(key, ()), now),
    )
    return State(
        gate=gate,
        request=request,
        checked=checked,
        seats=_marks(table, now) if table else {},
        done=sum(1 for check in checked if check.applies and check.passes),
        total=sum(1 for check in checked if check.applies),
        turns=turns,
        waits_for=_in_words(session, initiative, around, turns),
        changes_at=_soonest(_changes_at(table, now), becomes_overdue(origin, now), next_end(around.waivers.get(key, ()), now)),
    )


def _soonest(*moments: datetime | None) -> datetime | None:
    return min((at for at in moments if at), default=None)


def _gate_ahead(policy: Policy | None, initiative: Initiative) -> str | None:
    gate = lifecycle.gate_out_of(policy, initiative.stage) if policy else None
    return gate.id if gate else None


def _checked(
    session: Session, initiative: Initiative, gate: str | None, policy: Policy | None, table: OnTheTable | None, now: datetime
) -> tuple[Checked, ...]:
    """The checks on the table while a request is in review, the working answers otherwise."""
    if table is not None and table.request.state is RequestState.IN_REVIEW:
        return table.checks
    if gate is None or policy is None:
        return ()
    try:
        return checks.evaluated(policy, material(session, initiative.key, gate, policy), now)
    except RuleBroken:
        return ()


def _turns(
    session: Session,
    initiative: Initiative,
    tiering: Tiering | None,
    request: GateRequest | None,
    table: OnTheTable | None,
    checked: tuple[Checked, ...],
    now: datetime,
) -> Iterator[Turn]:
    if initiative.stage is Stage.RETIRED or (tiering and tiering.tier is Tier.PROHIBITED):
        return
    if tiering is None or tiering.tier is None:
        yield lead_turn(
            initiative,
            "tier",
            "Answer the tiering questions",
            "You lead it; the tier decides what the gate needs",
            initiative.registered_at,
        )
        return
    if table is not None and table.request.state is RequestState.IN_REVIEW:
        yield from review_turns(session, initiative, table, now)
    elif request is not None:
        yield from _draft_turns(session, initiative, request, table, checked)


def _draft_turns(
    session: Session, initiative: Initiative, request: GateRequest, table: OnTheTable | None, checked: tuple[Checked, ...]
) -> Iterator[Turn]:
    since = asked_since(table) if table else request.opened_at
    open_checks = [check for check in checked if check.blocks]
    if request.state is RequestState.CHANGES_REQUESTED:
        what = f"Answer the request for changes on {request.gate}, then submit again"
        yield lead_turn(initiative, "change", what, "You lead it, and a reviewer asked for changes", since, request.id)
    elif not open_checks:
        yield lead_turn(initiative, "submit", f"Submit gate {request.gate}", "You lead it, and every check is answered", since, request.id)
    yield from _answer_turns(session, initiative, request, open_checks, since)


def _answer_turns(
    session: Session, initiative: Initiative, request: GateRequest, open_checks: list[Checked], since: datetime
) -> Iterator[Turn]:
    seats = {seat.function: seat for seat in session.scalars(select(TeamSeat).where(TeamSeat.initiative_key == initiative.key))}
    for function in Function:
        mine = [check for check in open_checks if check.planned.item.owner is function]
        if mine:
            person = seats[function].person_id if function in seats else initiative.lead_id
            counted = "1 check" if len(mine) == 1 else f"{len(mine)} checks"
            what = f"Answer {counted} of {function.spoken} for {request.gate}"
            why = (
                f"You answer for {function.spoken} in its team"
                if function in seats
                else "You lead it, and nobody is named for this function"
            )
            yield Turn("answer", what, why, since, person=person, request=request.id, subject=function.value)


def _findings(session: Session, still_open: Iterable[Finding]) -> Iterator[Turn]:
    for row in still_open:
        if row.answered_by is None:
            yield Turn("finding", f"Answer finding {row.id}", "You own it", row.raised_at, person=row.owner_id, subject=row.id, due=row.due)
        else:
            yield _acceptance(session, row)


def _acceptance(session: Session, row: Finding) -> Turn:
    """Of who raised it; where nobody but time did, of the function that owns the check, and then of nobody who works on the initiative."""
    since, by_time = row.answered_at or row.raised_at, row.raised_by == SYSTEM.id
    ties = people.ties(session, row.initiative_key) if by_time else None
    return Turn(
        "accept",
        f"Look at the answer to finding {row.id}",
        f"You hold {row.function.spoken}, which accepts it" if by_time and row.function else "You raised it",
        since,
        person=None if by_time else row.raised_by,
        function=row.function if by_time else None,
        excluded=ties.team | {ties.lead, row.owner_id} if ties else frozenset(),
        subject=row.id,
        due=row.due,
    )


def _marks(table: OnTheTable, now: datetime) -> dict[str, str]:
    """One mark per function: the decision where all its seats have one, else waiting."""
    decided = signoffs.standing(table.review, now)
    marks = {}
    for function in Function:
        mine = [seat for seat in table.review.seats if seat.function is function]
        given = [decided[seat.id].decision for seat in mine if seat.id in decided]
        worst = next((decision for decision in reversed(list(type(given[0]))) if decision in given), None) if given else None
        marks[function.value] = worst.value if worst and (len(given) == len(mine) or worst.value != "approve") else "waiting"
    return marks


def _in_words(session: Session, initiative: Initiative, around: Surroundings, turns: tuple[Turn, ...]) -> str:
    if initiative.standing is not Standing.GOOD:
        return f"{word(initiative.standing).label}: {initiative.standing_why or 'compliance decides'}"
    named = around.names_of(session, [turn.person for turn in turns])
    asked = [turn for turn in turns if turn.kind not in ("finding", "accept", "regularise", "waive", "exclude", "evidence")] or turns
    who = [named[turn.person] if turn.person else turn.function.spoken if turn.function else "" for turn in asked]
    return ", ".join(dict.fromkeys(name for name in who if name)) or "nobody"


def _changes_at(table: OnTheTable | None, now: datetime) -> datetime | None:
    """When a sign-off will stop counting by its age, or somebody may sign again who loosened a rule."""
    if table is None or table.request.state is not RequestState.IN_REVIEW:
        return None
    ends = [signoffs.holds_until(table.review, given) for given in signoffs.standing(table.review, now).values()]
    return min([*ends, *(loosening.until for loosening in table.around.loosened.values())], default=None)
