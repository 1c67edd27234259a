"""Changing one value at its place: the value is the new one, and everything else stays byte for byte."""

from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from governance.domain.errors import RuleBroken
from governance.paths import policies_directory
from governance.policy import editing
from governance.policy.editing import append, fragment, put, remove, value_of
from governance.policy.reader import Location, read

STYLES = """# at the top
a: "é😀 x" # stays
b: |
  two
  lines

# between
c: >-
  joined
  lines
d: {x: 1, y: [a, "b"], z: plain words} # stays too
s:
  - one # first
  - k: 'it''s'
    l: 0.5
  # at the end of the list

e: last
"""


@cache
def shipped() -> dict[str, str]:
    folder = policies_directory() / "stage-gates"
    files = [path for path in sorted(folder.rglob("*.yaml")) if "tests" not in path.parts]
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in files}


@cache
def scalars(name: str) -> list[Location]:
    """The places of everything that is no list and no mapping."""
    document = read(name, shipped()[name])
    return [at for at in document.values if at and not isinstance(document.at(at), dict | list)]


def changed_lines(before: str, after: str) -> list[int]:
    old, new = before.split("\n"), after.split("\n")
    assert len(old) == len(new)
    return [number for number, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]


TEXTS = some.text(some.characters(codec="utf-8", exclude_characters="\r"), max_size=40)
VALUES = some.one_of(TEXTS, some.integers(-(10**9), 10**9), some.booleans(), some.decimals("-99999", "99999", places=3))
AWKWARD = [
    "yes",
    "true",
    "null",
    "~",
    "0.5",
    "12",
    "a: b",
    "a #b",
    "#a",
    "- a",
    "[a",
    "{a",
    "a, b",
    "&x",
    "*x",
    "!x",
    "'",
    '"',
    "",
    " a ",
    "a\nb",
]


@settings(max_examples=120, deadline=None)
@given(some.data(), VALUES)
def test_any_value_of_a_shipped_file_can_be_another_and_no_other_line_moves(data: some.DataObject, value: Any) -> None:
    name = data.draw(some.sampled_from(sorted(shipped())))
    at = data.draw(some.sampled_from(scalars(name)))
    text = shipped()[name]

    after = put(text, at, value)

    assert read(name, after).at(at) == value and type(read(name, after).at(at)) in (type(value), int, Decimal)
    line = read(name, text).values[at][0] - 1
    assert changed_lines(text, after) in ([line], [])


@pytest.mark.parametrize("at", [("a",), ("b",), ("c",), ("d", "z"), ("s", 0), ("s", 1, "k"), ("e",)], ids=str)
@pytest.mark.parametrize("value", [*AWKWARD, "one\ntwo\n", "one\n\ntwo", "a line that is " + "long " * 60 + "indeed"])
def test_any_text_fits_in_every_style_and_no_comment_is_lost(at: Location, value: str) -> None:
    after = put(STYLES, at, value)

    assert read("f", after).at(at) == value
    for comment in ("# at the top", "# stays\n", "# between\n", "# stays too\n", "# first\n", "# at the end of the list\n"):
        assert comment in after
    everything_else = {key: inner for key, inner in read("f", after).data.items() if key != at[0]}
    assert everything_else == {key: inner for key, inner in read("f", STYLES).data.items() if key != at[0]}


def test_quotes_and_styles_stay_where_the_new_text_allows_it() -> None:
    assert put(STYLES, ("a",), "y") == STYLES.replace('"é😀 x"', '"y"')
    assert put(STYLES, ("b",), "three\nnew\nlines\n") == STYLES.replace("  two\n  lines\n", "  three\n  new\n  lines\n")
    assert put(STYLES, ("c",), "short") == STYLES.replace("  joined\n  lines\n", "  short\n")
    assert put(STYLES, ("d", "z"), "other words") == STYLES.replace("plain words", "other words")
    assert put(STYLES, ("s", 1, "k"), "that's") == STYLES.replace("'it''s'", "'that''s'")
    assert put(STYLES, ("e",), "12") == STYLES.replace("e: last", 'e: "12"')


