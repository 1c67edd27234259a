"""Notices: which there are, and who may be told anything at all."""

from enum import StrEnum

from governance.domain import rights
from governance.domain.rights import Doer, Ties


class NoticeKind(StrEnum):
    """Each is a text of `templates/mail/`."""

    YOUR_TURN = "your_turn"
    WITHDRAWN = "withdrawn"
    CHANGES_REQUESTED = "changes_requested"
    SETTLED = "settled"
    FINDING = "finding"
    WAIVER_TO_SIGN = "waiver_to_sign"
    WAIVER_DECIDED = "waiver_decided"
    WAIVER_ENDS = "waiver_ends"
    WAIVER_EXPIRED = "waiver_expired"


def may_be_told(doer: Doer, ties: Ties, by: str) -> bool:
    """Only who may see the initiative now; nobody is told what they did themselves."""
    return doer.id != by and rights.may_see(doer, ties)
