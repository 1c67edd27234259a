"""What a finding has to say before it is recorded."""

import pytest

from governance.domain.findings import LONGEST, NewFinding, problems_of
from governance.domain.vocabulary import FindingSeverity


def said(words: str, *, active: bool = True) -> list[tuple[str, str | None]]:
    found = problems_of(NewFinding(FindingSeverity.LOW, words, "mara"), active)
    return [(problem.code, problem.about) for problem in found]


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("", False),
        ("   ", False),
        ("ab", False),
        ("  ab  ", False),
        ("abc", True),
        ("  abc  ", True),
        ("x" * LONGEST, True),
        (" " + "x" * LONGEST + " ", True),
        ("x" * (LONGEST + 1), False),
    ],
    ids=lambda words: f"{len(words)} signs" if isinstance(words, str) else str(words),
)
def test_a_finding_is_described_in_3_to_10000_signs(words: str, right: bool) -> None:
    assert said(words) == ([] if right else [("required", "finding")])
    assert LONGEST == 10_000


def test_its_owner_is_an_active_person_and_everything_wrong_is_said_at_once() -> None:
    assert said("abc", active=False) == [("unknown", "owner")]
    assert said("", active=False) == [("required", "finding"), ("unknown", "owner")]
