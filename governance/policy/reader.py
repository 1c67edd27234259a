"""YAML to plain data with the position of every key and value.

Stricter than YAML: no anchors, aliases, tags, merges, duplicate keys or timestamps; `yes`, `no`, `on`, `off` stay words (YAML 1.2);
decimals stay exact. Caps on size and depth keep a hostile file from costing more than a glance.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

import yaml

from governance.policy.codes import Code, Level
from governance.policy.problems import PolicyError, PolicyProblem

LARGEST, MOST_NODES, DEEPEST = 1_000_000, 50_000, 40
LONGEST_NUMBER = 40
"""Anything longer stays text: no policy means it, and turning it into a number costs."""

MOST_KEPT, LONGEST_KEPT = 32, 50_000
"""How many files are kept, and of how many characters: those of a policy are read over and over, with one of them changed."""

BOOLEAN = re.compile(r"^(?:true|false)$")
DECIMAL = re.compile(r"^[-+]?[0-9]+\.[0-9]+$")
INTEGER = re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$")
NULL = re.compile(r"^(?:null|~|)$")
HALF = re.compile("[\ud800-\udfff]")

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
class Caps:
    """How much a file may hold, so that a hostile one costs no more than a glance."""

    largest: int = LARGEST  # bytes
    nodes: int = MOST_NODES
    deepest: int = DEEPEST


USUAL = Caps()


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data, and where each piece stands: by location, the value's and the key's line and column.

    `broken` are the locations of what is wrong already: what is there instead was put there so that the rest can be checked.
    """

    file: str
    data: Any
    values: Mapping[Location, tuple[int, int]]
    keys: Mapping[Location, tuple[int, int]]
    broken: frozenset[Location] = frozenset()

    def problem(
        self, location: Location, message: str, code: Code = Code.DOES_NOT_FIT, *, key: bool = False, level: Level = Level.ERROR
    ) -> PolicyProblem:
        """A fault at a location, or at the nearest place above it that stands in the file."""
        place = self.keys.get(location) if key else None
        return PolicyProblem(self.file, *(place or self.values.get(self.nearest(location), (1, 1))), message, code, level)

    def fault(
        self, location: Location, message: str, code: Code, *, key: bool = False, needs: Iterable[Location] = ()
    ) -> Iterator[PolicyProblem]:
        """The same, unless it only follows from a fault that is named already: at its own place or in what it is judged by."""
        if not self.lost(location) and all(map(self.sound, needs)):
            yield self.problem(location, message, code, key=key)

    def at(self, location: Location) -> Any:
        """What stands at a location; empty where nothing does."""
        found = self.data
        for part in location:
            inside = part in found if isinstance(found, dict) else isinstance(part, int) and isinstance(found, list) and part < len(found)
            found = found[part] if inside else ()
        return found

    def nearest(self, location: Location) -> Location:
        """The location, or the nearest one above it that stands in the file."""
        while location not in self.values and location:
            location = location[:-1]
        return location

    def lost(self, location: Location) -> bool:
        """Whether what stands at a location is wrong already, or part of something that is."""
        return bool(self.broken) and any(location[:length] in self.broken for length in range(len(location) + 1))

    def sound(self, location: Location) -> bool:
        """Whether nothing at a location, around it or in it is wrong already."""
        return not self.lost(location) and not any(place[: len(location)] == location for place in self.broken)


def read(file: str, text: str) -> Document:
    """Read one file. Raises `PolicyError` with the faults that kept it from being read."""
    document, problems = read_on(file, text)
    if problems:
        raise PolicyError(problems)
    return document


def read_on(file: str, text: str, caps: Caps = USUAL) -> tuple[Document, list[PolicyProblem]]:
    """One file and what is wrong in it but leaves the rest readable. Raises `PolicyError` where nothing can be read.

    Nobody changes the document: the next one who reads the same text is given the same.
    """
    document, problems = (_kept if len(text) <= LONGEST_KEPT else _read_on)(file, text, caps)
    return document, [*problems]


def _read_on(file: str, text: str, caps: Caps) -> tuple[Document, Sequence[PolicyProblem]]:
    _check_text(file, text, caps)
    problems: list[PolicyProblem] = []
    try:
        tagged = _check_events(file, text, problems, caps)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        if problems:  # an alias to nothing, named already
            raise PolicyError(problems) from None
        mark = error.problem_mark or error.context_mark
        raise PolicyError([_malformed(file, error, mark, text)]) from None
    except yaml.YAMLError as error:
        raise _unreadable(file, text, error) from None
    walk = _Walk(file, tagged)
    data = walk.value(node, ()) if node is not None else None
    return Document(file, data, walk.values, walk.keys, frozenset(walk.broken)), (*problems, *walk.problems)


