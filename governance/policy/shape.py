"""The models held against the documents: every fault as a sentence at its place."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from governance.policy.codes import Code
from governance.policy.problems import PolicyProblem, foreign_letter, near, nearest
from governance.policy.reader import Document, Location
from governance.policy.schema import known_keys, properties_at
from governance.policy.values import DURATION, MARK, NAME, OTHER_NAME, STATUS, WHEN

Model = TypeVar("Model", bound=BaseModel)

MOST_FAULTS = 200
"""Of one kind of check in one file; nobody reads more at once."""

SENTENCES = {
    "string_type": "text is asked for",
    "int_type": "a whole number is asked for",
    "int_parsing": "a whole number is asked for",
    "int_from_float": "a whole number is asked for",
    "bool_type": "true or false is asked for",
    "bool_parsing": "true or false is asked for",
    "decimal_type": "a number is asked for",
    "decimal_parsing": "a number is asked for",
    "list_type": "a list is asked for",
    "dict_type": "keys and values are asked for",
    "model_type": "keys and values are asked for",
    "model_attributes_type": "keys and values are asked for",
}
ALLOWED = re.compile(r"'([^']*)'")
RULES = {
    NAME: "a name: a letter first, then letters, digits, - and _",
    OTHER_NAME: "a name: at most 60 plain signs, with no space at either end",
    DURATION: "a time such as 48h",
    STATUS: "a status: current, superseded or verify, with what is open after a comma",
    WHEN: "a year, a month or a day such as 2024-08-01, or unknown",
}
BOUNDS = {
    "greater_than_equal": "at least {ge} is asked for",
    "less_than_equal": "at most {le} is asked for",
    "too_short": "at least {min_length} are asked for",
    "string_too_short": "at least {min_length} signs are asked for",
    "string_too_long": "at most {max_length} signs are asked for",
}
"""What is said of a value of the right type that is out of range."""


def shaped(document: Document, kind: type[Model]) -> tuple[Model | None, list[PolicyProblem]]:
    """The document as a model, or every way in which it is not one."""
    if not isinstance(document.data, dict):
        return None, [document.problem((), "a policy file holds keys and values", Code.NOT_KEYS_AND_VALUES)]
    try:
        return kind.model_validate(document.data), []
    except ValidationError as error:
        return None, few(document, faults(document, error.errors(include_url=False), kind))


def few(document: Document, problems: Iterator[PolicyProblem]) -> list[PolicyProblem]:
    """The first faults of many; naming the nearest word for each of 50,000 would cost minutes."""
    found = list(islice(problems, MOST_FAULTS))
    if len(found) == MOST_FAULTS:
        found.append(document.problem((), f"more than {MOST_FAULTS} faults: the rest is shown when these are mended", Code.TOO_MANY_FAULTS))
    return found


def faults(document: Document, details: Sequence[ErrorDetails], kind: type[BaseModel]) -> Iterator[PolicyProblem]:
    """One problem for each fault: a misspelt key is not missing too, and what fits none of several types is wrong once."""
    absent = dict.fromkeys(where(detail) for detail in details if detail["type"] == "missing")
    said: set[Location] = set()
    for detail in details:
        at = where(detail)
        if document.lost(at):
            continue
        if detail["type"] == "extra_forbidden":
            meant = meant_key(document, kind, at)
            absent.pop((*at[:-1], meant or ""), None)
            yield _unknown(document, kind, at, meant)
        elif detail["type"] != "missing" and document.nearest(at) not in said:
            said.add(document.nearest(at))
            yield _wrong(document, detail, at)
    for at in absent:
        yield from document.fault(at, f"missing key “{at[-1]}”", Code.MISSING_KEY)


def where(detail: ErrorDetails) -> Location:
    """Where a fault is, without the marks that pydantic needs to tell alternatives apart."""
    return tuple(part for part in detail["loc"] if not (isinstance(part, str) and part.startswith(MARK)))


def meant_key(document: Document, kind: type[BaseModel], at: Location) -> str | None:
    """The key that a misspelt one stands for: the nearest that its place asks for and that is not given."""
    given = document.at(at[:-1])
    return nearest(str(at[-1]), [name for name in properties_at(kind, at[:-1]) if name not in given])


def _unknown(document: Document, kind: type[BaseModel], at: Location, meant: str | None) -> PolicyProblem:
    name = str(at[-1])
    known = [meant] if meant else known_keys(kind)
    code = Code.FOREIGN_LETTER if foreign_letter(name) else Code.UNKNOWN_KEY
    return document.problem(at, f"unknown key “{name}”{near(name, known)}", code, key=True)


def _wrong(document: Document, detail: ErrorDetails, at: Location) -> PolicyProblem:
    context = detail.get("ctx", {})
    known = ALLOWED.findall(str(context.get("expected", "")))
    if at[-1:] == ("[key]",):
        return _wrong_key(document, at[:-1], detail, known)
    at = document.nearest(at)
    name = next((part for part in reversed(at) if isinstance(part, str)), "the file")
    match detail["type"]:
        case "enum" | "literal_error" if isinstance(word := detail["input"], str):
            return document.problem(at, f"unknown word “{word}” for {name}{near(word, known)}", Code.UNKNOWN_WORD)
        case "enum" | "literal_error":
            return document.problem(at, f"{name}: one of {', '.join(known)} is asked for", Code.WRONG_TYPE)
        case "value_error":
            return document.problem(at, f"{name}: {context['error']}", Code.WRONG_VALUE)
        case "string_pattern_mismatch":
            return _misnamed(document, at, name, detail)
        case kind if kind in BOUNDS:
            return document.problem(at, f"{name}: {BOUNDS[kind].format(**context)}", Code.WRONG_VALUE)
        case kind:
            return document.problem(at, f"{name}: {SENTENCES.get(kind, detail['msg'].lower())}", Code.WRONG_TYPE)


def _wrong_key(document: Document, at: Location, detail: ErrorDetails, known: Sequence[str]) -> PolicyProblem:
    name = str(at[-1])
    if detail["type"] == "string_pattern_mismatch":
        return _misnamed(document, at, "a name", detail, key=True)
    code = Code.FOREIGN_LETTER if foreign_letter(name) else Code.UNKNOWN_KEY
    return document.problem(at, f"unknown key “{name}”{near(name, known)}", code, key=True)


def _misnamed(document: Document, at: Location, name: str, detail: ErrorDetails, *, key: bool = False) -> PolicyProblem:
    """A name that its pattern does not allow; a letter that only looks like one of ours is named."""
    word, pattern = str(detail["input"]), detail["ctx"]["pattern"]
    if foreign := foreign_letter(word):
        message = f"{name}: “{word}” holds {foreign}: names use the letters A to Z"
        return document.problem(at, message, Code.FOREIGN_LETTER, key=key)
    return document.problem(
        at, f"{name}: “{word}” is not {RULES.get(pattern, f'written as asked for ({pattern})')}", Code.WRONG_VALUE, key=key
    )
