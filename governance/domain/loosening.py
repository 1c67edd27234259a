"""Who loosened a rule does not sign what benefits from it: which changes count, on which gates they bear, whom they bar and until when.

A request takes its rules when it is first submitted, and again when it is moved to others. It benefits from every change of its gate that
was in force by then and asks for less than what was in force before. Whether a later policy took that back is not worked out: the bar
ends after 30 days by itself. What was submitted under older rules benefits from nothing, and bars nobody.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from governance.domain.policy_changes import Change, Effect, Kind

BARRED_FOR = timedelta(days=30)

COUNTED = frozenset({Effect.LOOSER, Effect.UNCLEAR})
"""What cannot be told for sure counts as asking for less: undecided is *no*."""

OF_THE_PATH = frozenset({Kind.GATE_ADDED, Kind.GATE_REMOVED, Kind.GATE_KIND, Kind.GATE_LEAVES, Kind.GATE_ENTERS})
"""A gate that comes, goes or leads elsewhere may be a way round any other."""


@dataclass(frozen=True, slots=True)
class Loosening:
    """A publication as it bears on one gate: how many changes ask for less there, and whose they were."""

    version: str
    gate: str
    changes: int
    proposed_by: str
    published_by: str
    at: datetime

    @property
    def until(self) -> datetime:
        return self.at + BARRED_FOR


def loosened(changes: Iterable[Change], gates: Iterable[str]) -> dict[str, int]:
    """How many changes ask for less at each of these gates. What concerns the whole policy (tiers, days, waivers) bears on all of them."""
    counted = Counter(None if change.kind in OF_THE_PATH else change.gate for change in changes if change.effect in COUNTED)
    found = {gate: counted[gate] + counted[None] for gate in sorted(gates)}
    return {gate: number for gate, number in found.items() if number}


def barred(loosenings: Iterable[Loosening], gate: str, taken: datetime, now: datetime) -> Mapping[str, Loosening]:
    """Who may take no seat of a request at this gate, whose rules it took at that moment, and because of what: the longest bar of each."""
    found: dict[str, Loosening] = {}
    for one in sorted(loosenings, key=lambda loosening: loosening.at):
        if one.gate == gate and one.at <= taken and now < one.until:
            found |= {one.proposed_by: one, one.published_by: one}
    return found
