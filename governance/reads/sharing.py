"""Evidence that is shared between initiatives: what is offered to whom, and who uses it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from governance.domain import dossier
from governance.domain.errors import RuleBroken
from governance.domain.evidence_scope import ONCE_OVER, Ended, Piece, Reuse, Scope, Successor
from governance.domain.rights import Doer
from governance.domain.text import fold
from governance.domain.vocabulary import EvidenceKind
from governance.models.answers import Evidence
from governance.models.initiatives import Initiative
from governance.models.sharing import ReusedEvidence, SharedEvidence
from governance.reads import policies
from governance.reads.visibility import visible

PAGE = 20


@dataclass(frozen=True, slots=True)
class Offer:
    """A piece that an initiative offers to others."""

    piece: Evidence
    initiative: str  # its name
    scope: Scope


@dataclass(frozen=True, slots=True)
class Offers:
    rows: tuple[Offer, ...]
    total: int
    number: int  # from 1

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class Users:
    """Where a piece is used: what the reader may see, and how many places more there are."""

    shown: tuple[tuple[ReusedEvidence, str], ...]  # with the name of the initiative
    more: int


def successor(row: Evidence) -> Successor | None:
    return Successor(row.superseded_by, row.superseded_at.date()) if row.superseded_by and row.superseded_at else None


def scope_of(row: SharedEvidence | ReusedEvidence) -> Scope:
    return Scope(row.dataset, row.model_version, row.purpose)


def as_reuse(row: ReusedEvidence) -> Reuse:
    ended = Ended(row.ended, row.ended_at.date(), row.successor) if row.ended and row.ended_at else None
    return Reuse(row.source_id, row.author_id, scope_of(row), row.reason, ended)


def as_piece(session: Session, row: Evidence) -> Piece:
    reused, shared = session.get(ReusedEvidence, row.id), session.get(SharedEvidence, row.id)
    source = reused.source_id if reused else None
    return Piece(row.id, row.initiative_key, row.kind, row.effective, successor(row), row.expires, source, shared is not None)


def added(session: Session, piece: dossier.Evidence) -> datetime:
    """When its content came into the record; of a piece of another initiative, when it was added there."""
    return session.get_one(Evidence, piece.reuse.source).at if piece.reuse else piece.added_at


def users(session: Session, evidence_id: str) -> Sequence[ReusedEvidence]:
    """Those that still rest on a piece of another initiative: nothing ended that, and no newer piece took their place."""
    query = select(ReusedEvidence).join(Evidence, Evidence.id == ReusedEvidence.evidence_id)
    counting = query.where(ReusedEvidence.source_id == evidence_id, ReusedEvidence.ended.is_(None), Evidence.superseded_by.is_(None))
    return session.scalars(counting.order_by(ReusedEvidence.evidence_id)).all()


def due(session: Session, now: datetime, most: int) -> Sequence[str]:
    """The pieces of which somebody is to be told by now that they expire, by the policy in force; those that expire first come first."""
    try:
        told = policies.current(session).evidence_told_before
    except RuleBroken:
        return ()  # nobody said when
    is_due = (and_(Evidence.expires <= now.date() + timedelta(days=days), ReusedEvidence.told_before > days) for days in (*told, ONCE_OVER))
    query = select(ReusedEvidence.evidence_id).join(Evidence, Evidence.id == ReusedEvidence.evidence_id)
    query = query.where(ReusedEvidence.ended.is_(None), Evidence.superseded_by.is_(None), or_(*is_due))
    return session.scalars(query.order_by(Evidence.expires, Evidence.id).limit(most)).all()


def users_seen(session: Session, doer: Doer, evidence_id: str) -> Users:
    found = users(session, evidence_id)
    keys = {row.initiative_key for row in found}
    query = select(Initiative.key, Initiative.name).where(Initiative.key.in_(keys), visible(doer))
    names: Mapping[str, str] = {row.key: row.name for row in session.execute(query)} if keys else {}
    shown = tuple((row, names[row.initiative_key]) for row in found if row.initiative_key in names)
    return Users(shown, len(found) - len(shown))


def offers(session: Session, doer: Doer, key: str, kind: EvidenceKind, text: str, today: date, number: int = 1) -> Offers:
    """One page of what other initiatives offer that the reader may see, is of this kind and has not expired; the newest first."""
    conditions: list[ColumnElement[bool]] = [
        visible(doer),
        SharedEvidence.initiative_key != key,
        Evidence.kind == kind,
        Evidence.expires.is_(None) | (Evidence.expires >= today),
        *(SharedEvidence.folded.contains(word, autoescape=True) for word in fold(text).split()[:8]),
    ]
    query = (
        select(Evidence, Initiative.name, SharedEvidence)
        .join(SharedEvidence, SharedEvidence.evidence_id == Evidence.id)
        .join(Initiative, Initiative.key == SharedEvidence.initiative_key)
        .where(*conditions)
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    ordered = query.order_by(SharedEvidence.at.desc(), Evidence.id).limit(PAGE).offset((number - 1) * PAGE)
    rows = tuple(Offer(piece, name, scope_of(shared)) for piece, name, shared in session.execute(ordered))
    return Offers(rows, total, number)
