"""`governance initiative`: initiatives from spreadsheets."""

import hashlib
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from governance.cli import listing
from governance.cli.main import Context
from governance.cli.names import person
from governance.cli.options import in_the_name_of
from governance.domain.importing import Account, Outcome, Row
from governance.ledger.log import UNPROVED, Actor, Auth
from governance.reads.previews import Source, preview
from governance.services import importing

HEADER = ("line", "outcome", "initiative", "key", "what there is to say")
TOLD = (Outcome.UPDATED, Outcome.REFUSED)
"""Rows that are named one by one; the others are counted."""

file_path = click.Path(path_type=Path, exists=True, dir_okay=False)
new_file = click.Path(path_type=Path, dir_okay=False)


@click.group()
def initiative() -> None:
    """Take over initiatives from elsewhere."""


@initiative.command("import")
@click.argument("file", type=file_path)
@click.option("--mapping", required=True, type=file_path, help="The YAML file that says which columns mean what.")
@in_the_name_of("compliance officer")
@click.option("--lead", callback=person, help="Who leads the initiatives for which the file names nobody.")
@click.option("--dry-run", is_flag=True, help="Say what would become of every row; nothing is written.")
@click.option("--partial", is_flag=True, help="Leave refused rows out. Without it nothing is imported where one is refused.")
@click.option(
    "--account", "account_file", type=click.Path(path_type=Path, dir_okay=False), help="Write what becomes of every row to this CSV file."
)
@click.pass_obj
def import_(
    context: Context, file: Path, mapping: Path, by: str, lead: str | None, *, dry_run: bool, partial: bool, account_file: Path | None
) -> None:
    """Import initiatives from a spreadsheet (CSV): every row is imported, updated, unchanged, or refused with its reason."""
    source = _source(file, mapping, lead or "")
    now = datetime.now(UTC)
    with Session(context.engines.reader) as session:
        account = preview(session, by, now, source).account
    _tell(account)
    if account_file is not None:
        listing.write(account_file, HEADER, map(_cells, account.rows))
    if refused := account.counted(Outcome.REFUSED) and not partial:
        click.echo("Rows are refused, so nothing is imported. Mend the file, or leave them out with --partial.", err=True)
    if dry_run or refused:
        sys.exit(bool(refused))
    context.content.put(source.content)
    context.content.put(source.mapping)
    with context.ledger.writing(Actor(by), now, Auth(UNPROVED, now, "cli")) as log:
        importing.carry_out(log, source, partial=partial, expected=account.digest, watch=_watch)
        click.echo("Working out what waits for whom…", err=True)
    click.echo("Done.")


def _source(file: Path, mapping: Path, lead: str) -> Source:
    content, text = file.read_bytes(), mapping.read_bytes()
    digests = (hashlib.sha256(content).hexdigest(), hashlib.sha256(text).hexdigest())
    return Source(content, digests[0], str(mapping), text, digests[1], lead)


def _tell(account: Account) -> None:
    for row in account.rows:
        if row.outcome in TOLD:
            click.echo(f"line {row.says.line}: {row.outcome}: {row.told}")
    counts = ", ".join(f"{account.counted(outcome):,} {outcome}" for outcome in Outcome)
    units = f" Units to open: {len(account.new_units):,}." if account.new_units else ""
    blank = f" Blank lines: {account.blank:,}." if account.blank else ""
    gone = f" In no row any more: {account.gone:,}; nothing happens to them." if account.gone else ""
    click.echo(f"{len(account.rows):,} rows: {counts}.{units}{blank}{gone}")


def _cells(row: Row) -> tuple[str, ...]:
    return str(row.says.line), row.outcome.value, row.initiative or "", " | ".join(row.says.key), row.told


def _watch(rows: Sequence[Row]) -> Iterable[Row]:
    """The rows with a progress bar, on a terminal."""
    with click.progressbar(rows, label="Importing", file=sys.stderr) as shown:
        yield from shown
