"""`governance log`: check the ledger, and that the tables are what it says; sign its head."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from governance.cli import names
from governance.cli.main import Context
from governance.domain.text import tidy
from governance.ledger import rebuild
from governance.ledger.keys import NotSigned
from governance.ledger.log import UNPROVED, Actor, Auth
from governance.ledger.note import LARGEST, NoteRefused, Verifier, read_verifier
from governance.ledger.verify import Report
from governance.ledger.verify import verify as verify_ledger
from governance.ledger.verify_heads import Since
from governance.services import checkpoints

LONGEST_REASON = 2_000
OWN_KEY = (
    "The key of the checkpoint was taken from this ledger itself, so this does not show that the ledger was not written anew with another "
    "key: name the one you kept with --key."
)


@click.group()
def log() -> None:
    """Check the ledger, and sign its head."""


def _verifier(_: click.Context, __: click.Parameter, given: str | None) -> Verifier | None:
    try:
        return read_verifier(given) if given is not None else None
    except (NoteRefused, UnicodeEncodeError):
        said = "it is a name, an id and a key, joined by plus signs, as the page of the ledger shows it."
        raise click.BadParameter(said) from None


@log.command()
@click.option(
    "--since",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A checkpoint that you kept: what it signed has to be there still.",
)
@click.option("--key", callback=_verifier, help="The verifier key that you kept with it. Without it, the ledger's own word is taken.")
@click.pass_obj
def verify(context: Context, since: Path | None, key: Verifier | None) -> None:
    """Read and hash every entry, text, file and signed head again, and name everything that does not fit."""
    if key is not None and since is None:
        raise click.UsageError("--key is for the checkpoint that --since names.")
    kept = Since(_content(since), key) if since else None
    with Session(context.engines.reader) as session:
        report = verify_ledger(session, context.content, kept)
    for problem in report.problems:
        click.echo(str(problem), err=True)
    heads = _found(report.heads, "signed head")
    click.echo(f"{report.size:,} entries, root {report.root.hex()}, {heads}: {_found(len(report.problems), 'problem')}.")
    _say_since(report, kept)
    sys.exit(bool(report.problems))


def _content(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LARGEST + 1)


def _say_since(report: Report, kept: Since | None) -> None:
    """What the checkpoint given shows, and what it does not."""
    if kept is None or report.since is None:
        return
    if not report.problems:
        click.echo(f"The {report.since.size:,} entries that the checkpoint of {report.since.origin} covers are there as they were signed.")
    if kept.key is None:
        click.echo(OWN_KEY)


@log.command()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it to a new file instead, to be kept elsewhere.")
@click.pass_obj
def checkpoint(context: Context, out: Path | None) -> None:
    """Sign the head of the ledger, if there is anything new, and print the latest one."""
    signed = checkpoints.sign_or_say_why(context.ledger, context.key, datetime.now(UTC))
    if signed is None:
        raise NotSigned("The ledger has no entries yet, so there is nothing to sign.")
    if out is None:
        click.echo(signed.note, nl=False)
        return
    with out.open("x", encoding="utf-8") as opened:
        opened.write(signed.note)
    click.echo(f"The head over {signed.size:,} entries is in {out}.")


def _reason(_: click.Context, __: click.Parameter, given: str) -> str:
    said = tidy(given.encode(errors="replace").decode())
    if not said or len(said) > LONGEST_REASON:
        raise click.BadParameter(f"say in words why, in at most {LONGEST_REASON:,} signs.")
    return said


@log.command()
@click.option("--by", required=True, callback=names.person, help="The administrator in whose name; the entry says that nobody proved it.")
@click.option("--reason", required=True, callback=_reason, help="Why, in words: they are kept with the entry.")
@click.pass_obj
def rotate_key(context: Context, by: str, reason: str) -> None:
    """Let a new key sign heads from now on. The old one is kept aside, and what it signed still verifies."""
    now = datetime.now(UTC)
    auth = Auth(UNPROVED, now, "cli")
    verifier = checkpoints.change_key(context.ledger, context.key, Actor(by), auth, reason, now)
    click.echo(f"From now on heads are signed by this key: {verifier}")


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
