"""`governance backup`, `restore` and `export`: what leaves an instance whole, and what comes back."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from governance.archive import backup as writing
from governance.archive import folder
from governance.archive import restore as reading
from governance.cli.main import Context
from governance.reads import recovery

FILE = click.Path(path_type=Path, dir_okay=False)
NO_KEYS = "The keys of the instance folder are not in it: keep those apart, where the backup does not lie."
CLEAR = "\r\033[K"


@click.command()
@click.argument("file", type=FILE)
@click.option("--damaged", is_flag=True, help="Keep what is there of a damaged record, and list what is wrong.")
@click.pass_obj
def backup(context: Context, file: Path, damaged: bool) -> None:
    """Write a backup to a new FILE, consistent while others work."""
    now = datetime.now(UTC)
    with _telling() as tell:
        made = writing.backup(context.engines, context.content, file, now, tell, damaged=damaged)
    for fault in made.damage:
        click.echo(fault, err=True)
    files = sum(part.name.startswith("content/") for part in made.parts)
    click.echo(f"{made.size:,} entries and {files:,} files, root {made.root}. {NO_KEYS}")


@click.command()
@click.argument("file", type=FILE)
@click.option("--damaged", is_flag=True, help="Take one of a damaged record where texts or files are lost, never an altered entry.")
@click.pass_obj
def restore(context: Context, file: Path, damaged: bool) -> None:
    """Fill an empty instance from a backup FILE."""
    now = datetime.now(UTC)
    with _telling() as tell:
        made = reading.restore(context.ledger, context.content, file, now, tell, damaged=damaged)
    click.echo(f"{made.size:,} entries of the backup made {made.made_at}, root {made.root}: everything was read again and fits.")
    click.echo("Passwords are those of the backup; everybody signs in again. Set-up links are made anew by an administrator.")
    click.echo(f"Nothing new goes into this record until {_administrators(context, now)} confirmed the recovery on the page “Recovery”.")
    click.echo("Keys are in no backup: put those of the instance folder back where you kept them.")


@click.group()
def export() -> None:
    """Leave with everything."""


@export.command(name="all")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--no-reports", is_flag=True, help="Leave the PDF reports out: they take a while.")
@click.option("--damaged", is_flag=True, help="Export what is there of a damaged record, and list what is wrong.")
@click.pass_obj
def everything(context: Context, directory: Path, no_reports: bool, damaged: bool) -> None:
    """Write everything to an empty DIRECTORY, readable without this program."""
    now = datetime.now(UTC)
    with _telling() as tell:
        made = folder.export(context.engines, context.content, directory, now, tell, reports=not no_reports, damaged=damaged)
    for fault in made.faults:
        click.echo(fault, err=True)
    click.echo(f"{made.size:,} entries, {made.files:,} files. Begin with {directory / 'README.html'}.")


def _administrators(context: Context, now: datetime) -> str:
    with Session(context.engines.reader) as session:
        return "two administrators have" if recovery.needed(session, now) > 1 else "its administrator has"


@contextmanager
def _telling() -> Iterator[Callable[[str, int, int], None]]:
    """Says how far it is, on a terminal only."""
    shown = sys.stderr.isatty()

    def tell(what: str, done: int, of: int) -> None:
        if shown:
            click.echo(f"{CLEAR}{what}{f' {done:,} of {of:,}' if of else f' {done:,}' if done else ''}", nl=False, err=True)

    try:
        yield tell
    finally:
        if shown:
            click.echo(CLEAR, nl=False, err=True)
