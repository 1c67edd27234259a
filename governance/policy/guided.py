"""One value of a policy as a field that a person fills in: where it stands, what it is now, what it may be, and the change it makes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from governance.domain.numbers import LEVELS
from governance.policy.brackets import are_paired, closed, has_alternatives
from governance.policy.editing import Plain
from governance.policy.guided_lists import additions
from governance.policy.places import Edit, edit
from governance.policy.values import LONGEST_SENTENCE, TIERS

MOST_DAYS = 36_525
NUMBER = re.compile(r"[-+\N{MINUS SIGN}]?[0-9]{1,20}(\.[0-9]{1,15})?")
TIER_FIRST = re.compile(r"""tier\s*==\s*["'](\w+)["']|tier\s+in\s*\[((?:\s*["']\w+["']\s*,?)+)\]""")
BY_TIER = tuple(tier.value for tier in TIERS)


class Control(StrEnum):
    """How a value is entered."""

    LINE = "line"
    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    LIMIT = "limit"
    CHOICE = "choice"
    FLAG = "flag"
    SEVERAL = "several"
    DAYS = "days"  # several, the most first


class Part(StrEnum):
    """What a field holds of the value at its place, where it is not the whole of it."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    TIERS = "tiers"  # of a condition
    REST = "rest"
    ENTRY = "entry"  # the words of an entry of a list; without words the entry goes
    MORE = "more"  # the words of an entry that is not there yet; the place is the list, the options are the names taken there


@dataclass(frozen=True, slots=True)
class Field:
    """One value, or one part of it. Where `unset` is given, that value and an empty one take the key away."""

    name: str
    place: str
    label: str
    meaning: str
    control: Control
    value: Plain
    unset: Plain = None
    may_be_empty: bool = False
    least: int = 1
    most: int = MOST_DAYS
    options: tuple[str, ...] = ()
    part: Part | None = None
    group: str = ""

    @property
    def shown(self) -> str:
        """The present value as a field shows it."""
        return days_typed(self.value) if self.control is Control.DAYS else as_typed(self.value)

    @property
    def limits(self) -> str:
        """What may be entered, in words, beside what the field itself says."""
        match self.control:
            case Control.WHOLE:
                return f"A whole number from {self.least:,} to {self.most:,}" + (", or nothing." if self.may_be_empty else ".")
            case Control.DAYS:
                return f"Whole numbers from 1 to {self.most:,} with commas between, such as 30, 7; or nothing."
            case Control.NUMBER:
                return "A number, such as 0.05."
            case Control.LIMIT:
                return "A number, such as 0.05; a level from A0 to A5; or a range, such as “0.1 to 0.5”."
            case _:
                return ""


def days_typed(days: Plain) -> str:
    """Several counts of days as a person writes them."""
    return ", ".join(map(as_typed, days)) if isinstance(days, list) else ""


Given = Mapping[str, str | Sequence[str] | bool]


def as_typed(value: Plain) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
        case [int() | Decimal() as low, int() | Decimal() as high]:
            return f"{as_typed(low)} to {as_typed(high)}"
        case _:
            return str(value)


def edits(fields: Sequence[Field], given: Given) -> tuple[list[Edit], dict[str, str]]:
    """The changes that what was given makes, and a sentence for each field that cannot be taken, by its name.

    What goes comes last, so that a list whose entries are all others is never empty in between.
    """
    wrong: dict[str, str] = {}
    filled: list[Field] = []
    for field in fields:
        try:
            filled.append(replace(field, value=_value(field, given.get(field.name, ""))))
        except ValueError as error:
            wrong[field.name] = f"{field.label}: {error}"
    return ([], wrong) if wrong else (sorted(_edits(fields, filled), key=lambda one: one.written is None), {})


def _edits(before: Sequence[Field], after: Sequence[Field]) -> Iterator[Edit]:
    """One change for each place whose value is another one now."""
    for place in dict.fromkeys(field.place for field in before):
        old, new = ([field for field in fields if field.place == place] for fields in (before, after))
        if [field.value for field in old] == [field.value for field in new]:
            continue
        if new[0].part is Part.MORE:
            yield from additions(place, [str(field.value) for field in new if field.value], new[0].options)
        elif new[0].part is Part.ENTRY and not new[0].value:
            yield Edit(place.rpartition("/")[0], None)
        else:
            value = _whole(new)
            yield Edit(place, None) if value is None or (new[0].unset is not None and value == new[0].unset) else edit(place, value)


def _whole(fields: Sequence[Field]) -> Plain:
    """The value of a place from the fields that hold its parts."""
    parts = {field.part: field.value for field in fields}
    if Part.LOW in parts:
        by_tier = {tier: parts[Part(tier)] for tier in BY_TIER}
        return by_tier if len({as_typed(value) for value in by_tier.values()}) > 1 else by_tier[Part.LOW]
    if Part.REST in parts:
        tiers = parts.get(Part.TIERS, list(BY_TIER))
        return asked_where(tiers if isinstance(tiers, list) else [], str(parts[Part.REST] or ""))
    return fields[0].value


def asked_at(condition: str) -> tuple[list[str] | None, str]:
    """The tiers at which a condition can hold, and what else it asks; no tiers where it is not written as one after the other."""
    condition = condition.strip()
    if condition == "true":
        return list(BY_TIER), ""
    first, _, rest = condition.partition("&&")
    found = TIER_FIRST.fullmatch(first.strip())
    if found is None:
        return (list(BY_TIER), condition) if "tier" not in condition else (None, condition)
    tiers = [found[1]] if found[1] else re.findall(r"\w+", found[2])
    rest = rest.strip()
    is_plain = "tier" not in rest and are_paired(rest) and not has_alternatives(rest) and set(tiers) <= set(BY_TIER)
    return ([tier for tier in BY_TIER if tier in tiers], rest) if is_plain else (None, condition)


def asked_where(tiers: Sequence[Plain], rest: str) -> str:
    """The condition for these tiers and whatever else is asked."""
    named = [tier for tier in BY_TIER if tier in tiers]
    if len(named) == len(BY_TIER):
        return rest or "true"
    at = f'tier == "{named[0]}"' if len(named) == 1 else f"tier in [{', '.join(f'{chr(34)}{tier}{chr(34)}' for tier in named)}]"
    return f"{at} && {closed(rest)}" if rest else at


def _value(field: Field, given: str | Sequence[str] | bool) -> Plain:
    """What was given, as what stands in a file. Raises `ValueError` with a sentence that follows the label."""
    if field.control is Control.FLAG:
        return given is True
    if field.control is Control.SEVERAL:
        return _several(field, [] if isinstance(given, bool | str) else given)
    typed = str(given).strip()
    if field.control is Control.DAYS:
        return _days(field, typed)
    if typed:
        return _of_words(field, typed)
    if field.may_be_empty:
        return "" if field.part else None
    raise ValueError("enter something here.")


def _of_words(field: Field, typed: str) -> Plain:
    match field.control:
        case Control.WHOLE:
            return _whole_number(field, typed)
        case Control.NUMBER:
            return _number(typed)
        case Control.LIMIT:
            return _limit(typed)
        case Control.CHOICE if typed not in field.options:
            raise ValueError("choose one from the list.")
        case Control.LINE if field.part is Part.REST and not are_paired(typed):
            raise ValueError("close every bracket and every text that it opens.")
        case Control.LINE:
            return " ".join(typed.split())
        case Control.TEXT if field.part:
            return _sentence(typed)
        case _:
            return typed.replace("\r\n", "\n")


def _several(field: Field, given: Sequence[str]) -> list[Plain]:
    if unknown := set(given) - set(field.options):
        raise ValueError(f"choose from the list, which has no “{sorted(unknown)[0][:40]}”.")
    if not given:
        raise ValueError("choose at least one.")
    kept = [one for one in field.value if one in given] if isinstance(field.value, list) else []
    return [*kept, *(one for one in field.options if one in given and one not in kept)]


def _sentence(typed: str) -> str:
    said = " ".join(typed.splitlines())
    if len(said) > LONGEST_SENTENCE:
        raise ValueError(f"use at most {LONGEST_SENTENCE} signs.")
    return said


def _whole_number(field: Field, typed: str) -> int:
    plain = typed.replace(",", "")
    if not re.fullmatch("[0-9]{1,15}", plain) or not field.least <= int(plain) <= field.most:
        raise ValueError(f"enter a whole number from {field.least:,} to {field.most:,}.")
    return int(plain)


def _days(field: Field, typed: str) -> list[Plain]:
    days = [_whole_number(field, part) for part in re.split(r"[,;\s]+", typed) if part]
    for first, then in pairwise(days):
        if then >= first:
            raise ValueError(f"{then} comes after {first}. Begin with the most days, and name each once.")
    return list(days)


def _number(typed: str) -> int | Decimal:
    if not NUMBER.fullmatch(typed):
        raise ValueError("enter a number, with a point before decimals, such as 0.05.")
    number = Decimal(typed.replace("\N{MINUS SIGN}", "-"))
    return int(number) if number.as_tuple().exponent == 0 else number


def _limit(typed: str) -> Plain:
    if typed.upper() in LEVELS:
        return typed.upper()
    low, divided, high = typed.partition(" to ")
    if not divided:
        return _number(typed)
    ends: list[Plain] = [_number(low.strip()), _number(high.strip())]
    return ends
