"""The gate requests of an initiative as a report prints them: dossier, checks, seats, sign-offs, conversation."""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import checks, signoffs
from governance.domain.checks import Checked
from governance.domain.comparison import Comparison
from governance.domain.dossier import StatedValue
from governance.domain.errors import RuleBroken
from governance.domain.limits import amount, limit_in_words, name_in_words
from governance.domain.plain import instant
from governance.domain.policy import Gate, Policy
from governance.domain.signoffs import Fall, Reason
from governance.domain.text import listed
from governance.domain.vocabulary import OPEN_STATES, SECTION_OF, Comparator, Function, Good, RequestState, Section, Stage
from governance.ledger import read
from governance.models.directory import Person
from governance.models.gates import Comment, GateRequest, Revision, SignOff
from governance.models.policies import PublishedPolicy
from governance.packs import record
from governance.reads import policies, readiness, reviews, words
from governance.reads.material import material
from governance.reads.reviews import OnTheTable

Name = Callable[[str | None], str]


def all_of(session: Session, key: str, name: Name, at: datetime) -> list[record.GateRequest]:
    """Every request, in the order they were opened, as they stood at the cut."""
    rows = session.scalars(select(GateRequest).where(GateRequest.initiative_key == key).order_by(GateRequest.opened_at, GateRequest.id))
    return [_request(session, row, name, at) for row in rows]


def policy_of(policy: Policy) -> record.Policy:
    return record.Policy(id=policy.id, version=policy.version, digest=policy.digest)


def rules_of(session: Session, key: str) -> Iterable[record.PolicyText]:
    """Every policy that judged a dossier of an initiative, the first published first, with its texts as they are kept."""
    judged = select(Revision.policy).join(GateRequest, GateRequest.id == Revision.request_id).where(GateRequest.initiative_key == key)
    query = select(PublishedPolicy).where(PublishedPolicy.digest.in_(judged)).order_by(PublishedPolicy.at, PublishedPolicy.digest)
    for row in session.scalars(query):
        found = policies.texts(session, row)
        files = (record.PolicyFile(name=name, digest=row.files[name], text=found[name]) for name in sorted(found))
        yield record.PolicyText(policy=record.Policy(id=row.id, version=row.version, digest=row.digest), files=tuple(files))


def _request(session: Session, row: GateRequest, name: Name, at: datetime) -> record.GateRequest:
    policy = policies.of_request(session, row)
    table = reviews.on_the_table(session, row.id, at) if row.revision else None
    gate = policy.gates[row.gate]
    return record.GateRequest(
        id=row.id,
        gate=gate.id,
        name=gate.name,
        question=gate.question,
        number=row.number,
        state=row.state,
        policy=policy_of(policy),
        opened_by=name(row.opened_by),
        opened_at=instant(row.opened_at),
        revisions=tuple(_revisions(session, row, name)),
        checks=tuple(_checks(session, policy, table.checks if table else _working(session, row, policy, at))),
        seats=tuple(_seats(table, at)) if table else (),
        sign_offs=tuple(_sign_offs(session, table, at)) if table else (),
        leaves=_leaves(gate),
        enters=gate.enters,
        comments=tuple(_comments(session, row, name)),
        settled_at=instant(row.settled_at) if row.settled_at else None,
        settled_by=name(row.settled_by) if row.settled_by else None,
        settled_why=words.said(words.texts(session, [row.settled_why]), row.settled_why),
        obstacles=tuple(_obstacles(session, row, policy, table, at)),
    )


def _leaves(gate: Gate) -> Stage | None:
    return next(iter(gate.leaves)) if len(gate.leaves) == 1 else None


def _revisions(session: Session, row: GateRequest, name: Name) -> Iterable[record.Revision]:
    found = session.scalars(select(Revision).where(Revision.request_id == row.id).order_by(Revision.number)).all()
    notes = words.texts(session, [revision.note for revision in found])
    for revision in found:
        yield record.Revision(
            number=revision.number,
            dossier=revision.digest,
            sections=tuple(record.SectionDigest(section=section, digest=revision.sections[section.value]) for section in Section),
            policy=revision.policy,
            model_version=revision.model_version,
            by=name(revision.by),
            at=instant(revision.at),
            note=words.said(notes, revision.note),
            moved_from=revision.moved_from,
        )


def _working(session: Session, row: GateRequest, policy: Policy, at: datetime) -> tuple[Checked, ...]:
    """The checks of a draft, as they stand."""
    try:
        return checks.evaluated(policy, material(session, row.initiative_key, row.gate, policy), at)
    except RuleBroken:
        return ()


def _checks(session: Session, policy: Policy, found: tuple[Checked, ...]) -> Iterable[record.Check]:
    notes = words.texts(session, [check.answer.note for check in found if check.answer])
    for check in found:
        answer = check.answer
        yield record.Check(
            item=check.item.id,
            title=check.item.title,
            owner=check.item.owner,
            severity=check.item.severity,
            state=check.evaluated.state,
            values=tuple(_values(policy, check)),
            note=words.said(notes, answer.note) if answer else "",
            why=check.evaluated.why or "",
            evidence=tuple(piece.id for piece in answer.evidence) if answer else (),
        )


def _values(policy: Policy, check: Checked) -> Iterable[record.Value]:
    """Compared values with their limits first, then what else was stated beside them."""
    compared = [comparison for comparison in check.evaluated.comparisons if comparison.measured is not None]
    for comparison in compared:
        assert comparison.measured is not None
        yield _value(policy, comparison.measured, _limit(comparison), comparison.threshold.min_n)
    shown = {comparison.measured for comparison in compared}
    for stated in check.answer.values if check.answer else ():
        if stated not in shown:
            yield _value(policy, stated, "", None)


