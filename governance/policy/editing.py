"""Changing one value of a policy file at its place: comments, order, quotes and spacing of everything else stay byte for byte.

Each change is read again before it is handed on, and refused where the file would then say anything but what was meant.
"""

import json
import re
import textwrap
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TypeAlias

import yaml

from governance.domain.errors import RuleBroken
from governance.policy.nodes import Entry, begin, end, entries, entry_at, has_comment, in_lines, is_block
from governance.policy.problems import PolicyError
from governance.policy.reader import Location, read

Plain: TypeAlias = "str | bool | int | Decimal | list[Plain] | dict[str, Plain] | None"

WIDTH = 110
"""Where a folded text is broken."""

HEADER = re.compile(r"[|>]([0-9]?)[-+]?([0-9]?)[-+]?([^\n]*)")


def put(text: str, at: Location, value: Plain) -> str:
    """The text with this value at this place; a key that is not there yet comes last among its neighbours. Raises `RuleBroken`."""
    data = _read(text)
    found, above = entry_at(text, at), entry_at(text, at[:-1])
    if found is None and (above is None or not isinstance(above.node, yaml.MappingNode) or not isinstance(at[-1], str)):
        raise RuleBroken(f"Nothing stands at {_said(at)} of the file, so nothing is changed there.")
    meant = _changed(data, at, value)
    tries = _replaced(text, found, value) if found else _inserted(text, above.node, f"{_word(str(at[-1]))}: ", value) if above else ()
    return _first(tries, meant, at)


def append(text: str, at: Location, value: Plain) -> str:
    """The text with one more entry at the end of a list. Raises `RuleBroken`."""
    data = _read(text)
    found = entry_at(text, at)
    if found is None or not isinstance(found.node, yaml.SequenceNode):
        raise RuleBroken(f"There is no list at {_said(at)} of the file, so nothing can be added to it.")
    meant = _changed(data, at, [*_at(data, at), value])
    return _first(_inserted(text, found.node, "- " if in_lines(found.node) else "", value), meant, at)


def remove(text: str, at: Location) -> str:
    """The text without what stands there, with the lines it stands on. Raises `RuleBroken`, also for the last entry of a list."""
    data = _read(text)
    found = entry_at(text, at)
    if found is None or found.parent is None:
        raise RuleBroken(f"Nothing stands at {_said(at)} of the file, so nothing can be taken out.")
    if len(found.parent.value) == 1:
        raise RuleBroken(f"{_said(at)} is the only entry at its place, and something has to stand there.")
    return _first(_without(text, found), _left(data, at), at)


def fragment(value: Plain) -> str:
    """A value as it is written on one line, so that it reads as the same again anywhere."""
    match value:
        case dict():
            return "{" + ", ".join(f"{_word(key)}: {fragment(inner)}" for key, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(fragment, value)) + "]"
        case str():
            return _word(value)
        case bool() | None:
            return json.dumps(value)
        case _:
            return f"{value:f}" if isinstance(value, Decimal) else str(value)


def value_of(written: str) -> Plain:
    """What `fragment` wrote. Raises `PolicyError` for anything else that cannot be read."""
    found: Plain = read("fragment", f"value: {written}\n").data["value"]
    return found


def _read(text: str) -> Any:
    """Raises `RuleBroken` for what cannot be read as a policy file, with anchors and aliases first of all."""
    try:
        return read("file", text).data
    except PolicyError as error:
        first = error.problems[0]
        raise RuleBroken(
            f"This file cannot be changed at one place as it stands: line {first.line}: {first.message}. Change it in an editor."
        ) from None


def _first(tries: Iterator[str] | tuple[()], meant: Any, at: Location) -> str:
    """The first way of writing that reads as what is meant."""
    for text in tries:
        try:
            found = read("file", text).data
        except PolicyError:
            continue
        if _typed(found) == _typed(meant):
            return text
    raise RuleBroken(f"{_said(at)} cannot be changed at its place without touching what stands around it. Change it in an editor.")


def _replaced(text: str, found: Entry, value: Plain) -> Iterator[str]:
    node = found.node
    if isinstance(node, yaml.CollectionNode) and has_comment(text, node):
        raise RuleBroken("A comment stands within what would be replaced, and would be lost. Change it in an editor.")
    first, last = begin(node), end(text, node)
    gap = " " if first == last and text[first - 1 : first] not in ("", " ", "\n") else ""
    for written in _ways(text, node, value):
        yield text[:first] + gap + written + text[last:]


def _ways(text: str, node: yaml.Node, value: Plain) -> Iterator[str]:
    """How a value can be written in place of another, the nearest to how that one was written first."""
    if isinstance(value, str) and isinstance(node, yaml.ScalarNode):
        if is_block(node):
            yield from _blocks(text, node, value)
        elif node.style is None and node.tag == "tag:yaml.org,2002:str" and value == value.strip() and "\n" not in value:
            yield value
        elif node.style == "'" and "\n" not in value:
            yield "'" + value.replace("'", "''") + "'"
        if node.style == '"':
            yield _quoted(value)
    yield fragment(value)
    if isinstance(value, str):
        yield _quoted(value)


