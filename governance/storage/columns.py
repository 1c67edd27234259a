"""Column types that read and compare alike on every engine."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Dialect, Enum, String, Text
from sqlalchemy.types import TypeDecorator


def fixed(moment: datetime) -> str:
    """A moment as columns keep it: UTC, always 27 characters. Raises `ValueError` where it has no time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as UTC text of fixed width: sorts and compares alike on every engine."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else fixed(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else datetime.fromisoformat(value)


class Json(TypeDecorator[Any]):
    """Plain data as JSON text with sorted keys, so that equal values are equal text. `None` is no value, not a JSON null."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        del dialect
        return None if value is None else json.loads(value)

    @property
    def comparator_factory(self) -> Any:  # type: ignore[override]
        """Compared and searched as the text it is."""
        return String.Comparator


def closed(kind: type[StrEnum]) -> Enum:
    """A column that holds a member of a closed set, by value; the database refuses others."""
    return Enum(
        kind,
        name=kind.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )
