"""`governance worker`: a worker as a process of its own, beside a server or on another machine; any number of them."""

import click

from governance.cli.main import Context
from governance.jobs.worker import run


@click.command()
@click.pass_obj
def worker(context: Context) -> None:
    """Make reports, sign heads, send notices; until it is told to stop. It finishes what it is at."""
    run(context.settings)
