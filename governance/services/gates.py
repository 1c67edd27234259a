"""Asking to pass a gate: open, submit, withdraw, comment, close."""

from dataclasses import replace

from sqlalchemy import func, select

from governance.domain import dossier, lifecycle, rights
from governance.domain.dossier import Digests, Material
from governance.domain.errors import Conflict, NotAllowed, Problem, RuleBroken
from governance.domain.policy import Policy, Seat
from governance.domain.rights import Doer
from governance.domain.vocabulary import OPEN_STATES, RequestState, Role, Section
from governance.events import streams
from governance.events.gates import Commented, GateOpened, GateSettled, GateSubmitted, SeatAsked
from governance.ledger.log import Log
from governance.models.gates import GateRequest, Revision
from governance.models.initiatives import Initiative, Tiering
from governance.reads import people, policies, readiness, reviews
from governance.reads.material import material

LONGEST_COMMENT = 10_000


def open_request(log: Log, key: str, gate_id: str) -> str:
    """Start a request: a draft. Returns its id. One initiative has at most one open request."""
    doer, ties = people.doer(log.session, log.by, log.now), people.ties(log.session, key)
    rights.check_leads(doer, ties, "ask to pass a gate")
    policy = policies.current(log.session)
    initiative = log.session.get_one(Initiative, key)
    tiering = log.session.get(Tiering, key)
    if gate_id not in policy.gates:
        raise RuleBroken(f"The policy has no gate {gate_id}, so it cannot be passed.")
    lifecycle.check_may_request(policy.gates[gate_id], initiative.stage, initiative.standing, tiering.tier if tiering else None)
    if (other := reviews.open_request(log.session, key)) is not None:
        raise Conflict(f"Request {other.id} is open. Withdraw it, or wait until it is settled.")
    number = 1 + _attempts(log, key, gate_id)
    request_id = f"{key}.{gate_id}-{number}"
    event = GateOpened(request=request_id, initiative=key, gate=gate_id, number=number, policy=policy.digest)
    log.record(event, streams.initiative(key))
    return request_id


def submit(log: Log, request_id: str, note: str = "") -> int:
    """Freeze the dossier as a new revision and put it before its seats. Returns the revision.

    Refused, with the complete list, while a check is unanswered, inconclusive or stale. `not_met` may be submitted knowingly.
    """
    request = reviews.request(log.session, request_id)
    key = request.initiative_key
    rights.check_leads(people.doer(log.session, log.by, log.now), people.ties(log.session, key), "submit its gate requests")
    policy = policies.of_request(log.session, request)
    if not request.revision and request.gate not in policies.current(log.session).gates:
        raise RuleBroken(f"The policy in force has no gate {request.gate} any more. Withdraw the request, and ask for a gate that it has.")
    found = _material(log, request, policy)
    sections = dossier.sections(found)
    digests = dossier.digests(sections)
    _check_submittable(log, request, policy, found, digests)
    for section in sections.values():
        log.keep_text(dossier.canonical(section))
    log.record(_submission(log, request, policy, found, digests, note), streams.initiative(key))
    return request.revision


def withdraw(log: Log, request_id: str, reason: str) -> None:
    """The lead takes the request back. Nothing is lost: the answers stay, the record keeps the request."""
    request = reviews.request(log.session, request_id)
    ties = people.ties(log.session, request.initiative_key)
    rights.check_leads(people.doer(log.session, log.by, log.now), ties, "withdraw its gate requests")
    _check_open(request)
    if reviews.was_rejected(log.session, request.id):
        raise RuleBroken(f"A seat has rejected this request, and that stays on record. {reviews.WHEN_REJECTED}")
    check_words(reason, "Say why you withdraw the request.")
    _settle(log, request, RequestState.WITHDRAWN, reason)


def close(log: Log, request_id: str, reason: str) -> None:
    """Compliance records a request as rejected after a reject, without waiting for the remaining seats."""
    request = reviews.request(log.session, request_id)
    doer, ties = people.doer(log.session, log.by, log.now), people.ties(log.session, request.initiative_key)
    rights.check_may_see(doer, ties)
    rights.check_role(doer, [Role.COMPLIANCE_OFFICER], "close a request that was rejected by a seat")
    _check_no_hand_in(doer, log, request)
    check_words(reason, "Say why the remaining seats are not needed.")
    if request.state is not RequestState.IN_REVIEW or not reviews.was_rejected(log.session, request_id):
        raise RuleBroken("Only a request in review that a seat has rejected can be closed. The lead can withdraw the others.")
    _settle(log, request, RequestState.REJECTED, reason)


