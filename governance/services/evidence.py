"""What a team does with a piece of evidence after it was added: supersede it, share it with other initiatives, use one of theirs."""

from collections.abc import Collection
from dataclasses import dataclass

from governance.domain import evidence_scope as rules
from governance.domain import rights
from governance.domain.errors import NotAllowed, NotThere, Problem, RuleBroken
from governance.domain.evidence_scope import ReuseEnd, Scope, ScopePart
from governance.events import streams
from governance.events.evidence import (
    EvidenceExpiryTold,
    EvidenceReused,
    EvidenceReuseEnded,
    EvidenceShared,
    EvidenceSuperseded,
    EvidenceWithdrawnFromSharing,
)
from governance.ledger.log import SYSTEM, Log
from governance.models.answers import Evidence
from governance.models.initiatives import Initiative
from governance.models.sharing import ReusedEvidence, SharedEvidence
from governance.reads import people, policies, sharing
from governance.reads.material import lapsed, next_piece

NOT_SHARED = "It is not shared, or no longer."


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody says who uses evidence of another initiative: which parts of its scope are the same here, and why it fits.

    `seen` is the digest of the scope that they read.
    """

    same: Collection[ScopePart]
    reason: str
    seen: str


def supersede(log: Log, evidence_id: str, by: str, reason: str) -> None:
    """A newer piece of the same initiative takes the place of one. What rests on that, here or elsewhere, is stale until answered again."""
    row = _worked_on(log, evidence_id)
    newer = log.session.get(Evidence, by)
    if newer is None:
        raise RuleBroken("There is no such evidence.", Problem("unknown", f"Choose evidence of {row.initiative_key}.", "successor"))
    why = lapsed(log.session, row.initiative_key).get(by)
    rules.check_may_supersede(sharing.as_piece(log.session, row), sharing.as_piece(log.session, newer), reason, why)
    event = EvidenceSuperseded(evidence=evidence_id, initiative=row.initiative_key, successor=by, reason=log.keep_words(reason))
    log.record(event, streams.initiative(row.initiative_key))
    _end_reuse(log, evidence_id, ReuseEnd.SUPERSEDED, by)


def share(log: Log, evidence_id: str, scope: Scope) -> None:
    """Offer a piece to other initiatives whose people may see this one."""
    row = _offered_by(log, evidence_id)
    rules.check_may_share(sharing.as_piece(log.session, row), scope)
    event = EvidenceShared(
        evidence=evidence_id,
        initiative=row.initiative_key,
        dataset=scope.dataset,
        model_version=scope.model_version,
        purpose=scope.purpose,
    )
    log.record(event, streams.initiative(row.initiative_key))


def stop_sharing(log: Log, evidence_id: str, reason: str) -> None:
    """Offer it no longer. Where it is used, it counts no more from now on, and those who use it are told."""
    row = _offered_by(log, evidence_id)
    if log.session.get(SharedEvidence, evidence_id) is None:
        raise RuleBroken(NOT_SHARED)
    if problems := list(rules.bad_words(reason, "it is withdrawn", "why")):
        raise RuleBroken("A reason is needed.", *problems)
    event = EvidenceWithdrawnFromSharing(evidence=evidence_id, initiative=row.initiative_key, reason=log.keep_words(reason))
    log.record(event, streams.initiative(row.initiative_key))
    _end_reuse(log, evidence_id, ReuseEnd.WITHDRAWN)


def reuse(log: Log, key: str, source_id: str, said: Statement) -> str:
    """Use a piece that another initiative shares as one of this initiative, inside its scope. Returns the id it has here."""
    doer = people.doer(log.session, log.by, log.now)
    rights.check_may_work_on(doer, people.ties(log.session, key), "use evidence of another initiative")
    source = _seen(log, source_id)
    offer = log.session.get(SharedEvidence, source_id)
    scope = sharing.scope_of(offer) if offer else None
    version = log.session.get_one(Initiative, key).model_version
    if scope is not None:
        rules.check_read(source_id, scope, said.seen)
    rules.check_may_reuse(sharing.as_piece(log.session, source), scope, said.same, key, version, log.now.date())
    if problems := list(rules.bad_words(said.reason, "it shows what is asked here")):
        raise RuleBroken("A reason is needed.", *problems)
    assert scope is not None, "nothing is used that is not shared"
    made = next_piece(log.session, key)
    log.record(_reused(log, key, made, source, scope, said.reason), streams.initiative(key))
    return made


def _reused(log: Log, key: str, made: str, source: Evidence, scope: Scope, reason: str) -> EvidenceReused:
    return EvidenceReused(
        evidence=made,
        initiative=key,
        source=source.id,
        author=source.by,
        evidence_kind=source.kind,
        title=source.title,
        digest=source.digest,
        effective=source.effective.isoformat(),
        expires=source.expires.isoformat() if source.expires else None,
        file_name=source.file_name,
        media_type=source.media_type,
        size=source.size,
        address=source.address,
        dataset=scope.dataset,
        model_version=scope.model_version,
        purpose=scope.purpose,
        reason=log.keep_words(reason),
    )


def tell_of_expiry(log: Log, evidence_id: str) -> None:
    """Record that time has come to tell that a piece of another initiative expires: once for the latest day that is due.

    The policy in force says the days, so another one counts for what is used already too.
    """
    row, piece = log.session.get_one(ReusedEvidence, evidence_id), log.session.get_one(Evidence, evidence_id)
    if row.ended is not None or piece.superseded_by is not None or piece.expires is None or row.told_before is None:
        return
    days = policies.current(log.session).evidence_told_before
    on = rules.to_tell(piece.expires, days, row.told_before, log.now.date())
    if on is None:
        return
    event = EvidenceExpiryTold(
        evidence=evidence_id,
        initiative=row.initiative_key,
        expires=piece.expires.isoformat(),
        on=on.isoformat(),
    )
    log.record(event, streams.initiative(row.initiative_key), by=SYSTEM)


def _end_reuse(log: Log, source: str, how: ReuseEnd, successor: str | None = None) -> None:
    """In the record of every initiative that uses it, so that each can be followed by its own entries alone."""
    for row in sharing.users(log.session, source):
        event = EvidenceReuseEnded(evidence=row.evidence_id, initiative=row.initiative_key, source=source, how=how, successor=successor)
        log.record(event, streams.initiative(row.initiative_key), by=SYSTEM)


def _seen(log: Log, evidence_id: str) -> Evidence:
    """A piece that whoever acts may see. Raises `NotThere`, in the same words where it does not exist."""
    row = log.session.get(Evidence, evidence_id)
    if row is None:
        raise NotThere(rights.NOTHING_HERE)
    rights.check_may_see(people.doer(log.session, log.by, log.now), people.ties(log.session, row.initiative_key))
    return row


def _worked_on(log: Log, evidence_id: str) -> Evidence:
    row = _seen(log, evidence_id)
    doer, ties = people.doer(log.session, log.by, log.now), people.ties(log.session, row.initiative_key)
    rights.check_may_work_on(doer, ties, "change what becomes of its evidence")
    return row


def _offered_by(log: Log, evidence_id: str) -> Evidence:
    """A piece that whoever acts may offer: the lead, or who on the team added it."""
    row = _worked_on(log, evidence_id)
    if log.by not in (people.ties(log.session, row.initiative_key).lead, row.by):
        raise NotAllowed(f"Only the lead of {row.initiative_key}, or who on its team added this piece, can share it.")
    return row
