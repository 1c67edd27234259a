"""YAML stricter than YAML: every promise of the reader, with the place of the fault."""

from copy import deepcopy
from decimal import Decimal

import pytest

from governance.policy.models import FileModel
from governance.policy.problems import PolicyError, PolicyProblem, near, nearest
from governance.policy.reader import DEEPEST, LARGEST, LONGEST_NUMBER, MOST_NODES, read, read_on
from governance.policy.recovery import recovered

REFUSED = [
    ("a: 1\na: 2", "2:1", "duplicate key “a” (first on line 1)"),
    ('a: 1\n"a": 2', "2:1", "duplicate key “a” (first on line 1)"),
    ("a: {b: 1, b: 1}", "1:11", "duplicate key “b” (first on line 1)"),
    ("a:\n  - b: 1\n    c: 2\n    b: 3", "4:5", "duplicate key “b” (first on line 2)"),
    ("required: true\nrequired: false", "2:1", "duplicate key “required” (first on line 1)"),
    ("1: a\n'1': b", "2:1", "duplicate key “1” (first on line 1)"),
    ("a: &x 1", "1:4", "anchors and aliases are not allowed: write it out"),
    ("&x a: 1", "1:1", "anchors and aliases are not allowed: write it out"),
    ("a: [*x]", "1:5", "anchors and aliases are not allowed: write it out"),
    ("a: &x [*x]", "1:4", "anchors and aliases are not allowed: write it out"),
    ("<<: *x", "1:5", "anchors and aliases are not allowed: write it out"),
    ("<<: {a: 1}\nb: 2", "1:1", "merging is not allowed: write it out"),
    ("a:\n  <<: {b: 1}", "2:3", "merging is not allowed: write it out"),
    ("a: !x 1", "1:4", "tags are not allowed"),
    ("a: !!str 1", "1:4", "tags are not allowed"),
    ("a: ! 1", "1:4", "tags are not allowed"),
    ("!!map {a: 1}", "1:1", "tags are not allowed"),
    ("a: !!python/object/apply:os.system [x]", "1:4", "tags are not allowed"),
    ("? [1, 2]\n: x", "1:3", "a key is a word"),
    ("{a: 1}: x", "1:1", "a key is a word"),
    ("a: 1\n---\nb: 2", "2:1", "but found another document"),
    ("a:\n\tb: 1", "2:1", "a tab cannot indent: use spaces"),
    ("a: [1,\r\n", "2:1", "did not find expected node content"),
    ("a: b: c", "1:5", "mapping values are not allowed in this context"),
    ("a: 'x", "1:6", "found unexpected end of stream"),
    ("a: @x", "1:4", "found character that cannot start any token"),
    ("a: \x00", "1:4", "not readable as YAML"),
    ("a: \x1b[31m", "1:4", "not readable as YAML"),
    ("\ufeffa: 1", "1:1", "starts with a byte order mark: save it as plain UTF-8"),
    ("a: \ud800", "1:1", "holds half a character (a lone surrogate): save it as UTF-8"),
    ("a: \udfff", "1:1", "holds half a character"),
    ("a: " + "x" * LARGEST, "1:1", "larger than 1,000,000 bytes"),
    ("a: " + "é" * (LARGEST // 2), "1:1", "larger than 1,000,000 bytes"),
    ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), f"1:{DEEPEST + 1}", "deeper than 40 levels or more than 50,000 entries"),
    ("{a: " * 5_000, f"1:{DEEPEST * 4 + 1}", "deeper than 40 levels"),
    ("[" + "1," * MOST_NODES + "]", "1:99998", "more than 50,000 entries"),
]


@pytest.mark.parametrize(("text", "place", "said"), REFUSED, ids=[ascii(text[:30]) for text, _, _ in REFUSED])
def test_what_has_no_place_in_a_policy_is_refused_where_it_stands(text: str, place: str, said: str) -> None:
    with pytest.raises(PolicyError) as error:
        read("x.yaml", text)

    [problem] = error.value.problems
    assert str(problem).startswith(f"x.yaml:{place}: ")
    assert said in problem.message
    assert "\n" not in problem.message


