"""Framework catalogues as people ask about them: whether they apply yet, what is open about them, and which rules serve which clause."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from governance.domain.policy import Framework, Item, Policy
from governance.domain.questionnaire import Statement
from governance.domain.vocabulary import Function

WHEN = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
TIERING = "tiering"
"""Stands where a gate does for what the tiering questionnaire asks."""


class CatalogueState(StrEnum):
    """Whether a catalogue is to be followed on a day."""

    CURRENT = "current"
    AHEAD = "ahead"
    SUPERSEDED = "superseded"


class ClauseState(StrEnum):
    """What there is for a clause, the strongest first."""

    EVIDENCED = "evidenced"
    SERVED = "served"
    ATTESTED = "attested"
    OPEN = "open"


def begins(said: str | None) -> date | None:
    """The first day of a year, a month or a day as a catalogue writes it; None for anything else."""
    found = WHEN.fullmatch(said or "")
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None


def is_ahead(said: str | None, today: date) -> bool:
    first = begins(said)
    return first is not None and first > today


def is_superseded(status: str, superseded_by: str | None) -> bool:
    """A catalogue is old when it says so, and when it names what took its place."""
    return superseded_by is not None or status.partition(",")[0].strip() == CatalogueState.SUPERSEDED.value


def state_of(framework: Framework, today: date) -> CatalogueState:
    """One whose successor applies only later is followed until then: its own `effective_to` says how long."""
    if is_superseded(framework.status, framework.superseded_by) and not is_ahead(framework.effective_to, today):
        return CatalogueState.SUPERSEDED
    return CatalogueState.AHEAD if is_ahead(framework.effective_from, today) else CatalogueState.CURRENT


def still_open(framework: Framework) -> str | None:
    """What its status leaves open, such as “dates to verify”; None where nothing."""
    first, _, more = framework.status.partition(",")
    return more.strip() or ("to verify" if first == "verify" else None)


@dataclass(frozen=True, slots=True)
class Serving:
    """A rule that serves a clause: a check of a gate, or what the tiering questionnaire asks."""

    id: str
    title: str
    gate: str  # or `TIERING`
    owner: Function

    @property
    def is_check(self) -> bool:
        """Whether an initiative can meet it, and so evidence the clause. A question only decides what has to be met."""
        return self.gate != TIERING


def reference(framework_id: str, clause_id: str) -> str:
    """How a rule names a clause."""
    return f"{framework_id}:{clause_id}"


def serving(policy: Policy) -> Mapping[str, tuple[Serving, ...]]:
    """By reference, the rules that serve a clause, in policy order; a clause that nobody serves is not there."""
    found: dict[str, list[Serving]] = {}
    for one, maps in _rules(policy):
        for named in dict.fromkeys(maps):
            found.setdefault(named, []).append(one)
    return {named: tuple(rules) for named, rules in found.items()}


def is_served(policy: Policy, framework_id: str, clause_id: str) -> bool:
    """Whether a check of a gate serves a clause, so that initiatives can evidence it."""
    return any(one.is_check for one in serving(policy).get(reference(framework_id, clause_id), ()))


def _rules(policy: Policy) -> Iterator[tuple[Serving, tuple[str, ...]]]:
    for gate in policy.gates.values():
        for item in gate.items:
            yield _of_item(gate.id, item), item.maps
    for statement in policy.tiering.statements:
        yield _of_statement(statement), statement.maps


def _of_item(gate: str, item: Item) -> Serving:
    return Serving(item.id, item.title, gate, item.owner)


def _of_statement(statement: Statement) -> Serving:
    """Compliance answers for the questionnaire: what it finds decides who has to look."""
    return Serving(statement.id, statement.question, TIERING, Function.COMPLIANCE)


def kept(checks: Collection[str]) -> str:
    """Ids of checks as one text that can be searched: each between two spaces. No id has one in it."""
    return f" {' '.join(sorted(checks))} " if checks else ""


def between_spaces(check: str) -> str:
    """What finds a check in such a text."""
    return f" {check} "
