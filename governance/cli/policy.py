"""`governance policy`: what policy authors ask for."""

import click

from governance.cli import policy_check, policy_publish
from governance.cli.policy_diff import diff
from governance.cli.policy_export import export
from governance.cli.policy_impact import impact
from governance.cli.policy_new import new
from governance.cli.policy_test import test


@click.group()
def policy() -> None:
    """Check, try and compare policies; propose one, publish what another proposed, write out what is in force."""


policy.add_command(policy_check.check)
policy.add_command(new)
policy.add_command(test)
policy.add_command(diff)
policy.add_command(impact)
policy.add_command(export)
policy.add_command(policy_publish.propose)
policy.add_command(policy_publish.proposals)
policy.add_command(policy_publish.publish)
policy.add_command(policy_check.schema)
