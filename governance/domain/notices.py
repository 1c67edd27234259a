"""Notices: which there are, and who may be told anything at all."""

from enum import StrEnum

from governance.domain import rights
from governance.domain.rights import Doer, Ties
from governance.domain.vocabulary import Role


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
    EVIDENCE_EXPIRES = "evidence_expires"
    EVIDENCE_ENDED = "evidence_ended"
    PROPOSAL = "proposal"
    PROPOSAL_ENDED = "proposal_ended"


def may_be_told(doer: Doer, ties: Ties, by: str) -> bool:
    """Only who may see the initiative now; nobody is told what they did themselves."""
    return doer.id != by and rights.may_see(doer, ties)


def may_be_told_of_rules(doer: Doer, by: str, *, to_decide: bool) -> bool:
    """The rules are open to everybody who may sign in; what there is to decide on is for compliance officers."""
    return doer.id != by and doer.active and (not to_decide or Role.COMPLIANCE_OFFICER in doer.roles)
