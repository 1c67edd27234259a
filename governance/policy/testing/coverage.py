"""What no case looks at. Only what a case *states* counts: a check that merely ran, with nobody saying what comes of it, is not covered."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from governance.domain.checklist import PASSING
from governance.domain.checks import Checked
from governance.domain.comparison import Outcome
from governance.domain.policy import Gate, Item, Policy, Threshold
from governance.domain.questionnaire import Statement
from governance.domain.tiering import ANSWERS
from governance.domain.vocabulary import Applies, Severity
from governance.policy.assess import decide
from governance.policy.conditions import Conditions
from governance.policy.phrases import ALWAYS
from governance.policy.testing.models import ExpectModel, chosen
from governance.policy.testing.running import Result

OUTCOMES = {Outcome.SUCCESSFUL: "never passed", Outcome.FAILED: "never failed"}
BRANCHES = {Applies.YES: "never true", Applies.NO: "never false"}


class Goal(NamedTuple):
    """Something that a case should show. `never` says in words what it means if none does."""

    kind: str  # check, condition, threshold, seat, band, statement, answer
    where: str
    never: str

    def __str__(self) -> str:
        return f"{self.kind} {self.where}: {self.never}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The goals that a policy sets, and those of them that some case reached."""

    goals: tuple[Goal, ...]
    reached: frozenset[Goal]

    @property
    def gaps(self) -> list[Goal]:
        return [goal for goal in self.goals if goal not in self.reached]

    def counted(self) -> Mapping[str, tuple[int, int]]:
        """By kind: how many goals are reached, of how many."""
        kinds = dict.fromkeys(goal.kind for goal in self.goals)
        of = {kind: [goal for goal in self.goals if goal.kind == kind] for kind in kinds}
        return {kind: (sum(goal in self.reached for goal in goals), len(goals)) for kind, goals in of.items()}


def coverage(policy: Policy, results: Iterable[Result]) -> Coverage:
    """What these cases show of a policy. A case that failed shows nothing."""
    goals = tuple(_goals(policy))
    reached = {goal for result in results if result.passed for goal in _reached(policy, result)}
    return Coverage(goals, frozenset(reached.intersection(goals)))


def _goals(policy: Policy) -> Iterator[Goal]:
    for gate in policy.gates.values():
        for item in gate.items:
            yield from _of_item(item)
        for seat in gate.seats:
            yield Goal("seat", f"{gate.id} {seat.id}", "never sits")
            yield from _of_condition(f"seat {gate.id} {seat.id}", seat.when)
    yield from (Goal("band", band.tier.value, "never reached") for band in policy.tiering.bands)
    for statement in policy.tiering.statements:
        yield from _of_statement(statement)
    for question in policy.tiering.questions:
        yield from (Goal("answer", f"{question.id} {option.key}", "never given") for option in question.options)
        if question.ask_when is not None or question.ask_when_answer:
            yield from (Goal("condition", question.id, never) for never in BRANCHES.values())


def _of_item(item: Item) -> Iterator[Goal]:
    yield from (Goal("check", item.id, never) for never in ("never applicable", "never passed", "never failed"))
    yield from _of_condition(item.id, item.when)
    for threshold in item.thresholds.parts if item.thresholds else ():
        yield from (Goal("threshold", _whose(item, threshold), never) for never in OUTCOMES.values())
        yield from _of_condition(_whose(item, threshold), threshold.when or ALWAYS)


def _of_condition(where: str, when: str) -> Iterator[Goal]:
    if when.strip() != ALWAYS:
        yield from (Goal("condition", where, never) for never in BRANCHES.values())


def _of_statement(statement: Statement) -> Iterator[Goal]:
    if statement.when is not None:
        yield from _of_condition(statement.id, statement.when)
        return
    yield from (Goal("statement", statement.id, f"never answered {answer}") for answer in ANSWERS)
    if statement.ask_when is not None or statement.ask_when_answer:
        yield from (Goal("condition", statement.id, never) for never in BRANCHES.values())


def _whose(item: Item, threshold: Threshold) -> str:
    return f"{item.id} {threshold.metric}"


