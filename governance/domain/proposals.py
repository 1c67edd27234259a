"""Proposing a policy and deciding on it: two compliance officers, one text, and what it was compared with."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from governance.domain import rights
from governance.domain.errors import Conflict, NotAllowed, Problem, RuleBroken
from governance.domain.rights import Doer
from governance.domain.vocabulary import ProposalState, Role

MOST_OPEN = 5
"""Of one policy at a time: more of them nobody compares."""

SHORTEST_REASON, LONGEST_REASON = 10, 10_000

ENDED = {
    ProposalState.PUBLISHED: "It is published.",
    ProposalState.DECLINED: "It was declined.",
    ProposalState.WITHDRAWN: "It was withdrawn.",
    ProposalState.OVERTAKEN: "Another policy was published since it was made. Propose the text again: then it is compared with that one.",
}


MOST_FILES, LONGEST_NAME, LONGEST_PART = 100, 200, 100
ENDING = ".yaml"
FITS_EVERYWHERE = re.compile(r"\w[\w.-]*", re.ASCII)
NOT_RULES = "tests"
"""The folder beside a policy whose files are no part of it."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal as the rules see it."""

    id: str
    by: str
    at: datetime
    state: ProposalState
    rests_on: str | None  # digest of what was in force then


def check_reason(reason: str) -> None:
    """Raise unless somebody says why, in words that others can read."""
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        sentence = f"Say why in {SHORTEST_REASON} to {LONGEST_REASON:,} signs: the reason goes into the record."
        raise RuleBroken(sentence, Problem("reason", sentence, "reason"))


def check_names(names: Iterable[str]) -> None:
    """Raise unless each is the name of a file of a policy below its folder, which every system can write again, and none differs from
    another in capitals alone."""
    given = sorted(names)
    problems = [Problem("file", f"{_shown(name)} {fault}.", "files") for name in given if (fault := misnamed(name))]
    for name, after in pairwise(sorted(given, key=str.casefold)):
        if name.casefold() == after.casefold():
            problems.append(Problem("file", f"{_shown(name)} and {_shown(after)} are one file on some systems.", "files"))
    if len(given) > MOST_FILES:
        problems = [Problem("file", f"A policy has at most {MOST_FILES} files; these are {len(given):,}.", "files")]
    if problems:
        raise RuleBroken("The files are not those of a policy.", *problems)


def misnamed(name: str) -> str | None:
    """What is wrong with the name of a file of a policy; it goes on after the name."""
    parts = name.split("/")
    if not name.endswith(ENDING) or len(name) > LONGEST_NAME or any(len(part) > LONGEST_PART for part in parts):
        return f"is not called as a file of a policy: its name ends in {ENDING} and has at most {LONGEST_NAME} signs, {LONGEST_PART} a part"
    if any(not FITS_EVERYWHERE.fullmatch(part) for part in parts):
        return "is not called as a file of a policy: use letters, digits, points, hyphens and underscores, and begin no part with a point"
    if NOT_RULES in parts[:-1]:
        return f"is no part of a policy, because it lies in a folder “{NOT_RULES}”"
    return None


def _shown(name: str) -> str:
    if not name:
        return "A text without a name"
    short = name if len(name) <= LONGEST_PART else f"{name[:LONGEST_PART]}…"
    return short if short.isprintable() else ascii(short)


def check_may_propose(doer: Doer) -> None:
    rights.check_role(doer, [Role.COMPLIANCE_OFFICER], "propose a policy")


def why_not_decide(doer: Doer, proposal: Proposed, others: int) -> str | None:
    """Why this compliance officer may not decide on a proposal; None where nothing speaks against it.

    `others`: how many compliance officers can, besides whoever proposed it. There is no way round the second person.
    """
    if doer.id != proposal.by:
        return next(rights.not_officer_then(doer, proposal.at, "it was proposed"), None)
    if not others:
        return (
            "You proposed this, and no other compliance officer can decide on it. A policy needs two people: an administrator gives a "
            "second person the role of compliance officer. Then withdraw this and propose it again, so that they can decide."
        )
    return "You proposed this. Another compliance officer decides on it."


def why_not_published(proposer: Doer, proposal: Proposed) -> str | None:
    """Why what they proposed is no longer theirs to propose; None where it is. It can still be declined."""
    is_officer = proposer.active and proposer.officer_since is not None and Role.COMPLIANCE_OFFICER in proposer.roles
    if is_officer and proposer.officer_since is not None and proposer.officer_since <= proposal.at:
        return None
    return (
        f"{proposer.name} proposed this and has not been a compliance officer ever since, so it is not published. "
        "Decline it; you can propose the same text yourself, and another officer decides."
    )


def check_may_decide(doer: Doer, proposal: Proposed, others: int) -> None:
    """Raise unless this person may publish or decline a proposal."""
    rights.check_role(doer, [Role.COMPLIANCE_OFFICER], "decide on a proposed policy")
    if (sentence := why_not_decide(doer, proposal, others)) is not None:
        raise NotAllowed(sentence)


def check_may_withdraw(doer: Doer, proposal: Proposed) -> None:
    rights.check_active(doer)
    if doer.id != proposal.by:
        raise NotAllowed("Only whoever made a proposal withdraws it. Another compliance officer can decline it.")


def check_open(proposal: Proposed, in_force: str | None) -> None:
    """Raise unless there is still something to decide: it rests on what is in force now."""
    if proposal.state is not ProposalState.OPEN:
        raise Conflict(f"Proposal {proposal.id} is no longer open. {ENDED[proposal.state]}")
    if proposal.rests_on != in_force:
        raise Conflict(f"Proposal {proposal.id} cannot be published. {ENDED[ProposalState.OVERTAKEN]}")
