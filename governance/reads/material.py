"""What the dossier of an initiative would be made of, as the record stands now."""

import json
from collections.abc import Collection, Iterable, Mapping, Set
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from governance.domain import bindings
from governance.domain.dossier import Answer, Evidence, Material, OpenPoint, StatedLimit, StatedValue, TeamMember
from governance.domain.errors import RuleBroken
from governance.domain.ml_test_score import Done, Form, Practice
from governance.domain.policy import Policy
from governance.domain.vocabulary import Function, RequestState
from governance.ledger.memo import remembered
from governance.models import answers as rows
from governance.models.directory import Person
from governance.models.findings import Finding
from governance.models.gates import GateRequest, Revision
from governance.models.initiatives import Initiative, LimitValue, TeamSeat, Tiering
from governance.models.ml_test_score import DoneRow, MlTestScore
from governance.models.sharing import ReusedEvidence
from governance.policy.plan import decide_plan
from governance.reads import exclusions, sharing, waivers, words


def material(session: Session, key: str, gate: str, policy: Policy) -> Material:
    """Raises `RuleBroken` while the initiative has no tier: without it nobody knows what applies."""
    initiative = session.get_one(Initiative, key)
    tiering = session.get(Tiering, key)
    if tiering is None or tiering.tier is None:
        raise RuleBroken("Answer the tiering questions first: they decide which checks and which signatures this gate needs.")
    plan = decide_plan(policy, gate, tiering.facts, tiering.tier)
    return Material(
        initiative=key,
        name=initiative.name,
        summary=initiative.summary,
        unit=initiative.unit_id,
        lead=initiative.lead_id,
        model_version=initiative.model_version,
        score=tiering.score,
        tier=tiering.tier,
        tier_by=tiering.decided_by,
        facts=tiering.facts,
        plan=plan,
        answers=answers(session, key),
        team=team(session, key),
        open_points=open_points(session, key),
        limits=limits(session, key),
        approved=approved(session, key),
        waivers=bindings.waivers_that_count(waivers.granted(session, key), plan, policy.waivers),
        exclusions=bindings.exclusions_that_count(exclusions.confirmed(session, key), plan, tiering.facts),
        ml_test_score=ml_test_score(session, key),
    )


@remembered(rows.Answer, rows.Evidence, ReusedEvidence)
def answers(session: Session, key: str) -> Mapping[str, Answer]:
    """The answers given so far, by item."""
    pieces = evidence(session, key)
    given = session.scalars(select(rows.Answer).where(rows.Answer.initiative_key == key))
    return {row.item: as_answer(row, pieces) for row in given}


@remembered(rows.Evidence, ReusedEvidence)
def evidence(session: Session, key: str) -> Mapping[str, Evidence]:
    return {row.id: as_evidence(row, reused) for row, reused in session.execute(pieces_of([key]))}


def lapsed(session: Session, key: str) -> Mapping[str, str | None]:
    """Of every piece of evidence of an initiative, why it counts no more; None where it does."""
    version = session.get_one(Initiative, key).model_version
    return {piece.id: piece.lapsed(version) for piece in evidence(session, key).values()}


def pieces_of(keys: Collection[str]) -> Select[rows.Evidence, ReusedEvidence | None]:
    """The evidence of initiatives, each piece with where it comes from, if that is another initiative."""
    query = select(rows.Evidence, ReusedEvidence).outerjoin(ReusedEvidence, ReusedEvidence.evidence_id == rows.Evidence.id)
    return query.where(rows.Evidence.initiative_key.in_(keys)).order_by(rows.Evidence.at, rows.Evidence.id)


def next_piece(session: Session, key: str) -> str:
    """The id of the next piece of evidence of an initiative."""
    taken = session.scalar(select(func.count()).select_from(rows.Evidence).where(rows.Evidence.initiative_key == key)) or 0
    return f"{key}.E-{taken + 1}"


@remembered(TeamSeat, Person)
def team(session: Session, key: str) -> tuple[TeamMember, ...]:
    """Who answers for each function. Where neither the person nor the deputy has an active account, nobody does."""
    rows_ = session.scalars(select(TeamSeat).where(TeamSeat.initiative_key == key)).all()
    people = {row.person_id for row in rows_} | {row.deputy_id for row in rows_ if row.deputy_id}
    active = set(session.scalars(select(Person.id).where(Person.id.in_(people), Person.disabled_at.is_(None)))) if rows_ else set()
    return as_team(rows_, active)


