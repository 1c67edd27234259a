"""What counts as a number: decimal text that can be written out, nothing else."""

from decimal import Decimal

import pytest

from governance.domain.numbers import EXACT, LEVELS, decimal, is_decimal


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("+1", "1"),
        ("0.9", "0.9"),
        ("0.90", "0.9"),
        (".5", "0.5"),
        ("5.", "5"),
        ("007", "7"),
        ("-12.75", "-12.75"),
        ("1e3", "1000"),
        ("1E-3", "0.001"),
        ("1e40", "1" + "0" * 40),
        ("9" * 40, "9" * 40),
        ("0." + "0" * 37 + "1", "1e-38"),
    ],
)
def test_decimal_text_is_the_number_it_states(text: str, number: str) -> None:
    assert decimal(text) == Decimal(number)
    assert is_decimal(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "-",
        "0,9",
        "1 000",
        "1_000",
        " 1",
        "1 ",
        "1\n",
        "0x1f",
        "1/2",
        "50 %",
        "NaN",
        "sNaN",
        "inf",
        "-Infinity",
        "A3",
        "\N{MINUS SIGN}1",
        "\N{ARABIC-INDIC DIGIT ONE}",
        "\N{FULLWIDTH DIGIT ONE}",
        "1e",
        "1e41",
        "1e-41",
        "1e999999",
        "1e99999999999",
        "0.1e-40",
        "9" * 41,
    ],
    ids=ascii,
)
def test_anything_else_is_no_number(text: str) -> None:
    assert decimal(text) is None
    assert not is_decimal(text)


def test_what_is_worked_out_from_two_numbers_is_never_rounded() -> None:
    longest = Decimal("9" * 40)

    assert EXACT.multiply(longest, longest) == int("9" * 40) ** 2
    assert EXACT.add(Decimal("1e40"), Decimal("1e-40")) != Decimal("1e40")


def test_levels_come_weakest_first() -> None:
    assert LEVELS == ("A0", "A1", "A2", "A3", "A4", "A5") == tuple(sorted(LEVELS))
