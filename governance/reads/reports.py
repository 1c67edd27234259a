"""The record of an evidence report, read from the ledger and its tables. It follows from what is covered and the last entry alone."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance import __version__
from governance.domain.errors import NotThere
from governance.domain.limits import amount
from governance.domain.plain import instant
from governance.domain.policy import Policy
from governance.domain.questionnaire import picked
from governance.domain.scoring import plain, points
from governance.events import streams
from governance.ledger import read
from governance.ledger.read import Entry
from governance.models.findings import Finding
from governance.models.gates import GateRequest
from governance.models.initiatives import Initiative, Tiering
from governance.models.ledger import Leaf
from governance.packs import record
from governance.packs.fonts import installed
from governance.packs.record import Cut, InitiativeRecord, Labelled, TrailEntry, TrailRecord
from governance.reads import material as reading
from governance.reads import (
    moving_in,
    people,
    policies,
    report_evidence,
    report_exclusions,
    report_requests,
    report_waivers,
    sentences,
    words,
)
from governance.words import named

DIRECTORY = ("settings/", "unit/", "person/", "policy/", "framework/")
COVERS = (
    "settings of the organisation",
    "units",
    "people, their roles and functions",
    "published policies",
    "attestations of clauses of frameworks",
)


def initiative_record(session: Session, key: str) -> InitiativeRecord:
    """Everything the report of an initiative prints, up to the last entry of the ledger. Raises `NotThere`."""
    row = session.get(Initiative, key)
    if row is None:
        raise NotThere(f"There is no initiative {key}.")
    cut = _cut(session, f"{key}-R")
    names = _Names(session)
    policy = _policy(session, key)
    at = datetime.fromisoformat(cut.at)
    return InitiativeRecord(
        organisation=_organisation(session),
        cut=cut,
        initiative=_initiative(session, row, names),
        policy=report_requests.policy_of(policy),
        team=tuple(_team(session, key, names)),
        facts=tuple(_facts(session, key)),
        limits=tuple(_limits(session, key)),
        stages=tuple(_stages(session, key)),
        tiering=_tiering(session, key, policy, names),
        requests=tuple(report_requests.all_of(session, key, names.of, at)),
        evidence=report_evidence.evidence(session, key, names.of),
        findings=tuple(_findings(session, key, names)),
        brought_in=_brought_in(session, key, names, at),
        waivers=tuple(report_waivers.waivers(session, key, names.of, at)),
        exclusions=tuple(report_exclusions.exclusions(session, key, names.of)),
        rules=tuple(report_requests.rules_of(session, key)),
        trail=_trail(session, read.of_stream(session, streams.initiative(key))),
    )


def trail_record(session: Session, first: date, last: date) -> TrailRecord:
    """The organisation's trail of a period: both days are included, in UTC."""
    start = datetime.combine(first, datetime.min.time(), UTC)
    end = datetime.combine(last, datetime.min.time(), UTC) + timedelta(days=1)
    within = [Leaf.at >= start, Leaf.at < end]
    found = [entry for entry in read.entries(session, *within, newest_first=False) if entry.stream.startswith(DIRECTORY)]
    return TrailRecord(
        organisation=_organisation(session),
        cut=_cut(session, f"TRAIL-{first.isoformat()}-{last.isoformat()}-R"),
        since=first.isoformat(),
        until=last.isoformat(),
        covers=COVERS,
        trail=_trail(session, found),
    )


