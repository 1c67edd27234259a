"""Long words by their digest."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.errors import RuleBroken
from governance.models.ledger import Words

GONE = "(these words are no longer in the record)"


def texts(session: Session, digests: Iterable[str | None]) -> Mapping[str, str]:
    """The texts that are kept under these digests; one that the record no longer has is missing."""
    wanted = {digest for digest in digests if digest}
    if not wanted:
        return {}
    rows = session.execute(select(Words.digest, Words.text).where(Words.digest.in_(wanted)))
    return {row.digest: row.text for row in rows if row.text is not None}


def said(found: Mapping[str, str], digest: str | None) -> str:
    """The text of a digest among those that were looked up; empty where nothing was said.

    Raises `RuleBroken` for a text that the record names and does not have: what is printed without it would not be the record.
    """
    if digest is None:
        return ""
    if digest not in found:
        raise RuleBroken(f"The record names a text that it no longer has ({digest[:12]}…). An administrator can restore a backup.")
    return found[digest]


def text(session: Session, digest: str | None) -> str | None:
    return texts(session, [digest]).get(digest) if digest else None