def comment(log: Log, request_id: str, words: str) -> None:
    """Say something about a request. It does not count as a decision."""
    request = reviews.request(log.session, request_id)
    rights.check_may_comment(people.doer(log.session, log.by, log.now), people.ties(log.session, request.initiative_key))
    check_words(words, "Write a comment first.")
    event = Commented(request=request_id, words=log.keep_words(words))
    log.record(event, streams.initiative(request.initiative_key))


def _attempts(log: Log, key: str, gate_id: str) -> int:
    query = select(func.count()).select_from(GateRequest).where(GateRequest.initiative_key == key, GateRequest.gate == gate_id)
    return log.session.scalar(query) or 0


def _material(log: Log, request: GateRequest, policy: Policy) -> Material:
    """The material, once the gate can be asked for at all."""
    initiative = log.session.get_one(Initiative, request.initiative_key)
    tiering = log.session.get(Tiering, request.initiative_key)
    lifecycle.check_may_request(policy.gates[request.gate], initiative.stage, initiative.standing, tiering.tier if tiering else None)
    found = material(log.session, request.initiative_key, request.gate, policy)
    return replace(found, form=reviews.form(log.session, request))


def _check_submittable(log: Log, request: GateRequest, policy: Policy, found: Material, digests: Digests) -> None:
    _check_open(request)
    if reviews.was_rejected(log.session, request.id):
        raise RuleBroken(f"A seat has rejected this request, so it can no longer pass. {reviews.WHEN_REJECTED} Then open a new one.")
    if request.state is RequestState.IN_REVIEW and not _moved(log, request, digests):
        raise Conflict("This dossier is in review already, and nothing has changed since it was submitted.")
    problems = readiness.open_points(log.session, request, policy, found, log.now)
    if problems:
        count = f"{len(problems)} points are" if len(problems) > 1 else "One point is"
        raise RuleBroken(f"{count} still open before this request can be submitted.", *problems)


def _moved(log: Log, request: GateRequest, digests: Digests) -> bool:
    revision = log.session.get_one(Revision, (request.id, request.revision))
    return bool(dossier.changed(reviews.frozen_sections(revision), digests))


def _submission(log: Log, request: GateRequest, policy: Policy, found: Material, digests: Digests, note: str) -> GateSubmitted:
    asked = [asked_of(seat) for seat in found.plan.seats]
    before = {seat.id for seat in reviews.seats(log.session, request.id)}
    return GateSubmitted(
        request=request.id,
        revision=request.revision + 1,
        dossier=dossier.dossier_digest(digests),
        sections=plain(digests),
        policy=policy.digest,
        model_version=found.model_version,
        seats=asked,
        gone=sorted(before - {seat.seat for seat in asked}),
        note=log.keep_words(note) if note.strip() else None,
    )


def plain(digests: Digests) -> dict[str, str]:
    return {section.value: digests[section] for section in Section}


def asked_of(seat: Seat) -> SeatAsked:
    return SeatAsked(
        seat=seat.id,
        function=seat.function,
        label=seat.label,
        covers=[section.value for section in Section if section in seat.covers],
        independent=seat.independent,
        qualification=seat.qualification,
        order=seat.order,
    )


def _check_open(request: GateRequest) -> None:
    if request.state not in OPEN_STATES:
        raise Conflict("This request is settled. Open a new one.")


def check_words(words: str, ask: str) -> None:
    if not words.strip():
        raise RuleBroken(ask, Problem("required", ask, "reason"))
    if len(words) > LONGEST_COMMENT:
        raise RuleBroken("That is too long.", Problem("length", f"Write at most {LONGEST_COMMENT:,} signs.", "reason"))


def _check_no_hand_in(doer: Doer, log: Log, request: GateRequest) -> None:
    if doer.id in reviews.submitters(log.session, request.id):
        raise NotAllowed("You submitted this request. Another compliance officer can close it.")


def _settle(log: Log, request: GateRequest, outcome: RequestState, reason: str) -> None:
    counted = reviews.counting(reviews.on_the_table(log.session, request.id, log.now), log.now) if request.revision else []
    event = GateSettled(request=request.id, outcome=outcome, counted=counted, why=log.keep_words(reason))
    log.record(event, streams.initiative(request.initiative_key))
