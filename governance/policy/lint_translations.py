"""Checks of the words in other languages: each stands for words that are there, and each language has one file."""

from collections.abc import Iterator, Mapping, Set

from governance.policy.codes import Code, Level
from governance.policy.models_tiering import QuestionModel, TieringModel, TranslationModel
from governance.policy.problems import PolicyProblem, near
from governance.policy.reader import Document, Location
from governance.policy.whole import Ids, Whole

AT: Location = ("translation",)
TEXTS: Location = (*AT, "texts")
MOST_NAMED = 5


def faults(whole: Whole, faulty: Set[str]) -> Iterator[PolicyProblem]:
    """`faulty` are the files with faults: while one of them holds what is asked, nobody knows what its words are called."""
    if any(document.file in faulty for document, model in whole.files if model.risk_tiering or model.facts):
        whole.open.add("texts")
    ids, known, own = Ids(), names(whole), {model.policy.language.lower() for _, model in whole.files if model.policy}
    for document, translation in translations(whole):
        at, tag = (*AT, "language"), translation.language.lower()  # browsers do not tell capitals apart
        yield from ids.check(document, at, tag, "language")
        if tag in own:
            yield from document.fault(at, f"the words of the policy itself are in “{translation.language}”", Code.DUPLICATE_ID)
        for name in translation.texts if "texts" not in whole.open else ():
            if name not in known:
                message = f"no words are called “{name}”{near(name, known)}"
                yield from document.fault((*TEXTS, name), message, Code.UNKNOWN_TEXT, key=True)


def warnings(whole: Whole) -> Iterator[PolicyProblem]:
    """What a reader of a language would have to read in the language of the policy."""
    known = names(whole)
    for document, translation in translations(whole):
        missing = [name for name in known if name not in translation.texts]
        if missing and "texts" not in whole.open and document.sound(TEXTS):
            named = ", ".join(missing[:MOST_NAMED]) + (" and others" if len(missing) > MOST_NAMED else "")
            message = f"{len(missing)} of {len(known)} texts have no words in “{translation.language}”: {named}"
            yield document.problem(TEXTS, message, Code.UNTRANSLATED, level=Level.WARNING)


def translations(whole: Whole) -> list[tuple[Document, TranslationModel]]:
    return [(document, model.translation) for document, model in whole.files if model.translation]


def names(whole: Whole) -> Mapping[str, str]:
    """Everything people are asked for the tier, by what its words are called, with the words of the policy."""
    tiering = whole.questionnaires[0] if whole.questionnaires else None
    asked = {f"facts.{name}": fact.ask for name, fact in whole.facts.items() if fact.ask}
    return {**(_of_questionnaire(tiering) if tiering else {}), **asked}


def _of_questionnaire(tiering: TieringModel) -> Mapping[str, str]:
    questions = {name: text for question in tiering.questions for name, text in _of_question(question).items()}
    statements = [*tiering.hard_stops, *tiering.floors, *tiering.exceptions]
    return {**questions, **{statement.id: statement.question for statement in statements if statement.question}}


def _of_question(question: QuestionModel) -> Mapping[str, str]:
    return {question.id: question.text, **{f"{question.id}.{option.key}": option.text for option in question.options}}
