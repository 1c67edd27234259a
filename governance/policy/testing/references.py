"""What test cases name, held against the policy: nothing is tested that is not there."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from governance.domain.policy import Item, Policy
from governance.domain.questionnaire import FactValue
from governance.policy.problems import PolicyProblem, near
from governance.policy.reader import Document, Location
from governance.policy.testing.models import CaseModel, ExpectModel, GivenModel, chosen

OF_A_GATE = frozenset(
    {
        "applicable",
        "applies",
        "not_applicable",
        "undecided",
        "items",
        "states",
        "asks_for",
        "blockers",
        "open",
        "seats",
        "seat",
        "may_be_submitted",
        "passes",
    }
)
"""What only a case at a gate can expect."""

OF_THE_QUESTIONS = frozenset({"score", "measured", "deducted", "band", "decided_by", "missing", "contradictions"})
"""What only a case with answers to the questionnaire can expect."""


class Names:
    """Everything a case may name, by what it is."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.options = {question.id: [option.key for option in question.options] for question in policy.tiering.questions}
        self.statements = [statement.id for statement in policy.tiering.statements]
        self.facts = {name: fact.values for name, fact in policy.facts.items()}
        self.items = {item.id: gate.id for gate in policy.gates.values() for item in gate.items}
        self.seats = {seat.id for gate in policy.gates.values() for seat in gate.seats}
        self.metrics = {item.id: self._named(measured(item)) for gate in policy.gates.values() for item in gate.items}

    def _named(self, metrics: Collection[str]) -> frozenset[str]:
        """Metrics by each name under which their values arrive."""
        declared = self.policy.metrics
        return frozenset(name for metric in metrics for name in (declared[metric].names if metric in declared else (metric,)))

    def misfits(self, document: Document, at: Location, given: GivenModel, expect: ExpectModel) -> Iterator[PolicyProblem]:
        """What does not go together in a case that was made whole."""
        asked = bool(given.questions or given.statements or given.asked)
        if asked and (given.facts or given.tier):
            yield document.problem(at, "a case has answers to the questionnaire, or facts and a tier, and never both")
        if not asked and given.tier is None:
            yield document.problem(at, "a case needs answers to the questionnaire, or facts and a tier")
        if not expect.model_fields_set:
            yield document.problem((*at, "expect"), "a case expects something")
        for key in sorted(expect.model_fields_set & OF_A_GATE) if given.gate is None else ():
            yield document.problem((*at, "expect", key), f"`{key}` needs a gate", key=True)
        for key in sorted(expect.model_fields_set & OF_THE_QUESTIONS) if not asked else ():
            yield document.problem((*at, "expect", key), f"`{key}` needs answers to the questionnaire", key=True)
        yield from self._elsewhere(document, at, given.gate, expect)

    def _elsewhere(self, document: Document, at: Location, gate: str | None, expect: ExpectModel) -> Iterator[PolicyProblem]:
        """Items and seats of another gate."""
        for place, item in _items(expect):
            if item in self.items and gate is not None and self.items[item] != gate:
                yield document.problem(
                    (*at, "expect", *place), f"{item} is a check of {self.items[item]}, and this case is at {gate}", key=True
                )
        here = self.policy.gates.get(gate or "")
        seats = {seat.id for seat in here.seats} if here else self.seats
        for place, seat in _seats(expect):
            if seat in self.seats - seats:
                yield document.problem((*at, "expect", *place), f"{gate} has no seat “{seat}”{near(seat, seats)}", key=True)


def measured(item: Item) -> frozenset[str]:
    """What can be stated for an item: the metrics of its thresholds, and what they are compared with."""
    parts = item.thresholds.parts if item.thresholds else ()
    beside = {part.compare_with.removeprefix("measured.") for part in parts if part.compare_with}
    return frozenset(
        {part.metric for part in parts} | {name for name in beside if not name.startswith(("limits.", "approved.", "attribution."))}
    )


def faults(document: Document, at: Location, model: GivenModel, names: Names) -> Iterator[PolicyProblem]:
    """Names in a case or starting point that the policy does not have."""
    yield from _given(document, at, model, names)
    if isinstance(model, CaseModel):
        yield from _expected(document, (*at, "expect"), model.expect, names)


