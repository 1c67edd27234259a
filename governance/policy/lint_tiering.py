"""Checks of the tiering questionnaire and of the facts that follow from it."""

from collections.abc import Iterator, Mapping

from governance.domain.vocabulary import Tier
from governance.policy.models import FactModel, StatementModel, TieringModel
from governance.policy.problems import PolicyProblem, near
from governance.policy.reader import Document, Location
from governance.policy.values import FactValue
from governance.policy.whole import Ids, Whole

HERE: Location = ("risk_tiering",)
ANSWERS = frozenset({"yes", "no", "undecided"})


def faults(whole: Whole) -> Iterator[PolicyProblem]:
    for document, model in whole.files:
        if model.risk_tiering:
            yield from _bands(document, model.risk_tiering)
            yield from _questions(whole, document, model.risk_tiering)
            yield from _statements(whole, document, model.risk_tiering)
            yield from whole.references(document, (*HERE, "informed_by"), model.risk_tiering.informed_by)
        for name, fact in (model.facts or {}).items():
            yield from _fact(whole, document, name, fact)


def _bands(document: Document, tiering: TieringModel) -> Iterator[PolicyProblem]:
    expected, tiers = 0, [band.tier for band in tiering.bands]
    for number, band in enumerate(tiering.bands):
        if band.from_ != expected or band.to < band.from_:
            sentence = f"the bands leave a gap or overlap: this one has to start at {expected}"
            yield document.problem((*HERE, "bands", number), sentence)
        expected = band.to + 1
    if sorted(set(tiers), key=list(Tier).index) != tiers:
        yield document.problem((*HERE, "bands"), "a higher score cannot give a lower tier")
    most = sum(max(option.points for option in question.options) for question in tiering.questions)
    if most != tiering.max_score:
        yield document.problem((*HERE, "max_score"), f"the questions add up to {most} points at most, not {tiering.max_score}")
    elif expected != most + 1:
        yield document.problem((*HERE, "bands"), f"the bands end at {expected - 1}, but the score reaches {most}")


def _questions(whole: Whole, document: Document, tiering: TieringModel) -> Iterator[PolicyProblem]:
    ids = Ids()
    for number, question in enumerate(tiering.questions):
        at: Location = (*HERE, "questions", number)
        yield from ids.check(document, (*at, "id"), question.id, "question id")
        keys = Ids()
        for place, option in enumerate(question.options):
            yield from keys.check(document, (*at, "options", place, "key"), option.key, "option")
            yield from _implied(whole, document, (*at, "options", place, "implies"), option.implies, question.id)


def _statements(whole: Whole, document: Document, tiering: TieringModel) -> Iterator[PolicyProblem]:
    ids = Ids()
    known = {statement.id for statement in tiering.statements}
    questions = {question.id for question in tiering.questions}
    for group in ("hard_stops", "floors", "exceptions"):
        for number, statement in enumerate(getattr(tiering, group)):
            at: Location = (*HERE, group, number)
            yield from ids.check(document, (*at, "id"), statement.id, "statement id")
            if statement.id in questions:
                yield document.problem((*at, "id"), f"“{statement.id}” is a question already")
            conditions = [key for key in ("when", "ask_when", "ask_when_answer") if getattr(statement, key)]
            if len(conditions) > 1:
                yield document.problem(at, f"{' and '.join(f'`{key}`' for key in conditions)} exclude one another")
            elif group == "exceptions" and conditions not in ([], ["ask_when_answer"]):
                yield document.problem((*at, conditions[0]), "`ask_when_answer` says where an exception is asked")
            needed = "lifts" if group == "exceptions" else "then"
            if getattr(statement, needed) is None:
                yield document.problem(at, f"missing key “{needed}”")
            yield from _statement(whole, document, statement, at, known)


def _statement(whole: Whole, document: Document, statement: StatementModel, at: Location, known: set[str]) -> Iterator[PolicyProblem]:
    for key in ("when", "ask_when"):
        if (expression := getattr(statement, key)) is not None:
            yield from whole.early_condition(document, (*at, key), expression)
    named = {"lifts": statement.lifts, "exception": statement.exception}
    others = [((*at, key), other) for key, other in named.items() if other is not None]
    others += [((*at, "ask_when_answer", other), other) for other in statement.ask_when_answer]
    for place, other in others:
        if other not in known:
            yield document.problem(place, f"unknown statement “{other}”{near(other, known)}", key=place[-1] == other)
    if statement.question is None and statement.when is None:
        yield document.problem(at, "missing key “question”")
    for answer, implied in statement.implies.items():
        yield from _implied(whole, document, (*at, "implies", answer), implied, statement.lifts or statement.id)
    yield from whole.references(document, (*at, "maps"), statement.maps)


def _implied(whole: Whole, document: Document, at: Location, implied: Mapping[str, FactValue], source: str) -> Iterator[PolicyProblem]:
    known = [f"facts.{name}" for name in whole.facts]
    for name, value in implied.items():
        if name not in known:
            yield document.problem((*at, name), f"unknown fact “{name}”{near(name, known)}", key=True)
            continue
        fact = whole.facts[name.removeprefix("facts.")]
        if fact.type == "bool" and not isinstance(value, bool):
            yield document.problem((*at, name), f"{name} is yes or no: write true or false")
        elif fact.type == "enum" and value not in fact.values:
            yield document.problem((*at, name), f"{name} is never “{value}”{near(str(value), fact.values)}")
        if source not in fact.from_:
            yield document.problem((*at, name), f"{name} does not name {source} among the questions it comes `from`", key=True)


def _fact(whole: Whole, document: Document, name: str, fact: FactModel) -> Iterator[PolicyProblem]:
    implied = _implications(whole.tiering, name)
    for number, source in enumerate(fact.from_):
        if source not in implied:
            yield document.problem(("facts", name, "from", number), f"unknown question “{source}”{near(source, implied)}")
    if not fact.from_ and not fact.ask:
        yield document.problem(("facts", name), f"nothing tells the fact {name}: name the questions it comes `from`, or `ask` for it")
    elif not fact.ask and not any(implied.get(source, True) for source in fact.from_):
        yield document.problem(("facts", name), f"some answers leave {name} open: `ask` for it")
    if (fact.type == "enum") != bool(fact.values) or len(set(fact.values)) != len(fact.values):
        yield document.problem(("facts", name), "`type: enum` and `values` go together, each value once")


def _implications(tiering: TieringModel, name: str) -> dict[str, bool]:
    """Every question and statement, and whether each of its answers tells the fact."""
    fact = f"facts.{name}"
    found = {question.id: all(fact in option.implies for option in question.options) for question in tiering.questions}
    for statement in (*tiering.hard_stops, *tiering.floors):
        found[statement.id] = {answer for answer, facts in statement.implies.items() if fact in facts} == ANSWERS
    return found
