"""What the ledger explorer shows: entries that fit a question, and one entry with what it changed and its proof."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from sqlalchemy import ColumnElement, func, inspect, select
from sqlalchemy.orm import Session

from governance.ledger import read, rebuild, tree
from governance.ledger.read import Entry
from governance.models.base import Governed
from governance.models.ledger import Leaf
from governance.reads import marks, people, sentences, words
from governance.reads.marks import Mark
from governance.storage.search import text_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class Question:
    """What an auditor looks for. Every part may be left out; the period includes its start and excludes its end."""

    stream: str = ""
    initiative: str = ""
    person: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in a list."""

    entry: Entry
    mark: Mark
    who: str
    deed: str
    words: str  # what somebody wrote with it; empty where nothing was, or where the record lost it


@dataclass(frozen=True, slots=True)
class Change:
    """One row before and after an entry: field, before, after. A row that was added has nothing before."""

    row: str
    kind: Literal["added", "changed", "removed"]
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One hash of an inclusion proof, and the side it joins on."""

    side: str
    hash: str


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry is in the ledger as it stands: `holds` was worked out anew for this page."""

    size: int
    root: str
    steps: tuple[Step, ...]
    holds: bool


def lines(session: Session, question: Question, *, before: int | None = None, limit: int | None = PAGE) -> list[Line]:
    """The entries that fit, newest first, in words."""
    found = read.entries(session, *_conditions(question), before=before, limit=limit)
    return in_words(session, found)


def count(session: Session, question: Question) -> int:
    return session.scalar(select(func.count()).select_from(Leaf).where(*_conditions(question))) or 0


def in_words(session: Session, entries: Iterable[Entry]) -> list[Line]:
    found = list(entries)
    names = people.names(session, {person for entry in found for person in sentences.people_in(entry)})
    said = words.texts(session, [sentences.digest_of_words(entry) for entry in found])
    return [
        Line(
            entry,
            marks.state_of(entry),
            sentences.who(entry, names),
            sentences.deed(entry, names),
            said.get(sentences.digest_of_words(entry) or "", ""),
        )
        for entry in found
    ]


def kinds(session: Session) -> list[str]:
    """The kinds of entries this ledger has."""
    return list(session.scalars(select(Leaf.kind).distinct().order_by(Leaf.kind)))


def actors(session: Session) -> Mapping[str, str]:
    """Everybody who ever acted, by id, sorted by name."""
    names = people.names_in(session, select(Leaf.actor))
    return dict(sorted(names.items(), key=lambda pair: pair[1].casefold()))


def neighbours(session: Session, entry: Entry) -> tuple[int | None, int | None]:
    """The entries before and after in the same stream."""
    numbered = select(Leaf.seq, Leaf.index).where(Leaf.stream == entry.stream, Leaf.seq.in_([entry.seq - 1, entry.seq + 1]))
    found: dict[int, int] = {seq: index for seq, index in session.execute(numbered)}  # noqa: C416 - rows are no pairs to dict()
    return found.get(entry.seq - 1), found.get(entry.seq + 1)


def stream_length(session: Session, stream: str) -> int:
    return session.scalar(select(func.count()).select_from(Leaf).where(Leaf.stream == stream)) or 0


def proof(session: Session, entry: Entry) -> Proof:
    """The audit path of an entry to the root over all entries, checked here and now from the recorded bytes."""
    size = read.size(session)
    try:
        head, path = read.head(session), read.inclusion(session, entry.index, size)
    except KeyError:  # entries or nodes are gone, so there is no root and no path
        return Proof(size, "", (), holds=False)
    holds = tree.verify_inclusion(tree.leaf_hash(entry.header_bytes), entry.index, head.size, path, head.root)
    sides = _sides(entry.index, head.size)
    return Proof(head.size, head.root.hex(), tuple(Step(side, step.hex()) for side, step in zip(sides, path, strict=True)), holds)


