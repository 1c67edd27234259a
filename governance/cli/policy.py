"""`governance policy`: what policy authors ask for."""

from datetime import UTC, datetime
from pathlib import Path

import click

from governance.cli import policy_check
from governance.cli.main import Context
from governance.cli.options import in_the_name_of
from governance.cli.policy_diff import diff
from governance.cli.policy_new import new
from governance.cli.policy_test import test
from governance.ledger.log import UNPROVED, Actor, Auth
from governance.policy.loader import load_policy
from governance.services import policies


@click.group()
def policy() -> None:
    """Check, try, compare and publish policies."""


policy.add_command(policy_check.check)
policy.add_command(new)
policy.add_command(test)
policy.add_command(diff)
policy.add_command(policy_check.schema)


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
