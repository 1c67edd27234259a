"""What a proposal changes against what it rests on, and whom it would keep from signing."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from governance.domain import loosening
from governance.models.policies import PolicyProposal
from governance.policy.checking import warnings_of
from governance.policy.differences.whole import Rules, rules_of
from governance.policy.problems import PolicyProblem
from governance.reads import policy_changes, policy_history, proposals
from governance.reads.policy_changes import Difference

_rules: dict[str, Rules] = {}


def rules(session: Session, row: PolicyProposal) -> Rules:
    """What a proposal says, read once per digest. Raises `RuleBroken` where its texts are gone."""
    if row.digest not in _rules:
        _rules[row.digest] = rules_of(proposals.texts(session, row))
    return _rules[row.digest]


def difference(session: Session, row: PolicyProposal) -> Difference | None:
    """Against what was in force when it was made; None where nothing was."""
    if row.rests_on is None:
        return None
    before = policy_history.rules(session, policy_history.of_digest(session, row.rests_on))
    return policy_changes.compare(before, rules(session, row))


_warnings: dict[str, tuple[PolicyProblem, ...]] = {}


def warnings(session: Session, row: PolicyProposal) -> tuple[PolicyProblem, ...]:
    """What `policy check` warns of in a proposal, each at its place; read once per digest."""
    if row.digest not in _warnings:
        _warnings[row.digest] = warnings_of(proposals.texts(session, row))
    return _warnings[row.digest]


@dataclass(frozen=True, slots=True)
class Bar:
    """A gate at which whoever proposed or published it would sign nothing for a while, and how many changes ask for less there."""

    gate: str
    name: str
    changes: int


def bars(found: Difference | None) -> list[Bar]:
    """The gates that it would loosen: what is recorded when it is published."""
    if found is None:
        return []
    counted: Mapping[str, int] = loosening.loosened((line.change for line in found.lines), found.after.gates)
    return [Bar(gate, found.after.gates[gate].name, number) for gate, number in counted.items()]