class _Names:
    """Printed names by id, looked up once each."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, str] = {}

    def of(self, person: str | None) -> str:
        if person is None:
            return ""
        if person not in self._known:
            self._known.update(people.names(self._session, [person]))
        return self._known.get(person, person)


def _cut(session: Session, prefix: str) -> Cut:
    head = read.head(session)
    last = read.entry(session, head.size - 1)
    return Cut(
        report=f"{prefix}{last.index}",
        leaf=last.index,
        at=instant(last.at),
        root=head.root.hex(),
        software=f"Governance {__version__}",
        fonts=installed(),
    )


def _organisation(session: Session) -> record.Organisation:
    row = people.organisation(session)
    if row is None:
        raise NotThere("This instance has no organisation yet.")
    return record.Organisation(name=row.name, note="fictional, for demonstration" if row.demo else "", zone=row.time_zone)


def _policy(session: Session, key: str) -> Policy:
    """The policy of the latest submitted request, else the one in force."""
    query = select(GateRequest).where(GateRequest.initiative_key == key, GateRequest.revision > 0).order_by(GateRequest.opened_at.desc())
    latest = session.scalars(query).first()
    return policies.by_digest(session, latest.policy) if latest else policies.current(session)


def _initiative(session: Session, row: Initiative, names: _Names) -> record.Initiative:
    return record.Initiative(
        key=row.key,
        name=row.name,
        summary=row.summary,
        unit=people.units(session)[row.unit_id],
        lead=names.of(row.lead_id),
        stage=row.stage,
        stage_since=instant(row.stage_since),
        standing=row.standing,
        standing_since=instant(row.standing_since),
        standing_why=row.standing_why or "",
        model_version=row.model_version,
        registered_at=instant(row.registered_at),
        registered_by=names.of(row.registered_by),
        pilot_ends=row.pilot_ends.isoformat() if row.pilot_ends else None,
    )


def _team(session: Session, key: str, names: _Names) -> Iterable[record.TeamMember]:
    for member in reading.team(session, key):
        deputy = names.of(member.deputy) if member.deputy else None
        accountable = names.of(member.person)
        yield record.TeamMember(function=member.function, accountable=accountable, deputy=deputy, hours_a_week=member.hours_a_week)


def _facts(session: Session, key: str) -> Iterable[Labelled]:
    row = session.get(Tiering, key)
    for name, value in sorted(row.facts.items()) if row else ():
        said = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else value
        yield Labelled(label=named(name), value=said)


def _limits(session: Session, key: str) -> Iterable[Labelled]:
    for limit in reading.limits(session, key):
        yield Labelled(label=named(limit.name), value=amount(limit.value, limit.unit))


def _stages(session: Session, key: str) -> Iterable[record.StageEntry]:
    for row in moving_in.stages(session, key):
        yield record.StageEntry(stage=row.stage, at=instant(row.at), leaf=row.leaf, request=row.request_id)


def _brought_in(session: Session, key: str, names: _Names, at: datetime) -> record.BroughtIn | None:
    row = moving_in.origin(session, key)
    if row is None:
        return None
    texts = words.texts(session, [row.reason, row.regularised_why])
    return record.BroughtIn(
        stage=row.stage,
        since=row.since.isoformat(),
        said_by=row.said_by,
        said_as=row.said_as,
        reason=words.said(texts, row.reason),
        recorded_by=names.of(row.by),
        recorded_at=instant(row.at),
        regularity=moving_in.regularity(row, at.date()),
        regularise_by=row.regularise_by.isoformat() if row.regularise_by else None,
        regularised_at=instant(row.regularised_at) if row.regularised_at else None,
        regularised_by=names.of(row.regularised_by) if row.regularised_by else None,
        regularised_request=row.regularised_request,
        regularised_why=words.said(texts, row.regularised_why),
        regularised_on=tuple(row.regularised_on),
        papers=tuple(
            record.Paper(
                evidence=paper.evidence,
                title=paper.title,
                approved_on=paper.approved_on.isoformat(),
                approved_by=paper.approved_by,
                function=paper.function,
            )
            for paper in moving_in.papers(row)
        ),
    )


def _tiering(session: Session, key: str, policy: Policy, names: _Names) -> record.Tiering | None:
    row = session.get(Tiering, key)
    if row is None:
        return None
    answers = []
    for question in policy.tiering.questions:
        options = picked(question, row.questions.get(question.id))
        if options is not None:
            said = ", ".join(option.text for option in options) or "none of them"
            answers.append(record.TierAnswer(id=question.id, question=question.text, answer=said, points=plain(points(question, options))))
    for statement in policy.tiering.statements:
        if statement.id in row.statements:
            said = row.statements[statement.id]
            answers.append(record.TierAnswer(id=statement.id, question=statement.question, answer=said, points=0))
    return record.Tiering(
        tier=row.tier,
        score=row.score,
        highest=policy.tiering.max_score,
        decided_by="points" if row.decided_by == "score" else row.decided_by,
        by=names.of(row.by),
        at=instant(row.at),
        answers=tuple(answers),
        missing=tuple(row.missing),
    )


def _findings(session: Session, key: str, names: _Names) -> Iterable[record.Finding]:
    rows = session.scalars(select(Finding).where(Finding.initiative_key == key).order_by(Finding.raised_at, Finding.id)).all()
    texts = words.texts(session, [row.words for row in rows])
    for row in rows:
        yield record.Finding(
            id=row.id,
            severity=row.severity,
            words=words.said(texts, row.words),
            owner=names.of(row.owner_id),
            due=row.due.isoformat(),
            raised_by=names.of(row.raised_by),
            raised_at=instant(row.raised_at),
            item=row.item,
            request=row.request_id,
            function=row.function,
            answered_by=row.answered_by,
            answered_at=instant(row.answered_at) if row.answered_at else None,
            closed_by=names.of(row.closed_by) if row.closed_by else None,
            closed_at=instant(row.closed_at) if row.closed_at else None,
        )


def _trail(session: Session, entries: list[Entry]) -> tuple[TrailEntry, ...]:
    names: Mapping[str, str] = people.names(session, {person for entry in entries for person in sentences.people_in(entry)})
    return tuple(
        TrailEntry(
            index=entry.index,
            stream=entry.stream,
            seq=entry.seq + 1,
            at=instant(entry.at),
            kind=entry.kind,
            sentence=sentences.sentence(entry, names),
            actor=sentences.who(entry, names),
            hash=entry.hash.hex(),
        )
        for entry in entries
    )
