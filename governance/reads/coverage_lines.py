"""The lists of catalogues and of their clauses: searched, filtered, in the order asked for."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from governance.domain.frameworks import CatalogueState, ClauseState
from governance.domain.text import fold
from governance.reads.coverage import ClauseLine, Coverage

PAGE = 100
"""Clauses on a page; catalogues have a few dozen."""


class Show(StrEnum):
    """Which clauses."""

    EVIDENCED = "evidenced"
    SERVED = "served"
    UNSERVED = "unserved"
    ATTESTED = "attested"
    OPEN = "open"


SHOWN: Mapping[Show, Callable[[ClauseLine], bool]] = {
    Show.EVIDENCED: lambda line: line.state is ClauseState.EVIDENCED,
    Show.SERVED: lambda line: bool(line.serving),
    Show.UNSERVED: lambda line: not line.serving,
    Show.ATTESTED: lambda line: line.is_attested,
    Show.OPEN: lambda line: line.state is ClauseState.OPEN,
}


class ClauseOrder(StrEnum):
    CLAUSE = "clause"
    STATE = "state"
    SERVING = "serving"
    INITIATIVES = "initiatives"


class CatalogueOrder(StrEnum):
    POLICY = "policy"
    NAME = "name"
    SERVED = "served"
    EVIDENCED = "evidenced"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Clauses:
    """What the filter bar of a catalogue asks for."""

    text: str = ""
    show: Show | None = None
    order: ClauseOrder = ClauseOrder.CLAUSE
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Catalogues:
    """What the filter bar of the list of catalogues asks for."""

    text: str = ""
    state: CatalogueState | None = None
    order: CatalogueOrder = CatalogueOrder.POLICY
    descending: bool = False


def clauses(coverage: Coverage, wanted: Clauses) -> list[ClauseLine]:
    """Those in which every word occurs, in the order asked for; by themselves they stand as the catalogue has them."""
    found = [line for line in coverage.lines if _has(wanted.text, _text_of_clause(line)) and (not wanted.show or SHOWN[wanted.show](line))]
    if wanted.order is ClauseOrder.CLAUSE and not wanted.descending:
        return found
    keys: Mapping[ClauseOrder, Callable[[ClauseLine], Any]] = {
        ClauseOrder.CLAUSE: lambda line: _natural(line.clause.id),
        ClauseOrder.STATE: lambda line: list(ClauseState).index(line.state),
        ClauseOrder.SERVING: lambda line: len(line.serving),
        ClauseOrder.INITIATIVES: lambda line: line.passed + line.now,
    }
    return sorted(found, key=keys[wanted.order], reverse=wanted.descending)


def catalogues(every: Sequence[Coverage], wanted: Catalogues) -> list[Coverage]:
    """The same for catalogues; by themselves they stand in the order of the policy."""
    found = [one for one in every if _has(wanted.text, _text(one)) and (not wanted.state or one.state is wanted.state)]
    keys: Mapping[CatalogueOrder, Callable[[Coverage], Any]] = {
        CatalogueOrder.NAME: lambda one: fold(one.framework.title),
        CatalogueOrder.SERVED: lambda one: one.served / max(1, len(one.lines)),
        CatalogueOrder.EVIDENCED: lambda one: one.counts[ClauseState.EVIDENCED] / max(1, len(one.lines)),
        CatalogueOrder.STATE: lambda one: list(CatalogueState).index(one.state),
    }
    if wanted.order is CatalogueOrder.POLICY:
        return found[::-1] if wanted.descending else found
    return sorted(found, key=keys[wanted.order], reverse=wanted.descending)


def _has(text: str, within: str) -> bool:
    folded = fold(within)
    return all(word in folded for word in fold(text).split())


def _text_of_clause(line: ClauseLine) -> str:
    served = " ".join(f"{one.id} {one.title} {one.gate}" for one in line.serving)
    return f"{line.clause.id} {line.clause.title} {line.clause.who or ''} {served}"


def _text(one: Coverage) -> str:
    return f"{one.framework.id} {one.framework.title} {one.framework.version} {one.framework.status}"


def _natural(clause: str) -> list[tuple[bool, int, str]]:
    """Ids as people order them: A.2.2 before A.10.2."""
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", clause)]
