"""How far the clauses of frameworks are covered: by which rules, evidenced by how many initiatives that the reader may see, or attested.

The counts come from what the summary rows keep, grouped by the database: the number of statements does not grow with the portfolio.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from governance.domain.attestations import AttestationState
from governance.domain.frameworks import CatalogueState, ClauseState, Serving, reference, serving, state_of, still_open
from governance.domain.policy import Clause, Framework, Policy
from governance.domain.rights import Doer
from governance.models.initiatives import Initiative
from governance.models.summary import Summary
from governance.reads import attestations
from governance.reads.attestations import Attested
from governance.reads.visibility import visible


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """A clause with what there is for it. `passed` and `now` count initiatives; who is in the first is not in the second."""

    clause: Clause
    serving: tuple[Serving, ...]
    passed: int
    now: int
    attestation: Attested | None

    @property
    def state(self) -> ClauseState:
        if self.passed or self.now:
            return ClauseState.EVIDENCED
        if self.can_be_evidenced:
            return ClauseState.SERVED
        if self.is_attested:
            return ClauseState.ATTESTED
        return ClauseState.SERVED if self.serving else ClauseState.OPEN

    @property
    def can_be_evidenced(self) -> bool:
        """Whether a check of a gate serves it."""
        return any(rule.is_check for rule in self.serving)

    @property
    def awaits_an_attestation(self) -> bool:
        """Whether an officer may attest it now: no check serves it, and none that was given waits for a second officer."""
        return not self.can_be_evidenced and (self.attestation is None or self.attestation.state is not AttestationState.AWAITED)

    @property
    def is_attested(self) -> bool:
        return self.attestation is not None and self.attestation.state is AttestationState.IN_FORCE


@dataclass(frozen=True, slots=True)
class Coverage:
    """A catalogue with all its clauses."""

    framework: Framework
    state: CatalogueState
    lines: tuple[ClauseLine, ...]

    @property
    def open_point(self) -> str | None:
        return still_open(self.framework)

    @property
    def counts(self) -> Mapping[ClauseState, int]:
        """How many clauses are in each state; every clause is in one."""
        found = Counter(line.state for line in self.lines)
        return {state: found.get(state, 0) for state in ClauseState}

    @property
    def served(self) -> int:
        """How many clauses a rule serves, evidenced or not."""
        return sum(1 for line in self.lines if line.serving)


Tally = Mapping[str, tuple[int, int]]
"""By reference: initiatives that met a rule when a gate passed, and others that meet one now."""


def of_policy(session: Session, doer: Doer | None, policy: Policy, today: date) -> list[Coverage]:
    """Every catalogue, in the order of the policy. Without a doer everything is counted, for whoever sits at the server."""
    rules = serving(policy)
    tally = _tally(session, doer, rules)
    attested = attestations.speaking(attestations.every(session, policy, today))
    return [_coverage(framework, rules, tally, attested, today) for framework in policy.frameworks.values()]


def _coverage(
    framework: Framework,
    rules: Mapping[str, tuple[Serving, ...]],
    tally: Tally,
    attested: Mapping[tuple[str, str], Attested],
    today: date,
) -> Coverage:
    lines = []
    for clause in framework.clauses:
        named = reference(framework.id, clause.id)
        passed, now = tally.get(named, (0, 0))
        lines.append(ClauseLine(clause, rules.get(named, ()), passed, now, attested.get((framework.id, clause.id))))
    return Coverage(framework, state_of(framework, today), tuple(lines))


def _tally(session: Session, doer: Doer | None, rules: Mapping[str, Sequence[Serving]]) -> Tally:
    """Initiatives with the same checks met are counted by the database, and looked at once."""
    served: dict[str, set[str]] = {}
    for named, by in rules.items():
        for rule in by:
            if rule.is_check:
                served.setdefault(rule.id, set()).add(named)
    found: dict[str, tuple[int, int]] = {}
    for met_passed, met_now, count in session.execute(_grouped(doer)):
        passed = _clauses(met_passed, served)
        for named in passed:
            found[named] = (found.get(named, (0, 0))[0] + count, found.get(named, (0, 0))[1])
        for named in _clauses(met_now, served) - passed:
            found[named] = (found.get(named, (0, 0))[0], found.get(named, (0, 0))[1] + count)
    return found


def _grouped(doer: Doer | None) -> Select[str, str, int]:
    query = (
        select(Summary.met_passed, Summary.met_now, func.count())
        .select_from(Initiative)
        .join(Summary, Summary.initiative_key == Initiative.key)
        .group_by(Summary.met_passed, Summary.met_now)
    )
    return query if doer is None else query.where(visible(doer))


def _clauses(met: str, served: Mapping[str, Iterable[str]]) -> set[str]:
    return {named for check in met.split() for named in served.get(check, ())}
