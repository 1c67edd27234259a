"""`governance log`: check the ledger, and that the tables are what it says."""

import sys
from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from governance.cli.main import Context
from governance.ledger import rebuild
from governance.ledger.verify import verify as verify_ledger


@click.group()
def log() -> None:
    """Check the ledger."""


@log.command()
@click.pass_obj
def verify(context: Context) -> None:
    """Read and hash every entry, text and file again, and name everything that does not fit."""
    with Session(context.engines.reader) as session:
        report = verify_ledger(session, context.content)
    for problem in report.problems:
        click.echo(str(problem), err=True)
    click.echo(f"{report.size:,} entries, root {report.root.hex()}: {_found(len(report.problems), 'problem')}.")
    sys.exit(bool(report.problems))


@log.command()
@click.option("--check", is_flag=True, help="Compare only; nothing is written.")
@click.pass_obj
def replay(context: Context, check: bool) -> None:
    """Replay the ledger and store its rows in the tables anew, or only compare them, row for row."""
    if not check:
        click.echo(f"{_found(rebuild.rebuild(context.ledger, datetime.now(UTC)), 'row')} stored anew.")
        return
    with Session(context.engines.reader) as session:
        differences = rebuild.check(session)
    for difference in differences:
        click.echo(str(difference), err=True)
    click.echo(f"{_found(len(differences), 'difference')} between the tables and the ledger.")
    sys.exit(bool(differences))


def _found(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
