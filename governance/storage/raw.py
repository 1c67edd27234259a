"""Rows exactly as the database file has them, for whoever must not trust them: no column type reads them first."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Column, Table
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

BATCH = 2_000

Raw = tuple[object, ...]
"""The columns of a row in the order of the table: int, float, str, bytes or None, as stored."""


def rows(session: Session, table: Table) -> Iterator[Raw]:
    """Every row by primary key. Text that is no UTF-8 comes with lone surrogates instead of stopping whoever looks for damage."""
    quote = session.get_bind().dialect.identifier_preparer.quote

    def listed(columns: Iterator[Column[object]]) -> str:
        return ", ".join(quote(column.name) for column in columns)

    query = f"SELECT {listed(iter(table.columns))} FROM {quote(table.name)} ORDER BY {listed(iter(table.primary_key))}"  # noqa: S608 - names of our tables
    connection = session.connection().connection.dbapi_connection
    assert connection is not None
    with _lenient(connection):
        cursor = connection.cursor()
        cursor.execute(query)
        while batch := cursor.fetchmany(BATCH):
            yield from batch
        cursor.close()


@contextmanager
def _lenient(connection: DBAPIConnection) -> Iterator[None]:
    connection.text_factory = lambda text: text.decode(errors="surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = str