def changes(session: Session, entry: Entry) -> list[Change] | None:
    """What an entry changed, by replaying its stream without it and then with it. Empty for an entry of an unknown kind.

    None where that cannot be worked out: the entry or one before it in its stream is damaged or gone.
    """
    story = list(reversed(read.entries(session, Leaf.stream == entry.stream, before=entry.index + 1)))
    if any(told.damage or told.seq != number for number, told in enumerate(story)):
        return None
    shelf = rebuild.Shelf()
    try:
        rebuild.replay(_replayable(story[:-1]), shelf)
        before = _picture(shelf)
        after = _picture(rebuild.replay(_replayable(story[-1:]), shelf))
    except rebuild.UnknownKind:
        return []
    rows = [row for row in sorted(before.keys() | after.keys()) if before.get(row) != after.get(row)]
    return [_compared(row, before.get(row), after.get(row)) for row in rows]


def _conditions(question: Question) -> list[ColumnElement[bool]]:
    stated: list[tuple[object, ColumnElement[bool]]] = [
        (question.stream, Leaf.stream.startswith(f"{question.stream}/", autoescape=True)),
        (question.initiative, Leaf.stream == f"initiative/{question.initiative}"),
        (question.person, Leaf.actor == question.person),
        (question.kind, Leaf.kind == question.kind),
        (question.text, func.lower(text_of(Leaf.body)).contains(question.text.lower(), autoescape=True)),
    ]
    conditions = [condition for value, condition in stated if value]
    if question.since is not None:
        conditions.append(Leaf.at >= question.since)
    if question.until is not None:
        conditions.append(Leaf.at < question.until)
    return conditions


def _sides(index: int, size: int) -> list[str]:
    """On which side each hash of an audit path stands, from the leaf up (RFC 9162, 2.1.3.1)."""
    if size == 1:
        return []
    middle = 1 << (size - 1).bit_length() - 1
    if index < middle:
        return [*_sides(index, middle), "right"]
    return [*_sides(index - middle, size - middle), "left"]


def _replayable(story: Iterable[Entry]) -> Iterable[rebuild.Entry]:
    return [rebuild.Entry(entry.index, entry.kind, entry.header_bytes, entry.body_bytes) for entry in story]


def _picture(shelf: rebuild.Shelf) -> dict[str, dict[str, str]]:
    """Every row on a shelf as text, by table and key."""
    rows = [row for of_kind in shelf.rows.values() for row in of_kind.values()]
    return {_row_name(row): _fields(row) for row in rows}


def _row_name(row: Governed) -> str:
    keys = [str(column.key) for column in inspect(type(row)).primary_key]
    return f"{row.__tablename__.replace('_', ' ')} {' / '.join(str(getattr(row, key)) for key in keys)}"


def _fields(row: Governed) -> dict[str, str]:
    return {name: in_text(getattr(row, name)) for name in inspect(type(row)).columns.keys()}  # noqa: SIM118 - not a dictionary


def in_text(value: object) -> str:
    """A stored value as a line of text; nothing for what is empty."""
    if value is None or value in ("", [], {}):
        return ""
    match value:
        case bool():
            return "yes" if value else "no"
        case StrEnum():
            return value.value.replace("_", " ")
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S UTC")
        case list():
            return ", ".join(in_text(part) for part in value)
        case dict():
            return ", ".join(f"{name}: {in_text(part) or 'nothing'}" for name, part in value.items())
        case _:
            return str(value)


def _compared(row: str, before: Mapping[str, str] | None, after: Mapping[str, str] | None) -> Change:
    old, new = before or {}, after or {}
    names = [name for name in (after or old) if old.get(name, "") != new.get(name, "")]
    kind: Literal["added", "changed", "removed"] = "added" if before is None else "removed" if after is None else "changed"
    return Change(row, kind, tuple((name.replace("_", " "), old.get(name, ""), new.get(name, "")) for name in names))
