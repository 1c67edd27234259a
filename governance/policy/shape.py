"""The models held against the documents: every fault as a sentence at its place."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from governance.policy.problems import PolicyProblem, near, nearest
from governance.policy.reader import Document, Location
from governance.policy.values import MARK

Model = TypeVar("Model", bound=BaseModel)

SENTENCES = {
    "string_type": "text is asked for",
    "int_type": "a whole number is asked for",
    "int_parsing": "a whole number is asked for",
    "int_from_float": "a whole number is asked for",
    "bool_type": "true or false is asked for",
    "bool_parsing": "true or false is asked for",
    "list_type": "a list is asked for",
    "dict_type": "keys and values are asked for",
    "model_type": "keys and values are asked for",
    "model_attributes_type": "keys and values are asked for",
}


def shaped(document: Document, kind: type[Model]) -> tuple[Model | None, list[PolicyProblem]]:
    """The document as a model, or every way in which it is not one."""
    if not isinstance(document.data, dict):
        return None, [document.problem((), "a policy file holds keys and values")]
    try:
        return kind.model_validate(document.data), []
    except ValidationError as error:
        return None, list(_problems(document, error.errors(include_url=False), _known(kind)))


def _problems(document: Document, details: Sequence[ErrorDetails], known: frozenset[str]) -> Iterator[PolicyProblem]:
    """One problem for each fault: a misspelt key is not missing too, and what fits none of several types is wrong once."""
    absent = {_at(detail) for detail in details if detail["type"] == "missing"}
    said: set[Location] = set()
    for detail in details:
        at = _at(detail)
        if detail["type"] == "extra_forbidden":
            siblings = {str(other[-1]): other for other in absent if other[:-1] == at[:-1]}
            meant = nearest(str(at[-1]), siblings)
            absent -= {siblings[meant]} if meant else set()
            hint = f" (did you mean “{meant}”?)" if meant else near(str(at[-1]), known)
            yield document.problem(at, f"unknown key “{at[-1]}”{hint}", key=True)
        elif detail["type"] != "missing" and document.nearest(at) not in said:
            said.add(document.nearest(at))
            yield _wrong(document, detail, at)
    yield from (document.problem(at[:-1], f"missing key “{at[-1]}”") for at in absent)


def _at(detail: ErrorDetails) -> Location:
    """Where a fault is, without the marks that pydantic needs to tell alternatives apart."""
    return tuple(part for part in detail["loc"] if not (isinstance(part, str) and part.startswith(MARK)))


def _wrong(document: Document, detail: ErrorDetails, at: Location) -> PolicyProblem:
    expected = str(detail.get("ctx", {}).get("expected", ""))
    known = [word.strip(" '") for word in expected.replace(" or ", ", ").split(",")]
    if at[-1:] == ("[key]",):
        return document.problem(at[:-1], f"unknown key “{at[-2]}”{near(str(at[-2]), known)}", key=True)
    at = document.nearest(at)
    name = next((part for part in reversed(at) if isinstance(part, str)), "the file")
    match detail["type"]:
        case "enum" | "literal_error" if isinstance(detail["input"], str):
            return document.problem(at, f"unknown word “{detail['input']}” for {name}{near(detail['input'], known)}")
        case "enum" | "literal_error":
            return document.problem(at, f"{name}: one of {', '.join(known)} is asked for")
        case "value_error":
            return document.problem(at, f"{name}: {detail['ctx']['error']}")
        case kind:
            return document.problem(at, f"{name}: {SENTENCES.get(kind, detail['msg'].lower())}")


def _keys(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[str]:
    """Every key that may stand anywhere below a model, as written in the file."""
    seen.add(model)
    for name, field in model.model_fields.items():
        yield field.alias or name
        for inner in _models(field.annotation):
            if inner not in seen:
                yield from _keys(inner, seen)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models(part)


@cache
def _known(kind: type[BaseModel]) -> frozenset[str]:
    return frozenset(_keys(kind, set()))
