"""OSCAL catalogs, version 1, as JSON: groups of groups and controls, controls within controls.

The form is the catalog model of https://pages.nist.gov/OSCAL/; what is there and no part of a catalogue of ours is known by name and
left out. A profile, or anything else of OSCAL, is refused: it refers to catalogs and is none.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from governance.policy.catalogues.catalogue import Catalogue, Clause, one_line
from governance.policy.catalogues.shapes import (
    Check,
    Faults,
    Number,
    anything,
    each,
    keys,
    matching,
    of,
    text,
    text_or_nothing,
    unfit_signs,
)
from governance.policy.problems import LONGEST_QUOTED, near, readable
from governance.policy.reader import Location

DEEPEST = 40
LONGEST_PATH = 300
TOKENS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
"""Strings, also one that never ends, and what nests; possessive, so that no text costs more than its length."""
MODELS = (
    "profile",
    "component-definition",
    "system-security-plan",
    "assessment-plan",
    "assessment-results",
    "plan-of-action-and-milestones",
    "mapping-collection",
)

UUID: Check = matching(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", "a UUID")
TOKEN: Check = matching(r"[^\W\d][\w.\-]*", "an id (a letter, then letters, digits, points, hyphens)")
VERSION: Check = matching(r"1\.[0-9]+(\.[0-9]+)?(-\S+)?", "a version 1 of OSCAL")

PROPERTY = keys(
    {**of(TOKEN, "name"), **of(UUID, "uuid"), **of(text, "ns value class group"), **of(text_or_nothing, "remarks")}, ["name", "value"]
)
LINK = keys({**of(text, "href rel media-type resource-fragment"), **of(text_or_nothing, "text")}, ["href"])
ABOUT: Mapping[str, Check] = {"props": each(PROPERTY), "links": each(LINK)}

_part: dict[str, Check] = {**of(TOKEN, "id name"), **of(text, "ns class title"), **of(text_or_nothing, "prose"), **ABOUT}
_part["parts"] = each(keys(_part, ["name"]))
PARAMETER = keys(
    {
        **of(TOKEN, "id depends-on"),
        **of(text, "class"),
        **of(text_or_nothing, "label usage remarks"),
        **of(each(text), "values"),
        **of(each(anything), "constraints guidelines"),
        **of(anything, "select"),
        **ABOUT,
    },
    ["id"],
)
_control: dict[str, Check] = {
    **of(TOKEN, "id"),
    **of(text, "class title"),
    **of(each(PARAMETER), "params"),
    **of(_part["parts"], "parts"),
    **ABOUT,
}
_control["controls"] = each(keys(_control, ["id", "title"]))
_group: dict[str, Check] = {**_control}
_group["groups"] = each(keys(_group, ["title"]))

METADATA = keys(
    {
        **of(text, "title published last-modified version"),
        **of(VERSION, "oscal-version"),
        **of(each(anything), "revisions document-ids roles locations parties responsible-parties actions"),
        **of(text_or_nothing, "remarks"),
        **ABOUT,
    },
    ["title", "last-modified", "version", "oscal-version"],
)
RESOURCE = keys(
    {
        **of(UUID, "uuid"),
        **of(text, "title"),
        **of(text_or_nothing, "description remarks"),
        **of(each(PROPERTY), "props"),
        **of(each(anything), "document-ids rlinks"),
        **of(anything, "citation base64"),
    },
    ["uuid"],
)
CATALOG = keys(
    {
        **of(UUID, "uuid"),
        **of(METADATA, "metadata"),
        **of(each(PARAMETER), "params"),
        **of(_control["controls"], "controls"),
        **of(_group["groups"], "groups"),
        **of(keys({"resources": each(RESOURCE)}), "back-matter"),
    },
    ["uuid", "metadata"],
)


class _Unread(Exception):
    """Why the bytes are no JSON."""


def read(source: str) -> tuple[Catalogue | None, list[str]]:
    """The catalogue, or every fault, each with its path in the JSON. `source` is text; its id is left empty."""
    try:
        whole, doubled = _parsed(source)
    except _Unread as why:
        return None, [str(why)]
    faults = Faults()
    for key in doubled:
        faults.say((), f"the key “{key}” stands twice in one place")
    for at, message in unfit_signs(whole):
        faults.say(at, message)
    if not isinstance(whole, dict) or "catalog" not in whole:
        return None, [_no_catalog(whole)]
    keys({"catalog": CATALOG, "$schema": text}, ["catalog"])(whole, (), faults)
    clauses, withdrawn = _clauses(whole["catalog"], faults) if not faults.found else ([], 0)
    if not faults.found and not clauses:
        faults.say(("catalog",), "no control is in it")
    if faults.found:
        return None, [f"{path(at)}: {message}" for at, message, _ in faults.found]
    return _catalogue(whole["catalog"], clauses, withdrawn), []


def path(at: Location) -> str:
    """A place in the JSON as people write it: `catalog.groups[2].id`."""
    said = "".join(f"[{part}]" if isinstance(part, int) else f".{_short(part)}" for part in at).lstrip(".")
    if not said:
        return "the whole file"
    return said if len(said) <= LONGEST_PATH else f"…{said[-LONGEST_PATH:]}"


def _short(key: str) -> str:
    return key if len(key) <= LONGEST_QUOTED else f"{key[:LONGEST_QUOTED]}…"


def _parsed(source: str) -> tuple[Any, list[str]]:
    _check_depth(source)
    doubled: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        doubled.extend(name for name, count in Counter(name for name, _ in found).items() if count > 1)
        return dict(found)

    def constant(name: str) -> Any:
        raise _Unread(f"it is no JSON: {name} is no number")

    try:
        whole = json.loads(source, object_pairs_hook=pairs, parse_int=Number, parse_float=Number, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise _Unread(f"it is no JSON: {error.msg[:1].lower()}{error.msg[1:]} at line {error.lineno}, column {error.colno}") from None
    return whole, doubled


def _check_depth(source: str) -> None:
    """Before anything is built: a parser that follows the nesting would run out of room."""
    depth = 0
    for token in TOKENS.finditer(source):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token.group(), 0)
        if depth > DEEPEST:
            raise _Unread(f"it is nested deeper than {DEEPEST} levels")


def _no_catalog(whole: Any) -> str:
    if isinstance(whole, dict):
        if found := next((model for model in MODELS if model in whole), None):
            return f"it is an OSCAL {found.replace('-', ' ')}, and only a catalog can be imported (resolve a profile into one first)"
        if whole:
            first = next(iter(whole))
            return readable(f"missing key “catalog”, there is “{first}”{near(first, ['catalog'])}")
    return "the object of an OSCAL catalog is expected: {“catalog”: …}"


def _clauses(catalog: Mapping[str, Any], faults: Faults) -> tuple[list[Clause], int]:
    """Every control, in the order of the file; withdrawn ones are only counted."""
    found: list[Clause] = []
    first: dict[str, Location] = {}
    withdrawn = 0
    for at, control in _controls(catalog, ("catalog",)):
        name = control["id"]
        if name in first:
            faults.say((*at, "id"), f"the id “{name}” is taken already by {path(first[name])}")
        first.setdefault(name, at)
        if not name.isascii() or len(name) > 80:
            faults.say((*at, "id"), "an id of at most 80 plain signs is expected")
        if _is_withdrawn(control):
            withdrawn += 1
        else:
            found.append(Clause(name, one_line(control["title"])))
    return found, withdrawn


def _controls(holder: Mapping[str, Any], at: Location) -> Iterator[tuple[Location, Mapping[str, Any]]]:
    for key in ("controls", "groups"):
        for number, inner in enumerate(holder.get(key, ())):
            place = (*at, key, number)
            if key == "controls":
                yield place, inner
            yield from _controls(inner, place)


def _is_withdrawn(control: Mapping[str, Any]) -> bool:
    return any(one["name"] == "status" and one["value"].lower() == "withdrawn" for one in control.get("props", ()))


def _catalogue(catalog: Mapping[str, Any], clauses: list[Clause], withdrawn: int) -> Catalogue:
    about = catalog["metadata"]
    left_out = [f"{withdrawn:,} withdrawn {'control' if withdrawn == 1 else 'controls'}"] if withdrawn else []
    left_out += ["prose of controls, parameters and back matter"]
    rights = [one["value"] for one in about.get("props", ()) if one["name"] in ("license", "licence", "rights")]
    return Catalogue(
        id="",
        name=one_line(about["title"]),
        version=one_line(about["version"]),
        source=(f"OSCAL catalog {catalog['uuid']}", f"last modified {one_line(about['last-modified'])}"),
        licence=one_line("; ".join(rights)) or None,
        clauses=tuple(clauses),
        left_out=tuple(left_out),
    )