_kept = lru_cache(MOST_KEPT)(_read_on)


def composed(text: str) -> yaml.Node | None:
    """The nodes of a text that `read` takes, each with the place where it begins and ends."""
    loader = _Loader(text)
    try:
        node: yaml.Node | None = loader.get_single_node()
        return node
    finally:
        loader.dispose()


def _check_text(file: str, text: str, caps: Caps) -> None:
    if len(text.encode(errors="surrogatepass")) > caps.largest:
        raise _refused(file, f"larger than {caps.largest:,} bytes", Code.TOO_LARGE)
    if HALF.search(text):
        raise _refused(file, "holds half a character (a lone surrogate): save it as UTF-8", Code.LONE_SURROGATE)
    if text.startswith("\ufeff"):
        raise _refused(file, "starts with a byte order mark: save it as plain UTF-8", Code.BYTE_ORDER_MARK)


def _check_events(file: str, text: str, problems: list[PolicyProblem], caps: Caps) -> set[tuple[int, int]]:
    """Refuse what costs too much before anything is built, note what has no place here, and return where a tag stands."""
    depth, tagged, shared = 0, set(), False
    for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if not shared and (isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None)):
            shared = True  # said once: what follows from an anchor is no fault of its own
            message = "anchors and aliases are not allowed: write it out"
            problems.append(PolicyProblem(file, *_place(event.start_mark), message, Code.ANCHOR_OR_ALIAS))
        if getattr(event, "tag", None) and not isinstance(event, yaml.DocumentStartEvent):
            tagged.add(_place(event.start_mark))
            problems.append(PolicyProblem(file, *_place(event.start_mark), "tags are not allowed", Code.TAG))
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            depth += 1
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            depth -= 1
        if depth > caps.deepest or count > caps.nodes:
            message = f"deeper than {caps.deepest} levels or more than {caps.nodes:,} entries"
            raise PolicyError([*problems, PolicyProblem(file, *_place(event.start_mark), message, Code.TOO_DEEP)])
    return tagged


class _Walk:
    """Builds plain data from nodes, collecting positions and faults. What a tag or an alias stands for is lost."""

    def __init__(self, file: str, tagged: Set[tuple[int, int]]) -> None:
        self.values: dict[Location, tuple[int, int]] = {}
        self.keys: dict[Location, tuple[int, int]] = {}
        self.problems: list[PolicyProblem] = []
        self.broken: set[Location] = set()
        self._file, self._tagged, self._seen = file, tagged, set[int]()

    def value(self, node: yaml.Node, at: Location) -> Any:
        self.values[at] = _place(node.start_mark)
        if id(node) in self._seen or self.values[at] in self._tagged:
            self.broken.add(at)
            return None
        self._seen.add(id(node))
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
                self._fault(place, "a key is a word", Code.KEY_NOT_A_WORD)
            elif key == "<<":
                self._fault(place, "merging is not allowed: write it out", Code.MERGE_KEY)
            elif key in found:
                first = self.keys[*at, key][0]
                self._fault(place, f"duplicate key “{key}” (first on line {first})", Code.DUPLICATE_KEY)
            else:
                self.keys[*at, key] = place
                found[key] = self.value(inner, (*at, key))
        return found

    def _fault(self, place: tuple[int, int], message: str, code: Code) -> None:
        self.problems.append(PolicyProblem(self._file, *place, message, code))


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


def _refused(file: str, message: str, code: Code) -> PolicyError:
    return PolicyError([PolicyProblem(file, 1, 1, message, code)])


def _unreadable(file: str, text: str, error: yaml.YAMLError) -> PolicyError:
    """A sign that no YAML may hold, where it stands."""
    before = text[: getattr(error, "position", 0)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    message = f"not readable as YAML: {getattr(error, 'reason', error)}"
    return PolicyError([PolicyProblem(file, line, column, message, Code.YAML_SYNTAX)])


def _malformed(file: str, error: yaml.MarkedYAMLError, mark: Any, text: str) -> PolicyProblem:
    """What the parser says, or that it stumbled over a tab, which it does not say."""
    place = _place(mark) if mark else (1, 1)
    line = next(iter(text.splitlines()[mark.line :]), "") if mark else ""
    before = line[: mark.column + 1] if mark else ""
    if "\t" in before and not before.strip():
        return PolicyProblem(file, *place, "a tab cannot indent: use spaces", Code.TAB)
    return PolicyProblem(file, *place, error.problem or "not readable as YAML", Code.YAML_SYNTAX)
