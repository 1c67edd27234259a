"""An import on its way: handed over, looked at again, confirmed. Carrying it out is `services/importing.py`, called by the worker."""

import secrets
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, and_, delete, func, select
from sqlalchemy.orm import Session

from governance.domain import rights
from governance.domain.confirming import check_kept
from governance.domain.errors import Conflict, RuleBroken
from governance.domain.importing import Account, ImportState, Outcome
from governance.domain.vocabulary import Role
from governance.ledger.log import Log
from governance.models.jobs import ImportJob
from governance.reads import imports, people
from governance.reads.imports import KEPT_FOR, Told
from governance.reads.previews import Source

NOTHING = Account((), {}, 0, 0, "")
"""Of a file that was not read yet."""


def hand_over(log: Log, title: str, source: Source) -> str:
    """Keep a file and its mapping until the worker has read them. Returns the import. Nothing of it is in the ledger or among the files."""
    _check_may_import(log)
    row = ImportJob(
        id=secrets.token_hex(8),
        asked_by=log.by,
        asked_at=log.now,
        title=title,
        sheet=imports.press(source.content),
        sheet_digest=source.digest,
        mapped=imports.press(source.mapping),
        mapped_digest=source.mapping_digest,
        fallback_lead=source.lead,
        leased_until=None,
        tries=0,
        done_at=None,
        failed=None,
        confirmed_at=None,
        leaves_out=False,
    )
    _forget(row, log.now)
    log.session.add(row)
    return row.id


def look_again(log: Log, import_id: str) -> None:
    """Let the worker read it anew; whoever confirmed the account before has to look at the new one. Raises `Conflict`."""
    row = _own(log, import_id)
    if imports.state(row) in (ImportState.UNDER_WAY, ImportState.DONE):
        raise Conflict("This import was confirmed in the meantime, so its preview stays as it is.")
    _forget(row, log.now)
    row.confirmed_at, row.leaves_out, row.failed, row.leased_until, row.tries = None, False, None, None, 0


def keep(row: ImportJob, told: Told) -> None:
    """It was read: its account waits to be confirmed. Carrying it out begins to count its tries anew."""
    row.told, row.told_digest, row.told_at, row.told_size = told.packed, told.digest, told.at, told.size
    row.imported, row.updated = told.counts[Outcome.IMPORTED], told.counts[Outcome.UPDATED]
    row.unchanged, row.refused = told.counts[Outcome.UNCHANGED], told.counts[Outcome.REFUSED]
    row.leased_until, row.tries = None, 0


def _forget(row: ImportJob, now: datetime) -> None:
    """Nothing is said of its rows yet."""
    row.told, row.told_digest, row.told_at, row.told_size = imports.pack(NOTHING), "", now, 0
    row.imported = row.updated = row.unchanged = row.refused = 0


def confirm(log: Log, import_id: str, expected: str, *, partial: bool) -> None:
    """Let the worker import exactly what was previewed: `expected` is the digest of the account that was looked at.

    Raises `Conflict` where another account is kept by now, or it was confirmed before, `RuleBroken` for refused rows that are not left out.
    """
    row = _own(log, import_id)
    if imports.state(row) is ImportState.BEING_READ:
        raise Conflict("This file is being read again. Look at the new preview, and confirm that.")
    if imports.state(row) is not ImportState.PREVIEWED:
        raise Conflict("This import was confirmed before. It is carried out once.")
    check_kept(row.told_digest, expected, row.refused, partial=partial)
    if not row.imported + row.updated:
        raise RuleBroken("No row of this file changes anything, so there is nothing to import.")
    row.confirmed_at, row.leaves_out = log.now, partial


def finish(log: Log, row: ImportJob, account: Account) -> None:
    """It was carried out in this transaction: what became of every row is kept in short, and the bytes, now among the files, are not.

    The digest stays that of the account that was confirmed.
    """
    row.told = imports.pack(account.in_short)
    row.done_at, row.sheet, row.mapped = log.now, None, None


def are_old(session: Session, now: datetime) -> bool:
    return bool(session.scalar(select(func.count()).select_from(ImportJob).where(_is_old(now))))


def throw_away(session: Session, now: datetime) -> int:
    """Let go of what nobody confirmed in time, and of what was refused, with its bytes. Returns how many there were."""
    return cast("CursorResult[object]", session.execute(delete(ImportJob).where(_is_old(now)))).rowcount


def _is_old(now: datetime) -> ColumnElement[bool]:
    """Neither carried out nor on its way, and the last that somebody did about it was long ago."""
    left = func.coalesce(ImportJob.confirmed_at, ImportJob.told_at) < now - KEPT_FOR
    return and_(ImportJob.done_at.is_(None), ImportJob.confirmed_at.is_(None) | ImportJob.failed.is_not(None), left)


def _own(log: Log, import_id: str) -> ImportJob:
    _check_may_import(log)
    return imports.job(log.session, log.by, import_id)


def _check_may_import(log: Log) -> None:
    rights.check_role(people.doer(log.session, log.by, log.now), [Role.COMPLIANCE_OFFICER], "import initiatives")
