"""The models held against the documents: every fault as a sentence at its place."""

from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from governance.policy.models import FileModel, ThresholdGroup, ThresholdModel
from governance.policy.problems import PolicyProblem, near
from governance.policy.reader import Document, Location

SENTENCES = {
    "string_type": "text is asked for",
    "int_type": "a whole number is asked for",
    "bool_type": "true or false is asked for",
    "list_type": "a list is asked for",
    "dict_type": "keys and values are asked for",
    "model_type": "keys and values are asked for",
    "model_attributes_type": "keys and values are asked for",
}


def shaped(document: Document) -> tuple[FileModel | None, list[PolicyProblem]]:
    """The document as a model, or every way in which it is not one."""
    if not isinstance(document.data, dict):
        return None, [document.problem((), "a policy file holds keys and values")]
    problems = _threshold_problems(document)
    try:
        return FileModel.model_validate(document.data), problems
    except ValidationError as error:
        return None, problems + [_problem(document, detail, FileModel) for detail in error.errors(include_url=False)]


def threshold_parts(raw: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """How the thresholds of an item combine, and each of them."""
    for combination in ("all_of", "any_of"):
        if combination in raw:
            return combination, list(raw[combination])
    return "all_of", [raw]


def _threshold_problems(document: Document) -> list[PolicyProblem]:
    gate = document.data.get("gate")
    items = gate.get("items") if isinstance(gate, dict) else None
    problems = []
    for number, item in enumerate(items if isinstance(items, list) else []):
        raw = item.get("threshold") if isinstance(item, dict) else None
        if isinstance(raw, dict):
            model: type[BaseModel] = ThresholdGroup if {"all_of", "any_of"} & raw.keys() else ThresholdModel
            problems += _validated(document, model, raw, ("gate", "items", number, "threshold"))
    return problems


def _validated(document: Document, model: type[BaseModel], raw: dict[str, Any], at: Location) -> list[PolicyProblem]:
    try:
        model.model_validate(raw)
    except ValidationError as error:
        return [_problem(document, {**detail, "loc": (*at, *detail["loc"])}, model) for detail in error.errors(include_url=False)]
    return []


def _problem(document: Document, detail: ErrorDetails, model: type[BaseModel]) -> PolicyProblem:
    at = tuple(part for part in detail["loc"] if not (isinstance(part, str) and part.startswith(("function-", "constrained-", "literal["))))
    name = str(at[-1]) if at else ""
    match detail["type"]:
        case "extra_forbidden":
            return document.problem(at, f"unknown key “{name}”{near(name, _keys(model))}", key=True)
        case "missing":
            return document.problem(at[:-1], f"missing key “{name}”")
        case "enum" | "literal_error":
            known = [word.strip(" '") for word in str(detail["ctx"]["expected"]).replace(" or ", ", ").split(",")]
            return document.problem(at, f"unknown word “{detail['input']}” for {name}{near(str(detail['input']), known)}")
        case kind:
            return document.problem(at, f"{name}: {SENTENCES.get(kind, detail['msg'].lower())}")


def _keys(model: type[BaseModel], seen: frozenset[type] = frozenset()) -> set[str]:
    """Every key that may stand anywhere below a model, as written in the file."""
    found: set[str] = set()
    for name, field in model.model_fields.items():
        found.add(field.alias or name)
        for inner in _models(field.annotation):
            if inner not in seen:
                found |= _keys(inner, seen | {model, inner})
    return found


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models(part)]
