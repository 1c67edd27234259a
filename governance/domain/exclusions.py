"""Exclusions: somebody proposes that a check does not apply to an initiative, and compliance confirms it or does not.

Whether a check applies is worked out from facts. Where the facts do not tell, nobody may say so alone; and what was confirmed counts only
while the facts, the tier and what the check asks stay what they were.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from governance.domain import dossier, separation
from governance.domain.errors import Conflict, NotAllowed, Problem, RuleBroken
from governance.domain.exemptions import Exclusion, Rests
from governance.domain.policy import Applicability, PlannedItem
from governance.domain.questionnaire import FactValue
from governance.domain.separation import Signer
from governance.domain.vocabulary import Applies, ExclusionState, Function, Tier

LONGEST, SHORTEST = 4_000, 3


@dataclass(frozen=True, slots=True)
class Bound:
    """How a proposal is bound to people and to a moment."""

    unit: str
    lead: str
    proposed_by: str
    proposed_at: datetime
    team: frozenset[str]


def facts_digest(facts: Mapping[str, FactValue], tier: Tier) -> str:
    """What a proposal rests on: every fact, and the tier."""
    return dossier.digest(dossier.canonical({"v": 1, "facts": dict(sorted(facts.items())), "tier": tier.value}))


def applied(planned: PlannedItem, exclusion: Exclusion | None) -> PlannedItem:
    """The item under a confirmed exclusion. One that is not decided stays so: nobody can say of it that it would apply otherwise."""
    if exclusion is None or planned.applicability.applies is not Applies.YES:
        return planned
    return PlannedItem(planned.item, Applicability(Applies.NO, f"compliance confirmed that it does not apply ({exclusion.id})"), None)


def shown(state: ExclusionState, rests_on: Rests, now: Rests | None) -> ExclusionState:
    """The state as people are told it: what was confirmed, or is proposed, lapses with the facts and the rule it rests on."""
    rests = state in (ExclusionState.CONFIRMED, ExclusionState.PROPOSED)
    return ExclusionState.LAPSED if rests and rests_on != now else state


def obstacles(signer: Signer, bound: Bound) -> Iterator[str]:
    """Every reason why this person may not decide on a proposal, each a sentence."""
    yield from separation.not_entitled(signer, Function.COMPLIANCE, bound.unit, bound.proposed_at, "it was proposed")
    if signer.id == bound.proposed_by:
        yield "You proposed it. Somebody else who holds compliance has to decide."
    elif signer.id == bound.lead:
        yield "You lead this initiative. Somebody else who holds compliance has to decide."
    elif signer.id in bound.team:
        yield separation.ON_THE_TEAM


def check_may_decide(state: ExclusionState, signer: Signer, bound: Bound) -> None:
    """Raise unless this person may decide on a proposal in this state, as shown."""
    if state is ExclusionState.LAPSED:
        raise RuleBroken("The facts, or what the check asks, changed since it was proposed. Whoever proposed it can propose it anew.")
    if state is not ExclusionState.PROPOSED:
        raise Conflict("This proposal is decided already.")
    for sentence in obstacles(signer, bound):
        raise NotAllowed(sentence)


def check_words(words: str, what: str) -> None:
    if not SHORTEST <= len(words.strip()) <= LONGEST:
        sentence = f"Say why {what}, in {SHORTEST} to {LONGEST:,} signs."
        raise RuleBroken(sentence, Problem("required", sentence, "reason"))