def _blocks(text: str, node: yaml.ScalarNode, value: str) -> Iterator[str]:
    """A text of several lines in the style of the one before, indented as that one was."""
    old = text[begin(node) : end(text, node)]
    header = HEADER.match(old)
    lines = [line for line in old.split("\n")[1:] if line.strip()]
    if header is None or not lines:
        return
    indent = " " * min(len(line) - len(line.lstrip(" ")) for line in lines)
    chomp = "" if value.endswith("\n") else "-"
    head = f"{node.style}{header[1] or header[2]}{chomp}{header[3]}"
    body = value.removesuffix("\n").split("\n")
    broken = [textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) for line in body]
    written = ["\n".join(body)] if node.style == "|" else ["\n\n".join(broken), "\n\n".join(body)]
    yield from (f"{head}\n{textwrap.indent(one, indent)}" for one in written)


def _inserted(text: str, around: yaml.Node, before: str, value: Plain) -> Iterator[str]:
    """One more entry behind the last one of a list or a mapping; `before` is what stands in front of its value."""
    last = list(entries(around))[-1:]
    written = before + fragment(value)
    if not last:
        place = begin(around) + 1
        yield text[:place] + written + text[place:]
    elif not in_lines(around):
        place = max(end(text, last[0].node), end(text, last[0].key or last[0].node))
        yield f"{text[:place]}, {written}{text[place:]}"
    else:
        place = _line_end(text, max(end(text, last[0].node), end(text, last[0].key or last[0].node)))
        yield f"{text[:place]}\n{' ' * _column(text, _head(text, last[0]))}{written}{text[place:]}"


def _without(text: str, found: Entry) -> Iterator[str]:
    assert found.parent is not None
    first, last = _head(text, found), max(end(text, found.node), found.start)
    if in_lines(found.parent):
        line = first - _column(text, first)
        if text[line:first].strip():
            raise RuleBroken("Something else stands on the same line, and would be lost. Change it in an editor.")
        yield text[:line] + text[_line_end(text, last) + 1 :]
        return
    every = list(entries(found.parent))
    if found.number:
        first = end(text, every[found.number - 1].node)
    else:
        last = every[1].start
    if "#" in text[first : found.start] or "#" in text[end(text, found.node) : last] or has_comment(text, found.node):
        raise RuleBroken("A comment stands within what would be taken out, and would be lost. Change it in an editor.")
    yield text[:first] + text[last:]


def _head(text: str, entry: Entry) -> int:
    """Where an entry begins: its key, or the dash in front of it."""
    in_list = isinstance(entry.parent, yaml.SequenceNode) and in_lines(entry.parent)
    return text.rindex("-", 0, entry.start) if in_list else entry.start


def _column(text: str, place: int) -> int:
    return place - (text.rfind("\n", 0, place) + 1)


def _line_end(text: str, place: int) -> int:
    found = text.find("\n", place)
    return len(text) if found < 0 else found


def _word(text: str) -> str:
    """Plain where it reads as the same text in any place."""
    return text if re.fullmatch(r"[\w. -]+", text) and _reads_as(text) == text else _quoted(text)


def _reads_as(written: str) -> object:
    try:
        return read("word", f"value: {written}\n").data["value"]
    except PolicyError:
        return None


def _quoted(text: str) -> str:
    """Between double quotes, on one line."""
    return "".join(
        sign if sign.isprintable() or sign == " " else f"\\U{ord(sign):08X}" if ord(sign) > 0xFFFF else f"\\u{ord(sign):04X}"
        for sign in json.dumps(text, ensure_ascii=False)
    )


def _typed(value: Any) -> Any:
    """For comparing: the number 1 is not the text “1” and not “true”."""
    match value:
        case dict():
            return {key: _typed(inner) for key, inner in value.items()}
        case list():
            return [_typed(inner) for inner in value]
        case bool() | str() | None:
            return type(value).__name__, value
        case _:
            return "number", Decimal(value)


def _at(data: Any, at: Location) -> Any:
    for part in at:
        data = data[part]
    return data


def _changed(data: Any, at: Location, value: Plain) -> Any:
    """The same data with one value at a place, in new containers on the way there."""
    if not at:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    inner = copy.get(at[0]) if isinstance(copy, dict) else copy[int(at[0])]
    copy[at[0]] = _changed(inner, at[1:], value)  # type: ignore[index]
    return copy


def _left(data: Any, at: Location) -> Any:
    around = _at(data, at[:-1])
    kept: Any = (
        {key: value for key, value in around.items() if key != at[-1]}
        if isinstance(around, dict)
        else [value for number, value in enumerate(around) if number != at[-1]]
    )
    return _changed(data, at[:-1], kept)


def _said(at: Location) -> str:
    return f"“{' › '.join(map(str, at))}”"
