"""Whose turn it is: everything that waits for somebody in an initiative, why them, and since when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import lifecycle, signoffs
from governance.domain.errors import RuleBroken
from governance.domain.policy import Policy
from governance.domain.separation import obstacles
from governance.domain.vocabulary import Function, RequestState, Stage, Standing, Tier
from governance.models.findings import Finding
from governance.models.gates import GateRequest
from governance.models.initiatives import Initiative, TeamSeat, Tiering
from governance.reads import checks, people, policies, reviews
from governance.reads.checks import Checked
from governance.reads.material import material
from governance.reads.reviews import OnTheTable
from governance.words import word

Kind: TypeAlias = Literal["tier", "answer", "submit", "change", "renew", "sign", "close", "withdraw", "finding", "accept"]


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that waits for a person, or for whoever holds a function."""

    kind: Kind
    what: str
    why: str
    since: datetime
    person: str | None = None
    function: Function | None = None
    excluded: frozenset[str] = frozenset()
    qualification: str | None = None
    request: str | None = None
    subject: str | None = None
    due: date | None = None


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


def state(session: Session, initiative: Initiative, now: datetime) -> State:
    """Work it out. The cost does not grow with the portfolio."""
    request = reviews.open_request(session, initiative.key)
    table = reviews.on_the_table(session, request.id, now) if request is not None and request.revision else None
    policy = _policy(session, request)
    gate = request.gate if request else _gate_ahead(policy, initiative)
    checked = _checked(session, initiative, gate, policy, table, now)
    turns = (*_turns(session, initiative, request, table, checked, now), *_findings(session, initiative))
    return State(
        gate=gate,
        request=request,
        checked=checked,
        seats=_marks(table, now) if table else {},
        done=sum(1 for check in checked if check.applies and check.passes),
        total=sum(1 for check in checked if check.applies),
        turns=turns,
        waits_for=_in_words(session, initiative, turns),
        changes_at=_changes_at(table, now),
    )


def _policy(session: Session, request: GateRequest | None) -> Policy | None:
    try:
        return policies.of_request(session, request)
    except RuleBroken:
        return None


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
    request: GateRequest | None,
    table: OnTheTable | None,
    checked: tuple[Checked, ...],
    now: datetime,
) -> Iterator[Turn]:
    tiering = session.get(Tiering, initiative.key)
    if initiative.stage is Stage.RETIRED or (tiering and tiering.tier is Tier.PROHIBITED):
        return
    if tiering is None or tiering.tier is None:
        yield _lead_turn(
            initiative,
            "tier",
            "Answer the tiering questions",
            "You lead it; the tier decides what the gate needs",
            initiative.registered_at,
        )
        return
    if table is not None and table.request.state is RequestState.IN_REVIEW:
        yield from _review_turns(session, initiative, table, now)
    elif request is not None:
        yield from _draft_turns(session, initiative, request, table, checked)


def _draft_turns(
    session: Session, initiative: Initiative, request: GateRequest, table: OnTheTable | None, checked: tuple[Checked, ...]
) -> Iterator[Turn]:
    since = _asked_since(table) if table else request.opened_at
    open_checks = [check for check in checked if check.blocks]
    if request.state is RequestState.CHANGES_REQUESTED:
        what = f"Answer the request for changes on {request.gate}, then submit again"
        yield _lead_turn(initiative, "change", what, "You lead it, and a reviewer asked for changes", since, request.id)
    elif not open_checks:
        yield _lead_turn(initiative, "submit", f"Submit gate {request.gate}", "You lead it, and every check is answered", since, request.id)
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


def _review_turns(session: Session, initiative: Initiative, table: OnTheTable, now: datetime) -> Iterator[Turn]:
    review, request = table.review, table.request
    if review.frozen != review.live:
        what = f"Submit {request.gate} again: the record changed after the dossier was frozen"
        yield _lead_turn(initiative, "renew", what, "You lead it; nobody can decide on the old dossier", table.revision.at, request.id)
        return
    if not signoffs.can_still_pass(review):
        what = f"Close {request.gate}, or wait for the remaining seats"
        why = "You are a compliance officer, and a seat rejected it"
        yield Turn(
            "close", what, why, review.given[-1].at, function=Function.COMPLIANCE, excluded=table.around.submitters, request=request.id
        )
    elif not signoffs.outstanding(review, now):
        yield _lead_turn(
            initiative,
            "withdraw",
            f"{request.gate} cannot pass as it stands",
            f"You lead it; every seat has decided, but {signoffs.keeps_shut(review)}",
            table.revision.at,
            request.id,
        )
    yield from to_sign(session, table, now)


def to_sign(session: Session, table: OnTheTable, now: datetime) -> Iterator[Turn]:
    """The seats that can decide next. Of a settled request: those that could have, when it was settled."""
    for seat in signoffs.outstanding(table.review, now):
        if signoffs.waits_for_lower(table.review, seat, now):
            continue
        holders = people.holders(session, seat.function, table.around.unit, now)
        excluded = {who.id for who in holders if any(obstacles(table.review, seat, who, table.around))}
        why = f"You hold {seat.function.spoken}"
        yield Turn(
            "sign",
            f"Sign off {table.request.gate} as {seat.label}",
            why,
            _seat_since(table, seat.id),
            function=seat.function,
            excluded=frozenset(excluded),
            qualification=seat.qualification,
            request=table.request.id,
            subject=seat.id,
        )


def _seat_since(table: OnTheTable, seat: str) -> datetime:
    """Since the submission, or since the lower seats were complete."""
    order = next(other.order for other in table.review.seats if other.id == seat)
    lower = [given.at for given in table.review.given if any(s.id == given.seat and s.order < order for s in table.review.seats)]
    return max([table.revision.at, *lower])


def _asked_since(table: OnTheTable) -> datetime:
    return table.review.given[-1].at if table.review.given else table.revision.at


def _findings(session: Session, initiative: Initiative) -> Iterator[Turn]:
    for row in session.scalars(select(Finding).where(Finding.initiative_key == initiative.key, Finding.closed_at.is_(None))):
        if row.answered_by is None:
            yield Turn("finding", f"Answer finding {row.id}", "You own it", row.raised_at, person=row.owner_id, subject=row.id, due=row.due)
        else:
            since = row.answered_at or row.raised_at
            yield Turn(
                "accept",
                f"Look at the answer to finding {row.id}",
                "You raised it",
                since,
                person=row.raised_by,
                subject=row.id,
                due=row.due,
            )


def _lead_turn(initiative: Initiative, kind: Kind, what: str, why: str, since: datetime, request: str | None = None) -> Turn:
    return Turn(kind, what, why, since, person=initiative.lead_id, request=request)


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


def _in_words(session: Session, initiative: Initiative, turns: tuple[Turn, ...]) -> str:
    if initiative.standing is not Standing.GOOD:
        return f"{word(initiative.standing).label}: {initiative.standing_why or 'compliance decides'}"
    named = people.names(session, [turn.person for turn in turns])
    asked = [turn for turn in turns if turn.kind not in ("finding", "accept")] or turns
    who = [named[turn.person] if turn.person else turn.function.spoken if turn.function else "" for turn in asked]
    return ", ".join(dict.fromkeys(name for name in who if name)) or "nobody"


def _changes_at(table: OnTheTable | None, now: datetime) -> datetime | None:
    """When a sign-off will stop counting by its age."""
    if table is None or table.request.state is not RequestState.IN_REVIEW:
        return None
    ends = [signoffs.holds_until(table.review, given) for given in signoffs.standing(table.review, now).values()]
    return min(ends, default=None)
