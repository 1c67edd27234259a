"""Who acts proves it, as on the page: with their own password, compared and counted in the same way."""

import getpass
import sys
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from governance.cli.main import Context
from governance.domain.errors import NotAllowed
from governance.domain.vocabulary import ProofMethod
from governance.ledger.log import SYSTEM, Auth
from governance.services import accounts

NOT_PROVED = (
    "That is not their password, or the account is locked or disabled: after {most} wrong tries it rests for {minutes} minutes. "
    "Nothing was changed."
)


def proved(context: Context, by: str) -> Auth:
    """Ask for the password of `by`: at the terminal, or as the first line of what is piped in. Raises `NotAllowed`."""
    given = _asked(by)
    with Session(context.engines.reader) as session:
        proof = accounts.prove_person(session, by, given)
    now = datetime.now(UTC)
    with context.ledger.writing(SYSTEM, now) as log:
        person = accounts.settle_attempt(log, proof)
    if person != by:
        minutes = int(accounts.LOCKED_FOR.total_seconds() // 60)
        raise NotAllowed(NOT_PROVED.format(most=accounts.MOST_FAILURES, minutes=minutes))
    return Auth(ProofMethod.PASSWORD, now, "cli")


def _asked(by: str) -> str:
    """Never an option of the command: those stand in the list of processes and in the history of the shell."""
    if sys.stdin.isatty():
        return getpass.getpass(f"Password of {by}: ")
    return sys.stdin.readline().rstrip("\r\n")
