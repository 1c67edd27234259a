"""The evidence of an initiative, as its report prints it."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from governance.domain.plain import instant
from governance.models.answers import Evidence
from governance.models.sharing import ReusedEvidence
from governance.packs import record
from governance.reads import material, words

Name = Callable[[str], str]


def evidence(session: Session, key: str, name: Name) -> tuple[record.Evidence, ...]:
    """Every piece, the first added first. Raises `RuleBroken` where a reason is no longer in the record."""
    rows = [(row, reused) for row, reused in session.execute(material.pieces_of([key]))]
    texts = words.texts(session, [digest for row, reused in rows for digest in (row.superseded_why, reused.reason if reused else None)])
    return tuple(_piece(row, reused, name, texts) for row, reused in rows)


def _piece(row: Evidence, reused: ReusedEvidence | None, name: Name, texts: Mapping[str, str]) -> record.Evidence:
    return record.Evidence(
        id=row.id,
        title=row.title,
        kind=row.kind,
        digest=row.digest,
        effective=row.effective.isoformat(),
        added_by=name(row.by),
        added_at=instant(row.at),
        file_name=row.file_name,
        size=row.size,
        address=row.address,
        expires=row.expires.isoformat() if row.expires else None,
        superseded=_superseded(row, texts),
        reused=_reused(reused, name, texts) if reused else None,
    )


def _superseded(row: Evidence, texts: Mapping[str, str]) -> record.Superseded | None:
    if row.superseded_by is None or row.superseded_at is None:
        return None
    return record.Superseded(by=row.superseded_by, at=instant(row.superseded_at), why=words.said(texts, row.superseded_why))


def _reused(row: ReusedEvidence, name: Name, texts: Mapping[str, str]) -> record.Reused:
    return record.Reused(
        source=row.source_id,
        author=name(row.author_id),
        why=words.said(texts, row.reason),
        dataset=row.dataset,
        model_version=row.model_version,
        purpose=row.purpose,
        ended=row.ended,
        ended_at=instant(row.ended_at) if row.ended_at else None,
        successor=row.successor,
    )