def _reached(policy: Policy, result: Result) -> Iterator[Goal]:
    found, expect = result.found, result.case.expect
    if found.plan is not None:
        gate, conditions = policy.gates[found.plan.gate], Conditions(found.facts, found.plan.tier)
        for check, item in zip(found.checks, gate.items, strict=True):
            yield from _shown(check, item, expect, gate, conditions)
        yield from _seats(gate, expect, conditions)
    if found.assessment is not None and expect.model_fields_set & {"score", "measured", "band", "tier", "decided_by"}:
        yield from _assessed(policy, result)


def _settles(expect: ExpectModel, gate: Gate) -> frozenset[str]:
    """The checks of which a case says whether they apply: those it names, or all where it names them completely."""
    if isinstance(expect.applicable, list) or expect.blockers is not None:
        return frozenset(item.id for item in gate.items)
    owners = expect.applicable if isinstance(expect.applicable, dict) else {}
    return _judges(expect, gate) | {*expect.applies, *expect.not_applicable} | {item.id for item in gate.items if item.owner in owners}


def _judges(expect: ExpectModel, gate: Gate) -> frozenset[str]:
    """The checks of which a case says what they amount to. What blocks is named completely, and advisory checks never do."""
    complete = expect.blockers is not None or expect.passes is True
    bearing = {item.id for item in gate.items if complete and item.severity is not Severity.ADVISORY}
    return frozenset(bearing | _named(expect))


def _named(expect: ExpectModel) -> set[str]:
    """The checks of which a case names the state."""
    return {item for items in expect.states.values() for item in items} | set(expect.items)


def _shown(check: Checked, item: Item, expect: ExpectModel, gate: Gate, conditions: Conditions) -> Iterator[Goal]:
    applies = check.planned.applicability.applies
    if item.id not in _settles(expect, gate):
        return
    yield from _branch(item.id, applies)
    if applies is not Applies.YES:
        return
    yield Goal("check", item.id, "never applicable")
    if item.id in _judges(expect, gate):
        yield Goal("check", item.id, "never passed" if check.evaluated.state in PASSING else "never failed")
    if item.id in _named(expect):
        for comparison in check.evaluated.comparisons:
            if comparison.outcome in OUTCOMES:
                yield Goal("threshold", _whose(item, comparison.threshold), OUTCOMES[comparison.outcome])
        for threshold in item.thresholds.parts if item.thresholds else ():
            yield from _branch(_whose(item, threshold), conditions.decide(threshold.when or ALWAYS).applies)


def _branch(where: str, applies: Applies) -> Iterator[Goal]:
    if applies in BRANCHES:
        yield Goal("condition", where, BRANCHES[applies])


def _seats(gate: Gate, expect: ExpectModel, conditions: Conditions) -> Iterator[Goal]:
    for seat in gate.seats:
        applies = conditions.decide(seat.when).applies
        if expect.seats is not None or seat.id in expect.seat:
            yield from _branch(f"seat {gate.id} {seat.id}", applies)
            if applies is Applies.YES:
                yield Goal("seat", f"{gate.id} {seat.id}", "never sits")


def _assessed(policy: Policy, result: Result) -> Iterator[Goal]:
    assessment, given = result.found.assessment, result.case.given
    assert assessment is not None
    yield Goal("band", assessment.band.value, "never reached")
    asked = {statement.id for statement in assessment.statements}
    for statement in policy.tiering.statements:
        if statement.when is not None:
            yield from _branch(statement.id, decide(statement.when, assessment.facts).applies)
            continue
        yield from _branch(statement.id, Applies.YES if statement.id in asked else Applies.NO)
        if statement.id in asked:
            yield Goal("statement", statement.id, f"never answered {given.statements.get(statement.id)}")
    for question in policy.tiering.questions:
        is_asked = question in assessment.questions
        yield from _branch(question.id, Applies.YES if is_asked else Applies.NO)
        options = chosen(given.questions.get(question.id)) if is_asked else ()
        yield from (Goal("answer", f"{question.id} {option}", "never given") for option in options)
