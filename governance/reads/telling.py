"""What sentences about entries are made of, and those about what came from outside."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias

from governance.domain import ml_test_score as rubric
from governance.domain.ml_test_score import Done, Practice
from governance.domain.moving_in import NOT_SIGNED_HERE
from governance.domain.text import day_in_words
from governance.domain.vocabulary import Function, Stage
from governance.words import word

Names: TypeAlias = Mapping[str, str]


class Facts(dict[str, Any]):
    """The body of an entry, with the names of those it is about."""

    def __init__(self, body: Mapping[str, Any], names: Names) -> None:
        super().__init__(body)
        self._names = names

    def name(self, field: str) -> str:
        """The printed name of the person a field holds the id of."""
        return self._names.get(self[field], self[field])


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def day(iso: str) -> str:
    return day_in_words(date.fromisoformat(iso))


def brought_in(body: Facts) -> str:
    until = f"; to be regular here by {day(body['regularise_by'])}" if body.get("regularise_by") else ""
    found = f"brought {body['initiative']} in as found: {word(Stage(body['stage'])).past} since {day(body['since'])}, {NOT_SIGNED_HERE}"
    return f"{found}, on the word of {body['said_by']} ({body['said_as']}){until}"


def regularised(body: Facts) -> str:
    return f"recorded that {body['initiative']} is regular here, on {count(len(body['evidence']), 'piece')} of evidence, without a gate"


def prior_approval(body: Facts) -> str:
    function = f" for {word(Function(body['function'])).past}" if body.get("function") else ""
    approved = f"an approval{function} by {body['approved_by']} on {day(body['approved_on'])}"
    return f"attached evidence {body['evidence']} to {body['initiative']} as the paper of {approved}, {NOT_SIGNED_HERE}"


def imported(body: Facts) -> str:
    return f"took over what line {body['line']} of a file of {body['source']} says of {body['initiative']}"


def ml_test_score(body: Facts) -> str:
    tests = {test: Done(Practice(row["practice"])) for test, row in body["tests"].items()}
    points = rubric.score(tests).normalize()
    told = f"filled in the ML Test Score of {body['initiative']} for model {body['model_version']}"
    return f"{told}: {len(tests)} of {len(rubric.TESTS)} tests, {'1 point' if points == 1 else f'{points:f} points'}"


def published(body: Facts) -> str:
    told = f"published the policy “{body['title']}”, version {body['version']}"
    if not body.get("proposal"):
        return told
    gates = ", ".join(gate["gate"] for gate in body["loosened"])
    asks = f"; it asks for less at {gates}" if gates else ""
    return f"{told}, which {body.name('proposed_by')} proposed as {body['proposal']}{asks}"
