"""Libraries of CISO Assistant, as YAML: frameworks whose requirement nodes form a tree by their `parent_urn`.

Nodes that are assessable become clauses; the others are headings. What else a library may hold is known by name and left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from governance.policy.catalogues.catalogue import Catalogue, Clause, one_line
from governance.policy.catalogues.shapes import (
    Check,
    Faults,
    anything,
    each,
    keys,
    matching,
    of,
    text,
    text_or_nothing,
    text_or_number,
    truth,
    unfit_signs,
)
from governance.policy.problems import PolicyError, PolicyProblem, near
from governance.policy.reader import Caps, Document, Location, read_on

CAPS = Caps(largest=20_000_000, nodes=1_000_000)
"""Libraries carry translations, questions and long texts."""

URN: Check = matching(r"[Uu][Rr][Nn]:[A-Za-z0-9_-]+(:[A-Za-z0-9\[\]()._-]+)+", "a URN (urn:…:…)")

NODE = keys(
    {
        **of(URN, "urn parent_urn"),
        **of(truth, "assessable"),
        **of(text_or_number, "depth ref_id"),
        **of(text_or_nothing, "name description annotation typical_evidence"),
        **of(anything, "implementation_groups threats reference_controls questions translations weight importance"),
        **of(anything, "display_mode visibility_expression order_id maturity skip_count"),
    },
    ["urn", "assessable"],
)
FRAMEWORK = keys(
    {
        **of(URN, "urn"),
        **of(text_or_number, "ref_id"),
        **of(text, "name locale"),
        **of(text_or_nothing, "description annotation provider"),
        **of(each(NODE), "requirement_nodes"),
        **of(anything, "translations min_score max_score scores_definition score_calculation_method scoring"),
        **of(anything, "implementation_groups_definition outcomes_definition field_visibility"),
    },
    ["urn", "ref_id", "name", "requirement_nodes"],
)
LEFT_OUT = (
    "threats",
    "reference_controls",
    "risk_matrix",
    "risk_matrices",
    "requirement_mapping_set",
    "requirement_mapping_sets",
    "metric_definitions",
)
OBJECTS = keys({**of(FRAMEWORK, "framework"), **of(each(FRAMEWORK), "frameworks"), **of(anything, " ".join(LEFT_OUT))})
LIBRARY = keys(
    {
        **of(URN, "urn"),
        **of(text, "locale name"),
        **of(text_or_number, "ref_id version publication_date"),
        **of(text_or_nothing, "description copyright provider packager annotation"),
        **of(each(URN), "dependencies"),
        **of(OBJECTS, "objects"),
        **of(anything, "translations labels convert_library_version"),
    },
    ["urn", "locale", "ref_id", "name", "version", "objects"],
)


def read(name: str, source: str) -> tuple[list[Catalogue], list[str]]:
    """Every framework of the library, or every fault, each with its line and column."""
    try:
        document, problems = read_on(name, source, CAPS)
    except PolicyError as error:
        return [], [str(problem) for problem in error.problems]
    faults = Faults()
    if not isinstance(document.data, dict):
        faults.say((), "the keys of a library are expected (urn, locale, objects and others)")
    else:
        LIBRARY(document.data, (), faults)
    for at, message in unfit_signs(document.data):
        faults.say(at, message)
    if problems or faults.found:
        return [], _said(document, problems, faults)
    found = [_catalogue(document.data, framework, at, faults) for at, framework in _frameworks(document.data)]
    if not found:
        faults.say(("objects",), "no framework is in it")
    return ([], _said(document, [], faults)) if faults.found else (found, [])


def _said(document: Document, problems: Sequence[PolicyProblem], faults: Faults) -> list[str]:
    every = [*problems, *(document.problem(at, message, key=key) for at, message, key in faults.found)]
    return [str(problem) for problem in sorted(set(every))]


def _frameworks(library: Mapping[str, Any]) -> Iterator[tuple[Location, Mapping[str, Any]]]:
    objects = library["objects"]
    if "framework" in objects:
        yield ("objects", "framework"), objects["framework"]
    for number, framework in enumerate(objects.get("frameworks", ())):
        yield ("objects", "frameworks", number), framework


def _catalogue(library: Mapping[str, Any], framework: Mapping[str, Any], at: Location, faults: Faults) -> Catalogue:
    nodes, place = framework["requirement_nodes"], (*at, "requirement_nodes")
    _check_tree(nodes, place, faults)
    clauses = [
        Clause(_id(node), one_line(node.get("name") or node.get("description") or "") or None) for node in nodes if node["assessable"]
    ]
    _check_ids(nodes, place, faults)
    if not clauses:
        faults.say(place, "no node is assessable, so there is no clause in it")
    headings = len(nodes) - len(clauses)
    others = [key.replace("_", " ") for key in LEFT_OUT if key in library["objects"]]
    left_out = [f"{headings:,} {'heading' if headings == 1 else 'headings'}"] if headings else []
    return Catalogue(
        id=str(framework["ref_id"]),
        name=one_line(framework["name"]),
        version=f"library version {_plain(library['version'])}",
        source=(f"CISO Assistant library {library['urn']}", *_published(library)),
        licence=one_line(library.get("copyright") or "") or None,
        clauses=tuple(clauses),
        left_out=(*left_out, "descriptions, questions and translations", *others),
    )


def _published(library: Mapping[str, Any]) -> Iterator[str]:
    if "publication_date" in library:
        yield f"published {_plain(library['publication_date'])}"


def _check_tree(nodes: Sequence[Mapping[str, Any]], place: Location, faults: Faults) -> None:
    """URNs once each, parents that are there, and no node above itself."""
    first: dict[str, int] = {}
    for number, node in enumerate(nodes):
        urn = node["urn"].lower()
        if urn in first:
            faults.say((*place, number, "urn"), f"the URN “{node['urn']}” stands twice")
        first.setdefault(urn, number)
    above = {node["urn"].lower(): node["parent_urn"].lower() for node in nodes if "parent_urn" in node}
    for number, node in enumerate(nodes):
        parent = node.get("parent_urn")
        if parent is not None and parent.lower() not in first:
            message = f"the parent “{parent}” is no node of this framework{near(parent.lower(), first)}"
            faults.say((*place, number, "parent_urn"), message)
    for urn in _in_a_circle(above):
        faults.say((*place, first[urn], "parent_urn"), "its parents lead back to itself")


def _in_a_circle(above: Mapping[str, str]) -> list[str]:
    """The nodes that are their own ancestors; each node is visited once."""
    done: set[str] = set()
    found: list[str] = []
    for start in above:
        way: dict[str, None] = {}
        here: str | None = start
        while here is not None and here not in done and here not in way:
            way[here] = None
            here = above.get(here)
        if here in way:
            found += list(way)[list(way).index(here) :]
        done.update(way)
    return found


def _check_ids(nodes: Sequence[Mapping[str, Any]], place: Location, faults: Faults) -> None:
    first: dict[str, int] = {}
    for number, node in enumerate(nodes):
        if not node["assessable"]:
            continue
        name, at = _id(node), (*place, number, "ref_id" if "ref_id" in node else "urn")
        if not name.isascii() or not name.isprintable() or not 0 < len(name) <= 80:
            faults.say(at, f"an id of at most 80 plain signs is expected, not “{name}”")
        elif name in first and ("ref_id" in node or node["urn"].lower() != nodes[first[name]]["urn"].lower()):
            faults.say(at, f"the id “{name}” is taken already by node {first[name] + 1} of the list")
        first.setdefault(name, number)


def _id(node: Mapping[str, Any]) -> str:
    """Its own id where it has one, else the last part of its URN."""
    return _plain(node["ref_id"]).strip() if "ref_id" in node else str(node["urn"]).rpartition(":")[2]


def _plain(value: Any) -> str:
    return str(value)
