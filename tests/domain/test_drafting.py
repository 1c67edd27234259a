"""How changes of a draft add up, and what the next version is called."""

import pytest

from governance.domain.drafting import next_version, together


def test_a_change_takes_the_place_of_the_one_at_the_same_place_and_of_those_within() -> None:
    before = ["a/b", "a/b/c", "a/bc", "d"]

    assert together(before, "a/b") == ["a/bc", "d"]
    assert together(before, "a/b/c") == ["a/b", "a/bc", "d"]
    assert together(before, "x") == before


@pytest.mark.parametrize(
    ("version", "taken", "rules_differ", "expected"),
    [
        ("1.0.0", [], True, "1.1.0"),
        ("1.0.0", [], False, "1.0.1"),
        ("1.4.2", [], True, "1.5.0"),
        ("1.0.0", ["1.1.0", "1.2.0"], True, "1.3.0"),
        ("1.9", [], True, "1.10"),
        ("2026-11", [], False, "2026-12"),
        ("7", [], True, "8"),
        ("draft", [], True, "draft 2"),
        ("draft", ["draft 2"], True, "draft 3"),
    ],
)
def test_the_next_version_raises_a_number_and_is_no_name_that_was_used(
    version: str, taken: list[str], rules_differ: bool, expected: str
) -> None:
    assert next_version(version, taken, rules_differ=rules_differ) == expected
