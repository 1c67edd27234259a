"""The ML Test Score: 28 tests of how ready an ML system is for production, in four sections; the score is the lowest of the four sums.

Breck, Cai, Nielsen, Salib, Sculley: “The ML Test Score: A Rubric for ML Production Readiness and Technical Debt Reduction”, IEEE Big Data
2017. A test done by hand and documented gives half a point, one that runs by itself a whole one. The wording of the tests is ours.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from governance.domain.errors import Problem
from governance.domain.plain import Plain, instant

RUBRIC = "2017, 1-point rubric"
"""Another edition counts one and two points, so a form says by which it was filled in."""

LONGEST, SHORTEST = 300, 3
"""Signs of a proof. It is a pointer, such as an address or the name of a job; documents belong to the evidence."""


class Practice(StrEnum):
    """How a test is done."""

    NOT_DONE = "not_done"
    MANUAL = "manual"
    AUTOMATED = "automated"


POINTS: Mapping[Practice, Decimal] = {Practice.NOT_DONE: Decimal(0), Practice.MANUAL: Decimal("0.5"), Practice.AUTOMATED: Decimal(1)}

SECTIONS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "data": (
        "Data and features",
        {
            "data-1": "What each feature may be is written in a schema, and data is held against it.",
            "data-2": "Every feature is shown to be worth having.",
            "data-3": "No feature costs more than it is worth.",
            "data-4": "The features keep to the rules of the organisation for such data.",
            "data-5": "Personal data is protected along the whole pipeline.",
            "data-6": "A new feature can be added quickly.",
            "data-7": "The code that makes the features is tested.",
        },
    ),
    "model": (
        "Model development",
        {
            "model-1": "Every change of the model's specification is reviewed and kept under version control.",
            "model-2": "What is measured offline moves with what happens in use.",
            "model-3": "The hyperparameters were tuned.",
            "model-4": "How much worse a model gets as it ages is known.",
            "model-5": "A simpler model was tried and is not better.",
            "model-6": "Quality is good enough for every important group of cases, and not only on average.",
            "model-7": "The model was tested for unfair treatment of groups.",
        },
    ),
    "infra": (
        "Infrastructure",
        {
            "infra-1": "Training twice on the same data gives the same model.",
            "infra-2": "The code that specifies the model has unit tests.",
            "infra-3": "The whole pipeline is tested from end to end.",
            "infra-4": "A model's quality is checked before it serves.",
            "infra-5": "A single prediction can be followed step by step.",
            "infra-6": "A new model serves a small share first.",
            "infra-7": "A served model can be rolled back to the one before.",
        },
    ),
    "monitor": (
        "Monitoring",
        {
            "monitor-1": "Somebody is told when something changes that the data comes from.",
            "monitor-2": "What has to hold of the data is checked in training and in use.",
            "monitor-3": "Features are the same in training and in use.",
            "monitor-4": "Models in use do not grow too old.",
            "monitor-5": "Numbers stay finite and within range.",
            "monitor-6": "Speed, memory and cost do not get worse unnoticed.",
            "monitor-7": "Quality on the cases served does not get worse unnoticed.",
        },
    ),
}

TESTS: Mapping[str, str] = {test: said for _, tests in SECTIONS.values() for test, said in tests.items()}


@dataclass(frozen=True, slots=True)
class Done:
    """One test as somebody answered it; `proof` says where to see that it is done."""

    practice: Practice
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it is on record. A test that is not in it has not been answered."""

    tests: Mapping[str, Done]
    model_version: str
    rubric: str
    by: str
    at: datetime

    def plain(self) -> dict[str, Plain]:
        """What the form says, with the score, so that whoever signs the section of a dossier signs both."""
        return {
            "rubric": self.rubric,
            "model_version": self.model_version,
            "by": self.by,
            "at": instant(self.at),
            "tests": {test: {"practice": done.practice.value, "proof": done.proof} for test, done in self.tests.items()},
            "score": f"{score(self.tests)}",
        }


def sums(tests: Mapping[str, Done]) -> Mapping[str, Decimal]:
    """The points of each section."""
    return {
        section: sum((POINTS[tests[test].practice] for test in of_section if test in tests), Decimal(0))
        for section, (_, of_section) in SECTIONS.items()
    }


def score(tests: Mapping[str, Done]) -> Decimal:
    """From 0 to 7 points: a system is as ready as the section that is least so."""
    return min(sums(tests).values())


def faults(tests: Mapping[str, Done]) -> Iterator[Problem]:
    """What does not hold up. A form may be filled in bit by bit; what is said to be done has a proof."""
    if not tests:
        yield Problem("required", "Answer at least one test.")
    for test, done in tests.items():
        if test not in TESTS:
            yield Problem("unknown", f"There is no test {test}.", test)
        elif done.practice is not Practice.NOT_DONE and len(done.proof.strip()) < SHORTEST:
            yield Problem("required", f"{test}: say where to see it: an address, a document, a job.", test)
        elif len(done.proof) > LONGEST:
            yield Problem("length", f"{test}: write at most {LONGEST} signs, and add longer papers as evidence.", test)
