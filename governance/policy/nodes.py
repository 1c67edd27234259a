"""Where each piece of a policy file begins and ends, so that one can be changed and all others stay as they were written."""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from governance.policy.reader import Location, composed


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands at one place: its node, the node around it, which of its entries it is, and the key before it."""

    node: yaml.Node
    parent: yaml.Node | None = None
    number: int = 0
    key: yaml.Node | None = None

    @property
    def start(self) -> int:
        """Where it begins, with its key."""
        return begin(self.key or self.node)


def entry_at(text: str, at: Location) -> Entry | None:
    """What stands at a location of a text that can be read; None where nothing does."""
    root = composed(text)
    found = Entry(root) if root is not None else None
    for part in at:
        found = next((entry for entry in entries(found.node) if part == _name(entry)), None) if found else None
    return found


def entries(node: yaml.Node) -> Iterator[Entry]:
    """What stands directly in a list or in a mapping."""
    if isinstance(node, yaml.MappingNode):
        yield from (Entry(value, node, number, key) for number, (key, value) in enumerate(node.value))
    elif isinstance(node, yaml.SequenceNode):
        yield from (Entry(value, node, number) for number, value in enumerate(node.value))


def begin(node: yaml.Node) -> int:
    return int(node.start_mark.index)


def end(text: str, node: yaml.Node) -> int:
    """Behind its last sign: the blank lines and comments that follow are not part of it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return max(end(text, one) for one in last) if isinstance(last, tuple) else end(text, last)
    if is_block(node):
        return begin(node) + len(text[begin(node) : node.end_mark.index].rstrip())
    return int(node.end_mark.index)


def is_block(node: yaml.Node) -> bool:
    """Whether it is a text of several lines, kept as they are (`|`) or joined (`>`)."""
    return isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")


def in_lines(node: yaml.Node) -> bool:
    """Whether it is a list or a mapping with its entries on lines of their own."""
    return isinstance(node, yaml.CollectionNode) and not node.flow_style and bool(node.value)


def has_comment(text: str, node: yaml.Node) -> bool:
    """Whether a comment stands within it."""
    place, last = begin(node), end(text, node)
    for first, behind in _words(text, node):
        if "#" in text[place:first]:
            return True
        place = behind
    return "#" in text[place:last]


def _words(text: str, node: yaml.Node) -> Iterator[tuple[int, int]]:
    if isinstance(node, yaml.ScalarNode):
        yield begin(node), end(text, node)
    for entry in entries(node):
        yield from _words(text, entry.key) if entry.key is not None else ()
        yield from _words(text, entry.node)


def _name(entry: Entry) -> str | int | None:
    """How a location names it: by its key, or by its number in a list."""
    if entry.key is None:
        return entry.number
    return str(entry.key.value) if isinstance(entry.key, yaml.ScalarNode) else None
