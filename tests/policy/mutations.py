"""A policy with one thing changed at a time: what the test cases beside it have to notice.

What is changed is the data of the YAML files, so that everything between a file and a verdict is tried with it. `window`, `basis` and the
like are words for people: nothing is worked out from them.
"""

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from governance.domain.policy import Policy
from governance.domain.vocabulary import EvidenceKind, Function, Severity
from governance.policy.build import build
from governance.policy.loader import load_policy
from governance.policy.models import FileModel
from governance.policy.reader import Location, read
from governance.policy.testing.reading import Case, load_cases
from governance.policy.testing.running import run

COMPARATORS = ("lt", "lte", "gt", "gte", "eq")
RELATIVE = ("reaches", "beats")
LEVELS = ("A0", "A1", "A2", "A3", "A4", "A5")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: in which file, where, from what to what."""

    file: str
    at: Location
    before: Any
    after: Any
    what: str  # threshold, severity, owner, condition, evidence, age, seat, band, points, statement, section, name
    gate: str | None = None

    def __str__(self) -> str:
        return f"{self.what} {self.file} {'.'.join(map(str, self.at))}: {self.before!r} -> {self.after!r}"


class Mutations:
    """Every change to a policy, and whether some case notices it."""

    def __init__(self, folder: Path) -> None:
        loaded = load_policy(folder)
        self.policy = loaded.policy
        self.cases = load_cases(folder, loaded.policy)
        self._data = {name: read(name, text).data for name, text in sorted(loaded.texts.items())}
        self._models = {name: FileModel.model_validate(data) for name, data in self._data.items()}
        self._by_gate = {gate: _likely_first([case for case in self.cases if case.given.gate == gate]) for gate in loaded.policy.gates}

    def all(self) -> list[Mutant]:
        return [mutant for name, data in self._data.items() for mutant in _of_file(name, data)]

    def policy_with(self, mutant: Mutant) -> Policy:
        data = copy.deepcopy(self._data[mutant.file])
        holder = data
        for step in mutant.at[:-1]:
            holder = holder[step]
        holder[mutant.at[-1]] = mutant.after
        model = FileModel.model_validate(data)
        return build([model if name == mutant.file else same for name, same in self._models.items()], "mutant")

    def is_noticed(self, mutant: Mutant) -> bool:
        policy = self.policy_with(mutant)
        cases: Sequence[Case] = self._by_gate[mutant.gate] if mutant.gate else self.cases
        return any(not run(policy, case).passed for case in cases)


def _likely_first(cases: list[Case]) -> list[Case]:
    """The cases that say most come first: they notice most."""
    return sorted(cases, key=lambda case: -len(case.expect.items) - sum(map(len, case.expect.states.values())))


def _of_file(name: str, data: Any) -> Iterator[Mutant]:
    for at, before, after, what in _changes(data):
        yield Mutant(name, at, before, after, what, data["gate"]["id"] if at[0] == "gate" else None)


Change = tuple[Location, Any, Any, str]


def _changes(data: Any) -> Iterator[Change]:
    if "gate" in data:
        for number, item in enumerate(data["gate"]["items"]):
            yield from _of_item(item, ("gate", "items", number))
        for number, seat in enumerate(data["gate"]["seats"]):
            yield from _of_seat(seat, ("gate", "seats", number))
    for key, metric in data.get("metrics", {}).items():
        names = metric.get("also_called", [])
        yield from ((("metrics", key, "also_called"), name, [other for other in names if other != name], "name") for name in names)
    if "risk_tiering" in data:
        yield from _of_tiering(data["risk_tiering"])
    if "freshness" in data:
        for kind, days in data["freshness"]["default_max_age_days"].items():
            yield from (((("freshness", "default_max_age_days", kind)), days, other, "age") for other in (days - 1, days + 1))
    if "attribution" in data:
        for gate, minimum in data["attribution"]["gate_minimum"].items():
            for tier in ("low", "medium", "high"):
                at = ("attribution", "gate_minimum", gate, tier)
                yield from ((at, minimum[tier], other, "threshold") for other in _levels_beside(minimum[tier]))


def _of_item(item: Any, at: Location) -> Iterator[Change]:
    yield from (((*at, "severity"), item["severity"], other.value, "severity") for other in Severity if other != item["severity"])
    yield from (((*at, "owner"), item["owner"], other.value, "owner") for other in Function if other != item["owner"])
    kind = item["evidence"]["kind"]
    yield from (((*at, "evidence", "kind"), kind, other.value, "evidence") for other in EvidenceKind if other != kind)
    yield from (((*at, "when"), item["when"], other, "condition") for other in conditions(item["when"]))
    if "max_age_days" in item:
        days = item["max_age_days"]
        yield from (((*at, "max_age_days"), days, other, "age") for other in (days - 1, days + 1, None))
    if "threshold" in item:
        yield from _of_thresholds(item["threshold"], (*at, "threshold"))


def _of_thresholds(threshold: Any, at: Location) -> Iterator[Change]:
    for key, other in (("all_of", "any_of"), ("any_of", "all_of")):
        if key in threshold:
            if len(threshold[key]) > 1:
                yield at, key, {other: threshold[key]}, "threshold"
            for number, part in enumerate(threshold[key]):
                yield from _of_threshold(part, (*at, key, number))
                if len(threshold[key]) > 1:
                    yield (*at, key), part["metric"], [*threshold[key][:number], *threshold[key][number + 1 :]], "threshold"
    if "metric" in threshold:
        yield from _of_threshold(threshold, at)
        yield at, threshold["metric"], None, "threshold"


def _of_threshold(part: Any, at: Location) -> Iterator[Change]:
    comparator = part["comparator"]
    family = next((family for family in (COMPARATORS, RELATIVE) if comparator in family), ())
    yield from (((*at, "comparator"), comparator, other, "threshold") for other in family if other != comparator)
    if comparator in RELATIVE:
        yield from (((*at, "comparator"), comparator, other, "threshold") for other in ("lte", "gte"))
    yield from (((*at, "value"), part["value"], other, "threshold") for other in _values(part.get("value"), part["unit"]))
    yield (*at, "unit"), part["unit"], "furlongs", "threshold"
    yield from (((*at, "min_n"), part["min_n"], other, "threshold") for other in (part["min_n"] - 1, part["min_n"] + 1) if other)
    yield (*at, "metric"), part["metric"], f"{part['metric']}_2", "threshold"
    bound = part.get("bound", "point")
    if comparator not in ("eq", "between") and part.get("value") not in LEVELS and "attribution" not in part.get("compare_with", ""):
        yield (*at, "bound"), bound, "point" if bound == "worse" else "worse", "threshold"
    for key in ("factor", "margin", "allow"):
        if key in part:
            yield (*at, key), part[key], None, "threshold"
            yield from (((*at, key), part[key], part[key] + step, "threshold") for step in (Decimal("0.01"), Decimal("-0.01")))
    if "when" in part:
        yield from (((*at, "when"), part["when"], other, "condition") for other in conditions(part["when"]))


def _values(value: Any, unit: str) -> Iterator[Any]:
    """A little more and a little less, at every place where a value has a number."""
    match value:
        case dict():
            for tier, inner in value.items():
                yield from ({**value, tier: other} for other in _values(inner, unit))
        case list():
            for place, inner in enumerate(value):
                yield from ([*value[:place], other, *value[place + 1 :]] for other in _values(inner, unit))
        case str():
            yield from _levels_beside(value)
        case int() | Decimal():
            step = Decimal("0.001") if "share" in unit or unit == "PSI" else Decimal("0.5") if unit == "points" else 1
            yield from (value + step, value - step)


def _levels_beside(level: str) -> Iterator[str]:
    place = LEVELS.index(level)
    yield from (LEVELS[other] for other in (place - 1, place + 1) if 0 <= other < len(LEVELS))


def _of_seat(seat: Any, at: Location) -> Iterator[Change]:
    when = seat.get("when", "true")
    yield from (((*at, "when"), when, other, "seat") for other in conditions(when))
    yield from (((*at, "function"), seat["function"], other.value, "seat") for other in Function if other != seat["function"])
    yield (*at, "covers"), seat["covers"], seat["covers"][:-1], "seat"
    yield (*at, "independent"), seat.get("independent", False), not seat.get("independent", False), "seat"
    yield (*at, "order"), seat.get("order", 1), seat.get("order", 1) + 1, "seat"
    yield (*at, "qualification"), seat.get("qualification"), "another", "seat"


def _of_tiering(tiering: Any) -> Iterator[Change]:
    for number, band in enumerate(tiering["bands"][:-1]):
        for step in (1, -1):
            at = ("risk_tiering", "bands")
            following = tiering["bands"][number + 1]
            moved = [
                *tiering["bands"][:number],
                {**band, "to": band["to"] + step},
                {**following, "from": following["from"] + step},
                *tiering["bands"][number + 2 :],
            ]
            yield at, f"{band['tier']} to {band['to']}", moved, "band"
    for place, question in enumerate(tiering["questions"]):
        for number, option in enumerate(question["options"]):
            at = ("risk_tiering", "questions", place, "options", number)
            highest = option is max(question["options"], key=lambda one: one["points"])
            yield from (((*at, "points"), option["points"], other, "points") for other in _points(option["points"], highest))
            yield from _implied(option.get("implies", {}), (*at, "implies"))
    for kind in ("hard_stops", "floors", "exceptions"):
        for number, statement in enumerate(tiering[kind]):
            yield from _of_statement(statement, ("risk_tiering", kind, number))


def _points(points: int, highest: bool) -> Iterator[int]:
    """More than the highest answer would be more than the bands reach: `policy check` refuses that."""
    if not highest:
        yield points + 1
    if points:
        yield points - 1


def _of_statement(statement: Any, at: Location) -> Iterator[Change]:
    if "then" in statement:
        tiers = ("low", "medium", "high", "prohibited")
        yield from (((*at, "then"), statement["then"], other, "statement") for other in tiers if other != statement["then"])
    for key in ("when", "ask_when"):
        if key in statement:
            yield from (((*at, key), statement[key], other, "condition") for other in conditions(statement[key]))
    for other, answers in statement.get("ask_when_answer", {}).items():
        for number in range(len(answers)):
            yield (*at, "ask_when_answer", other), answers, [*answers[:number], *answers[number + 1 :]], "condition"
    if "lifts" in statement:
        yield (*at, "lifts"), statement["lifts"], None, "statement"
    for answer, facts in statement.get("implies", {}).items():
        yield from _implied(facts, (*at, "implies", answer))


def _implied(facts: Any, at: Location) -> Iterator[Change]:
    yield from (((*at, fact), value, not value, "statement") for fact, value in facts.items() if isinstance(value, bool))


def conditions(expression: str) -> Iterator[str]:
    """Other conditions in its place: always, never, the opposite, a part left out, “and” for “or”, a word of a list left out."""
    yield from (word for word in ("true", "false") if word != expression)
    if expression == "true":
        return
    yield f"!({expression})"
    yield from _without_a_part(expression)
    for one, other in (("&&", "||"), ("||", "&&")):
        for found in re.finditer(re.escape(one), expression):
            yield f"{expression[: found.start()]}{other}{expression[found.end() :]}"
    for found in re.finditer(r"\[([^\]]*)\]", expression):
        words = found[1].split(", ")
        for number in range(len(words)):
            left = ", ".join([*words[:number], *words[number + 1 :]])
            yield f"{expression[: found.start()]}[{left}]{expression[found.end() :]}"


def _without_a_part(expression: str) -> Iterator[str]:
    parts = re.split(r"\s*(&&|\|\|)\s*", expression)
    for number in range(0, len(parts), 2) if len(parts) > 1 else ():
        left = [*parts[: number - 1], *parts[number + 1 :]] if number else parts[2:]
        yield " ".join(left)
