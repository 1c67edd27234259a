"""What somebody who owns the database can do, and then cover their tracks."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text

from governance.storage.engines import Engines

ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
"""For tests of what only one engine has."""


@contextmanager
def tampering(engines: Engines) -> Iterator[Connection]:
    """A connection that no guard stands in the way of. The guards are back afterwards."""
    with engines.writer.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # triggers do not fire in it
            yield connection
        else:
            guards = engines.backend.guards_found(connection)
            for name in guards:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            yield connection
            for statement in guards.values():
                connection.exec_driver_sql(statement)


def alter(engines: Engines, *statements: str) -> int:
    """Change what one likes. Returns how many rows the last statement changed."""
    with tampering(engines) as connection:
        return [connection.execute(text(statement)).rowcount for statement in statements][-1]
