"""A policy as its files, and what the checks over all of them ask again and again."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from governance.policy import conditions
from governance.policy.models import FactModel, FileModel, GateModel, TieringModel
from governance.policy.problems import PolicyProblem, near
from governance.policy.reader import Document, Location


@dataclass
class Whole:
    """Every file with its model, and the names they declare."""

    files: list[tuple[Document, FileModel]]
    facts: dict[str, FactModel] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)
    limits: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    clauses: dict[str, set[str]] = field(default_factory=dict)
    minimum: set[str] = field(default_factory=set)  # the gates that ask for an attribution level

    def __post_init__(self) -> None:
        for _, model in self.files:
            self.facts |= model.facts or {}
            self.values |= {name: fact.values for name, fact in (model.facts or {}).items()}
            self.limits |= set(model.limits.names) if model.limits else set()
            self.sources |= set(model.app_sources or {})
            self.clauses |= {framework.id: set(framework.items) for framework in model.frameworks or []}
            self.minimum |= set(model.attribution.gate_minimum) if model.attribution else set()

    @property
    def gates(self) -> list[tuple[Document, GateModel]]:
        return [(document, model.gate) for document, model in self.files if model.gate]

    @property
    def tiering(self) -> TieringModel:
        """Every policy has exactly one: `loader` checked that."""
        return next(model.risk_tiering for _, model in self.files if model.risk_tiering)

    def condition(self, document: Document, at: Location, expression: str) -> Iterator[PolicyProblem]:
        """What is wrong with a condition over the facts and the tier."""
        yield from (document.problem(at, fault) for fault in conditions.faults(expression, self.values))

    def early_condition(self, document: Document, at: Location, expression: str) -> Iterator[PolicyProblem]:
        """The same for a condition of the questionnaire, where nobody knows the tier yet."""
        yield from self.condition(document, at, expression)
        if re.search(r"\btier\b", expression):
            yield document.problem(at, "the tier is not known while the questions are asked")

    def references(self, document: Document, at: Location, maps: Sequence[str]) -> Iterator[PolicyProblem]:
        """Clauses that no framework here has."""
        for number, reference in enumerate(maps):
            framework, _, clause = reference.partition(":")
            if framework not in self.clauses:
                yield document.problem((*at, number), f"unknown framework “{framework}”{near(framework, self.clauses)}")
            elif clause not in self.clauses[framework]:
                yield document.problem((*at, number), f"{framework} has no clause “{clause}”{near(clause, self.clauses[framework])}")


class Ids:
    """Names that may be given once."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def check(self, document: Document, at: Location, name: str, noun: str) -> Iterator[PolicyProblem]:
        if name in self._first:
            yield document.problem(at, f"duplicate {noun} “{name}” (first at {self._first[name]})")
        self._first.setdefault(name, f"{document.file}:{document.values.get(at, (1, 1))[0]}")
