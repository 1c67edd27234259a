"""Checks of the tiering questionnaire and of the facts that follow from it."""

from collections.abc import Iterator, Mapping

from governance.domain.vocabulary import Tier
from governance.policy.codes import Code
from governance.policy.models_tiering import FactModel, StatementModel, TieringModel
from governance.policy.problems import PolicyProblem, near
from governance.policy.reader import Document, Location
from governance.policy.values import FactValue
from governance.policy.whole import TEXTS, Ids, Whole

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
    bands: Location = (*HERE, "bands")
    expected, tiers = 0, [band.tier for band in tiering.bands]
    for number, band in enumerate(tiering.bands):
        if band.from_ != expected or band.to < band.from_:
            message = f"the bands leave a gap or overlap: this one has to start at {expected}"
            yield from document.fault((*bands, number), message, Code.BAND_GAP, needs=[bands])
        expected = band.to + 1
    if sorted(set(tiers), key=list(Tier).index) != tiers:
        yield from document.fault(bands, "a higher score cannot give a lower tier", Code.BAND_ORDER, needs=[bands])
    most = sum(max(option.points for option in question.options) for question in tiering.questions)
    if not _scored(document):
        return
    if most != tiering.max_score:
        message = f"the questions add up to {most} points at most, not {tiering.max_score}"
        yield from document.fault((*HERE, "max_score"), message, Code.MAX_SCORE)
    elif expected != most + 1:
        message = f"the bands end at {expected - 1}, but the score reaches {most}"
        yield from document.fault(bands, message, Code.BAND_GAP, needs=[bands])


def _scored(document: Document) -> bool:
    """Whether every number of points is what the file says."""
    asked = [place for place in document.broken if place[:2] == (*HERE, "questions") or place == HERE]
    return not any(place[-1] == "points" or (len(place) <= 5 and place[-1] not in TEXTS) for place in asked)


def _questions(whole: Whole, document: Document, tiering: TieringModel) -> Iterator[PolicyProblem]:
    ids = Ids()
    for number, question in enumerate(tiering.questions):
        at: Location = (*HERE, "questions", number)
        yield from ids.check(document, (*at, "id"), question.id, "question id")
        keys, said = Ids(), set[str]()
        for place, option in enumerate(question.options):
            yield from keys.check(document, (*at, "options", place, "key"), option.key, "option")
            yield from _implied(whole, document, (*at, "options", place, "implies"), option.implies, question.id, said)


def _statements(whole: Whole, document: Document, tiering: TieringModel) -> Iterator[PolicyProblem]:
    ids = Ids()
    known = {statement.id for statement in tiering.statements}
    questions = {question.id for question in tiering.questions}
    for group in ("hard_stops", "floors", "exceptions"):
        for number, statement in enumerate(getattr(tiering, group)):
            at: Location = (*HERE, group, number)
            yield from ids.check(document, (*at, "id"), statement.id, "statement id")
            if statement.id in questions:
                yield from document.fault((*at, "id"), f"“{statement.id}” is a question already", Code.DUPLICATE_ID)
            yield from _asked(document, statement, group, at)
            yield from _statement(whole, document, statement, at, known)


def _asked(document: Document, statement: StatementModel, group: str, at: Location) -> Iterator[PolicyProblem]:
    """Whether a statement says once when it is asked, and what follows from it."""
    given = [key for key in ("when", "ask_when", "ask_when_answer") if getattr(statement, key)]
    if len(given) > 1:
        message = f"{' and '.join(f'`{key}`' for key in given)} exclude one another"
        yield from document.fault(at, message, Code.CONDITIONS_EXCLUDE)
    elif group == "exceptions" and given not in ([], ["ask_when_answer"]):
        yield from document.fault((*at, given[0]), "`ask_when_answer` says where an exception is asked", Code.CONDITIONS_EXCLUDE)
    needed = "lifts" if group == "exceptions" else "then"
    if getattr(statement, needed) is None:
        yield from document.fault(at, f"missing key “{needed}”", Code.MISSING_KEY, needs=[(*at, needed)])
    if statement.question is None and statement.when is None:
        yield from document.fault(at, "missing key “question”", Code.MISSING_KEY, needs=[(*at, "question"), (*at, "when")])


def _statement(whole: Whole, document: Document, statement: StatementModel, at: Location, known: set[str]) -> Iterator[PolicyProblem]:
    for key in ("when", "ask_when"):
        if (expression := getattr(statement, key)) is not None:
            yield from whole.early_condition(document, (*at, key), expression)
    named = {"lifts": statement.lifts, "exception": statement.exception}
    others = [((*at, key), other) for key, other in named.items() if other is not None]
    others += [((*at, "ask_when_answer", other), other) for other in statement.ask_when_answer]
    for place, other in others:
        if other not in known and "risk_tiering" not in whole.open:
            message = f"unknown statement “{other}”{near(other, known)}"
            yield from document.fault(place, message, Code.UNKNOWN_STATEMENT, key=place[-1] == other)
    said: set[str] = set()
    for answer, implied in statement.implies.items():
        yield from _implied(whole, document, (*at, "implies", answer), implied, statement.lifts or statement.id, said)
    yield from whole.references(document, (*at, "maps"), statement.maps)


