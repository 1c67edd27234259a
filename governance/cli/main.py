"""`governance`: one group, its commands in modules of their own, every refusal one sentence on standard error."""

import sys
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path

import click

from governance import __version__, settings
from governance.domain.errors import Refused
from governance.ledger.keys import KeyFile
from governance.ledger.log import Ledger, LedgerFailed
from governance.ledger.rebuild import Damaged, UnknownKind
from governance.policy.problems import PolicyError
from governance.services.opening import key_of, ledger_of, open_engines
from governance.storage.content import ContentStore, ContentUnreachable, content_of
from governance.storage.engines import (
    DATABASE_ERRORS,
    Busy,
    DiskFull,
    Engines,
    GuardsMissing,
    OutcomeUnknown,
    StorageRefused,
    fault_of_the_database,
)

COMMANDS = {
    "serve": "governance.cli.serve:serve",
    "initiative": "governance.cli.initiative:initiative",
    "log": "governance.cli.log:log",
    "doctor": "governance.cli.doctor:doctor",
    "upgrade": "governance.cli.upgrade:upgrade",
    "people": "governance.cli.people:people",
    "framework": "governance.cli.framework:framework",
    "policy": "governance.cli.policy:policy",
    "worker": "governance.cli.worker:worker",
    "backup": "governance.cli.archive:backup",
    "restore": "governance.cli.archive:restore",
    "export": "governance.cli.archive:export",
}
"""Where each command lives; imported only when it is asked for."""

LONGEST_NAME = 200
"""Of a path in a message; longer ones end in “…”."""

ANSWERS = (
    Refused,
    Busy,
    settings.SettingsError,
    StorageRefused,
    GuardsMissing,
    LedgerFailed,
    DiskFull,
    OutcomeUnknown,
    ContentUnreachable,
    UnknownKind,
    Damaged,
    PolicyError,
    OSError,
)
"""What is said in one sentence."""

FAILURES = (*ANSWERS, *DATABASE_ERRORS)


@dataclass
class Context:
    """What commands share; opened on first use."""

    instance: Path | None

    @cached_property
    def settings(self) -> settings.Settings:
        return settings.read(instance=self.instance)

    @cached_property
    def engines(self) -> Engines:
        return open_engines(self.settings.instance, self.settings.database)

    @cached_property
    def ledger(self) -> Ledger:
        return ledger_of(self.engines)

    @cached_property
    def key(self) -> KeyFile:
        return key_of(self.settings)

    @cached_property
    def content(self) -> ContentStore:
        return content_of(self.settings.instance, self.settings.bucket)


class Commands(click.Group):
    """Commands by name, from the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click passes it
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click passes it
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        found: click.Command = getattr(import_module(module), name)
        return found


@click.group(cls=Commands)
@click.version_option(__version__)
@click.option("--instance", type=click.Path(path_type=Path, file_okay=False), help="The folder with the database and the files.")
@click.pass_context
def governance(ctx: click.Context, instance: Path | None) -> None:
    """Takes AI initiatives from pilot to full production."""
    ctx.obj = Context(instance)


def main() -> None:
    """Run, and turn every refusal into one sentence and exit code 1."""
    try:
        governance(prog_name="governance")
    except FAILURES as failed:
        if (sentence := in_a_sentence(failed)) is None:
            raise
        click.echo(sentence, err=True)
        sys.exit(1)


def in_a_sentence(failed: BaseException) -> str | None:
    """What a person is told of a failure; None where nobody expected it."""
    if isinstance(failed, DATABASE_ERRORS) and not isinstance(failed, ANSWERS):
        fault = fault_of_the_database(failed)
        return fault and f"The database cannot be used ({fault}). Check that it runs and its disk, or restore a backup."
    if isinstance(failed, Refused):
        return "\n".join([failed.message, *(f"  {problem.message}" for problem in failed.problems)])
    if isinstance(failed, OSError) and failed.strerror:
        return f"{failed.strerror}: {shortened(str(failed.filename))}." if failed.filename else f"{failed.strerror}."
    return str(failed)


def shortened(name: str) -> str:
    """A name on one line, in signs that every terminal has a place for."""
    shown = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
    return shown if shown.isprintable() else ascii(shown)
