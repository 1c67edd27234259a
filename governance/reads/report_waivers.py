"""The part of a report's record that is about waivers."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import waivers as rules
from governance.domain.plain import instant
from governance.domain.vocabulary import AnswerState
from governance.models.waivers import Waiver
from governance.packs import record
from governance.reads import words
from governance.reads.waiver_pages import given

Name = Callable[[str], str]


def waivers(session: Session, key: str, name: Name, at: datetime) -> Iterable[record.Waiver]:
    """In the order they were asked for, each as it stood at a moment."""
    rows = session.scalars(select(Waiver).where(Waiver.initiative_key == key).order_by(Waiver.asked_at, Waiver.id)).all()
    digests = [digest for row in rows for digest in (row.scope, row.reason, row.control, row.withdrawn_why)]
    texts = words.texts(session, [*digests, *(one["reason"] for row in rows for one in row.signatures)])
    for row in rows:
        yield record.Waiver(
            id=row.id,
            item=row.item,
            gate=row.gate,
            function=row.function,
            state=rules.shown(row.state, row.expires, at),
            scope=words.said(texts, row.scope),
            reason=words.said(texts, row.reason),
            control=words.said(texts, row.control),
            owner=name(row.owner_id),
            expires=row.expires.isoformat(),
            asked_by=name(row.asked_by),
            asked_at=instant(row.asked_at),
            terms=row.terms,
            signatures=tuple(_signatures(row, texts)),
            renews=row.renews,
            evidence=tuple(row.evidence),
            granted_at=instant(row.granted_at) if row.granted_at else None,
            withdrawn_why=words.said(texts, row.withdrawn_why),
            finding=row.finding_id,
            ended_at=instant(row.ended_at) if row.ended_at else None,
            ended_how=AnswerState(row.ended_how) if row.ended_how else None,
        )


def _signatures(row: Waiver, texts: Mapping[str, str]) -> Iterable[record.WaiverSignature]:
    for one in map(given, row.signatures):
        yield record.WaiverSignature(
            function=one.function,
            decision=one.decision,
            name=one.name,
            meaning=one.meaning,
            reason=words.said(texts, one.reason),
            at=instant(one.at),
            method=one.method,
            leaf=one.leaf,
        )
