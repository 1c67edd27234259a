"""A file is imported exactly as it was previewed, whatever it holds: whole, or without the rows that somebody said to leave out."""

from governance.domain.errors import Conflict, Problem, RuleBroken
from governance.domain.importing import Account, Outcome
from governance.domain.staffing import StaffAccount

MOST_NAMED = 50
"""Refused rows that a refusal names; the account has all of them."""


def check_confirmed(account: Account | StaffAccount, expected: str | None, *, partial: bool) -> None:
    """Raise `Conflict` where it is not the account that was `expected` (None: nothing was previewed), `RuleBroken` for refused rows.

    Refused rows are left out only where `partial` says so.
    """
    refused = [row for row in account.rows if row.outcome is Outcome.REFUSED]
    problems = [Problem("row", f"Line {row.says.line:,}: {row.told}", None) for row in refused[:MOST_NAMED]]
    check_kept("" if expected is None else account.digest, expected or "", len(refused), *problems, partial=partial)


def check_kept(digest: str, expected: str, refused: int, *problems: Problem, partial: bool) -> None:
    """The same of an account whose digest is known, and how many rows are refused in it: nothing of it has to be read."""
    if digest != expected:
        raise Conflict("Something changed since the preview, so nothing was imported. Look at the preview again.")
    if refused and not partial:
        counted = "1 row is" if refused == 1 else f"{refused:,} rows are"
        raise RuleBroken(f"{counted} refused, so nothing was imported. Mend the file, or say that refused rows are left out.", *problems)
