"""The checks of a gate, as pages and services ask for them. The rule lives in `domain/checks.py`, which needs no record."""

from governance.domain.checks import KEPT_RECORDS, Checked, evaluated, keep_open, keep_shut, of_function, references_of, undecided_seats

__all__ = ["KEPT_RECORDS", "Checked", "evaluated", "keep_open", "keep_shut", "of_function", "references_of", "undecided_seats"]
