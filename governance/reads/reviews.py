"""A gate request as the rules see it: seats, sign-offs, sections as frozen and as they stand now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, or_, select, union
from sqlalchemy.orm import Session

from governance.domain import authorship, checks, dossier, separation, signoffs
from governance.domain.dossier import Digests, Material
from governance.domain.errors import NotThere, RuleBroken
from governance.domain.policy import Policy, Seat
from governance.domain.rights import NOTHING_HERE
from governance.domain.separation import Circumstances
from governance.domain.signoffs import Review, Settled
from governance.domain.vocabulary import OPEN_STATES, Decision, RequestState, Section, Standing
from governance.ledger.memo import remembered
from governance.models.base import Governed
from governance.models.gates import GateRequest, RequestSeat, Revision, SignOff
from governance.models.initiatives import Initiative, TeamSeat
from governance.reads import frozen, loosenings, people, policies
from governance.reads.material import material

TOGETHER = 1_000
"""Keys in one statement."""

WHEN_REJECTED = "It is recorded as rejected when all seats have decided, or when a compliance officer closes it."


@dataclass(frozen=True, slots=True)
class OnTheTable:
    """A submitted request with everything a decision on it depends on."""

    request: GateRequest
    revision: Revision
    policy: Policy
    material: Material  # as submitted
    review: Review
    around: Circumstances
    checks: tuple[checks.Checked, ...]


def request(session: Session, request_id: str) -> GateRequest:
    """Raises `NotThere`."""
    row = session.get(GateRequest, request_id)
    if row is None:
        raise NotThere(NOTHING_HERE)
    return row


@remembered(Governed)
def on_the_table(session: Session, request_id: str, now: datetime) -> OnTheTable:
    """A request that was submitted at least once. Raises `NotThere` for a draft."""
    row = request(session, request_id)
    revision = session.get(Revision, (request_id, row.revision))
    if revision is None:
        raise NotThere("Nothing was submitted yet, so there is nothing to decide on.")
    policy = policies.by_digest(session, row.policy)
    found = frozen.frozen_material(session, row, revision, row.policy)
    asked = _with_looks(seats(session, request_id), found.plan.seats)
    return _table(session, row, revision, policy, found, asked, frozen_sections(revision), now)


def under(session: Session, table: OnTheTable, policy: Policy, now: datetime) -> OnTheTable:
    """An open request as it would be on the table under other rules: its dossier as submitted, their plan, the same sign-offs.

    Nothing is written. Raises `KeyError` where these rules do not have its gate.
    """
    material_ = frozen.under(table.material, policy)
    digests = dossier.digests(dossier.sections(material_))
    return _table(session, table.request, table.revision, policy, material_, material_.plan.seats, digests, now, taken=now)


def _table(
    session: Session,
    row: GateRequest,
    revision: Revision,
    policy: Policy,
    found: Material,
    asked: tuple[Seat, ...],
    digests: Digests,
    now: datetime,
    taken: datetime | None = None,
) -> OnTheTable:
    at = row.settled_at or now
    checked, around = checks.evaluated(policy, found, at), _around(session, row, found, at, taken)
    review = _review(session, row, policy, found, asked, digests, checked)
    return OnTheTable(
        request=row,
        revision=revision,
        policy=policy,
        material=found,
        review=review if review.settled else _with_rights(session, review, around, now),
        around=around,
        checks=checked,
    )


@remembered(RequestSeat)
def seats(session: Session, request_id: str) -> tuple[Seat, ...]:
    """The seats of the frozen plan, in policy order."""
    return as_seats(session.scalars(select(RequestSeat).where(RequestSeat.request_id == request_id).order_by(RequestSeat.position)))


def _with_looks(asked: Iterable[Seat], planned: Iterable[Seat]) -> tuple[Seat, ...]:
    """The seats with what each looks at, which stands in the policy they were submitted under and not in their rows."""
    looks = {seat.id: seat.looks_at for seat in planned}
    return tuple(replace(seat, looks_at=looks.get(seat.id, ())) for seat in asked)


def as_seats(rows: Iterable[RequestSeat]) -> tuple[Seat, ...]:
    return tuple(
        Seat(
            id=row.seat,
            function=row.function,
            label=row.label,
            covers=frozenset(Section(section) for section in row.covers),
            independent=row.independent,
            qualification=row.qualification,
            order=row.order,
        )
        for row in rows
    )


@remembered(SignOff)
def sign_offs(session: Session, request_id: str) -> Sequence[SignOff]:
    return list(session.scalars(select(SignOff).where(SignOff.request_id == request_id).order_by(SignOff.leaf)))


def form(session: Session, request: GateRequest) -> int:
    """The form that the dossier of a request is written in: that of the revision before, so that no release of this program changes one."""
    revision = session.get(Revision, (request.id, request.revision))
    return frozen.frozen_material(session, request, revision, revision.policy).form if revision is not None else dossier.FORM


def frozen_sections(revision: Revision) -> Digests:
    return {Section(name): digest for name, digest in revision.sections.items()}


def _review(
    session: Session,
    row: GateRequest,
    policy: Policy,
    found: Material,
    asked: tuple[Seat, ...],
    frozen: Digests,
    checked: tuple[checks.Checked, ...],
) -> Review:
    """The review of an open request against the record as it stands now; of a settled one, as it was then."""
    initiative = session.get_one(Initiative, row.initiative_key)
    settled = Settled(row.settled_at, frozenset(row.counted)) if row.settled_at else None
    return Review(
        state=row.state,
        revision=last_submitted(session, row.id),
        seats=asked,
        frozen=frozen,
        live=frozen if settled else _live(session, row, policy, found.form),
        given=tuple(_given(given) for given in sign_offs(session, row.id)),
        valid_days=policy.signoff_valid_days[found.tier],
        obstacles=tuple(_obstacles(initiative, found, checked)),
        settled=settled,
    )


def _with_rights(session: Session, review: Review, around: Circumstances, now: datetime) -> Review:
    """Ask of every signer again whether they could take their seat: whoever could not has no say.

    A password that was set anew only afterwards did not sign, so it does not matter here.
    """
    asked = {seat.id: seat for seat in review.seats}
    signers = people.signers_of(session, frozenset(given.by for given in review.given), now)

    def is_entitled(given: signoffs.SignOff) -> bool:
        signer, seat = replace(signers[given.by], reset_at=None), asked.get(given.seat)
        return seat is not None and not any(separation.obstacles(review, seat, signer, around))

    return replace(review, given=tuple(replace(given, entitled=is_entitled(given)) for given in review.given))


def _live(session: Session, row: GateRequest, policy: Policy, in_form: int) -> Digests:
    """The sections as the record stands now; none where the initiative lost its tier, so that nothing matches them."""
    try:
        return dossier.digests(dossier.sections(replace(material(session, row.initiative_key, row.gate, policy), form=in_form)))
    except RuleBroken:
        return dict.fromkeys(Section, "")


def _obstacles(initiative: Initiative, found: Material, checked: tuple[checks.Checked, ...]) -> list[str]:
    obstacles = [f"{check.planned.item.id} {check.evaluated.state.value}" for check in checks.keep_shut(checked)]
    obstacles += checks.undecided_seats(found.plan)
    if initiative.standing is not Standing.GOOD:
        obstacles.append(f"the initiative is {initiative.standing.value.replace('_', ' ')}")
    return obstacles


def _given(row: SignOff) -> signoffs.SignOff:
    return signoffs.SignOff(
        leaf=row.leaf,
        seat=row.seat,
        by=row.by,
        decision=row.decision,
        at=row.at,
        revision=row.revision,
        covers={Section(name): digest for name, digest in row.covers.items()},
    )


def _around(session: Session, row: GateRequest, found: Material, now: datetime, taken: datetime | None) -> Circumstances:
    bound = people.ties(session, row.initiative_key)
    return Circumstances(
        unit=bound.unit,
        lead=bound.lead,
        submitters=submitters(session, row.id),
        first_submitted=row.first_submitted_at or row.opened_at,
        team=bound.team | {bound.lead},
        sole_authors={section: authorship.sole_authors(found, section) for section in Section},
        loosened=loosenings.bearing_on(session, row, now, taken),
    )


def open_request(session: Session, key: str) -> GateRequest | None:
    """The request of an initiative that is not settled, if there is one. There is never more than one."""
    return session.scalars(select(GateRequest).where(GateRequest.initiative_key == key, GateRequest.state.in_(OPEN_STATES))).first()


def in_review(session: Session, keys: Sequence[str]) -> Sequence[str]:
    """The requests of these initiatives that are in review."""
    found: list[str] = []
    for start in range(0, len(keys), TOGETHER):
        some = keys[start : start + TOGETHER]
        found += session.scalars(
            select(GateRequest.id).where(GateRequest.initiative_key.in_(some), GateRequest.state == RequestState.IN_REVIEW)
        )
    return found


def in_review_resting_on(session: Session, people_: Sequence[str]) -> Sequence[str]:
    """The requests in review that one of these people signed, or whose team or lead they are: what they lose or regain bears on them."""
    signed = GateRequest.id.in_(select(SignOff.request_id).where(SignOff.by.in_(people_)))
    team = select(TeamSeat.initiative_key).where(or_(TeamSeat.person_id.in_(people_), TeamSeat.deputy_id.in_(people_)))
    led = select(Initiative.key).where(Initiative.lead_id.in_(people_))
    theirs = GateRequest.initiative_key.in_(union(team, led))
    query = select(GateRequest.id).where(GateRequest.state == RequestState.IN_REVIEW, or_(signed, theirs))
    return session.scalars(query).all() if people_ else ()


def counting(table: OnTheTable, now: datetime) -> list[int]:
    """The leaves of the sign-offs that count at this moment."""
    return sorted(given.leaf for given in signoffs.standing(table.review, now).values())


def was_rejected(session: Session, request_id: str) -> bool:
    return any(given.decision is Decision.REJECT for given in sign_offs(session, request_id))


@remembered(Revision)
def submitters(session: Session, request_id: str) -> frozenset[str]:
    """Who submitted any revision of a request. Whoever moved it to other rules submitted nothing."""
    return frozenset(session.scalars(select(Revision.by).where(Revision.request_id == request_id, Revision.moved_from.is_(None))))


@remembered(Revision)
def last_submitted(session: Session, request_id: str) -> int:
    """The revision that the lead submitted last: what answers a request for changes."""
    query = select(func.max(Revision.number)).where(Revision.request_id == request_id, Revision.moved_from.is_(None))
    return session.scalars(query).one()