def test_numbers_stay_numbers_and_may_become_one_for_each_tier() -> None:
    assert put(STYLES, ("s", 1, "l"), Decimal("0.25")) == STYLES.replace("0.5", "0.25")
    by_tier = put(STYLES, ("s", 1, "l"), {"low": 1, "medium": 2, "high": Decimal("2.5")})
    assert by_tier == STYLES.replace("l: 0.5", "l: {low: 1, medium: 2, high: 2.5}")
    assert put(by_tier, ("s", 1, "l"), Decimal("0.5")) == STYLES


def test_a_key_that_is_new_comes_last_among_its_neighbours() -> None:
    assert put(STYLES, ("d", "w"), 7) == STYLES.replace("z: plain words}", "z: plain words, w: 7}")
    assert put(STYLES, ("s", 1, "m"), True) == STYLES.replace("    l: 0.5\n", "    l: 0.5\n    m: true\n")
    assert put("a: 1", ("b",), "x") == "a: 1\nb: x"
    assert put("a: {}\n", ("a", "b"), 1) == "a: {b: 1}\n"


def test_an_entry_is_added_behind_the_last_one_and_its_comment() -> None:
    assert append("s:\n  - {id: a}  # the first\n# below\nt: 1\n", ("s",), {"id": "b"}) == (
        "s:\n  - {id: a}  # the first\n  - {id: b}\n# below\nt: 1\n"
    )
    assert append("s: [a, b] # c\n", ("s",), "d") == "s: [a, b, d] # c\n"
    assert append("s: []\n", ("s",), "d") == "s: [d]\n"
    with pytest.raises(RuleBroken, match="no list"):
        append("s: 1\n", ("s",), "d")


def test_what_is_taken_out_takes_its_own_lines_and_no_others() -> None:
    assert remove(STYLES, ("s", 0)) == STYLES.replace("  - one # first\n", "")
    assert remove(STYLES, ("s", 1)) == STYLES.replace("  - k: 'it''s'\n    l: 0.5\n", "")
    assert remove(STYLES, ("d", "x")) == STYLES.replace("x: 1, ", "")
    assert remove(STYLES, ("d", "z")) == STYLES.replace(", z: plain words", "")
    assert remove(STYLES, ("d", "y", 1)) == STYLES.replace('[a, "b"]', "[a]")
    assert remove(STYLES, ("e",)) == STYLES.replace("e: last\n", "")


@pytest.mark.parametrize(
    ("text", "at", "sentence"),
    [
        ("a: &x 1\nb: *x\n", ("a",), "anchors and aliases are not allowed"),
        ("a: !t 1\n", ("a",), "tags are not allowed"),
        ("a: [1,\n", ("a",), "cannot be changed at one place"),
        ("a: 1\n", ("b", "c"), "Nothing stands at"),
        ("a: [1]\n", ("a", 1), "Nothing stands at"),
        ("a:\n  - 1 # why one\n  - 2\nb: 1\n", ("a",), "A comment stands within"),
    ],
)
def test_what_cannot_be_changed_safely_is_refused_in_a_sentence(text: str, at: Location, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        put(text, at, "x")


@pytest.mark.parametrize(
    ("text", "at", "sentence"),
    [
        ("a: [1]\n", ("a", 0), "the only entry"),
        ("a: 1\n", ("b",), "Nothing stands at"),
        ("a:\n  - b: 1\n    c: 2\n", ("a", 0, "b"), "on the same line"),
        ("a: [1, # why\n 2]\n", ("a", 1), "A comment stands within"),
    ],
)
def test_what_cannot_be_taken_out_safely_is_refused_in_a_sentence(text: str, at: Location, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        remove(text, at)


@given(
    some.recursive(
        VALUES, lambda inner: some.one_of(some.lists(inner, max_size=4), some.dictionaries(TEXTS, inner, max_size=4)), max_leaves=8
    )
)
@settings(deadline=None)
def test_a_value_written_on_one_line_reads_as_itself(value: Any) -> None:
    written = fragment(value)

    assert "\n" not in written and editing._typed(value_of(written)) == editing._typed(value)
