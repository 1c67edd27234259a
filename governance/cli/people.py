"""`governance people`: people from lists."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from governance.cli import listing
from governance.cli.main import Context
from governance.cli.options import in_the_name_of
from governance.domain.errors import RuleBroken
from governance.domain.importing import Outcome
from governance.domain.staffing import StaffAccount
from governance.ledger.log import UNPROVED, Actor, Auth
from governance.reads.staffing import preview
from governance.services import staffing
from governance.storage import private

HEADER = ("short name", "name", "e-mail", "set-up link")


new_file = click.Path(path_type=Path, dir_okay=False)


@click.group()
def people() -> None:
    """Take over people from a list."""


@people.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@in_the_name_of("administrator")
@click.option("--links", type=new_file, help="A new file for the set-up links of whoever is new.")
@click.option("--dry-run", is_flag=True, help="Say what would become of every row; nothing is written.")
@click.option("--partial", is_flag=True, help="Leave refused rows out. Without it nothing is imported where one is refused.")
@click.pass_obj
def import_(context: Context, file: Path, by: str, links: Path | None, *, dry_run: bool, partial: bool) -> None:
    """Import units and people from a list (CSV), with roles and functions. Nothing is withdrawn, and the list is not kept."""
    content, now = file.read_bytes(), datetime.now(UTC)
    with Session(context.engines.reader) as session:
        account = preview(session, by, now, content)
    _tell(account)
    if refused := account.counted(Outcome.REFUSED) and not partial:
        click.echo("Rows are refused, so nothing is imported. Mend the list, or leave them out with --partial.", err=True)
    if dry_run or refused:
        sys.exit(bool(refused))
    is_new = any(row.outcome is Outcome.IMPORTED and not row.says.is_unit for row in account.rows)
    if links.exists() if links is not None else is_new:
        raise RuleBroken("Name a new file for the set-up links with --links: they are written once, and only their hashes are kept.")
    if links is not None:
        private.make(links)  # before anything is recorded: a link that cannot be written down is lost
    with context.ledger.writing(Actor(by), now, Auth(UNPROVED, now, "cli")) as log:
        _, secrets = staffing.carry_out(log, content, partial=partial, expected=account.digest)
    if links is None:
        click.echo("Done. Nobody is new.")
        return
    _write(links, account, secrets, context.settings.links_from)
    counted = "1 set-up link is" if len(secrets) == 1 else f"{len(secrets):,} set-up links are"
    click.echo(f"Done. {counted} in {links}; each works once, within seven days.")


def _tell(account: StaffAccount) -> None:
    for row in account.rows:
        if row.told:
            click.echo(f"line {row.says.line}: {row.outcome}: {row.told}")
    counts = ", ".join(f"{account.counted(outcome):,} {outcome}" for outcome in Outcome)
    units = f" Units to open: {len(account.new_units):,}." if account.new_units else ""
    click.echo(f"{len(account.rows):,} rows: {counts}.{units}")


def _write(links: Path, account: StaffAccount, secrets: dict[str, str], site: str) -> None:
    new = [row.says for row in account.rows if row.says.person in secrets]
    listing.write(links, HEADER, [(one.person, one.name, one.email, f"{site}/set-password/{secrets[one.person]}") for one in new])
