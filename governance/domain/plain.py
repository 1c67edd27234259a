"""Plain data: what dossiers are made of, and how moments are written in it."""

from datetime import datetime
from typing import TypeAlias

Plain: TypeAlias = "None | bool | int | str | list[Plain] | dict[str, Plain]"


def instant(moment: datetime) -> str:
    """ISO 8601 with the offset that was stated, UTC by its designator."""
    return moment.isoformat().replace("+00:00", "Z")
