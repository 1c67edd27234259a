"""A list of people: its columns are checked before its rows, and every row says what is wrong with it."""

from datetime import date

import pytest

from governance.domain.errors import RuleBroken
from governance.domain.staffing import COLUMNS, Held, PersonSays, read_staff
from governance.domain.vocabulary import Function, Role

HEADER = "short name,name,unit,e-mail,roles,functions,until"


def rows(*lines: str, header: str = HEADER) -> list[PersonSays]:
    return read_staff("\n".join([header, *lines]).encode())[0]


def test_roles_and_functions_are_read_as_people_write_them() -> None:
    [row] = rows(
        'ada.lind,Ada,claims,Ada@Example.org,"Project Lead; compliance_officer|reviewer","it ops, Business in claims, it ops",2027-12-31'
    )

    assert row.roles == (Role.PROJECT_LEAD, Role.COMPLIANCE_OFFICER, Role.REVIEWER)
    assert row.functions == (Held(Function.IT_OPS), Held(Function.BUSINESS, "claims"))
    assert (row.email, row.until, row.faults) == ("ada@example.org", date(2027, 12, 31), ())


def test_semicolons_may_separate_the_cells() -> None:
    [row] = rows("ada.lind;Ada;claims;ada@example.org;reviewer, auditor;;", header=HEADER.replace(",", ";"))

    assert row.roles == (Role.REVIEWER, Role.AUDITOR)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("ada,Ada,claims,a@b,projekt lead,,", "There is no role “projekt lead” (did you mean “project lead”?)."),
        ("ada,Ada,claims,a@b,,busines,", "There is no function “busines” (did you mean “business”?)."),
        ("ada,Ada,claims,a@b,,,31.12.2027", "“31.12.2027” is no day such as 2027-12-31."),
        ("ada,Ada,claims", "It has 3 cells, and the header names 7 columns."),
    ],
)
def test_a_row_says_what_is_wrong_with_it(line: str, fault: str) -> None:
    [row] = rows(line)

    assert row.faults == (fault,)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("name,unit,e-mail", "The column “short name” is missing."),
        ("short name,name,unit,e-mial", "There is no column “e-mial” (did you mean “e-mail”?)."),
        ("short name,name,unit,e-mail,name", "The column “name” stands more than once."),
    ],
)
def test_a_header_that_does_not_do_is_refused(header: str, said: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        rows("x", header=header)
    assert said in [problem.message for problem in refused.value.problems]


def test_blank_lines_are_counted_and_every_column_is_explained() -> None:
    found, blank = read_staff(f"{HEADER}\n,,,,,,\n\nada,Ada,claims,a@b,,,\n".encode())

    assert (len(found), blank) == (1, 2) and all(COLUMNS.values())
