"""From the tables of an older version to those of this one, within one transaction.

What the ledger gives again is dropped and made anew; what it does not is altered, step by step, each step once, for ever.
"""

from collections.abc import Callable, Mapping

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, MetaData, inspect

from governance.storage.backend import Backend
from governance.storage.faults import GuardsMissing

WORKED_OUT = frozenset({"summary", "passing", "waiting"})
"""Neither governed nor durable: recomputed at any time."""

Step = Callable[[Operations], None]


def _to_3(durable: Operations) -> None:
    """Signed heads, deliveries, imports and answers once given come as tables of their own."""
    durable.add_column("stamp", sa.Column("restored", sa.Text(), nullable=True))
    durable.add_column("account", sa.Column("wants_mail", sa.Boolean(), nullable=False, server_default=sa.true()))


STEPS: Mapping[int, Step] = {2: _to_3}
"""What turns the durable tables of a version into those of the next; tables that are only new need no step."""

OLDEST = min(STEPS)


def alter(connection: Connection, backend: Backend, tables: MetaData, found: int, wanted: int) -> None:
    """Leave the tables of `wanted`: durable ones with their rows, governed ones empty, nothing guarded yet."""
    derived = [*_governed(connection, backend), *WORKED_OUT]
    backend.drop_guards(connection)
    _drop(connection, derived)
    operations = Operations(MigrationContext.configure(connection))
    for version in range(found, wanted):
        STEPS[version](operations)
    tables.create_all(connection)


def _governed(connection: Connection, backend: Backend) -> list[str]:
    """The tables that were governed in the version that is there: their guards name them. Raises `GuardsMissing`."""
    guards = {name.removeprefix("governed_") for name in backend.guards_found(connection) if name.startswith("governed_")}
    existing = inspect(connection).get_table_names()
    if not guards:
        raise GuardsMissing("The database has no guards: somebody took them away. Restore a backup, or ask who changed it.")
    return [name for name in existing if {name, f"{name}_insert"} & guards]


def _drop(connection: Connection, names: list[str]) -> None:
    """Those that point to others go before them."""
    there = MetaData()
    there.reflect(connection, only=lambda name, _: name in names, resolve_fks=False)
    there.drop_all(connection)
