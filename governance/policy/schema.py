"""The models as JSON Schema (2020-12): for editors, and to know what may stand where."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

from pydantic import BaseModel

from governance.policy.fielddocs import fields_of, models_below
from governance.policy.reader import Location

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILE = "policy.schema.json"
"""Where the shipped files look for it, beside the folders of the policies."""

Schema: TypeAlias = Mapping[str, Any]
NAMED = ("properties", "$defs", "patternProperties")
EXAMPLES = {"string": "x", "integer": 1, "number": 1, "boolean": False, "null": None}


@cache
def schema_of(kind: type[BaseModel]) -> dict[str, Any]:
    """What a document of this kind may hold, under the names that stand in the file."""
    return kind.model_json_schema(by_alias=True, mode="validation")


def properties_at(kind: type[BaseModel], at: Location) -> list[str]:
    """The keys that a place asks for, or allows."""
    return [name for node in _at(kind, at) for name in node.get("properties", {})]


def is_needed(kind: type[BaseModel], at: Location) -> bool:
    """Whether a place cannot simply be left out: a key that has to be there, an entry of a list."""
    return not any(at[-1] in node.get("properties", {}) and at[-1] not in node.get("required", ()) for node in _at(kind, at[:-1]))


def stand_in(kind: type[BaseModel], at: Location) -> Any:
    """The least that may stand at a place. Raises `LookupError` where nothing may."""
    return _least(schema_of(kind), next(_at(kind, at)))


def text(kind: type[BaseModel], title: str) -> str:
    """The schema as a file that editors read, with what each key means."""
    root: dict[str, Any] = {"$schema": DIALECT, "title": title, **_tidied(schema_of(kind))}
    defined = {model.__name__: model for model in models_below(kind)}
    for name, node in {kind.__name__: root, **root["$defs"]}.items():
        for key, words in (fields_of(defined[name]) if name in defined else {}).items():
            node["properties"][key]["description"] = words
    return json.dumps(root, indent=2, ensure_ascii=False) + "\n"


def _tidied(node: Any) -> Any:
    """Without titles that only repeat names, and closed where names follow a pattern."""
    if isinstance(node, list):
        return [_tidied(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    made = {key: _named(value) if key in NAMED else _tidied(value) for key, value in node.items() if key != "title"}
    return {**made, "additionalProperties": False} if "patternProperties" in made else made


def _named(inner: Schema) -> dict[str, Any]:
    """Parts of the schema by names of ours, of which one may be “title”."""
    return {name: _tidied(part) for name, part in inner.items()}


@cache
def known_keys(kind: type[BaseModel]) -> frozenset[str]:
    """Every key that may stand anywhere, as written in the file."""
    root = schema_of(kind)
    return frozenset(name for node in (root, *root.get("$defs", {}).values()) for name in node.get("properties", {}))


def _at(kind: type[BaseModel], at: Location) -> Iterator[Schema]:
    """What the schema says of a place; more than one answer where there are alternatives."""
    root = schema_of(kind)
    nodes = list(_alternatives(root, root))
    for part in at:
        nodes = [inner for node in nodes for step in _steps(node, part) for inner in _alternatives(root, step)]
    yield from nodes


def _steps(node: Schema, part: str | int) -> Iterator[Schema]:
    if isinstance(part, int):
        if isinstance(node.get("items"), dict):
            yield node["items"]
    elif part in node.get("properties", {}):
        yield node["properties"][part]
    elif "patternProperties" in node:
        yield from node["patternProperties"].values()
    elif isinstance(node.get("additionalProperties"), dict):
        yield node["additionalProperties"]


def _alternatives(root: Schema, node: Schema) -> Iterator[Schema]:
    """A part of the schema with its references followed, or each of what it may be."""
    if "$ref" in node:
        yield from _alternatives(root, root["$defs"][node["$ref"].rsplit("/", 1)[-1]])
    elif inner := node.get("anyOf") or node.get("oneOf"):
        for one in inner:
            yield from _alternatives(root, one)
    else:
        yield node


def _least(root: Schema, node: Schema) -> Any:
    node = next(_alternatives(root, node))
    if "enum" in node or "const" in node:
        return node["enum"][0] if "enum" in node else node["const"]
    if node.get("type") == "array":
        return [_least(root, node["items"]) for _ in range(node.get("minItems", 0))]
    if node.get("type") == "object":
        return {name: _least(root, node["properties"][name]) for name in node.get("required", ())}
    if "examples" in node:
        return node["examples"][0]
    return max(node.get("minimum", 1), 1) if node.get("type") == "integer" else EXAMPLES.get(str(node.get("type")))