def _given(document: Document, at: Location, model: GivenModel, names: Names) -> Iterator[PolicyProblem]:
    if model.gate is not None:
        yield from _known(document, (*at, "gate"), model.gate, names.policy.gates, "gate", key=False)
    if model.at is not None and not _is_day(model.at):
        yield document.problem((*at, "at"), f"“{model.at}” is no day such as 2026-01-31")
    for question, given in model.questions.items():
        yield from _known(document, (*at, "questions", question), question, names.options, "question")
        for option in chosen(given) if question in names.options else ():
            yield from _known(document, (*at, "questions", question), option, names.options[question], "answer", key=False)
    for statement in model.statements:
        yield from _known(document, (*at, "statements", statement), statement, names.statements, "statement")
    yield from _facts(document, (*at, "asked"), model.asked, names)
    yield from _facts(document, (*at, "facts"), model.facts, names)
    for limit in model.limits:
        yield from _known(document, (*at, "limits", limit), limit, names.policy.limits, "limit")
    every = {metric for metrics in names.metrics.values() for metric in metrics}
    for metric in model.approved:
        yield from _known(document, (*at, "approved", metric), metric, every, "metric")
    yield from _answers(document, (*at, "answers"), model, names)


def _answers(document: Document, at: Location, model: GivenModel, names: Names) -> Iterator[PolicyProblem]:
    for item, answer in model.answers.items():
        yield from _known(document, (*at, item), item, names.items, "check")
        for metric in answer.values_by_metric if answer and item in names.metrics else ():
            yield from _known(document, (*at, item, metric), metric, names.metrics[item], f"metric of {item}")


def _facts(document: Document, at: Location, given: Mapping[str, FactValue | None], names: Names) -> Iterator[PolicyProblem]:
    for fact, value in given.items():
        yield from _known(document, (*at, fact), fact, names.facts, "fact")
        values = names.facts.get(fact)
        if values is None or value is None:
            continue
        if not values and not isinstance(value, bool):
            yield document.problem((*at, fact), f"{fact} is true or false")
        elif values and value not in values:
            yield document.problem((*at, fact), f"{fact} is never “{value}”{near(str(value), values)}")


def _expected(document: Document, at: Location, expect: ExpectModel, names: Names) -> Iterator[PolicyProblem]:
    for place, item in _items(expect):
        yield from _known(document, (*at, *place), item, names.items, "check")
    for place, seat in _seats(expect):
        yield from _known(document, (*at, *place), seat, names.seats, "seat")
    if expect.decided_by is not None:
        yield from _known(document, (*at, "decided_by"), expect.decided_by, ["score", *names.statements], "statement", key=False)
    for number, name in enumerate(expect.missing or []):
        known = [*names.options, *names.statements, *names.facts]
        yield from _known(document, (*at, "missing", number), name, known, "question, statement or fact")
    yield from _facts(document, (*at, "facts"), expect.facts, names)


def _items(expect: ExpectModel) -> Iterator[tuple[Location, str]]:
    """Every item that an expectation names, with its place."""
    yield from ((("items", item), item) for item in expect.items)
    for key in ("applicable", "applies", "not_applicable", "undecided", "open"):
        named = getattr(expect, key)
        if isinstance(named, list):
            yield from (((key, number), item) for number, item in enumerate(named))
    for key in ("applicable", "states", "asks_for", "blockers"):
        grouped = getattr(expect, key)
        for group, listed in grouped.items() if isinstance(grouped, dict) else ():
            yield from (((key, group.value, number), item) for number, item in enumerate(listed))


def _seats(expect: ExpectModel) -> Iterator[tuple[Location, str]]:
    yield from ((("seats", number), seat) for number, seat in enumerate(expect.seats or []))
    yield from ((("seat", seat), seat) for seat in expect.seat)


def _known(document: Document, at: Location, name: str, known: Collection[str], noun: str, *, key: bool = True) -> Iterator[PolicyProblem]:
    if name not in known:
        yield document.problem(at, f"there is no {noun} “{name}”{near(name, known)}", key=key)


def _is_day(text: str) -> bool:
    """A day of the centuries around ours, so that ages can be counted from it."""
    try:
        return 1900 <= date.fromisoformat(text).year <= 2200
    except ValueError:
        return False
