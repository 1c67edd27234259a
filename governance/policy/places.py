"""Places of a policy by the names of things, such as `gate/G2/items/G2-07/threshold/value`, and changes at them.

A name says which file and where in it, whatever moved there since: gates, items and seats by their ids, all else by its keys. What a
checklist adds to a gate has a name there too, and is changed in the file of the checklist, so for every gate that uses it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from governance.domain.errors import RuleBroken
from governance.policy import editing
from governance.policy.checklists import name_at
from governance.policy.editing import Plain
from governance.policy.reader import Document, Location, read


@dataclass(frozen=True, slots=True)
class Edit:
    """One change. `written` is the new value as YAML on one line; None takes away what stands there."""

    place: str
    written: str | None

    @property
    def value(self) -> Plain:
        return None if self.written is None else editing.value_of(self.written)


@dataclass(frozen=True, slots=True)
class Edited:
    """The texts with every change that could be made, and why the others could not, by place."""

    texts: Mapping[str, str]
    refused: Mapping[str, str] = field(default_factory=dict)


def edit(place: str, value: Plain) -> Edit:
    return Edit(place, editing.fragment(value))


def edited(texts: Mapping[str, str], edits: Iterable[Edit]) -> Edited:
    """Every change made, one after the other."""
    made, refused = dict(texts), {}
    for one in edits:
        try:
            file, text = _made(made, one)
        except RuleBroken as error:
            refused[one.place] = error.message
        else:
            made[file] = text
    return Edited(made, refused)


def value_at(texts: Mapping[str, str], place: str) -> Any:
    """What stands at a place; None where nothing does."""
    found = _found(texts, place.split("/"))
    return found[1].at(found[2]) if found else None


def gates(texts: Mapping[str, str]) -> list[str]:
    """The ids of the gates, in the order of the files."""
    found = (_document(texts[file]).at(("gate", "id")) for file in sorted(texts))
    return [str(name) for name in found if name != ()]


def metric_labels(texts: Mapping[str, str]) -> dict[str, str]:
    """What the declared metrics are called, by each of their names."""
    sections = [_document(texts[file]).at(("metrics",)) for file in sorted(texts)]
    declared = [(key, said) for section in sections if isinstance(section, dict) for key, said in section.items() if isinstance(said, dict)]
    others = {str(name): str(said.get("label", key)) for key, said in declared for name in said.get("also_called") or ()}
    return others | {str(key): str(said.get("label", key)) for key, said in declared}


def lines_of(texts: Mapping[str, str], place: str) -> tuple[str, int] | None:
    """The file and the line a place is on, or the nearest one around it."""
    parts = place.split("/")
    while parts:
        if found := _found(texts, parts):
            return found[0], found[1].values[found[2]][0]
        parts = parts[:-1]
    return None


def used_by(texts: Mapping[str, str], place: str) -> list[str]:
    """The gates that use what stands at a place of a checklist; none where it is a gate's own."""
    found = _found(texts, place.split("/"))
    return [str(gate) for gate in found[1].at(("checklist", "gates"))] if found and found[2][:1] == ("checklist",) else []


MAY_BE_EMPTY = ("looks_at",)
"""Lists of seats that come with their first entry, and of which the last one can be taken out."""


def _made(texts: Mapping[str, str], one: Edit) -> tuple[str, str]:
    parts = one.place.split("/")
    found, above = _found(texts, parts), _found(texts, parts[:-1])
    if len(parts) == 6 and parts[2] == "seats" and parts[4] in MAY_BE_EMPTY:
        if found is not None and one.written is None and len(found[1].at(found[2][:-1])) == 1:
            return found[0], editing.put(texts[found[0]], found[2][:-1], [])
        if above is None and one.written is not None:
            return _made(texts, edit("/".join(parts[:-1]), [one.value]))
    if found is not None:
        file, _, at = found
        return file, editing.remove(texts[file], at) if one.written is None else editing.put(texts[file], at, one.value)
    if above is None or one.written is None:
        raise RuleBroken("What this changes is no longer in the policy. Undo the change.")
    file, document, at = above
    if isinstance(document.at(at), list):
        return file, editing.append(texts[file], at, one.value)
    return file, editing.put(texts[file], (*at, parts[-1]), one.value)


def _found(texts: Mapping[str, str], parts: Sequence[str]) -> tuple[str, Document, Location] | None:
    for starts in (_start, _start_in_checklist):
        for file in sorted(texts):
            document = _document(texts[file])
            start = starts(document, parts)
            at = start and _within(document, *start)
            if at:
                return file, document, at
    return None


def _start(document: Document, parts: Sequence[str]) -> tuple[Location, Sequence[str]] | None:
    """Where the walk through a file begins. There are several gates, each under the key `gate` of its own file."""
    if not isinstance(document.data, dict) or not parts or parts[0] not in document.data:
        return None
    if parts[0] != "gate":
        return (), parts
    return (("gate",), parts[2:]) if len(parts) > 1 and document.at(("gate", "id")) == parts[1] else None


def _start_in_checklist(document: Document, parts: Sequence[str]) -> tuple[Location, Sequence[str]] | None:
    """The same for one check or seat of a gate, where the file holds a checklist that adds it there."""
    if len(parts) < 4 or parts[0] != "gate" or parts[1] not in document.at(("checklist", "gates")):
        return None
    _, gate, kind, name, *inside = parts
    own = name if kind == "seats" else name.removeprefix(name_at(gate, ""))
    return (("checklist",), [kind, own, *inside]) if kind == "seats" or name == name_at(gate, own) else None


def _within(document: Document, at: Location, parts: Sequence[str]) -> Location | None:
    for part in parts:
        inner = document.at(at)
        if isinstance(inner, dict) and part in inner:
            at = (*at, part)
        elif isinstance(inner, list) and (number := _number(inner, part)) is not None:
            at = (*at, number)
        else:
            return None
    return at


def _number(entries: list[Any], part: str) -> int | None:
    named = [number for number, one in enumerate(entries) if isinstance(one, dict) and one.get("id") == part]
    if named or any(isinstance(one, dict) and "id" in one for one in entries):
        return named[0] if named else None
    return int(part) if part.isascii() and part.isdecimal() and len(part) < 6 and int(part) < len(entries) else None


@lru_cache(maxsize=64)
def _document(text: str) -> Document:
    return read("file", text)