def test_every_fault_of_a_file_is_named_at_once() -> None:
    with pytest.raises(PolicyError) as error:
        read("x.yaml", "a: 1\na: 2\nb: {c: 1, c: 2}\n[d]: 3\n<<: 4\n")

    assert [(problem.line, problem.column) for problem in error.value.problems] == [(2, 1), (3, 11), (4, 1), (5, 1)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        *((word, word) for word in ("True", "TRUE", "yes", "Yes", "YES", "no", "No", "on", "On", "off", "OFF", "y", "n")),
        ("null", None),
        ("~", None),
        ("", None),
        ("Null", "Null"),
        ("''", ""),
        ("'true'", "true"),
        ('"1"', "1"),
        ("0", 0),
        ("-0", 0),
        ("+7", 7),
        ("-12", -12),
        ("007", "007"),
        ("0o17", "0o17"),
        ("0x1f", "0x1f"),
        ("0b1", "0b1"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("1\N{ARABIC-INDIC DIGIT ZERO}", "1\N{ARABIC-INDIC DIGIT ZERO}"),
        ("1.\N{ARABIC-INDIC DIGIT FIVE}", "1.\N{ARABIC-INDIC DIGIT FIVE}"),
        ("0.05", Decimal("0.05")),
        ("-1.50", Decimal("-1.50")),
        ("+0.10000000000000000001", Decimal("0.10000000000000000001")),
        (".5", ".5"),
        ("1.", "1."),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("2026-11-24", "2026-11-24"),
        ("2026-11-24 10:00:00", "2026-11-24 10:00:00"),
        ("=", "="),
        ("9" * LONGEST_NUMBER, int("9" * LONGEST_NUMBER)),
        ("9" * (LONGEST_NUMBER + 1), "9" * (LONGEST_NUMBER + 1)),
        ("0." + "1" * (LONGEST_NUMBER - 2), Decimal("0." + "1" * (LONGEST_NUMBER - 2))),
        ("0." + "1" * LONGEST_NUMBER, "0." + "1" * LONGEST_NUMBER),
        ("|\n  x\n", "x\n"),
        (">\n  x\n  y\n", "x y\n"),
    ],
    ids=ascii,
)
def test_only_plain_true_false_null_and_numbers_are_more_than_text(text: str, value: object) -> None:
    found = read("x.yaml", f"a: {text}").data["a"]

    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", None),
        ("# nothing\n", None),
        ("--- \na: 1\n", {"a": 1}),
        ("%YAML 1.1\n---\na: on", {"a": "on"}),
        ("- 1\n- [x]", [1, ["x"]]),
        ("a", "a"),
    ],
)
def test_a_file_is_whatever_it_says(text: str, data: object) -> None:
    assert read("x.yaml", text).data == data


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_count_the_same(end: str) -> None:
    found = read("x.yaml", end.join(["a:", "  b: 1", "  c: [x, y]", ""]))

    assert found.data == {"a": {"b": 1, "c": ["x", "y"]}}
    assert (found.values["a", "c", 1], found.keys["a", "c"]) == ((3, 10), (3, 3))


def test_what_is_read_again_says_the_same_whatever_was_done_with_what_was_said() -> None:
    text = "a: !!int 1\nb: 2\nb: 3\n"
    first, faults = read_on("x.yaml", text)
    said = list(faults)
    faults.clear()

    second, again = read_on("x.yaml", text)

    assert second == first and again == said != []
    assert [problem.file for problem in read_on("y.yaml", text)[1]] == ["y.yaml"] * len(said)


def test_mending_a_file_leaves_it_as_it_was_read() -> None:
    text = "policy: {id: x, versoin: 1, titel: 2}\n"
    document, _ = read_on("x.yaml", text)
    data, places = deepcopy(document.data), dict(document.values)

    mended, _, problems = recovered(document, FileModel)

    assert problems and mended.data != data
    assert (read_on("x.yaml", text)[0].data, read_on("x.yaml", text)[0].values) == (data, places)


def test_at_the_caps_a_file_is_read() -> None:
    deepest = read("x.yaml", "[" * DEEPEST + "]" * DEEPEST)
    longest = read("x.yaml", "a: " + "x" * (LARGEST - 3))

    assert (0,) * (DEEPEST - 1) in deepest.values
    assert len(longest.data["a"]) == LARGEST - 3


def test_a_fault_is_placed_at_the_nearest_thing_that_stands_in_the_file() -> None:
    document = read("x.yaml", "a:\n  b: {c: 1}\n")

    assert document.problem(("a", "b", "c"), "x") == PolicyProblem("x.yaml", 2, 10, "x")
    assert document.problem(("a", "b", "c"), "x", key=True) == PolicyProblem("x.yaml", 2, 7, "x")
    assert document.problem(("a", "b", "d", 3), "x", key=True) == PolicyProblem("x.yaml", 2, 6, "x")
    assert document.problem(("z",), "x") == PolicyProblem("x.yaml", 1, 1, "x")
    assert document.nearest(("a", "z")) == ("a",)


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [("busines", ["business", "it_ops"], "business"), ("tilte", ["title"], "title"), ("xyz", ["title"], None), ("a", [], None)],
)
def test_the_nearest_word_is_one_that_is_near(word: str, known: list[str], meant: str | None) -> None:
    assert nearest(word, known) == meant
    assert near(word, known) == (f" (did you mean “{meant}”?)" if meant else "")


def test_faults_come_once_each_in_the_order_of_the_files() -> None:
    one, two = PolicyProblem("a.yaml", 2, 1, "x"), PolicyProblem("a.yaml", 10, 1, "x")

    assert str(PolicyError([two, one, two])) == "a.yaml:2:1: x\na.yaml:10:1: x"
