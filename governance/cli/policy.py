"""`governance policy`: what policy authors ask for."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from governance.cli.main import Context
from governance.cli.options import in_the_name_of
from governance.cli.policy_test import test
from governance.ledger.log import UNPROVED, Actor, Auth
from governance.policy.loader import load_policy
from governance.policy.problems import PolicyError
from governance.services import policies


@click.group()
def policy() -> None:
    """Check, try and publish policies."""


policy.add_command(test)


@policy.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, file_okay=False))
def check(folders: tuple[Path, ...]) -> None:
    """Check policy folders; every fault with its file, line and column."""
    failed = False
    for folder in folders:
        try:
            loaded = load_policy(folder)
        except PolicyError as error:
            failed = True
            for problem in error.problems:
                click.echo(f"{folder}/{problem}", err=True)
            continue
        for warning in loaded.warnings:
            click.echo(f"{folder}: warning: {warning}")
        items = sum(len(gate.items) for gate in loaded.policy.gates.values())
        click.echo(
            f"{folder}: {loaded.policy.title} {loaded.policy.version}, {items} checks at {len(loaded.policy.gates)} gates, no faults."
        )
    sys.exit(failed)


@policy.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@in_the_name_of("compliance officer")
@click.pass_obj
def publish(context: Context, folder: Path, by: str) -> None:
    """Make a policy the rules from now on. Requests already submitted keep theirs."""
    loaded = load_policy(folder)
    now = datetime.now(UTC)
    with context.ledger.writing(Actor(by), now, Auth(UNPROVED, now, "cli")) as log:
        digest = policies.publish(log, loaded.texts)
    click.echo(f"{loaded.policy.title} {loaded.policy.version} is in force: {digest}")