def _implied(
    whole: Whole, document: Document, at: Location, implied: Mapping[str, FactValue], source: str, said: set[str]
) -> Iterator[PolicyProblem]:
    """What an answer says about facts; that a fact does not name its question is said once for all answers."""
    known = [f"facts.{name}" for name in whole.facts]
    for name, value in implied.items():
        if name not in known:
            if "facts" not in whole.open:
                yield from document.fault((*at, name), f"unknown fact “{name}”{near(name, known)}", Code.UNKNOWN_FACT, key=True)
            continue
        fact = whole.facts[name.removeprefix("facts.")]
        if name.removeprefix("facts.") in whole.unsure:
            continue
        if fact.type == "bool" and not isinstance(value, bool):
            yield from document.fault((*at, name), f"{name} is yes or no: write true or false", Code.IMPOSSIBLE_VALUE)
        elif fact.type == "enum" and value not in fact.values:
            yield from document.fault((*at, name), f"{name} is never “{value}”{near(str(value), fact.values)}", Code.IMPOSSIBLE_VALUE)
        if source not in fact.from_ and name not in said and _is_told(whole, name, fact):
            said.add(name)
            message = f"{name} does not name {source} among the questions it comes `from`"
            yield from document.fault((*at, name), message, Code.FACT_SOURCE, key=True)


def _is_told(whole: Whole, name: str, fact: FactModel) -> bool:
    """Whether all that a fact says about where it comes from is right; if not, that is the fault."""
    tellers = {source for source, facts in _told_by(whole) if name in facts}
    return "risk_tiering" not in whole.open and tellers.issuperset(fact.from_) and bool(fact.from_ or fact.ask)


def _fact(whole: Whole, document: Document, name: str, fact: FactModel) -> Iterator[PolicyProblem]:
    at: Location = ("facts", name)
    told = [(*at, "from"), (*at, "ask")]
    if not fact.from_ and not fact.ask:
        message = f"nothing tells the fact {name}: name the questions it comes `from`, or `ask` for it"
        yield from document.fault(at, message, Code.FACT_OPEN, needs=told)
    elif whole.questionnaires and "risk_tiering" not in whole.open:
        yield from _told(whole, document, name, fact)
    if (fact.type == "enum") != bool(fact.values) or len(set(fact.values)) != len(fact.values):
        message = "`type: enum` and `values` go together, each value once"
        yield from document.fault(at, message, Code.FACT_VALUES, needs=[(*at, "type"), (*at, "values")])


def _told(whole: Whole, document: Document, name: str, fact: FactModel) -> Iterator[PolicyProblem]:
    """Whether the questions that a fact comes from are there and tell it. A question that names an unknown fact may have meant this one."""
    at: Location = ("facts", name)
    implied, astray = _implications(whole.questionnaires[0], name), _astray(whole)
    unknown = [(number, source) for number, source in enumerate(fact.from_) if source not in implied]
    for number, source in unknown:
        message = f"unknown question “{source}”{near(source, implied)}"
        yield from document.fault((*at, "from", number), message, Code.UNKNOWN_QUESTION)
    if not unknown and fact.from_ and not fact.ask and astray.isdisjoint(fact.from_) and not any(implied[source] for source in fact.from_):
        message = f"some answers leave {name} open: `ask` for it"
        yield from document.fault(at, message, Code.FACT_OPEN, needs=[(*at, "from"), (*at, "ask")])


def _astray(whole: Whole) -> set[str]:
    """The questions and statements some answer of which names a fact that nobody declared."""
    known = {f"facts.{name}" for name in whole.facts}
    return {source for source, facts in _told_by(whole) if not known.issuperset(facts)}


def _told_by(whole: Whole) -> Iterator[tuple[str, Mapping[str, FactValue]]]:
    """Every answer of the questionnaire: its question or statement, and the facts it implies."""
    for tiering in whole.questionnaires[:1]:
        yield from ((question.id, option.implies) for question in tiering.questions for option in question.options)
        for statement in tiering.statements:
            yield from ((statement.lifts or statement.id, facts) for facts in statement.implies.values())


def _implications(tiering: TieringModel, name: str) -> dict[str, bool]:
    """Every question and statement, and whether each of its answers tells the fact."""
    fact = f"facts.{name}"
    found = {question.id: all(fact in option.implies for option in question.options) for question in tiering.questions}
    for statement in (*tiering.hard_stops, *tiering.floors):
        found[statement.id] = {answer for answer, facts in statement.implies.items() if fact in facts} == ANSWERS
    return found
