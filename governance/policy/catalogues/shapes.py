"""Closed shapes of plain data: every key known, every value of its kind, every fault named at its place in one go."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from governance.policy.problems import near, readable
from governance.policy.reader import Location

MOST_FAULTS = 50
"""Of one file; of more, how many there are is said."""


@dataclass
class Faults:
    """What is wrong, by place. `key` says that the key itself is wrong, not what stands behind it."""

    found: list[tuple[Location, str, bool]] = field(default_factory=list)

    def say(self, at: Location, message: str, *, key: bool = False) -> None:
        self.found.append((at, readable(message), key))


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written. None is worked with here, so none is converted."""

    written: str


Check: TypeAlias = Callable[[Any, Location, Faults], None]


def anything(value: Any, at: Location, faults: Faults) -> None:
    """Known, and no part of a catalogue of ours."""


def text(value: Any, at: Location, faults: Faults) -> None:
    if not isinstance(value, str):
        faults.say(at, f"a text is expected, not {kind(value)}")
    elif not value.strip():
        faults.say(at, "a text is expected, and it is empty")


def text_or_nothing(value: Any, at: Location, faults: Faults) -> None:
    if value is not None and not isinstance(value, str):
        faults.say(at, f"a text is expected, not {kind(value)}")


def text_or_number(value: Any, at: Location, faults: Faults) -> None:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal) or (isinstance(value, str) and not value.strip()):
        faults.say(at, f"a text or a number is expected, not {kind(value)}")


def truth(value: Any, at: Location, faults: Faults) -> None:
    if not isinstance(value, bool):
        faults.say(at, f"true or false is expected, not {kind(value)}")


def matching(pattern: str, said: str) -> Check:
    """A text of this form, which `said` describes: “a UUID”."""
    compiled = re.compile(pattern)

    def check(value: Any, at: Location, faults: Faults) -> None:
        if not isinstance(value, str):
            faults.say(at, f"{said} is expected, not {kind(value)}")
        elif not compiled.fullmatch(value):
            faults.say(at, f"{said} is expected, not “{value}”")

    return check


def each(inner: Check) -> Check:
    """A list of these."""

    def check(value: Any, at: Location, faults: Faults) -> None:
        if not isinstance(value, list):
            faults.say(at, f"a list is expected, not {kind(value)}")
            return
        for number, one in enumerate(value):
            inner(one, (*at, number), faults)

    return check


def keys(known: Mapping[str, Check], required: Sequence[str] = ()) -> Check:
    """Keys and values: these keys and no other. `known` may be completed later, so that shapes can hold one another."""

    def check(value: Any, at: Location, faults: Faults) -> None:
        if not isinstance(value, dict):
            faults.say(at, f"keys and values are expected, not {kind(value)}")
            return
        for key, inner in value.items():
            if key in known:
                known[key](inner, (*at, key), faults)
            else:
                faults.say((*at, key), f"unknown key “{key}”{near(key, known)}", key=True)
        for key in required:
            if key not in value:
                faults.say(at, f"missing key “{key}”")

    return check


def of(check: Check, names: str) -> dict[str, Check]:
    """These keys, each with a value of this kind; the names stand in one text."""
    return dict.fromkeys(names.split(), check)


def kind(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case dict():
            return "keys and values"
        case list():
            return "a list"
        case str():
            return "a text"
        case _:
            return "a number"


def unfit_signs(value: Any, at: Location = ()) -> Iterator[tuple[Location, str]]:
    """Every text that no record may hold: with a NUL, or with half a character."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from unfit_signs(key, (*at, key))
                yield from unfit_signs(inner, (*at, key))
        case list():
            for number, inner in enumerate(value):
                yield from unfit_signs(inner, (*at, number))
        case str() if "\0" in value:
            yield at, "it holds a NUL, which no text here may"
        case str() if any("\ud800" <= sign <= "\udfff" for sign in value):
            yield at, "it holds half a character (a lone surrogate)"
