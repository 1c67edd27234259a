"""Rows exactly as the database has them, for whoever must not trust them: no column type reads them first."""

from collections.abc import Iterator

from sqlalchemy import Column, Table
from sqlalchemy.orm import Session

from governance.storage.backend import Raw
from governance.storage.engines import backend_of


def rows(session: Session, table: Table) -> Iterator[Raw]:
    """Every row by primary key. Text that is no UTF-8 comes with lone surrogates instead of stopping whoever looks for damage."""
    connection = session.connection()
    quote = connection.dialect.identifier_preparer.quote

    def listed(columns: Iterator[Column[object]]) -> str:
        return ", ".join(quote(column.name) for column in columns)

    query = f"SELECT {listed(iter(table.columns))} FROM {quote(table.name)} ORDER BY {listed(iter(table.primary_key))}"  # noqa: S608 - names of our tables
    yield from backend_of(connection.dialect.name).rows(connection, query)
