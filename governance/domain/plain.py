"""Plain data, of which sections of dossiers are made."""

from datetime import datetime
from typing import TypeAlias

Plain: TypeAlias = "None | bool | int | str | list[Plain] | dict[str, Plain]"


def instant(moment: datetime) -> str:
    """ISO 8601 with the UTC designator, as records write it."""
    return moment.isoformat().replace("+00:00", "Z")
