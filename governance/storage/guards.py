"""Guards refuse what no code of ours may do: change a governed table outside the ledger, or touch a leaf again.

Here is what they guard, on every engine; how, each engine says for itself.
"""

import re

from sqlalchemy import MetaData

from governance.storage.faults import GuardsMissing

OUTSIDE = "a governed table changes only through an event"
AGAIN = "the ledger is append-only"
NEXT = "a leaf takes the next index"
APPEND_ONLY = ("leaf", "node", "words", "checkpoint")


def governed(tables: MetaData) -> list[str]:
    """The tables that only events change."""
    return [table.name for table in tables.sorted_tables if table.info.get("governed")]


def check(found: dict[str, str], expected: dict[str, str]) -> None:
    """Raise `GuardsMissing` unless the guards are exactly ours, each with the text it should have."""
    wrong = {name for name in found.keys() | expected.keys() if _plain(found.get(name)) != _plain(expected.get(name))}
    if wrong:
        named = ", ".join(sorted(wrong))
        raise GuardsMissing(f"Guards of the database are missing, changed or strange: {named}. Restore a backup, or ask who changed it.")


def _plain(text: str | None) -> str | None:
    return text and re.sub(r"\s+", " ", text).strip()
