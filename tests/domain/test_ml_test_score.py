"""The ML Test Score: 28 tests, half points and whole ones, and the lowest of four sums."""

from decimal import Decimal

import pytest

from governance.domain import ml_test_score
from governance.domain.ml_test_score import LONGEST, SECTIONS, TESTS, Done, Practice


def filled(**by_section: Practice) -> dict[str, Done]:
    """Every test of the sections named, done the same way."""
    return {test: Done(practice, "https://ci.example") for section, practice in by_section.items() for test in SECTIONS[section][1]}


def test_the_rubric_has_four_sections_of_seven() -> None:
    assert [len(tests) for _, tests in SECTIONS.values()] == [7, 7, 7, 7] and len(TESTS) == 28
    assert all(test.rpartition("-")[0] == section for section, (_, tests) in SECTIONS.items() for test in tests)


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ({}, "0"),
        ({"data": Practice.AUTOMATED, "model": Practice.AUTOMATED, "infra": Practice.AUTOMATED}, "0"),
        (dict.fromkeys(SECTIONS, Practice.AUTOMATED), "7"),
        (dict.fromkeys(SECTIONS, Practice.MANUAL), "3.5"),
        (dict.fromkeys(SECTIONS, Practice.NOT_DONE), "0"),
        ({**dict.fromkeys(SECTIONS, Practice.AUTOMATED), "model": Practice.MANUAL}, "3.5"),
    ],
)
def test_a_system_is_as_ready_as_its_least_ready_section(said: dict[str, Practice], score: str) -> None:
    assert ml_test_score.score(filled(**said)) == Decimal(score)


@pytest.mark.parametrize("test", TESTS)
def test_each_test_counts_in_its_section(test: str) -> None:
    form = filled(**dict.fromkeys(SECTIONS, Practice.AUTOMATED)) | {test: Done(Practice.MANUAL, "a page")}
    section = test.rpartition("-")[0]

    assert ml_test_score.sums(form) == {name: Decimal("6.5") if name == section else Decimal(7) for name in SECTIONS}
    assert ml_test_score.score(form) == Decimal("6.5")


@pytest.mark.parametrize(
    ("done", "code"),
    [
        (Done(Practice.MANUAL), "required"),
        (Done(Practice.AUTOMATED, "  x "), "required"),
        (Done(Practice.AUTOMATED, "x" * (LONGEST + 1)), "length"),
        (Done(Practice.NOT_DONE, "x" * (LONGEST + 1)), "length"),
    ],
)
def test_what_is_done_has_a_proof_of_some_signs(done: Done, code: str) -> None:
    assert [(problem.code, problem.about) for problem in ml_test_score.faults({"data-1": done})] == [(code, "data-1")]


def test_what_is_not_done_needs_none_and_an_empty_form_is_no_form() -> None:
    assert not list(ml_test_score.faults({"data-1": Done(Practice.NOT_DONE)}))
    assert [problem.code for problem in ml_test_score.faults({})] == ["required"]
    assert [problem.code for problem in ml_test_score.faults({"data-8": Done(Practice.NOT_DONE)})] == ["unknown"]
