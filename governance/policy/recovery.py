"""Going on after a fault of shape: what is wrong is replaced by the least that may stand there, so that the rest can be checked.

A misspelt key is taken for the one it stands for. What was replaced is marked, so that nothing that only follows from it is named.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from governance.policy import schema, shape
from governance.policy.problems import PolicyProblem
from governance.policy.reader import Document, Location

Model = TypeVar("Model", bound=BaseModel)

ROUNDS = 20
"""A misspelt key hides what is below it once for each level, and no policy is that deep."""


def recovered(document: Document, kind: type[Model]) -> tuple[Document, Model | None, list[PolicyProblem]]:
    """The document as a model as far as it is one, what was mended for that, and every fault of shape."""
    if not isinstance(document.data, dict):
        return document, None, shape.shaped(document, kind)[1]
    problems: list[PolicyProblem] = []
    for _ in range(ROUNDS):
        try:
            return document, kind.model_validate(document.data), problems
        except ValidationError as error:
            details = error.errors(include_url=False)
        problems += shape.few(document, shape.faults(document, details, kind))
        if len(details) > shape.MOST_FAULTS:
            break
        document = _Mending(document, kind).mended(details)
    return document, None, problems


class _Mending:
    """One round: a copy of the document in which the faults named so far are replaced."""

    def __init__(self, document: Document, kind: type[BaseModel]) -> None:
        self._document, self._kind = document, kind
        self._data, self._broken = deepcopy(document.data), set(document.broken)
        self._values, self._keys = dict(document.values), dict(document.keys)

    def mended(self, details: Sequence[ErrorDetails]) -> Document:
        for detail in sorted(details, key=lambda detail: detail["type"] == "missing"):  # a misspelt key may be what is missing
            at = shape.where(detail)
            if detail["type"] == "extra_forbidden":
                self._unknown(at, shape.meant_key(self._document, self._kind, at))
            elif at[-1:] == ("[key]",):
                self._unknown(at[:-1], None)
            elif detail["type"] == "missing":
                self._missing(at)
            else:
                self._wrong(self._document.nearest(at))
        made = replace(self._document, data=self._data, values=self._values, keys=self._keys)
        return replace(made, broken=frozenset(self._broken))

    def _unknown(self, at: Location, meant: str | None) -> None:
        """Take an unknown key away, or for what was meant. A name that is misspelt leaves open what it would have named."""
        around = self._around(at)
        if around is None or at[-1] not in around:
            return
        value = around.pop(at[-1])
        if meant is None or meant in around:
            self._broken.add((*at[:-1], "[key]"))
            return
        around[meant] = value
        for place in _places(value, at):
            moved = (*at[:-1], meant, *place[len(at) :])
            for known in (self._values, self._keys):
                if place in known:
                    known[moved] = known[place]

    def _missing(self, at: Location) -> None:
        around = self._around(at)
        if around is not None and at[-1] not in around:
            around[at[-1]] = self._stand_in(at)
            self._broken.add(at)

    def _wrong(self, at: Location) -> None:
        around = self._around(at)
        if around is None:
            return
        if isinstance(around, dict) and not schema.is_needed(self._kind, at):
            around.pop(at[-1], None)
        elif isinstance(around, dict) or int(at[-1]) < len(around):
            around[at[-1]] = self._stand_in(at)
        self._broken.add(at)

    def _stand_in(self, at: Location) -> Any:
        return schema.stand_in(self._kind, at)

    def _around(self, at: Location) -> Any:
        """The keys and values, or the list, that hold a place; none where they are gone."""
        found: Any = self._data
        for part in at[:-1]:
            inside = part in found if isinstance(found, dict) else isinstance(found, list) and isinstance(part, int) and part < len(found)
            if not inside:
                return None
            found = found[part]
        return found if at and isinstance(found, dict | list) else None


def _places(value: Any, at: Location) -> Iterator[Location]:
    """Every location in a value, itself included."""
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from _places(part, (*at, key))
