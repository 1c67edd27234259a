"""YAML to plain data with the position of every key and value.

Stricter than YAML: no anchors, aliases, tags, merges, duplicate keys or timestamps; `yes`, `no`, `on`, `off` stay words (YAML 1.2);
decimals stay exact. Caps on size and depth keep a hostile file from costing more than a glance.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

import yaml

from governance.policy.problems import PolicyError, PolicyProblem

LARGEST, MOST_NODES, DEEPEST = 1_000_000, 50_000, 40
LONGEST_NUMBER = 40
"""Anything longer stays text: no policy means it, and turning it into a number costs."""

BOOLEAN = re.compile(r"^(?:true|false)$")
DECIMAL = re.compile(r"^[-+]?[0-9]+\.[0-9]+$")
INTEGER = re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$")
NULL = re.compile(r"^(?:null|~|)$")

Location: TypeAlias = tuple[str | int, ...]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Only the four plain types a policy has; every other scalar is text."""

    yaml_implicit_resolvers: Mapping[str, Any] = {}


for _tag, _pattern, _first in (
    ("bool", BOOLEAN, "tf"),
    ("float", DECIMAL, "-+0123456789"),
    ("int", INTEGER, "-+0123456789"),
    ("null", NULL, ["n", "~", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _pattern, list(_first))


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data, and where each piece stands: by location, the value's and the key's line and column."""

    file: str
    data: Any
    values: Mapping[Location, tuple[int, int]]
    keys: Mapping[Location, tuple[int, int]]

    def problem(self, location: Location, message: str, *, key: bool = False) -> PolicyProblem:
        """A fault at a location, or at the nearest place above it that stands in the file."""
        place = self.keys.get(location) if key else None
        return PolicyProblem(self.file, *(place or self.values.get(self.nearest(location), (1, 1))), message)

    def nearest(self, location: Location) -> Location:
        """The location, or the nearest one above it that stands in the file."""
        while location not in self.values and location:
            location = location[:-1]
        return location


def read(file: str, text: str) -> Document:
    """Read one file. Raises `PolicyError` with the fault that kept it from being read."""
    _check_text(file, text)
    try:
        _check_events(file, text)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _fault(file, mark, _sentence(error, mark, text)) from None
    except yaml.YAMLError as error:
        raise _unreadable(file, text, error) from None
    walk = _Walk(file)
    data = walk.value(node, ()) if node is not None else None
    if walk.problems:
        raise PolicyError(walk.problems)
    return Document(file, data, walk.values, walk.keys)


def _check_text(file: str, text: str) -> None:
    if len(text.encode(errors="surrogatepass")) > LARGEST:
        raise PolicyError([PolicyProblem(file, 1, 1, f"larger than {LARGEST:,} bytes")])
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise PolicyError([PolicyProblem(file, 1, 1, "holds half a character (a lone surrogate): save it as UTF-8")])
    if text.startswith("\ufeff"):
        raise PolicyError([PolicyProblem(file, 1, 1, "starts with a byte order mark: save it as plain UTF-8")])


def _check_events(file: str, text: str) -> None:
    """Refuse what costs too much or has no place here before anything is built."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _fault(file, event.start_mark, "anchors and aliases are not allowed: write it out")
        if getattr(event, "tag", None) and not isinstance(event, yaml.DocumentStartEvent):
            raise _fault(file, event.start_mark, "tags are not allowed")
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            depth += 1
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            depth -= 1
        if depth > DEEPEST or count > MOST_NODES:
            raise _fault(file, event.start_mark, f"deeper than {DEEPEST} levels or more than {MOST_NODES:,} entries")


class _Walk:
    """Builds plain data from nodes, collecting positions and faults."""

    def __init__(self, file: str) -> None:
        self.values: dict[Location, tuple[int, int]] = {}
        self.keys: dict[Location, tuple[int, int]] = {}
        self.problems: list[PolicyProblem] = []
        self._file = file

    def value(self, node: yaml.Node, at: Location) -> Any:
        self.values[at] = _place(node.start_mark)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, at)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(inner, (*at, number)) for number, inner in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, at: Location) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, inner in node.value:
            place = _place(key_node.start_mark)
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None:
                self.problems.append(PolicyProblem(self._file, *place, "a key is a word"))
            elif key == "<<":
                self.problems.append(PolicyProblem(self._file, *place, "merging is not allowed: write it out"))
            elif key in found:
                first = self.keys[*at, key][0]
                self.problems.append(PolicyProblem(self._file, *place, f"duplicate key “{key}” (first on line {first})"))
            else:
                self.keys[*at, key] = place
                found[key] = self.value(inner, (*at, key))
        return found


def _scalar(node: yaml.ScalarNode) -> Any:
    match node.tag:
        case "tag:yaml.org,2002:bool":
            return node.value == "true"
        case "tag:yaml.org,2002:int" if len(node.value) <= LONGEST_NUMBER:
            return int(node.value)
        case "tag:yaml.org,2002:float" if len(node.value) <= LONGEST_NUMBER:
            return Decimal(node.value)
        case "tag:yaml.org,2002:null":
            return None
        case _:
            return node.value


def _place(mark: Any) -> tuple[int, int]:
    return mark.line + 1, mark.column + 1


def _fault(file: str, mark: Any, message: str) -> PolicyError:
    return PolicyError([PolicyProblem(file, *(_place(mark) if mark else (1, 1)), message)])


def _unreadable(file: str, text: str, error: yaml.YAMLError) -> PolicyError:
    """A sign that no YAML may hold, where it stands."""
    before = text[: getattr(error, "position", 0)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return PolicyError([PolicyProblem(file, line, column, f"not readable as YAML: {getattr(error, 'reason', error)}")])


def _sentence(error: yaml.MarkedYAMLError, mark: Any, text: str) -> str:
    """What the parser says, or that it stumbled over a tab, which it does not say."""
    line = next(iter(text.splitlines()[mark.line :]), "") if mark else ""
    before = line[: mark.column + 1] if mark else ""
    return "a tab cannot indent: use spaces" if "\t" in before and not before.strip() else error.problem or "not readable as YAML"
