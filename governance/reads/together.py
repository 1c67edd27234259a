"""What the rules read of many open requests, read at once: some statements for all of them, then none for each.

It answers the remembered reads beforehand, so that the very functions that judge one request judge all of them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Row as SqlRow
from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.dossier import Evidence
from governance.domain.errors import RuleBroken
from governance.domain.vocabulary import OPEN_STATES
from governance.ledger.memo import foreknow
from governance.models import answers as rows
from governance.models.base import Governed
from governance.models.directory import Person
from governance.models.findings import Finding
from governance.models.gates import GateRequest, RequestSeat, Revision, SignOff
from governance.models.initiatives import Initiative, LimitValue, NamedViewer, TeamSeat, Tiering
from governance.models.ml_test_score import MlTestScore
from governance.reads import exclusions, frozen, loosenings, material, people, reviews, waivers, words

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Together:
    """The rows of some initiatives. They are held here as long as the answers rest on them."""

    initiatives: Sequence[Initiative]
    requests: Mapping[str, GateRequest]  # the open one, by key
    tierings: Mapping[str, Tiering]
    held: Sequence[Governed]


def read(session: Session, keys: Collection[str], now: datetime) -> Together:
    """Everything about these initiatives that a verdict on their open request rests on. The number of statements is always the same."""
    initiatives = session.scalars(select(Initiative).where(Initiative.key.in_(keys)).order_by(Initiative.key)).all()
    tierings = session.scalars(select(Tiering).where(Tiering.initiative_key.in_(keys))).all()
    open_ones = session.scalars(select(GateRequest).where(GateRequest.initiative_key.in_(keys), GateRequest.state.in_(OPEN_STATES))).all()
    revisions = session.scalars(select(Revision).where(Revision.request_id.in_([row.id for row in open_ones]))).all()
    held: list[Governed] = [*initiatives, *tierings, *open_ones, *revisions]
    _of_initiatives(session, initiatives)
    held += _of_requests(session, open_ones, revisions, now)
    _dossiers(session, keys, open_ones, revisions)
    return Together(initiatives, {row.initiative_key: row for row in open_ones}, {row.initiative_key: row for row in tierings}, held)


def _of_initiatives(session: Session, initiatives: Sequence[Initiative]) -> None:
    keys = [row.key for row in initiatives]
    given = _by(session.scalars(select(rows.Answer).where(rows.Answer.initiative_key.in_(keys))), "initiative_key")
    evidence = defaultdict[str, dict[str, Evidence]](dict)
    for piece, reused in session.execute(material.pieces_of(keys)):
        evidence[piece.initiative_key][piece.id] = material.as_evidence(piece, reused)
    points = select(Finding).where(Finding.initiative_key.in_(keys), Finding.closed_at.is_(None)).order_by(Finding.id)
    findings = _by(session.scalars(points), "initiative_key")
    limits = _by(session.scalars(select(LimitValue).where(LimitValue.initiative_key.in_(keys)).order_by(LimitValue.name)), "initiative_key")
    seats = _by(session.scalars(select(TeamSeat).where(TeamSeat.initiative_key.in_(keys))), "initiative_key")
    named = _by(session.scalars(select(NamedViewer).where(NamedViewer.initiative_key.in_(keys))), "initiative_key")
    forms = {row.initiative_key: row for row in session.scalars(select(MlTestScore).where(MlTestScore.initiative_key.in_(keys)))}
    waived = _by(session.scalars(waivers.in_force(keys)), "initiative_key")
    excluded = _by(session.scalars(exclusions.counting(keys)), "initiative_key")
    team = [seat for of_one in seats.values() for seat in of_one]
    ids = {seat.person_id for seat in team} | {seat.deputy_id for seat in team if seat.deputy_id}
    active = set(session.scalars(select(Person.id).where(Person.id.in_(ids), Person.disabled_at.is_(None))))
    for row in initiatives:
        key = row.key
        known = evidence[key]
        foreknow(session, material.evidence, known, key)
        foreknow(session, material.answers, {one.item: material.as_answer(one, known) for one in given[key]}, key)
        foreknow(session, material.open_points, material.as_points(findings[key]), key)
        foreknow(session, material.limits, material.as_limits(limits[key]), key)
        foreknow(session, material.ml_test_score, material.as_form(forms.get(key)), key)
        foreknow(session, exclusions.confirmed, exclusions.as_confirmed(excluded[key]), key)
        foreknow(session, waivers.granted, waivers.as_granted(waived[key]), key)
        foreknow(session, material.team, material.as_team(seats[key], active), key)
        foreknow(session, people.ties, people.as_ties(row, seats[key], named[key]), key)


def _of_requests(session: Session, requests: Sequence[GateRequest], revisions: Sequence[Revision], now: datetime) -> list[Governed]:
    ids = [row.id for row in requests]
    asked = select(RequestSeat).where(RequestSeat.request_id.in_(ids)).order_by(RequestSeat.position)
    seats = _by(session.scalars(asked), "request_id")
    given = _by(session.scalars(select(SignOff).where(SignOff.request_id.in_(ids)).order_by(SignOff.leaf)), "request_id")
    submitted = _by([row for row in revisions if row.moved_from is None], "request_id")
    signed_by = session.scalars(select(Person).where(Person.id.in_({one.by for of_one in given.values() for one in of_one}))).all()
    signers = people.signers(session, signed_by, now)
    frozen_under = _by(revisions, "request_id")
    for row in requests:
        foreknow(session, loosenings.taken_at, loosenings.taken(frozen_under[row.id], row.policy), row.id, row.policy)
    for request in ids:
        foreknow(session, reviews.seats, reviews.as_seats(seats[request]), request)
        foreknow(session, reviews.sign_offs, given[request], request)
        foreknow(session, reviews.submitters, frozenset(row.by for row in submitted[request]), request)
        foreknow(session, reviews.last_submitted, max((row.number for row in submitted[request]), default=0), request)
        who = frozenset(one.by for one in given[request])
        foreknow(session, people.signers_of, {one: signers[one] for one in who}, who, now)
    return [*signed_by, *(one for of_one in given.values() for one in of_one)]


def _dossiers(session: Session, keys: Collection[str], requests: Sequence[GateRequest], revisions: Sequence[Revision]) -> None:
    """The dossiers on the table, and what was measured in those of gates that were passed."""
    passed = _by(session.execute(material.passed_of(keys)), "initiative_key")
    on_table = {(row.request_id, row.number): row for row in revisions}
    latest = {row.id: on_table[row.id, row.revision] for row in requests if row.revision}
    digests = [digest for row in latest.values() for digest in row.sections.values()]
    digests += [digest for of_one in passed.values() for row in of_one for digest in row.sections.values()]
    texts = words.texts(session, digests)
    for key in keys:
        foreknow(session, material.approved, material.stated_in([row.sections for row in passed[key]], texts), key)
    for request in requests:
        if request.id in latest:
            revision, before = latest[request.id], _before(passed[request.initiative_key], request)
            with suppress(RuleBroken):  # a text is gone: whoever asks for this dossier is told
                known = frozen.read_back(session, request, revision, request.policy, texts, material.stated_in(before, texts))
                foreknow(session, frozen.frozen_material, known, request, revision, request.policy)


def _before(passed: Iterable[SqlRow[str, datetime | None, dict[str, str]]], request: GateRequest) -> list[Mapping[str, str]]:
    return [row.sections for row in passed if row.settled_at < request.opened_at]


def _by(found: Iterable[Row], name: str) -> defaultdict[str, list[Row]]:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in found:
        groups[getattr(row, name)].append(row)
    return groups