SIGNS = {
    Comparator.LT: "<",
    Comparator.LTE: "≤",
    Comparator.GT: ">",
    Comparator.GTE: "≥",
    Comparator.EQ: "=",
    Comparator.REACHES: "≥",
    Comparator.BEATS: ">",
}
DOWNWARDS = {Comparator.REACHES: "≤", Comparator.BEATS: "<"}


def _limit(comparison: Comparison) -> str:
    """What the value had to keep to, worked out where it could be: “≥ 88 %”."""
    threshold, measured = comparison.threshold, comparison.measured
    if comparison.reference is None or threshold.comparator not in SIGNS:
        return limit_in_words(threshold)
    sign = DOWNWARDS.get(threshold.comparator, "") if comparison.good is Good.DOWN else ""
    unit = measured.unit if measured is not None else threshold.unit
    return f"{sign or SIGNS[threshold.comparator]} {amount(comparison.reference, unit)}"


def _value(policy: Policy, stated: StatedValue, limit: str, least_n: int | None) -> record.Value:
    return record.Value(
        metric=name_in_words(stated.metric, policy.metrics),
        value=stated.value,
        unit=stated.unit,
        limit=limit,
        n=stated.n,
        least_n=least_n,
        low=stated.low,
        high=stated.high,
        window=stated.window,
        measured_at=instant(stated.measured_at),
        source=stated.source,
    )


def _seats(table: OnTheTable, at: datetime) -> Iterable[record.Seat]:
    review, now = table.review, table.request.settled_at or at
    given = {sign_off.seat for sign_off in review.given}
    for seat in review.seats:
        why = ""
        if seat.id not in given:
            lower = signoffs.waits_for_lower(review, seat, now)
            why = _empty_why(table, [other.label for other in lower])
        yield record.Seat(
            id=seat.id,
            label=seat.label,
            function=seat.function,
            independent=seat.independent,
            qualification=seat.qualification,
            empty_why=why,
        )


def _empty_why(table: OnTheTable, lower: list[str]) -> str:
    if table.request.state is RequestState.IN_REVIEW:
        return f"Decides after {', '.join(lower)}." if lower else "Has not decided yet."
    if table.request.state is RequestState.CHANGES_REQUESTED:
        return "Had not decided when changes were requested."
    return "Had not decided when the request was settled."


def _sign_offs(session: Session, table: OnTheTable, at: datetime) -> Iterable[record.SignOff]:
    review, now = table.review, table.request.settled_at or at
    rows: dict[int, SignOff] = {row.leaf: row for row in reviews.sign_offs(session, table.request.id)}
    reasons = words.texts(session, [row.reason for row in rows.values()])
    for given in review.given:
        row, entry = rows[given.leaf], read.entry(session, given.leaf)
        why = signoffs.fall(review, given, now)
        auth = entry.header.get("auth") or {}
        person = session.get(Person, row.by)
        yield record.SignOff(
            seat=row.seat,
            function=row.function,
            name=row.name,
            decision=row.decision,
            meaning=row.meaning,
            reason=words.said(reasons, row.reason),
            at=instant(row.at),
            method=row.method,
            revision=row.revision,
            dossier=row.dossier,
            leaf=row.leaf,
            seq=entry.seq + 1,
            proved_at=auth.get("at"),
            title=person.title if person else "",
            reset_at=_reset_before(person, row.at),
            fell=_fell(why) if why else "",
            looked_at=tuple(record.Looked(id=look["id"], text=look["text"]) for look in row.looked_at),
        )


def _reset_before(person: Person | None, at: datetime) -> str | None:
    """When the password that signed was set through an administrator's link, as far as is known."""
    reset = person.password_reset_at if person else None
    return instant(reset) if reset is not None and reset <= at else None


def _fell(why: Fall) -> str:
    """What follows “No longer counts:”."""
    functions = {SECTION_OF[function]: function for function in Function}
    match why.reason:
        case Reason.CHANGED:
            parts = ["the common section" if s is Section.COMMON else f"the section of {functions[s].spoken}" for s in why.sections]
            return f"{listed(parts)} changed after it was given."
        case Reason.ANSWERED:
            return "it was answered by the next revision of the dossier."
        case Reason.EXPIRED:
            return "it is older than the policy allows."
        case Reason.RIGHT_LOST:
            return "the signer could not take this seat any more."
        case Reason.NOT_THEN:
            return "it did not count when the request was settled."


def _comments(session: Session, row: GateRequest, name: Name) -> Iterable[record.Comment]:
    found = session.scalars(select(Comment).where(Comment.request_id == row.id).order_by(Comment.leaf)).all()
    texts = words.texts(session, [comment.words for comment in found])
    for comment in found:
        yield record.Comment(by=name(comment.by), at=instant(comment.at), leaf=comment.leaf, words=words.said(texts, comment.words))


def _obstacles(session: Session, row: GateRequest, policy: Policy, table: OnTheTable | None, at: datetime) -> Iterable[str]:
    """What keeps an open request shut, in sentences."""
    if row.state not in OPEN_STATES:
        return
    if row.state is RequestState.IN_REVIEW and table is not None:
        for check in table.checks:
            if not check.passes:
                yield f"{check.item.title} ({check.item.id}): {check.in_words}."
        return
    try:
        found = material(session, row.initiative_key, row.gate, policy)
    except RuleBroken as refused:
        yield refused.message
        return
    yield from (problem.message for problem in readiness.open_points(session, row, policy, found, at))
