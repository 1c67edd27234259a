"""Column types: what goes in comes out, equal values are equal text, and what is ambiguous is refused."""

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from governance.models.base import NAMES, Governed, governed_classes, table_of
from governance.storage.columns import Json, Moment, closed, fixed

NOON = datetime(2026, 9, 9, 12, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"
    DARK_BLUE = "dark_blue"


@pytest.mark.parametrize(
    ("moment", "stored"),
    [
        (NOON, "2026-09-09T12:00:00.000000Z"),
        (NOON.replace(microsecond=7), "2026-09-09T12:00:00.000007Z"),
        (NOON.astimezone(timezone(timedelta(hours=5, minutes=30))), "2026-09-09T12:00:00.000000Z"),
        (datetime(987, 1, 1, tzinfo=UTC), "0987-01-01T00:00:00.000000Z"),
    ],
)
def test_moments_are_text_of_fixed_width_in_utc(moment: datetime, stored: str) -> None:
    assert fixed(moment) == stored
    assert _through(Moment(), moment) == (stored, moment)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(StatementError, match="time zone"):
        _through(Moment(), datetime(2026, 9, 9, 12))


@pytest.mark.parametrize(("value", "stored"), [({"b": 1, "a": ["ü"]}, '{"a":["ü"],"b":1}'), ([], "[]"), (None, None)])
def test_json_has_one_spelling(value: Any, stored: str | None) -> None:
    assert _through(Json(), value) == (stored, value)


def test_no_number_that_is_none_is_stored() -> None:
    with pytest.raises(StatementError):
        _through(Json(), [float("nan")])


def test_a_closed_set_is_kept_by_value_and_refuses_strangers() -> None:
    assert _through(closed(Colour), Colour.DARK_BLUE) == ("dark_blue", Colour.DARK_BLUE)
    engine, _ = _table(closed(Colour))
    with engine.begin() as connection, pytest.raises(IntegrityError, match="ck_thing_colour"):
        connection.execute(text("INSERT INTO thing VALUES (1, 'green')"))


@pytest.mark.parametrize("kind", governed_classes(), ids=lambda kind: kind.__tablename__)
def test_governed_tables_take_every_value_from_an_event(kind: type[Governed]) -> None:
    """A default of a column would be in the table and not in the replay."""
    columns = table_of(kind).columns

    assert table_of(kind).info["governed"]
    assert [column.name for column in columns if column.server_default or column.onupdate or column.autoincrement is True] == []


def _through(kind: Any, value: Any) -> tuple[Any, Any]:
    """What a value is in the file, and what it is when read again."""
    engine, table = _table(kind)
    with engine.begin() as connection:
        connection.execute(insert(table).values(id=1, value=value))
        return connection.scalar(text("SELECT value FROM thing")), connection.scalar(select(table.c.value))


def _table(kind: Any) -> tuple[Any, Table]:
    engine, metadata = create_engine("sqlite://"), MetaData(naming_convention=NAMES)
    table = Table("thing", metadata, Column("id", Integer, primary_key=True), Column("value", kind))
    metadata.create_all(engine)
    return engine, table