def as_team(found: Iterable[TeamSeat], active: Set[str | None]) -> tuple[TeamMember, ...]:
    seats = {seat.function: seat for seat in found if active & {seat.person_id, seat.deputy_id}}
    named = [seats[function] for function in Function if function in seats]
    return tuple(TeamMember(seat.function, seat.person_id, seat.deputy_id, seat.hours_a_week) for seat in named)


@remembered(Finding)
def open_points(session: Session, key: str) -> tuple[OpenPoint, ...]:
    return as_points(
        session.scalars(select(Finding).where(Finding.initiative_key == key, Finding.closed_at.is_(None)).order_by(Finding.id))
    )


def as_points(found: Iterable[Finding]) -> tuple[OpenPoint, ...]:
    return tuple(OpenPoint(row.id, row.severity, row.owner_id, row.due) for row in found)


@remembered(LimitValue)
def limits(session: Session, key: str) -> tuple[StatedLimit, ...]:
    return as_limits(session.scalars(select(LimitValue).where(LimitValue.initiative_key == key).order_by(LimitValue.name)))


def as_limits(found: Iterable[LimitValue]) -> tuple[StatedLimit, ...]:
    return tuple(StatedLimit(row.name, row.value, row.unit, row.good) for row in found)


@remembered(MlTestScore)
def ml_test_score(session: Session, key: str) -> Form | None:
    """The form as it was filled in last."""
    return as_form(session.get(MlTestScore, key))


def as_form(row: MlTestScore | None) -> Form | None:
    if row is None:
        return None
    return Form(done(row.tests), row.model_version, row.rubric, row.by, row.at)


def done(tests: Mapping[str, DoneRow]) -> dict[str, Done]:
    return {test: Done(Practice(row["practice"]), row["proof"]) for test, row in tests.items()}


@remembered(GateRequest, Revision)
def approved(session: Session, key: str, before: GateRequest | None = None) -> Mapping[str, StatedValue]:
    """The values measured in the dossiers of passed gates, by metric; the latest gate counts. `before` leaves later ones out."""
    passed = passed_of([key])
    if before is not None:
        passed = passed.where(GateRequest.settled_at < before.opened_at)
    found = [row.sections for row in session.execute(passed)]
    return stated_in(found, words.texts(session, [digest for sections in found for digest in sections.values()]))


def passed_of(keys: Collection[str]) -> Select[str, datetime | None, dict[str, str]]:
    """The sections of the dossiers of passed gates, the first passed first."""
    return (
        select(GateRequest.initiative_key, GateRequest.settled_at, Revision.sections)
        .join(Revision, GateRequest.id == Revision.request_id)
        .where(GateRequest.initiative_key.in_(keys), GateRequest.state == RequestState.PASSED, Revision.number == GateRequest.revision)
        .order_by(GateRequest.settled_at)
    )


def stated_in(passed: Iterable[Mapping[str, str]], texts: Mapping[str, str]) -> Mapping[str, StatedValue]:
    """The values measured in these dossiers, by metric; the latest counts."""
    digests = [digest for sections in passed for digest in sections.values()]
    found: dict[str, StatedValue] = {}
    for value in (value for digest in digests for value in _stated_in(texts.get(digest, "{}"))):
        found.pop(value.metric, None)  # the latest stands last, because a metric may have come under another name since
        found[value.metric] = value
    return found


def _stated_in(section: str) -> list[StatedValue]:
    answers = [content for content in json.loads(section).values() if isinstance(content, dict) and "values" in content]
    return [stated_value(row) for content in answers for row in content["values"]]


def stated_value(row: rows.ValueRow) -> StatedValue:
    return StatedValue(**{**row, "measured_at": datetime.fromisoformat(row["measured_at"])})  # type: ignore[arg-type]


def as_answer(row: rows.Answer, pieces: Mapping[str, Evidence]) -> Answer:
    return Answer(
        item=row.item,
        claim=row.claim,
        by=row.by,
        at=row.at,
        note=row.note,
        values=tuple(stated_value(value) for value in row.values),
        evidence=tuple(pieces[piece] for piece in row.evidence if piece in pieces),
        carried=row.carried,
    )


def as_evidence(row: rows.Evidence, reused: ReusedEvidence | None) -> Evidence:
    return Evidence(
        id=row.id,
        kind=row.kind,
        title=row.title,
        digest=row.digest,
        effective=row.effective,
        added_by=row.by,
        added_at=row.at,
        expires=row.expires,
        file_name=row.file_name,
        size=row.size,
        address=row.address,
        successor=sharing.successor(row),
        reuse=sharing.as_reuse(reused) if reused else None,
    )
