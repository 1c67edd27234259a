"""A questionnaire of 120 conditional questions, and an oracle that scores it in fractions and knows nothing of the domain."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from governance.domain.questionnaire import Band, Deduction, Measure, Option, Question, Several, Tiering
from governance.domain.vocabulary import Tier

COUNT = 120
EDGES = (("low", 0, 25), ("medium", 26, 50), ("high", 51, 100))
"""In hundredths of the points that could have been reached, both ends included, after rounding half up."""
AT_MOST, FROM_SHARE = Fraction(15, 100), Fraction(80, 100)


def big(deduction: Deduction | None, *, of_asked: bool) -> Tiering:
    bands = tuple(Band(Tier(tier), Decimal(low) / 100, Decimal(high) / 100) for tier, low, high in EDGES)
    questions = tuple(_question(number) for number in range(COUNT))
    return Tiering(questions, (), bands, 0, Measure.SHARE, of_asked, places=2, deduction=deduction)


def _question(number: int) -> Question:
    """Every third may be answered several times, every fourth weighs half as much again, every tenth mitigates; each but the first ten
    is asked only after one answer to the one ten before it, or where a fact says so."""
    options = tuple(Option(key, points, key, _implies(number, key)) for key, points in _points(number).items())
    return Question(
        f"Q{number}",
        f"Question {number}?",
        options,
        several=(Several.SUM if number % 2 else Several.WORST) if number % 3 == 0 else None,
        most=4 if number % 6 == 3 else None,
        weight=Decimal("1.5") if number % 4 == 0 else Decimal(1),
        ask_when=f"f{number - 7}" if number >= 10 and number % 5 == 2 else None,
        ask_when_answer={f"Q{number - 10}": ("b", "c")} if number >= 10 and number % 5 != 2 else {},
        mitigates=number % 10 == 9,
    )


def _points(number: int) -> dict[str, int]:
    return {"a": 0, "b": 1 + number % 3, "c": 2 + number % 4}


def _implies(number: int, key: str) -> dict[str, bool]:
    return {f"f{number}": key != "a"} if number % 3 else {}


def oracle(given: Mapping[str, str | list[str]], deduction: str | None, *, of_asked: bool) -> tuple[set[str], str, Fraction, Fraction]:
    """Which questions are asked, the tier, the share before rounding and the deduction, worked out from the description above."""
    asked: list[int] = []
    picked: dict[int, list[str]] = {}
    for number in range(COUNT):
        if number >= 10:
            if number % 5 == 2:
                told = picked.get(number - 7, []) if (number - 7) % 3 else []
                if told and set(told) == {"a"}:  # told to be untrue; nothing told leaves it open, and it is asked
                    continue
            elif not {"b", "c"} & set(picked.get(number - 10, [])):
                continue
        asked.append(number)
        answer = given.get(f"Q{number}")
        if answer is not None:
            picked[number] = [answer] if isinstance(answer, str) else answer
    risk = sum((_worth(number, picked.get(number, [])) for number in asked if number % 10 != 9), Fraction())
    good = sum((_worth(number, picked.get(number, [])) for number in asked if number % 10 == 9), Fraction())
    best = sum((_best(number) for number in range(COUNT) if number % 10 == 9), Fraction())
    off = {
        None: Fraction(),
        "capped": min(good, risk * AT_MOST),
        "from": risk * AT_MOST if good >= FROM_SHARE * best else Fraction(),
    }[deduction]
    reach = sum((_best(number) for number in (asked if of_asked else range(COUNT)) if number % 10 != 9), Fraction())
    share = (risk - off) / reach
    hundredths = (share * 200 + 1) // 2  # half up
    tier = next(tier for tier, low, high in EDGES if low <= hundredths <= high)
    return {f"Q{number}" for number in asked}, tier, share, off


def _worth(number: int, keys: list[str]) -> Fraction:
    found = [_points(number)[key] for key in keys]
    together = (sum(found) if number % 2 else max(found, default=0)) if number % 3 == 0 else sum(found)
    return (Fraction(3, 2) if number % 4 == 0 else Fraction(1)) * (min(together, 4) if number % 6 == 3 else together)


def _best(number: int) -> Fraction:
    points = _points(number)
    return _worth(number, list(points) if number % 3 == 0 else [max(points, key=lambda key: points[key])])
