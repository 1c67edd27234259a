"""`governance upgrade`: brings the database of an older version of the program to this one."""

import sys
from datetime import UTC, datetime

import click

from governance.cli.main import Context
from governance.services.opening import open_older
from governance.services.upgrading import upgrade as bring_up
from governance.storage.engines import VERSION


@click.command()
@click.pass_obj
def upgrade(context: Context) -> None:
    """Bring the database to the tables of this version. Make a backup before; nothing is half done when it is stopped."""
    engines = open_older(context.settings.instance, context.settings.database)
    try:
        found = bring_up(engines, datetime.now(UTC), click.echo, _tell)
    finally:
        engines.close()
    click.echo(
        f"The database has the tables of version {VERSION}." if found else "Nothing to do: the database has the tables of this version."
    )


def _tell(done: int, size: int) -> None:
    """On a terminal only, and on one line."""
    if sys.stderr.isatty():
        click.echo(f"\r  {done:,} of {size:,} entries", nl=done == size, err=True)
