"""Confirming that a record restored from a backup may go on.

What came after the backup is lost, so two administrators say that they know.
"""

from sqlalchemy import update

from governance.domain import rights
from governance.domain.errors import Conflict, Problem, RuleBroken
from governance.domain.vocabulary import Role
from governance.events import streams
from governance.events.recovery import RecoveryConfirmed
from governance.ledger.log import Log
from governance.models.ledger import Stamp
from governance.reads import people, recovery
from governance.reads.recovery import Recovery
from governance.services import proof


def confirm(log: Log, reason: str) -> bool:
    """Confirm as one of the administrators. Whether the record is open now.

    Who they are was proved before this transaction.
    """
    awaited = recovery.awaited(log.session, log.now)
    if awaited is None:
        raise Conflict("Nothing was restored that waits to be confirmed.")
    _check(log, awaited, reason)
    number = len(awaited.confirmed) + 1
    event = RecoveryConfirmed(
        made_at=awaited.restored["made_at"],
        restored_at=awaited.restored["at"],
        size=awaited.restored["size"],
        root=awaited.restored["root"],
        reason=log.keep_words(reason.strip()),
        confirmation=number,
        needed=awaited.needed,
    )
    log.record(event, streams.SETTINGS)
    if number < awaited.needed:
        return False
    log.session.execute(update(Stamp).values(restored=None))
    log.restored = None
    return True


def _check(log: Log, awaited: Recovery, reason: str) -> None:
    rights.check_role(people.doer(log.session, log.by, log.now), [Role.ADMIN], "confirm a recovery")
    proof.needed(log, "confirming a recovery")
    if awaited.is_confirmed_by(log.by):
        raise Conflict("You have confirmed this recovery. It takes another administrator too.")
    if not reason.strip():
        raise RuleBroken("Say why.", Problem("required", "Say what happened and what you know of what is lost.", "reason"))
