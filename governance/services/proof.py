"""That whoever acts proved again who they are: what is signed, decided or confirmed is nobody's without it."""

from governance.domain.errors import NotAllowed
from governance.domain.vocabulary import ProofMethod
from governance.ledger.log import Log


def needed(log: Log, deed: str) -> ProofMethod:
    """How they proved it, before this transaction (`log.auth`). Raises `NotAllowed`: naming somebody on the command line is no proof."""
    if log.auth is None or log.auth.method not in set(ProofMethod):
        raise NotAllowed(f"Prove who you are first: {deed} needs your password.")
    return ProofMethod(log.auth.method)
